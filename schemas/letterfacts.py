"""What was read of a letter, and how sure the reading is."""

from typing import Annotated, Generic, TypeVar

from pydantic import Field, PositiveInt

from schemas.base import Frozen
from schemas.facts import Fact
from schemas.letter import LetterForm, LetterKind, LetterNumber, OrderNumber, ThaiDate, Urgency
from schemas.page import Box

T = TypeVar("T")


class Reading(Frozen, Generic[T]):
    """One field as it was read: ``value`` is None when nothing readable stands there.

    ``confidence`` in 0..1, 1 only after a person confirmed it; ``page`` 1-based within the
    document; ``box`` in the pixels of that page's :class:`schemas.page.PageText`.
    """

    value: T | None = None
    confidence: Annotated[float, Field(ge=0, le=1)] = 0.0
    page: PositiveInt | None = None
    box: Box | None = None


class AttachmentLine(Frozen):
    """One line of สิ่งที่ส่งมาด้วย. ``copies`` as announced (จำนวน ๑ ชุด), None when not said."""

    ordinal: PositiveInt
    title: str
    copies: PositiveInt | None = None


class LetterFacts(Fact, name="letter"):
    """The fields of one letter. ``sender`` is the agency of the letter head or stamp, ``unit`` the
    unit that owns the matter."""

    kind: Reading[LetterKind]
    form: Reading[LetterForm] = Reading[LetterForm]()
    number: Reading[LetterNumber | OrderNumber] = Reading[LetterNumber | OrderNumber]()
    date: Reading[ThaiDate] = Reading[ThaiDate]()
    subject: Reading[str] = Reading[str]()
    addressee: Reading[str] = Reading[str]()
    sender: Reading[str] = Reading[str]()
    unit: Reading[str] = Reading[str]()
    signer: Reading[str] = Reading[str]()
    urgency: Reading[Urgency] = Reading[Urgency]()
    references: tuple[str, ...] = ()
    references_confidence: Annotated[float, Field(ge=0, le=1)] = 0.0
    attachments: tuple[AttachmentLine, ...] = ()
    attachments_confidence: Annotated[float, Field(ge=0, le=1)] = 0.0
    by_person: bool = False
    """A person confirmed or corrected these fields."""
