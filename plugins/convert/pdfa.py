"""Stage ``convert-pdfa``: one letter or attachment as PDF/A, checked, ready to be signed."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

import pikepdf
from pikepdf import Pdf
from pydantic import Field

from pipeline.errors import DocumentError
from pipeline.stage import Stage, StageContext, StageOptions
from schemas.artifact import Role
from schemas.filing import FileName
from schemas.outcome import Done
from schemas.secrecy import Secrecy
from schemas.verdict import SafetyVerdict

if TYPE_CHECKING:
    from pikepdf import pdfa

_CREATOR = "saraban"
_OUTSIDE = (
    "/AcroForm",
    "/OpenAction",
    "/AA",
    "/Perms",
    "/DSS",
    "/PieceInfo",
    "/Threads",
    "/Requirements",
)
"""Entries of the catalogue that ask, act, point outside or belong to another program."""


class PdfaOptions(StageOptions):
    """Options of ``convert-pdfa``."""

    flavour: Literal["2b", "3b"] = Field(
        "2b", description="Part and level of ISO 19005; 3b lets embedded files stay."
    )


class FinishPdfA(Stage[PdfaOptions]):
    """Page content stays as it is; structure and metadata are set right.

    The title is the archive name, never the subject. A file that came in signed is left alone: its
    received bytes are the record.
    """

    name = "convert-pdfa"
    revision = 1
    Options = PdfaOptions
    consumes: ClassVar[tuple[str, ...]] = (Role.SEARCHABLE,)
    produces: ClassVar[tuple[str, ...]] = (Role.FINISHED,)
    reads = (SafetyVerdict, FileName)
    sees = Secrecy.SECRET
    libraries = ("pikepdf.pdfa",)

    def run(self, context: StageContext) -> Done:
        from pikepdf import pdfa

        verdict = context.fact(SafetyVerdict)
        if verdict and verdict.signed:
            return Done()
        name = context.fact(FileName)
        target = context.workdir / "finished.pdf"
        with _opened(context.inputs[Role.SEARCHABLE]) as pdf:
            _still(pdf)
            _retitle(pdf, name.stem if name else None)
            try:
                pdfa.save(pdf, target, self.options.flavour)
            except pdfa.PdfaError as error:
                raise _refused(self.options.flavour, error.report) from error
        return Done(artifacts=(context.keep(target, Role.FINISHED, "application/pdf"),))


def _opened(path: Path) -> Pdf:
    try:
        return Pdf.open(path)
    except (pikepdf.PdfError, pikepdf.PasswordError) as error:
        raise DocumentError(
            "pdf-unreadable",
            thai="เปิดไฟล์ PDF ไม่ได้ กรุณาตรวจสอบไฟล์ต้นฉบับหรือสแกนใหม่",
            english="The PDF cannot be opened; check the source or scan it again.",
        ) from error


def _still(pdf: Pdf) -> None:
    """Take out what acts; draw form fields into their pages."""
    if "/AcroForm" in pdf.Root:
        pdf.generate_appearance_streams()
        pdf.flatten_annotations("all")
    for key in _OUTSIDE:
        if key in pdf.Root:
            del pdf.Root[key]
    for page in pdf.pages:
        _drop_fields(page)
        for key in ("/AA", "/PieceInfo", "/Thumb"):
            if key in page.obj:
                del page.obj[key]
    if "/DocChecksum" in pdf.trailer:
        del pdf.trailer["/DocChecksum"]


def _drop_fields(page: pikepdf.Page) -> None:
    """Fields that are still there after flattening show nothing."""
    annotations = page.obj.get("/Annots")
    if isinstance(annotations, pikepdf.Array):
        page.obj.Annots = pikepdf.Array(
            [
                each
                for each in annotations
                if isinstance(each, pikepdf.Dictionary) and each.get("/Subtype") != "/Widget"
            ]
        )


def _retitle(pdf: Pdf, title: str | None) -> None:
    """Replace all metadata: the source's title, subject or keywords may tell the content."""
    del pdf.docinfo
    if "/Metadata" in pdf.Root:
        del pdf.Root["/Metadata"]
    now = datetime.now(UTC).isoformat(timespec="seconds")
    with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
        if title:
            metadata["dc:title"] = title
        metadata["xmp:CreatorTool"] = _CREATOR
        metadata["xmp:CreateDate"] = metadata["xmp:ModifyDate"] = now


def _refused(flavour: str, report: "pdfa.Report") -> DocumentError:
    rules = sorted({finding.rule for finding in report.findings})
    shown = ", ".join(rules[:8]) + (" ..." if len(rules) > 8 else "")
    return DocumentError(
        "pdfa-not-reached",
        thai=f"แปลงเป็น PDF/A-{flavour} ไม่ได้ ไม่ผ่านกฎ {shown} กรุณาพิมพ์หรือสแกนเอกสารใหม่",
        english=f"The document cannot be made PDF/A-{flavour}; rules not met: {shown}. "
        "Print or scan it again.",
    )
