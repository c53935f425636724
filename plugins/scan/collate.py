"""The stage ``collate-duplex``: two passes through a simplex feeder become pages in their order."""

from typing import Literal

import pikepdf
from pydantic import Field

from pipeline.errors import DocumentError
from pipeline.stage import Stage, StageContext, StageOptions
from schemas.artifact import Role
from schemas.document import Form
from schemas.outcome import Done, Outcome, Part, Split
from schemas.secrecy import Secrecy
from schemas.verdict import MediaType, SafetyVerdict

SCANNED = (MediaType.PDF, MediaType.TIFF, MediaType.JPEG, MediaType.PNG)


class CollateOptions(StageOptions):
    """Options of ``collate-duplex``."""

    backs: Literal["reversed", "in-order"] = Field(
        "reversed",
        description="reversed: the stack was turned over as a whole, so the last sheet's back came "
        "first; in-order: the first sheet's back came first.",
    )


class CollateDuplex(Stage[CollateOptions]):
    """All fronts, then all backs of a stack, in one file: lays each back behind its front.

    For stations without a duplex feeder, after ``convert-pdf`` and before reading. Every page keeps
    its number in the file that came in. Office files and signed ones pass as they are. Raises
    DocumentError for an odd number of pages: the passes then differ, and every page behind the
    missing one would lie in the wrong letter.
    """

    name = "collate-duplex"
    revision = 1
    Options = CollateOptions
    consumes = (Role.PDF,)
    produces = (Role.PDF,)
    reads = (SafetyVerdict,)
    sees = Secrecy.TOP_SECRET

    def run(self, context: StageContext) -> Outcome:
        verdict = context.fact(SafetyVerdict)
        if verdict is not None and (verdict.signed or verdict.media_type not in SCANNED):
            return Done()
        target = context.workdir / "collated.pdf"
        with pikepdf.open(context.inputs[Role.PDF]) as pdf:
            order = collated(len(pdf.pages), backwards=self.options.backs == "reversed")
            pdf.pages[:] = [pdf.pages[number - 1] for number in order]
            pdf.save(target, deterministic_id=True)
        kept = context.keep(target, Role.PDF, MediaType.PDF)
        return Split(parts=(Part(form=Form.STACK, pages=order, artifacts=(kept,)),))


def collated(count: int, *, backwards: bool) -> tuple[int, ...]:
    """Page numbers (1-based) of ``count`` sides in reading order: 1, n, 2, n-1 ... ``backwards``.

    Raises DocumentError when ``count`` is odd.
    """
    if count % 2:
        raise DocumentError(
            "passes-differ",
            thai=f"มี {count} หน้า ด้านหน้ากับด้านหลังจึงมีจำนวนไม่เท่ากัน อาจมีแผ่นติดกันหรือสแกนขาดด้าน "
            "กรุณาสแกนใหม่ทั้งสองด้าน",
            english=f"{count} pages: fronts and backs differ in number. Sheets may have been fed "
            "together, or a side is missing; scan both sides again.",
        )
    half = count // 2
    fronts = range(1, half + 1)
    backs = range(count, half, -1) if backwards else range(half + 1, count + 1)
    return tuple(page for sheet in zip(fronts, backs, strict=True) for page in sheet)
