"""Events: the provenance of a document (PREMIS: event, agent, fixity)."""

from datetime import datetime
from uuid import UUID

from pydantic import JsonValue, NonNegativeInt

from schemas.base import Frozen, Name, Sha256


class Event(Frozen):
    """Something that happened, in the past tense. Holds ids and counts, never names or text.

    ``leaf`` is SHA-256 over ``previous`` and the canonical JSON of all other fields; each
    document's events form one chain from 64 zeros.
    """

    batch: UUID
    document: UUID
    sequence: NonNegativeInt
    """0-based within the document."""
    type: Name
    agent: str
    """Stage and revision, ``engine``, or the person who decided."""
    at: datetime
    detail: dict[str, JsonValue] = {}
    previous: Sha256
    leaf: Sha256
