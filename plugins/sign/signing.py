"""Appends the signature to a finished PDF/A."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError

from pipeline.errors import DocumentError, TransientError
from plugins.sign.keys import LocalSigner, display_name, is_trial
from plugins.sign.quiet import quiet
from plugins.sign.stamp import stamp_place, stamp_style
from schemas.signing import BANGKOK, thai_moment

FIELD = "SarabanRecord"
"""Name of the signature field."""


class PdfaWriter(IncrementalPdfFileWriter):
    """Appends without raising the version past 1.7, which ISO 19005-2 section 6.1.2 forbids.

    pyHanko asks for 2.0 when the signer's key is an elliptic curve.
    """

    def ensure_output_version(self, version: tuple[int, int]) -> None:
        """Raise the version to ``version``, 1.7 at most."""
        super().ensure_output_version(min(version, (1, 7)))  # type: ignore[no-untyped-call]


def sign_record(
    record: Path, signer: LocalSigner, timestamper: TimeStamper, *, visible: bool
) -> None:
    """Sign ``record`` in its place, with a stamp on the last page if ``visible``.

    Raises TransientError without a time stamp, DocumentError when the file cannot be signed.
    """
    try:
        with quiet():
            _append(record, signer, timestamper, visible=visible)
    except TimestampRequestError as error:
        raise _no_timestamp() from error
    except (SigningError, PdfError, ValueError, KeyError, TypeError) as error:
        raise DocumentError(
            "cannot-sign",
            thai="ลงลายมือชื่อในไฟล์นี้ไม่ได้ โครงสร้าง PDF ผิดปกติ โปรดให้เจ้าหน้าที่ตรวจไฟล์",
            english="This file cannot be signed: its PDF structure is unusual. Have somebody "
            "look at it.",
        ) from error


def _append(record: Path, signer: LocalSigner, timestamper: TimeStamper, *, visible: bool) -> None:
    metadata = PdfSignatureMetadata(
        field_name=FIELD,
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.FILL_FORMS,
    )
    field = style = None
    with record.open("r+b") as stream:
        writer: Any = PdfaWriter(stream)
        if visible:
            lines = _stamp_lines(signer)
            place = stamp_place(writer, len(lines))
            style = stamp_style(lines, place.turn)
            field = SigFieldSpec(FIELD, on_page=-1, box=place.box)
        pdf_signer = PdfSigner(
            metadata, signer, timestamper=timestamper, stamp_style=style, new_field_spec=field
        )
        asyncio.run(pdf_signer.async_sign_pdf(writer, in_place=True))


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
