"""What the door found about a file, and how it became a PDF."""

from enum import StrEnum

from pydantic import PositiveInt

from schemas.base import Frozen, Name
from schemas.facts import Fact


class MediaType(StrEnum):
    """Types that are let in, told by content."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"
    TIFF = "image/tiff"
    DOC = "application/msword"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    TEXT = "text/plain"


class Severity(StrEnum):
    NOTE = "note"
    """Worth knowing; nothing is done about it."""
    REMOVED = "removed"
    """In the source; not in the working PDF that is made from it."""


class SafetyFinding(Frozen):
    """One thing found in a file. ``code`` is listed in docs/safety.md; it never quotes content."""

    code: Name
    severity: Severity
    page: PositiveInt | None = None


class SafetyVerdict(Fact, name="safety-verdict"):
    """The file may pass, and this is what it is."""

    media_type: MediaType
    pages: PositiveInt | None = None
    """None where only the conversion can tell: DOC, DOCX and text."""
    signed: bool = False
    """A PDF with intact signatures: it is kept byte for byte, never cut, never signed again."""
    encrypted: bool = False
    """A PDF with an empty user password; the working PDF is in the clear."""
    damaged: bool = False
    """A PDF with faults in its structure that were mended without losing a page."""
    charset: str | None = None
    """Python codec name of a text file."""
    findings: tuple[SafetyFinding, ...] = ()

    @property
    def needs_cleaning(self) -> bool:
        """Whether a PDF's working copy must differ from its source. Never so when it is signed."""
        removed = any(finding.severity is Severity.REMOVED for finding in self.findings)
        return not self.signed and (removed or self.encrypted or self.damaged)


class Conversion(Fact, name="conversion"):
    """How the working PDF came about."""

    method: Name
    """``same-bytes``, ``cleaned``, ``pictures``, ``office`` or ``text``."""
    pages: PositiveInt
    changed: tuple[Name, ...] = ()
    """What was taken out or set right on the way."""
