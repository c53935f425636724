"""A batch: what came together."""

from datetime import datetime
from uuid import UUID

from schemas.base import Frozen, Sha256


class Batch(Frozen):
    """One arrival, run by one definition. ``source``: path or URL where it was found."""

    id: UUID
    source: str
    definition: str
    definition_sha256: Sha256
    received_at: datetime
    released_at: datetime | None = None
    """When every document had ended and the intake was told to let go of the source."""
