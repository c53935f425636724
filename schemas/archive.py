"""What is kept beside a record, and the archive's receipt for both."""

from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID

from pydantic import AwareDatetime, NonNegativeInt, PositiveInt

from schemas.base import Frozen, Sha256
from schemas.cuts import AttachmentMark
from schemas.document import Form
from schemas.facts import Fact
from schemas.letter import LetterForm, LetterKind, LetterNumber, OrderNumber, Urgency
from schemas.letterfacts import AttachmentLine
from schemas.page import PagesRead
from schemas.register import Registered
from schemas.secrecy import Secrecy
from schemas.signing import Recipient, Signature

RECORD_SUFFIX: Final = ".pdf"
SIDECAR_SUFFIX: Final = ".json"
ENVELOPE_SUFFIX: Final = ".p7m"
"""Follows the suffix of what lies inside: ``x.pdf.p7m``, ``x.json.p7m``."""


class StoredFile(Frozen):
    """A file in the archive. ``name`` is relative to the archive, with ``/``."""

    name: str
    sha256: Sha256
    size: NonNegativeInt


class ObjectLock(Frozen):
    """What protects one version of an object: a retention, a legal hold, both or neither."""

    mode: Literal["COMPLIANCE", "GOVERNANCE"] | None = None
    until: AwareDatetime | None = None
    """End of the retention; until then nobody deletes the version (GOVERNANCE: only who may)."""
    legal_hold: bool = False

    def covers(self, wanted: "ObjectLock") -> bool:
        """Whether this protects at least as well as ``wanted``."""
        strong = wanted.mode is None or self.mode in {wanted.mode, "COMPLIANCE"}
        long = wanted.until is None or (self.until is not None and self.until >= wanted.until)
        return strong and long and self.legal_hold >= wanted.legal_hold


class LockedFile(StoredFile):
    """A file in an archive with versions; ``version`` is the server's id of the one stored."""

    version: str
    lock: ObjectLock


class Receipt(Fact, name="receipt"):
    """The archive has these files: written, brought to the disk and read back."""

    archive: str
    """URL of the archive, e.g. ``file:///srv/archive``."""
    files: tuple[LockedFile | StoredFile, ...]
    archived_at: datetime

    @property
    def size(self) -> int:
        """Bytes of all its files."""
        return sum(file.size for file in self.files)


class DescribedText(Frozen):
    """A field as it was read; ``confidence`` in 0..1, 1 only after a person confirmed it."""

    value: str | None
    confidence: float
    page: PositiveInt | None = None
    """1-based within the document."""


class DescribedNumber(DescribedText):
    """``value`` in the canonical spelling with Arabic digits, ``parts`` what it is made of."""

    parts: LetterNumber | OrderNumber | None = None


class DescribedDate(Frozen):
    """The same day twice: ISO 8601 (common era), and in Thai words with the Buddhist year."""

    iso: date | None
    thai: str | None
    confidence: float
    page: PositiveInt | None = None


class DescribedLetter(Frozen):
    """The fields of the letter that the record is, or that it was sent with."""

    kind: LetterKind | None
    kind_thai: str | None
    kind_confidence: float
    form: LetterForm | None
    number: DescribedNumber
    date: DescribedDate
    subject: DescribedText
    addressee: DescribedText
    sender: DescribedText
    unit: DescribedText
    signer: DescribedText
    urgency: Urgency | None
    references: tuple[str, ...]
    attachments: tuple[AttachmentLine, ...]
    by_person: bool


class DescribedSecrecy(Frozen):
    """The level, as a code and as it stands on paper."""

    level: Secrecy
    thai: str
    by_person: bool


class Sidecar(Frozen):
    """Content of the JSON file beside a record."""

    kind: Literal["saraban.sidecar"] = "saraban.sidecar"
    version: Literal[1] = 1
    document: UUID
    batch: UUID
    station: str
    form: Form
    record: StoredFile
    pages_in_stack: tuple[PositiveInt, ...]
    """1-based numbers of the pages in what came in as one file."""
    secrecy: DescribedSecrecy
    letter: DescribedLetter | None
    attachment: AttachmentMark | None
    reading: PagesRead | None
    register_entry: Registered | None
    signature: Signature | None


class SealedSidecar(Frozen):
    """Content of the only open file beside a sealed record: nothing of what the letter says."""

    kind: Literal["saraban.sealed-sidecar"] = "saraban.sealed-sidecar"
    version: Literal[1] = 1
    secrecy: Secrecy
    secrecy_thai: str
    algorithm: str
    recipients: tuple[Recipient, ...]
    envelopes: tuple[StoredFile, ...]
