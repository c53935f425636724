"""The stage ``seal-cms``: a secret record leaves only in envelopes for the registrars."""

from collections.abc import Sequence
from pathlib import Path

from cryptography import x509
from pydantic import Field

from pipeline.errors import SecurityError
from pipeline.stage import Queue, Resources, Stage, StageContext, StageOptions, state
from plugins.seal.delivery import new_password, write_copy
from plugins.seal.envelope import ALGORITHM, seal
from plugins.seal.registrars import is_trial, load_registrars, recipient
from schemas.artifact import Role
from schemas.outcome import Done, Kept
from schemas.secrecy import Secrecy
from schemas.signing import Sealing

DELIVERY_PASSWORD = "delivery-password"
"""Role of the envelope that holds the delivery copy's password."""
CMS_TYPE = "application/pkcs7-mime"
PLAINTEXT_ROLES = (
    Role.RECORD,
    Role.SIDECAR,
    Role.FINISHED,
    Role.SEARCHABLE,
    Role.PAGE_TEXT,
    Role.PDF,
)
"""What a sealed document no longer needs in the clear."""


class SealOptions(StageOptions):
    """Options of ``seal-cms``."""

    password_copy: bool = Field(
        False,
        description="Also make a copy of a secret record that opens with a password, for delivery "
        "to somebody without a certificate; its password is sealed for the registrars.",
    )


class SealCms(Stage[SealOptions]):
    """Seals records of ลับ and ลับมาก (RFC 5083); a letter without a mark passes as it is.

    The record itself is not altered, only wrapped. Raises SecurityError when any registrar's
    certificate is unfit, and for ลับที่สุด, which is never kept electronically.
    """

    name = "seal-cms"
    revision = 1
    Options = SealOptions
    consumes = (Role.RECORD, Role.SIDECAR)
    produces = (Role.ENVELOPE, Role.SIDECAR_ENVELOPE, Role.DELIVERY, DELIVERY_PASSWORD)
    states = (Sealing,)
    secrets = ("registrar-certs",)
    resources = Resources(queue=Queue.SEALED, timeout=300.0)
    sees = Secrecy.SECRET

    def run(self, context: StageContext) -> Done:
        """Nothing for NORMAL; else the envelopes, and the plaintext roles retired."""
        level = context.document.exposure
        if level is Secrecy.NORMAL:
            return Done()
        if level is Secrecy.TOP_SECRET:
            raise SecurityError(
                "top-secret-on-paper-only",
                thai="เอกสารชั้นลับที่สุดหรือที่ยังไม่กำหนดชั้น ห้ามเก็บเป็นอิเล็กทรอนิกส์ ให้ดำเนินการด้วยกระดาษ",
                english="A ลับที่สุด document, or one not yet classified, is never kept "
                "electronically; route it on paper.",
            )
        registrars = load_registrars(context.secret("registrar-certs"))
        artifacts = [
            _sealed(context, context.inputs[Role.RECORD], Role.ENVELOPE, registrars),
            _sealed(context, context.inputs[Role.SIDECAR], Role.SIDECAR_ENVELOPE, registrars),
        ]
        if self.options.password_copy:
            artifacts += _delivery(context, registrars)
        sealing = Sealing(
            algorithm=ALGORITHM,
            recipients=tuple(recipient(certificate) for certificate in registrars),
            trial=any(is_trial(certificate) for certificate in registrars),
        )
        return Done(
            artifacts=tuple(artifacts),
            facts=state(sealing),
            retire=tuple(map(str, PLAINTEXT_ROLES)),
        )


def _sealed(
    context: StageContext, plain: Path, role: str, registrars: Sequence[x509.Certificate]
) -> Kept:
    target = context.workdir / f"{role}.p7m"
    with plain.open("rb") as stream, target.open("wb") as out:
        out.writelines(seal(stream, plain.stat().st_size, registrars))
    return context.keep(target, role, CMS_TYPE)


def _delivery(context: StageContext, registrars: Sequence[x509.Certificate]) -> list[Kept]:
    password = new_password()
    copy = context.workdir / "delivery.pdf"
    write_copy(context.inputs[Role.RECORD], copy, password)
    note = context.workdir / "delivery-password.txt"
    note.write_text(f"{password}\n", encoding="ascii")
    return [
        context.keep(copy, Role.DELIVERY, "application/pdf"),
        _sealed(context, note, DELIVERY_PASSWORD, registrars),
    ]
