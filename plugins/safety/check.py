"""Stage ``check-safety``: decide whether a file may come in, and say what it is."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

from pipeline import sandbox
from pipeline.sandbox import Completed, run_module, run_tool
from pipeline.stage import Problem, Resources, Stage, StageContext, StageOptions, state
from plugins.safety.inspection import MEND
from plugins.safety.limits import Limits
from plugins.safety.mediatype import claimed_type, tell_type
from plugins.safety.refusals import Refused, refusal
from schemas.artifact import Role
from schemas.outcome import Done
from schemas.secrecy import Secrecy
from schemas.verdict import MediaType, SafetyFinding, SafetyVerdict, Severity

INSPECTION = "plugins.safety.inspection"
QPDF_WARNINGS = 3
REWRITE = ("--decode-level=generalized", "--stream-data=uncompress", "--normalize-content=y")
"""Read every object, unpack every stream but pictures, take page contents apart.

``qpdf --check`` decodes each JPEG as well, 0.3 s a scanned page, and complains of harmless
linearization hints; of 393 odd files, none that passed this failed there. So it only has the last
word where this finds something.
"""
NOWHERE = "/dev/null"
DAMAGED_PAGE = re.compile(rb"^ERROR: page (\d+):", re.MULTILINE)


class CheckSafetyOptions(Limits, StageOptions):
    """The limits of one file."""


class CheckSafety(Stage[CheckSafetyOptions]):
    """Tell the type by content, hold the limits, find active content, check signatures.

    The file is only ever parsed inside the sandbox. Raises DocumentError for a file that is empty,
    broken off, damaged, locked, too large or of another type; SecurityError for a PDF whose digital
    signature is broken. Reasons and codes: docs/safety.md.
    """

    name = "check-safety"
    revision = 1
    Options = CheckSafetyOptions
    consumes = (Role.SOURCE,)
    states = (SafetyVerdict,)
    resources = Resources(timeout=900, memory=4096)
    sees = Secrecy.TOP_SECRET

    def preflight(self) -> list[Problem]:
        problems = []
        if shutil.which("qpdf") is None:
            problems.append(
                Problem(
                    "tool-missing",
                    thai="ไม่พบโปรแกรม qpdf ให้ติดตั้งแพ็กเกจ qpdf",
                    english="The program qpdf is missing; install the Debian package qpdf.",
                )
            )
        if not sandbox.isolated():
            problems.append(
                Problem(
                    "not-isolated",
                    thai="โปรแกรมภายนอกไม่ถูกกักบริเวณ ให้ติดตั้ง bubblewrap และเปิด user namespaces",
                    english=f"Isolation of external tools is {sandbox.describe()}.",
                    warning=True,
                )
            )
        return problems

    def run(self, context: StageContext) -> Done:
        source = context.inputs[Role.SOURCE]
        try:
            if source.stat().st_size > self.options.max_bytes:
                raise Refused("file-too-large")
            verdict = self._inspect(context, source)
        except Refused as refused:
            raise refusal(refused.code, self.options, refused.page) from None
        return Done(facts=state(verdict))

    def _inspect(self, context: StageContext, source: Path) -> SafetyVerdict:
        media_type = tell_type(source)
        limits = self.options.model_dump_json()
        answer = _ask(context, source, media_type, limits)
        verdict = SafetyVerdict.model_validate(answer["verdict"])
        if media_type is MediaType.PDF:
            verdict = _check_structure(context, source, verdict)
        artifact = context.document.artifact(Role.SOURCE)
        declared = artifact.media_type if artifact else ""
        if claimed_type(source.suffix, declared) not in (None, media_type):
            if media_type is MediaType.TEXT:
                raise Refused("not-as-named")
            finding = SafetyFinding(code="type-differs", severity=Severity.NOTE)
            verdict = verdict.model_copy(update={"findings": (*verdict.findings, finding)})
        return verdict


def _check_structure(context: StageContext, source: Path, verdict: SafetyVerdict) -> SafetyVerdict:
    """Have qpdf read everything. Faults it can mend pass if a mended copy keeps all pages."""
    clean = _qpdf(context, *REWRITE, source, NOWHERE).returncode == 0
    damaged = verdict.damaged or not clean
    if not clean:
        checked = _qpdf(context, "--check", source)
        if checked.returncode not in (0, QPDF_WARNINGS):
            page = DAMAGED_PAGE.search(checked.stderr)
            raise Refused("page-damaged", int(page[1])) if page else Refused("pdf-damaged")
    if damaged and not verdict.signed:
        scratch = context.workdir / "mended.pdf"
        mended = _ask(context, source, MEND, str(scratch))
        scratch.unlink()
        if mended["pages"] != verdict.pages:
            raise Refused("pages-missing")
    return verdict.model_copy(update={"damaged": damaged})


def _qpdf(context: StageContext, *arguments: str | Path) -> Completed:
    return run_tool(
        ["qpdf", *arguments],
        workdir=context.workdir,
        timeout=context.remaining(),
        memory_mib=context.memory,
    )


def _ask(context: StageContext, *arguments: str | Path) -> dict[str, Any]:
    """The inspection's answer. A file that breaks the inspection itself is refused like others."""
    completed = run_module(
        INSPECTION,
        arguments,
        workdir=context.workdir,
        timeout=context.remaining(),
        memory_mib=context.memory,
    )
    if completed.returncode != 0:
        context.log.error("inspection ended by %s", _exception_name(completed.stderr))
        raise Refused("unreadable")
    answer: dict[str, Any] = json.loads(completed.stdout)
    if "refused" in answer:
        raise Refused(answer["refused"], answer["page"])
    return answer


def _exception_name(stderr: bytes) -> str:
    """The class of the exception that ended a Python child; never its text, which may quote."""
    last = stderr.rstrip().rpartition(b"\n")[2].partition(b":")[0].decode("ascii", "replace")
    return last if last.replace(".", "").isidentifier() else "an unknown error"
