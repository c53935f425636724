"""Signatures and envelopes: what was made, and what a verification found."""

from datetime import datetime, timedelta, timezone
from enum import StrEnum
from typing import Final, Literal

from schemas.base import Frozen, Sha256
from schemas.facts import Fact
from schemas.letter import ThaiDate
from schemas.thaitext import thai_digits

TRIAL_MARK: Final = "saraban TRIAL"
"""Start of the common name of every certificate that no office ever issued."""

BANGKOK: Final = timezone(timedelta(hours=7), "ICT")
"""Thai time; the kingdom knows no summer time."""


def thai_moment(moment: datetime) -> str:
    """``๒๑ พฤศจิกายน ๒๕๖๙ เวลา ๒๒.๐๕ น.``, in Thai time. ``moment`` must know its zone."""
    local = moment.astimezone(BANGKOK)
    day = ThaiDate.of(local.date()).format(thai=True)
    return f"{day} เวลา {thai_digits(local.strftime('%H.%M'))} น."


class SignatureProfile(StrEnum):
    """Baseline levels of PAdES (ETSI EN 319 142-1), or what else was found."""

    B_B = "PAdES-B-B"
    B_T = "PAdES-B-T"
    """With a time stamp."""
    B_LT = "PAdES-B-LT"
    """With everything needed to validate it offline."""
    B_LTA = "PAdES-B-LTA"
    """With an archive time stamp over all that."""
    DOCUMENT_TIMESTAMP = "document-timestamp"
    """Nobody signs; an authority says that the file existed then."""
    OTHER = "other"
    """An older kind of PDF signature (adbe.pkcs7.detached and such)."""


class Signature(Fact, name="signature"):
    """The signature on the record. Of a file kept as received, what that file itself claims."""

    profile: SignatureProfile
    signer: str
    """Subject of the signer's certificate."""
    certificate_sha256: Sha256 | None = None
    signed_at: datetime | None = None
    """As the signer says."""
    timestamp_at: datetime | None = None
    """As the time-stamping authority says."""
    trial: bool = False
    """Made with trial certificates: proves nothing to anybody outside."""
    kept_as_received: bool = False
    """The record is the file as it came in, byte for byte; this station signed nothing."""


class Recipient(Frozen):
    """A registrar who can open an envelope. ``name`` is the subject of the certificate."""

    name: str
    certificate_sha256: Sha256


class Sealing(Fact, name="sealing"):
    """How the record and its sidecar were sealed (RFC 5652)."""

    algorithm: str
    """Content encryption and key transport, e.g. ``AES-256-CBC, RSA-OAEP-SHA256``."""
    recipients: tuple[Recipient, ...]
    trial: bool = False


class Verdict(StrEnum):
    """Bottom line of a verification, best first."""

    VALID = "valid"
    """Unchanged, and the signer is trusted."""
    UNTRUSTED = "untrusted"
    """Unchanged, but nothing here vouches for who signed."""
    EXTENDED = "extended"
    """What was signed is unchanged, but something was added to the file afterwards."""
    TAMPERED = "tampered"
    """What was signed is not what stands in the file."""
    UNSIGNED = "unsigned"
    UNREADABLE = "unreadable"
    """No PDF, or too damaged to say anything."""


class Change(StrEnum):
    """What was added to the file after a signature, least first."""

    NONE = "none"
    ARCHIVAL = "archival"
    """Only proofs that keep signatures verifiable, or further signatures."""
    FORMS = "forms"
    """A form was filled in, which the signature allows."""
    CONTENT = "content"
    """Anything else."""


class SignatureCheck(Frozen):
    """What was found of one signature. ``None`` means that there was nothing to judge."""

    field: str
    profile: SignatureProfile
    signer: str
    certificate_sha256: Sha256 | None
    intact: bool
    """The signed bytes are unchanged and the signature over them is right."""
    trusted: bool
    """The signer's certificate leads to one of the given roots and was valid when it signed."""
    revoked: bool = False
    trial: bool
    signed_at: datetime | None = None
    timestamp_at: datetime | None = None
    timestamp_intact: bool | None = None
    timestamp_trusted: bool | None = None
    whole_file: bool
    """Nothing follows the bytes that it covers."""
    change_after: Change
    revocation_checked: bool = False
    """Proof of the certificate's standing lay in the file; nothing is ever fetched."""


class Verification(Frozen):
    """Answer to "is this file what was signed, and by whom?", in both languages.

    ``thai`` and ``english`` are sentences for a person; names in them come from certificates.
    """

    kind: Literal["saraban.verification"] = "saraban.verification"
    version: Literal[1] = 1
    verdict: Verdict
    sha256: Sha256 | None = None
    signatures: tuple[SignatureCheck, ...] = ()
    thai: tuple[str, ...]
    english: tuple[str, ...]

    @property
    def good(self) -> bool:
        """Whether nothing speaks against the file."""
        return self.verdict is Verdict.VALID
