"""What a letter and a stack consist of, before anything is drawn."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from .degrade import Profile
from .typeset import Style


class Kind(StrEnum):
    """The kinds of official letters."""

    EXTERNAL = "external"
    INTERNAL = "internal"
    STAMPED = "stamped"
    ORDER = "order"
    ANNOUNCEMENT = "announcement"
    EVIDENCE = "evidence"


class Urgency(StrEnum):
    """Urgency, by the words that are stamped on the letter."""

    URGENT = "ด่วน"
    VERY_URGENT = "ด่วนมาก"
    MOST_URGENT = "ด่วนที่สุด"


class Level(StrEnum):
    """Secrecy levels."""

    NORMAL = "NORMAL"
    CONFIDENTIAL = "CONFIDENTIAL"
    SECRET = "SECRET"
    TOP_SECRET = "TOP_SECRET"

    @property
    def mark(self) -> str:
        """The words of the stamp; none for a normal letter."""
        marks = {"CONFIDENTIAL": "ลับ", "SECRET": "ลับมาก", "TOP_SECRET": "ลับที่สุด"}
        return marks.get(self.value, "")


@dataclass(frozen=True)
class Agency:
    """An office: its name on the letterhead, its address and the unit that owns the letter."""

    name: str
    address: tuple[str, ...]
    unit: tuple[str, ...]
    phone: str
    roman: str = "TAK"
    email: str = ""


@dataclass(frozen=True)
class Person:
    """The fictional person who signs."""

    name: str
    position: tuple[str, ...]


@dataclass(frozen=True)
class Attachment:
    """One thing sent along: its line in the letter and what its own pages show."""

    label: str
    heading: str
    paragraphs: tuple[str, ...] = ()
    table: tuple[tuple[str, ...], ...] = ()
    columns: tuple[float, ...] = ()
    amount: str = "จำนวน ๑ ชุด"


@dataclass(frozen=True)
class Letter:
    """Everything that a typist needs to type one letter.

    `number` is as printed, in Thai digits; an order carries `๑๒๓๔/๒๕๖๙`,
    an announcement may have none.
    """

    kind: Kind
    number: str
    dated: date
    subject: str
    to: str
    paragraphs: tuple[str, ...]
    agency: Agency
    signer: Person
    references: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    urgency: Urgency | None = None
    level: Level = Level.NORMAL
    canaries: tuple[str, ...] = ()
    closing: str = "ขอแสดงความนับถือ"
    style: Style = field(default_factory=Style)
    receipt: str = ""
    """The number in the receive stamp of the office that got the letter; empty for no stamp."""
    over_text: bool = False
    """The receive stamp lies on the typed head, and the signature on the signer's name."""


@dataclass(frozen=True)
class Item:
    """A letter's place in the stack: what lies around it and how its pages were fed."""

    letter: Letter
    separator: bool = True
    blank_after: frozenset[int] = frozenset()
    """Pages of the set (1-based) whose blank back was scanned too."""
    turns: tuple[tuple[int, int], ...] = ()
    """(page of the set, degrees clockwise) for pages that lay turned in the feeder."""


@dataclass(frozen=True)
class StackSpec:
    """A stack as it is laid into the scanner."""

    items: tuple[Item, ...]
    station: str = "TAK01"
    batch: str = "69000001"
    profile: str | Profile = "office"
    """The scanner: one of `PROFILES` by name, or any other."""
