"""Questions to a person and their recorded answers."""

from datetime import datetime

from pydantic import JsonValue

from schemas.base import Frozen, Name
from schemas.page import Box


class Exhibit(Frozen):
    """Something to look at before answering: a page, or a box on it."""

    page: int
    """1-based, within the document."""
    box: Box | None = None
    dpi: float = 300.0
    """Resolution that ``box`` is given in."""
    note: str = ""


class Choice(Frozen):
    """One acceptable answer. ``value`` is what the stage receives."""

    value: str
    thai: str
    english: str


class Question(Frozen):
    """Why a document waits, in both languages, and what it proposes.

    With ``choices`` the answer's ``choice`` must be one of them. ``proposal`` is the machine's own
    answer in the shape of ``Decision.content``; what that shape is, the asking stage documents.
    """

    code: Name
    thai: str
    english: str
    choices: tuple[Choice, ...] = ()
    proposal: JsonValue = None
    exhibits: tuple[Exhibit, ...] = ()


class Decision(Frozen):
    """A person's answer. Recorded for ever; the only thing that may lower a secrecy level."""

    code: Name
    """The question it answers."""
    choice: str
    content: JsonValue = None
    by: str
    at: datetime
    reason: str = ""
