"""Stage ``convert-pdf``: the working PDF of whatever came in."""

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from pydantic import Field

from pipeline.errors import ConfigurationError
from pipeline.sandbox import run_module, run_tool
from pipeline.stage import Problem, Resources, Stage, StageContext, StageOptions, state
from plugins.convert.failures import Failed, failure
from plugins.convert.office import office_to_pdf
from schemas.artifact import Role
from schemas.outcome import Done
from schemas.secrecy import Secrecy
from schemas.verdict import Conversion, MediaType, SafetyVerdict, Severity

REWRITING = "plugins.convert.rewriting"
PICTURES = (MediaType.JPEG, MediaType.PNG, MediaType.TIFF)


class ConvertPdfOptions(StageOptions):
    """Options of ``convert-pdf``."""

    max_pages: int = Field(
        2000, gt=0, description="Most pages that a DOC, DOCX or text file may come to."
    )


class ConvertPdf(Stage[ConvertPdfOptions]):
    """Pictures and office files become PDF; a PDF is cleaned where the safety check found cause.

    A PDF without cause, or with a digital signature, keeps its bytes. Needs the fact of
    ``check-safety``. Raises DocumentError when pages would be lost or nothing can be made of it.
    """

    name = "convert-pdf"
    revision = 1
    Options = ConvertPdfOptions
    consumes = (Role.SOURCE,)
    produces = (Role.PDF,)
    reads = (SafetyVerdict,)
    states = (Conversion,)
    resources = Resources(timeout=900, memory=4096)
    sees = Secrecy.TOP_SECRET

    def preflight(self) -> list[Problem]:
        problems = []
        if shutil.which("soffice") is None:
            problems.append(
                Problem(
                    "tool-missing",
                    thai="ไม่พบ LibreOffice จะรับ DOC, DOCX, TXT ไม่ได้ "
                    "ให้ติดตั้งแพ็กเกจ libreoffice-writer-nogui",
                    english="LibreOffice is missing, so DOC, DOCX and TXT cannot be taken; install "
                    "the Debian package libreoffice-writer-nogui.",
                    warning=True,
                )
            )
        elif not _has_thai_font():
            problems.append(
                Problem(
                    "fonts-missing",
                    thai="ไม่มีฟอนต์ภาษาไทย เอกสาร DOC, DOCX, TXT จะแสดงผิด "
                    "ให้ติดตั้งแพ็กเกจ fonts-thai-tlwg และฟอนต์ TH Sarabun",
                    english="There is no Thai font, so DOC, DOCX and TXT would come out wrong; "
                    "install the Debian package fonts-thai-tlwg and the TH Sarabun fonts.",
                    warning=True,
                )
            )
        return problems

    def run(self, context: StageContext) -> Done:
        verdict = context.fact(SafetyVerdict)
        if verdict is None:
            raise ConfigurationError(
                "verdict-missing",
                thai="convert-pdf ต้องอยู่หลัง check-safety ในนิยาม ให้แก้ลำดับขั้นตอน",
                english="convert-pdf must come after check-safety; mend the order of the steps.",
            )
        target = context.workdir / "working.pdf"
        try:
            done = self._convert(context, verdict, target)
        except Failed as failed:
            raise failure(failed.code) from None
        kept = context.keep(target, Role.PDF, MediaType.PDF)
        return Done(artifacts=(kept,), facts=state(done), pages=done.pages)

    def _convert(self, context: StageContext, verdict: SafetyVerdict, target: Path) -> Conversion:
        source = context.inputs[Role.SOURCE]
        removed = {f.code for f in verdict.findings if f.severity is Severity.REMOVED}
        if verdict.media_type in PICTURES:
            method, answer = "pictures", _rewrite(context, "pictures", source, target)
        elif verdict.media_type is not MediaType.PDF:
            made = office_to_pdf(context, source, verdict.media_type, verdict.charset)
            method, answer = "office", _rewrite(context, "clean", made, target)
        elif verdict.needs_cleaning:
            method, answer = "cleaned", _rewrite(context, "clean", source, target)
        else:
            shutil.copyfile(source, target)
            method, answer = "same-bytes", _rewrite(context, "count", target)
        pages = int(answer["pages"])
        if pages > self.options.max_pages and verdict.pages is None:
            raise Failed("too-many-pages")
        if verdict.pages not in (None, pages):
            raise Failed("pages-disputed")
        changed = sorted(removed) if method in ("cleaned", "office") else []
        return Conversion(method=method, pages=pages, changed=(*changed, *answer["changed"]))


def _rewrite(context: StageContext, *arguments: str | Path) -> dict[str, Any]:
    completed = run_module(
        REWRITING,
        arguments,
        workdir=context.workdir,
        timeout=context.remaining(),
        memory_mib=context.memory,
    )
    if completed.returncode != 0:
        raise Failed("unconvertible")
    answer: dict[str, Any] = json.loads(completed.stdout)
    if "failed" in answer:
        raise Failed(answer["failed"])
    return answer


def _has_thai_font() -> bool:
    """Whether fontconfig knows any font for Thai; it comes with LibreOffice."""
    with tempfile.TemporaryDirectory() as folder:
        listed = run_tool(["fc-list", ":lang=th", "family"], workdir=Path(folder), timeout=60)
    return bool(listed.stdout.strip())
