"""Register numbers that a document was given."""

from datetime import datetime
from uuid import UUID

from pydantic import JsonValue, PositiveInt

from schemas.base import Frozen, Name
from schemas.facts import Fact


class Registered(Fact, name="registered"):
    """A line in a register. ``number`` restarts each calendar year and is never reused."""

    register_name: Name
    year: PositiveInt
    """B.E."""
    number: PositiveInt


class DuplicateOf(Fact, name="duplicate-of"):
    """Stated on a second copy that a person set aside: the document of the first."""

    document: UUID


class RegisterRow(Frozen):
    """One line of a register with its entry in the clear, for export. A cancelled line keeps its
    number."""

    register_name: Name
    year: PositiveInt
    """B.E."""
    number: PositiveInt
    given_at: datetime
    entry: dict[str, JsonValue]
    cancelled_at: datetime | None = None
