"""Register numbers that a document was given."""

from pydantic import PositiveInt

from schemas.base import Name
from schemas.facts import Fact


class Registered(Fact, name="registered"):
    """A line in a register. ``number`` restarts each calendar year and is never reused."""

    register_name: Name
    year: PositiveInt
    """B.E."""
    number: PositiveInt
