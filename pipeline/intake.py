"""The contract of an intake: finds sources, keeps them until they may be let go."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar


@dataclass(frozen=True)
class Source:
    """One file that came in. ``name`` says where, for people; ``path`` can be read from."""

    name: str
    path: Path


class Intake(ABC):
    """Finds what came in under one kind of address."""

    name: ClassVar[str]

    @classmethod
    @abstractmethod
    def accepts(cls, address: str) -> bool:
        """Whether ``address`` (a path, a URL) is this intake's."""

    @abstractmethod
    def collect(self, address: str) -> Iterator[Source]:
        """Every source, in a stable order. Yields unreadable ones too; the caller reports them."""
