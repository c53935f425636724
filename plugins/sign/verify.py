"""Is a PDF what was signed, and by whom? Offline; a hostile file gets an answer, never a crash."""

import asyncio
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from asn1crypto import x509
from pyhanko.pdf_utils.crypt.api import AuthStatus
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import (
    DocumentSecurityStore,
    EmbeddedPdfSignature,
    SignatureCoverageLevel,
    async_validate_pdf_signature,
    async_validate_pdf_timestamp,
)
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import ValidationContext

from pipeline.durable import digest_file
from plugins.sign.keys import SIGNING_USAGES, display_name, is_trial, printable
from plugins.sign.quiet import quiet
from plugins.sign.wording import Obstacle, judge, unreadable, unsigned
from schemas.signing import Change, SignatureCheck, SignatureProfile, Verification

T = TypeVar("T")
_CHANGES = {
    ModificationLevel.NONE: Change.NONE,
    ModificationLevel.LTA_UPDATES: Change.ARCHIVAL,
    ModificationLevel.FORM_FILLING: Change.FORMS,
}
_PADES = "/ETSI.CAdES.detached"
_KINDS = frozenset({_PADES, "/adbe.pkcs7.detached", "/ETSI.RFC3161"})
"""Sub-filters that can be judged (ISO 32000-2 section 12.8.3)."""


def verify_pdf(path: Path, trust_roots: Sequence[x509.Certificate]) -> Verification:
    """Judge every signature of a PDF against ``trust_roots``. Nothing is fetched.

    A certificate counts as of the time that a trusted time stamp proves, else as of now. Raises
    OSError only: whatever the file holds, there is an answer.
    """
    sha256 = digest_file(path).sha256
    with path.open("rb") as stream, quiet():
        try:
            found = _verify(stream, trust_roots)
        except Exception:  # noqa: BLE001 - a hostile file can break the reader in any way
            found = unreadable(Obstacle.DAMAGED)
    return found.model_copy(update={"sha256": sha256})


def _verify(stream: BinaryIO, trust_roots: Sequence[x509.Certificate]) -> Verification:
    if b"%PDF-" not in stream.read(1024):
        return unreadable(Obstacle.NOT_PDF)
    reader = _open(stream)
    if reader is None:
        return unreadable(Obstacle.ENCRYPTED)
    filled = [*enumerate_sig_fields(reader, filled_status=True)]
    if not filled:
        return unsigned()
    if not reader.strict:
        return unreadable(Obstacle.DAMAGED)
    if any(sig.get_object().get("/SubFilter") not in _KINDS for _, sig, _ in filled):
        return unreadable(Obstacle.OTHER_KIND)
    return judge(_await(_Judge(reader, trust_roots).checks(filled)))


def _open(stream: BinaryIO) -> Any:
    """A strict reader, or a lenient one where that fails; None when a password is missing."""
    try:
        reader = PdfFileReader(stream)
        _ = reader.root
    except Exception:  # noqa: BLE001 - see verify_pdf
        stream.seek(0)
        reader = PdfFileReader(stream, strict=False)
        _ = reader.root
    if reader.encrypted and reader.decrypt(b"").status is AuthStatus.FAILED:
        return None
    return reader


@dataclass
class _Judge:
    """Goes through the signatures from the last to the first, as ETSI EN 319 102-1 does.

    A trusted time stamp moves ``moment`` back: what stood before it is judged as of its time.
    """

    reader: PdfFileReader
    trust_roots: Sequence[x509.Certificate]
    moment: datetime = field(default_factory=lambda: datetime.now(UTC))
    stamped: bool = False
    """A document time stamp follows."""

    async def checks(self, filled: list[Any]) -> tuple[SignatureCheck, ...]:
        """One check each, in signing order; what cannot even be parsed comes first."""
        readable, broken = [], []
        for name, _, sig_field in filled:
            try:
                readable.append(EmbeddedPdfSignature(self.reader, sig_field, name))
            except Exception:  # noqa: BLE001 - see verify_pdf
                broken.append(_broken(name))
        readable.sort(key=lambda embedded: embedded.signed_revision, reverse=True)
        checks = [await self._check(embedded) for embedded in readable]
        return (*broken, *reversed(checks))

    async def _check(self, embedded: EmbeddedPdfSignature) -> SignatureCheck:
        try:
            if embedded.sig_object_type == "/DocTimeStamp":
                return await self._timestamp(embedded)
            return await self._signature(embedded)
        except Exception:  # noqa: BLE001 - see verify_pdf
            return _broken(embedded.fq_name)

    async def _timestamp(self, embedded: EmbeddedPdfSignature) -> SignatureCheck:
        status = await async_validate_pdf_timestamp(embedded, self._context(self.moment))
        sound = status.intact and status.valid
        if sound and status.trusted:
            self.moment = status.timestamp
        self.stamped = self.stamped or sound
        return SignatureCheck(
            **_seen(embedded, status),
            profile=SignatureProfile.DOCUMENT_TIMESTAMP,
            timestamp_at=status.timestamp,
            timestamp_intact=sound,
            timestamp_trusted=status.trusted,
        )

    async def _signature(self, embedded: EmbeddedPdfSignature) -> SignatureCheck:
        status, checked = await self._status(embedded, self.moment)
        stamp = status.timestamp_validity
        if stamp is not None and stamp.trusted and not status.trusted:
            status, checked = await self._status(embedded, stamp.timestamp)
        sound = None if stamp is None else stamp.intact and stamp.valid
        return SignatureCheck(
            **_seen(embedded, status),
            profile=self._profile(embedded, bool(sound)),
            signed_at=status.signer_reported_dt,
            timestamp_at=stamp.timestamp if stamp is not None and sound else None,
            timestamp_intact=sound,
            timestamp_trusted=None if stamp is None else stamp.trusted,
            revocation_checked=checked,
        )

    async def _status(self, embedded: EmbeddedPdfSignature, moment: datetime) -> tuple[Any, bool]:
        """The status with the signer judged as of ``moment``; whether revocation was looked at."""
        usage = KeyUsageConstraints(key_usage=SIGNING_USAGES)
        stamps = self._context(self.moment)
        if self._dss_proofs():
            status = await async_validate_pdf_signature(
                embedded, self._context(moment, "require"), stamps, key_usage_settings=usage
            )
            if status.trusted or status.revoked:
                return status, True
        status = await async_validate_pdf_signature(
            embedded, self._context(moment), stamps, key_usage_settings=usage
        )
        return status, False

    def _context(self, moment: datetime, revocation: str = "soft-fail") -> ValidationContext:
        settings: dict[str, Any] = {
            "trust_roots": list(self.trust_roots),
            "allow_fetching": False,
            "moment": moment,
            "revocation_mode": revocation,
            "retroactive_revinfo": True,
        }
        store = self._dss()
        return store.as_validation_context(settings) if store else ValidationContext(**settings)

    def _dss(self) -> Any:
        try:
            return DocumentSecurityStore.read_dss(self.reader)
        except NoDSSFoundError:
            return None

    def _dss_proofs(self) -> bool:
        store = self._dss()
        return store is not None and bool(store.crls or store.ocsps)

    def _profile(self, embedded: EmbeddedPdfSignature, stamped: bool) -> SignatureProfile:
        if embedded.sig_object.get("/SubFilter") != _PADES:
            return SignatureProfile.OTHER
        if not (stamped or self.stamped):
            return SignatureProfile.B_B
        if not self._dss_proofs():
            return SignatureProfile.B_T
        return SignatureProfile.B_LTA if self.stamped else SignatureProfile.B_LT


def _seen(embedded: EmbeddedPdfSignature, status: Any) -> dict[str, Any]:
    """What signatures and document time stamps have in common."""
    whole = status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    change = _CHANGES.get(status.modification_level, Change.CONTENT)
    if status.docmdp_ok is False or (change is Change.NONE and not whole):
        change = Change.CONTENT
    return {
        "field": printable(embedded.fq_name),
        "signer": display_name(status.signing_cert),
        "certificate_sha256": status.signing_cert.sha256.hex(),
        "intact": status.intact and status.valid,
        "trusted": status.trusted,
        "revoked": status.revoked,
        "trial": is_trial(status.signing_cert),
        "whole_file": whole,
        "change_after": change,
    }


def _broken(name: str) -> SignatureCheck:
    return SignatureCheck(
        field=printable(name),
        profile=SignatureProfile.OTHER,
        signer="?",
        certificate_sha256=None,
        intact=False,
        trusted=False,
        trial=False,
        whole_file=False,
        change_after=Change.CONTENT,
    )


def _await(work: Coroutine[Any, Any, T]) -> T:
    """Run ``work`` to its end, also where the caller's thread already runs an event loop."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()
