"""The stage ``sign-pades``: the finished PDF/A becomes the signed record."""

import hashlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from pipeline.errors import DocumentError, SecurityError
from pipeline.stage import Queue, Resources, Stage, StageContext, StageOptions, state
from schemas.artifact import Role
from schemas.outcome import Done
from schemas.secrecy import Secrecy
from schemas.signing import Signature, SignatureCheck, SignatureProfile
from schemas.verdict import SafetyVerdict

if TYPE_CHECKING:
    from pyhanko.sign.timestamps import TimeStamper

    from plugins.sign.keys import LocalSigner

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
    libraries = ("plugins.sign.signing",)

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
        from plugins.sign.signing import sign_record

        signer = self._signer(context, "signer-key", "signer-cert")
        sign_record(record, signer, self._stamper(context), visible=self.options.visible)
        return self._checked(record, signer)

    def _checked(self, record: Path, signer: "LocalSigner") -> Signature:
        """What the file now says of itself; refuses a signature that does not hold."""
        from plugins.sign.keys import is_trial
        from plugins.sign.signing import FIELD
        from plugins.sign.verify import verify_pdf

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

    def _signer(self, context: StageContext, key: str, certificate: str) -> "LocalSigner":
        """The signer, loaded again only when a secret has changed."""
        from plugins.sign.keys import check_validity, load_signer

        secrets = [context.secret(name) for name in (key, certificate, "signer-chain")]
        mark = hashlib.sha256(b"\0".join(hashlib.sha256(s).digest() for s in secrets)).hexdigest()
        signer = self._loaded.get(key + mark)
        if signer is None:
            signer = load_signer(*secrets)
            self._loaded = {k: s for k, s in self._loaded.items() if not k.startswith(key)}
            self._loaded[key + mark] = signer
        check_validity(signer.signing_cert)
        return signer

    def _stamper(self, context: StageContext) -> "TimeStamper":
        from plugins.sign.timestamp import HttpTimeStamper, TrialTimeStamper

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
    from plugins.sign.verify import verify_pdf

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
