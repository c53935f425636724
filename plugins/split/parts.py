"""Makes the parts of a split: their files, and the facts that are true of them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import pikepdf

from pipeline.errors import DocumentError
from pipeline.stage import StageContext, state
from plugins.split.subset import subset_pdf, subset_read, subset_texts
from schemas.artifact import Role
from schemas.document import Form
from schemas.facts import Fact
from schemas.outcome import Part
from schemas.page import PagesRead, PageTexts
from schemas.verdict import SafetyVerdict

PDF, JSON = "application/pdf", "application/json"


def read_texts(context: StageContext) -> PageTexts:
    """The page texts that the document carries.

    Raises DocumentError when its searchable PDF has another number of pages.
    """
    texts = PageTexts.model_validate_json(context.inputs[Role.PAGE_TEXT].read_bytes())
    with pikepdf.open(context.inputs[Role.SEARCHABLE]) as pdf:
        if len(pdf.pages) != len(texts.pages):
            raise DocumentError(
                "pages-and-texts-differ",
                thai="จำนวนหน้าของไฟล์กับผลการอ่านไม่ตรงกัน ให้นำต้นฉบับเข้าระบบใหม่",
                english="File and texts differ in their number of pages; take the source in anew.",
            )
    return texts


@dataclass(frozen=True)
class Shears:
    """An open document that parts are cut out of."""

    context: StageContext
    pdf: pikepdf.Pdf
    texts: PageTexts

    def part(self, form: Form, pages: Sequence[int], *facts: Fact) -> Part:
        """``pages`` (1-based) as a part with its own PDF, texts and facts."""
        self.context.remaining()
        stem = f"{form.value}-{pages[0]:05d}"
        target = self.context.workdir / f"{stem}.pdf"
        subset_pdf(self.pdf, pages, target)
        words = self.context.workdir / f"{stem}.json"
        words.write_text(subset_texts(self.texts, pages).model_dump_json(), encoding="utf-8")
        read = self.context.fact(PagesRead)
        stated = (*facts, subset_read(read, pages)) if read else facts
        return Part(
            form=form,
            pages=tuple(pages),
            artifacts=(
                self.context.keep(target, Role.SEARCHABLE, PDF),
                self.context.keep(words, Role.PAGE_TEXT, JSON),
            ),
            facts=state(*stated),
        )


@contextmanager
def shears(context: StageContext, texts: PageTexts) -> Iterator[Shears]:
    """Open the searchable PDF for cutting."""
    with pikepdf.open(context.inputs[Role.SEARCHABLE]) as pdf:
        yield Shears(context, pdf, texts)


def whole_part(context: StageContext, form: Form, pages: int, *facts: Fact) -> Part:
    """The document as its only part, every byte as it is; a signed source goes along."""
    roles = [(Role.SEARCHABLE, PDF), (Role.PAGE_TEXT, JSON)]
    if is_signed(context):
        roles.append((Role.SOURCE, PDF))
    return Part(
        form=form,
        pages=tuple(range(1, pages + 1)),
        artifacts=tuple(context.keep(context.inputs[role], role, kind) for role, kind in roles),
        facts=state(*facts),
    )


def is_signed(context: StageContext) -> bool:
    """Whether the document is a signed file, kept byte for byte."""
    verdict = context.fact(SafetyVerdict)
    return verdict is not None and verdict.signed
