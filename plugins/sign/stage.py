"""The stage ``sign-pades``: the finished PDF/A becomes the signed record."""

import asyncio
import hashlib
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import Field
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError

from pipeline.errors import DocumentError, SecurityError, TransientError
from pipeline.stage import Queue, Resources, Stage, StageContext, StageOptions, state
from plugins.sign.keys import LocalSigner, check_validity, display_name, is_trial, load_signer
from plugins.sign.quiet import quiet
from plugins.sign.stamp import stamp_place, stamp_style
from plugins.sign.timestamp import HttpTimeStamper, TrialTimeStamper
from plugins.sign.verify import verify_pdf
from schemas.artifact import Role
from schemas.outcome import Done
from schemas.secrecy import Secrecy
from schemas.signing import BANGKOK, Signature, SignatureCheck, SignatureProfile, thai_moment
from schemas.verdict import SafetyVerdict

FIELD = "SarabanRecord"
"""Name of the signature field."""
TRIAL = "trial"


class SignOptions(StageOptions):
    """Options of ``sign-pades``."""

    tsa_url: str = Field(
        TRIAL,
        pattern=r"^(trial|https?://\S+)$",
        description="RFC 3161 time-stamping authority; 'trial' stamps with the station's own clock "
        "and trial key, which proves nothing to others.",
    )
    tsa_timeout: float = Field(
        10.0, gt=0, le=60, description="Seconds to wait for the time-stamping authority."
    )
    visible: bool = Field(
        False, description="Draw a stamp with signer and time at the lower right of the last page."
    )


class PdfaWriter(IncrementalPdfFileWriter):
    """Appends without raising the version past 1.7, which ISO 19005-2 section 6.1.2 forbids.

    pyHanko asks for 2.0 when the signer's key is an elliptic curve.
    """

    def ensure_output_version(self, version: tuple[int, int]) -> None:
        """Raise the version to ``version``, 1.7 at most."""
        super().ensure_output_version(min(version, (1, 7)))  # type: ignore[no-untyped-call]


class SignPades(Stage[SignOptions]):
    """Signs with PAdES B-T (ETSI EN 319 142-1) and checks the signature before handing it on.

    A file that came in signed stays as it is: the record is the source, byte for byte. The
    signature certifies the file and allows further signatures, but no other change.
    """

    name = "sign-pades"
    revision = 1
    Options = SignOptions
    accepts = (Role.FINISHED, Role.SOURCE)
    produces = (Role.RECORD,)
    reads = (SafetyVerdict,)
    states = (Signature,)
    secrets = ("signer-key", "signer-cert", "signer-chain", "tsa-key", "tsa-cert")
    resources = Resources(queue=Queue.SIGN, timeout=120.0)
    sees = Secrecy.SECRET

    def __init__(self, options: SignOptions) -> None:
        super().__init__(options)
        self._loaded: dict[str, LocalSigner] = {}
        self._timestamper: TimeStamper | None = None

    def run(self, context: StageContext) -> Done:
        """One record. Raises SecurityError for unfit keys, TransientError without a time stamp."""
        record = context.workdir / "record.pdf"
        verdict = context.fact(SafetyVerdict)
        if verdict is not None and verdict.signed:
            shutil.copyfile(_input(context, Role.SOURCE), record)
            signature = _as_received(record)
        else:
            shutil.copyfile(_input(context, Role.FINISHED), record)
            signature = self._sign(context, record)
        return Done(
            artifacts=(context.keep(record, Role.RECORD, "application/pdf"),),
            facts=state(signature),
        )

    def _sign(self, context: StageContext, record: Path) -> Signature:
        signer = self._signer(context, "signer-key", "signer-cert")
        timestamper = self._stamper(context)
        try:
            with quiet():
                self._append(record, signer, timestamper)
        except TimestampRequestError as error:
            raise _no_timestamp() from error
        except (SigningError, PdfError, ValueError, KeyError, TypeError) as error:
            raise DocumentError(
                "cannot-sign",
                thai="ลงลายมือชื่อในไฟล์นี้ไม่ได้ โครงสร้าง PDF ผิดปกติ โปรดให้เจ้าหน้าที่ตรวจไฟล์",
                english="This file cannot be signed: its PDF structure is unusual. Have somebody "
                "look at it.",
            ) from error
        return self._checked(record, signer)

    def _append(self, record: Path, signer: LocalSigner, timestamper: TimeStamper) -> None:
        metadata = PdfSignatureMetadata(
            field_name=FIELD,
            subfilter=SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=MDPPerm.FILL_FORMS,
        )
        field = style = None
        with record.open("r+b") as stream:
            writer: Any = PdfaWriter(stream)
            if self.options.visible:
                lines = _stamp_lines(signer)
                place = stamp_place(writer, len(lines))
                style = stamp_style(lines, place.turn)
                field = SigFieldSpec(FIELD, on_page=-1, box=place.box)
            pdf_signer = PdfSigner(
                metadata, signer, timestamper=timestamper, stamp_style=style, new_field_spec=field
            )
            asyncio.run(pdf_signer.async_sign_pdf(writer, in_place=True))

    def _checked(self, record: Path, signer: LocalSigner) -> Signature:
        """What the file now says of itself; refuses a signature that does not hold."""
        found = verify_pdf(record, [])
        check = next((c for c in found.signatures if c.field == FIELD), None)
        if check is None or not (check.intact and check.whole_file and check.timestamp_intact):
            raise SecurityError(
                "signature-unsound",
                thai="ลายมือชื่อที่เพิ่งลงตรวจสอบไม่ผ่าน เอกสารถูกกักไว้ โปรดตรวจบริการประทับเวลา",
                english="The signature just made does not verify; the document is held. Check the "
                "time-stamping authority.",
            )
        trial = is_trial(signer.signing_cert) or self.options.tsa_url == TRIAL
        return _signature(check).model_copy(update={"trial": trial})

    def _signer(self, context: StageContext, key: str, certificate: str) -> LocalSigner:
        """The signer, loaded again only when a secret has changed."""
        secrets = [context.secret(name) for name in (key, certificate, "signer-chain")]
        mark = hashlib.sha256(b"\0".join(hashlib.sha256(s).digest() for s in secrets)).hexdigest()
        signer = self._loaded.get(key + mark)
        if signer is None:
            signer = load_signer(*secrets)
            self._loaded = {k: s for k, s in self._loaded.items() if not k.startswith(key)}
            self._loaded[key + mark] = signer
        check_validity(signer.signing_cert)
        return signer

    def _stamper(self, context: StageContext) -> TimeStamper:
        if self.options.tsa_url == TRIAL:
            return TrialTimeStamper(self._signer(context, "tsa-key", "tsa-cert"))
        if self._timestamper is None:
            self._timestamper = HttpTimeStamper(self.options.tsa_url, self.options.tsa_timeout)
        return self._timestamper


def _input(context: StageContext, role: Role) -> Path:
    try:
        return context.inputs[role]
    except KeyError:
        raise DocumentError(
            "nothing-to-sign",
            thai=f"ไม่มีไฟล์ {role} ให้ลงลายมือชื่อ โปรดตรวจลำดับขั้นตอนในไฟล์นิยาม",
            english=f"There is no {role} file to sign; check the order of the definition's steps.",
        ) from None


def _as_received(record: Path) -> Signature:
    """What a signed file claims of itself; its signers need not be known here."""
    signatures = verify_pdf(record, []).signatures
    signed = [s for s in signatures if s.profile is not SignatureProfile.DOCUMENT_TIMESTAMP]
    if not signed:
        return Signature(profile=SignatureProfile.OTHER, signer="?", kept_as_received=True)
    return _signature(signed[0]).model_copy(update={"kept_as_received": True})


def _signature(check: SignatureCheck) -> Signature:
    return Signature(
        profile=check.profile,
        signer=check.signer,
        certificate_sha256=check.certificate_sha256,
        signed_at=check.signed_at,
        timestamp_at=check.timestamp_at,
        trial=check.trial,
    )


def _stamp_lines(signer: LocalSigner) -> tuple[str, ...]:
    name = display_name(signer.signing_cert)
    lines = ("ลงลายมือชื่ออิเล็กทรอนิกส์โดย", name, f"เมื่อ {thai_moment(datetime.now(BANGKOK))}")
    return (*lines, "ใบรับรองทดลอง ใช้เป็นหลักฐานไม่ได้") if is_trial(signer.signing_cert) else lines


def _no_timestamp() -> TransientError:
    return TransientError(
        "no-timestamp",
        thai="ผู้ให้บริการประทับเวลาไม่ตอบ หรือปฏิเสธคำขอ ระบบจะลองใหม่ โปรดตรวจ tsa_url",
        english="The time-stamping authority gave no answer or refused; it will be asked again. "
        "Check tsa_url.",
    )
