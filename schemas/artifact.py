"""Stored bytes and what they are for."""

from enum import StrEnum
from uuid import UUID

from pydantic import NonNegativeInt

from schemas.base import Frozen, Name, Sha256
from schemas.secrecy import Secrecy


class Role(StrEnum):
    """The roles that built-in stages exchange; a plugin may use names of its own."""

    SOURCE = "source"
    """The bytes as they came in, never altered."""
    PDF = "pdf"
    """The source as a plain PDF, one page per sheet side."""
    SEARCHABLE = "searchable"
    """``pdf`` with an invisible text layer."""
    PAGE_TEXT = "page-text"
    """JSON of :class:`schemas.page.PageTexts`."""
    FINISHED = "finished"
    """PDF/A, checked, not yet signed."""
    RECORD = "record"
    """The one canonical record: the signed PDF/A, or a signed PDF as received."""
    SIDECAR = "sidecar"
    """JSON that describes the record."""
    ENVELOPE = "envelope"
    """CMS envelope around the record (RFC 5652)."""
    SIDECAR_ENVELOPE = "sidecar-envelope"
    """CMS envelope around the sidecar."""
    DELIVERY = "delivery"
    """Password-protected copy for one recipient."""
    SLIP = "slip"
    """Paper-routing slip; holds nothing of the letter's content."""


class Artifact(Frozen):
    """One immutable piece of stored bytes.

    ``sha256`` and ``size`` (bytes) describe the plaintext; ``stored_sha256`` and ``stored_size``
    the encrypted bytes under ``locator`` in the artifact store.
    """

    id: UUID
    document: UUID
    role: Name
    media_type: str
    size: NonNegativeInt
    sha256: Sha256
    secrecy: Secrecy
    """Level at writing time; bound into the encryption as associated data."""
    locator: str
    stored_size: NonNegativeInt
    stored_sha256: Sha256
