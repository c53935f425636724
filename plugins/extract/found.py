"""What one reading of the pages yields, before readings are compared."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from plugins.extract.layout import Run, around
from schemas.letter import LetterForm, LetterKind, LetterNumber, OrderNumber, ThaiDate, Urgency
from schemas.letterfacts import AttachmentLine, Reading
from schemas.page import Box

T = TypeVar("T")


@dataclass(frozen=True)
class Found(Generic[T]):
    """A value and where it stands.

    ``literal``: 1.0 when it stands there letter by letter, less when something was overlooked;
    ``trust``: that, and the confidence of the words.
    """

    value: T
    literal: float
    trust: float
    page: int
    box: Box

    @classmethod
    def on(cls, runs: Sequence[Run], value: T, literal: float = 1.0) -> "Found[T]":
        """``value`` as read from ``runs`` of one page; as sure as the least sure of them."""
        confidence = min(run.confidence for run in runs)
        box = around(run.box for run in runs)
        return cls(value, literal, literal * confidence, runs[0].page, box)

    def guessed(self, literal: float) -> "Found[T]":
        """The same, no more literal than a guess is."""
        return replace(self, literal=literal, trust=literal * self.trust)

    def reading(self) -> Reading[T]:
        return Reading(value=self.value, confidence=self.trust, page=self.page, box=self.box)


@dataclass(frozen=True)
class Head:
    """The first page down to the prose."""

    form: Found[LetterForm] | None = None
    memo: bool = False
    number: Found[LetterNumber | OrderNumber] | None = None
    date: Found[ThaiDate] | None = None
    subject: Found[str] | None = None
    addressee: Found[str] | None = None
    by_stamp: bool = False
    """The addressee stands behind ถึง."""
    sender: Found[str] | None = None
    urgency: Found[Urgency] | None = None
    references: Found[tuple[str, ...]] | None = None
    attachments: Found[tuple[AttachmentLine, ...]] | None = None


@dataclass(frozen=True)
class Tail:
    """What stands behind the prose."""

    closing: bool = False
    """ขอแสดงความนับถือ or a sister phrase was read."""
    given: Found[ThaiDate] | None = None
    """``สั่ง ณ วันที่``, ``ประกาศ ณ วันที่``, ``ให้ไว้ ณ วันที่``."""
    certified: bool = False
    """``given`` stands behind ให้ไว้."""
    date: Found[ThaiDate] | None = None
    """A line that is a date alone."""
    signer: Found[str] | None = None
    unit: Found[str] | None = None


@dataclass(frozen=True)
class Judged:
    """The kind of a letter and how sure it is."""

    kind: LetterKind | None
    confidence: float
    form: LetterForm | None = None
