"""The stage ``check-scan``: a badly scanned letter is scanned again, if a person says so."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
from pydantic import Field

from pipeline.durable import discard_partials, write_durably
from pipeline.fonts import missing_fonts
from pipeline.pageview import PageView
from pipeline.stage import Effect, Problem, Stage, StageContext, StageOptions, StationPath
from plugins.scan.faults import LOOK_DPI, Limits, ScanFault, page_faults, scanned_dpi
from plugins.scan.slip import RescanSlip, print_slip
from plugins.scan.wording import ACCEPT, QUESTION, RESCAN, scan_question
from schemas.artifact import Role
from schemas.outcome import Divert, Done, Outcome, Suspend
from schemas.page import PagesRead, PageTexts
from schemas.secrecy import Secrecy
from schemas.verdict import SafetyVerdict

DISPOSITION = "rescan"
STAGING = ".staging"
BANGKOK = timezone(timedelta(hours=7))

Faults = Mapping[int, tuple[ScanFault, ...]]
"""By page of the document, 1-based; pages without fault are left out."""


class ScanOptions(StageOptions):
    """Options of ``check-scan``."""

    slips: StationPath = Field(
        Path("slips"),
        validate_default=True,
        description="Folder where the rescan slips lie ready for the printer, one PDF a letter.",
    )
    least_dpi: float = Field(
        150.0, gt=0, description="Pages scanned more coarsely are asked about."
    )
    least_paper: float = Field(
        128.0, ge=0, le=255, description="Gray level under which the paper of a page is too dark."
    )
    least_contrast: float = Field(
        60.0, ge=0, le=255, description="Gray levels between paper and ink; less is too faint."
    )
    least_sharpness: float = Field(
        0.25,
        ge=0,
        le=1,
        description="Share of the contrast between two neighbouring pixels at the steepest edges; "
        "less, where few words were read surely, is too blurred.",
    )


class CheckScan(Stage[ScanOptions]):
    """Ask about pages that are too coarse, too dark, too faint, blurred or cut off at an edge.

    Suspends with ``confirm-scan``, which names pages and reasons. ``accept`` lets the document go
    on; ``rescan`` diverts it with a slip, and its bytes are kept. Not asked about: handwriting,
    pictures, pages that were never on paper, signed files.
    """

    name = "check-scan"
    revision = 2
    Options = ScanOptions
    consumes = (Role.SEARCHABLE, Role.PAGE_TEXT)
    produces = (Role.SLIP,)
    reads = (PagesRead, SafetyVerdict)
    effect = Effect.KEYED
    sees = Secrecy.TOP_SECRET

    def preflight(self) -> list[Problem]:
        return missing_fonts(self.name)

    def run(self, context: StageContext) -> Outcome:
        verdict = context.fact(SafetyVerdict)
        answers = {a.choice for a in context.answers[-1:] if a.code == QUESTION}
        if ACCEPT.value in answers or (verdict is not None and verdict.signed):
            return Done()
        faults = self._faults(context)
        if RESCAN.value in answers:
            return self._to_rescan(context, faults)
        if faults:
            return Suspend(question=scan_question(faults, context.document.pages))
        return Done()

    def reconcile(self, context: StageContext) -> None:
        """Nothing to find out: a slip made again replaces the first under the same name."""

    def _faults(self, context: StageContext) -> Faults:
        o = self.options
        limits = Limits(o.least_dpi, o.least_paper, o.least_contrast, o.least_sharpness)
        texts = PageTexts.model_validate_json(context.inputs[Role.PAGE_TEXT].read_bytes())
        read = context.fact(PagesRead)
        doubtful = read.low_confidence if read else ()
        path = context.inputs[Role.SEARCHABLE]
        found: dict[int, tuple[ScanFault, ...]] = {}
        with _opened(path) as pdf, pikepdf.open(path) as structure:
            for index, text in enumerate(texts.pages):
                context.remaining()
                view = PageView(path, index, text, LOOK_DPI)
                dpi = scanned_dpi(pdf[index], structure.pages[index])
                if faults := page_faults(view, dpi, limits, doubtful=text.number in doubtful):
                    found[text.number] = faults
        return found

    def _to_rescan(self, context: StageContext, faults: Faults) -> Divert:
        document = context.document
        slip = RescanSlip(
            number=document.id.hex[:8].upper(),
            batch=document.batch.hex[:8].upper(),
            station=context.station,
            pages=document.pages,
            faults={document.pages[page - 1]: found for page, found in faults.items()},
            at=datetime.now(BANGKOK),
        )
        path = context.workdir / "slip.pdf"
        path.write_bytes(print_slip(slip))
        target = self.options.slips / f"{slip.station}_{slip.number}_RESCAN.pdf"
        staging = self.options.slips / STAGING
        discard_partials(target, staging)
        write_durably(target, [path.read_bytes()], staging=staging)
        reasons = sorted({fault for found in faults.values() for fault in found})
        return Divert(
            disposition=DISPOSITION,
            reason=", ".join(reasons),
            artifacts=(context.keep(path, Role.SLIP, "application/pdf"),),
        )


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    pdf: Any = pypdfium2.PdfDocument(path)
    try:
        yield pdf
    finally:
        pdf.close()
