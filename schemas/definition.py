"""A definition: the steps a batch passes, in order."""

from typing import Annotated

from pydantic import Field, JsonValue, NonNegativeFloat, PositiveInt

from schemas.base import Frozen, Name


class Retry(Frozen):
    """How a step answers a :class:`TransientError`."""

    attempts: PositiveInt = 3
    """Attempts before quarantine; a crashed one counts."""
    backoff: NonNegativeFloat = 5.0
    """Seconds before the second attempt; doubles each time."""


class Step(Frozen):
    """One line: a step named ``name`` uses the stage ``uses`` with the options ``options``."""

    name: Name
    uses: Name
    options: Annotated[dict[str, JsonValue], Field(alias="with")] = {}
    retry: Retry = Retry()


class Definition(Frozen):
    """Content of a definition file (TOML)."""

    name: Name
    description: str = ""
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
