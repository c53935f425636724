"""What the three readers share: which pages to read, and how to hand the words over."""

import shutil
from abc import abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, TypeVar

import pikepdf
import pypdfium2
from pydantic import Field, PositiveInt

from pipeline.errors import DocumentError
from pipeline.stage import Resources, Stage, StageContext, StageOptions, state
from plugins.ocr.textlayer import TextLayer, layer, opened
from schemas.artifact import Role
from schemas.outcome import Done
from schemas.page import PagesRead, PageText, PageTexts
from schemas.secrecy import Secrecy


class ReadOptions(StageOptions):
    """Options of every reader."""

    languages: tuple[str, ...] = Field(
        ("tha",), min_length=1, description="Tesseract models, the leading language first."
    )
    psm: int = Field(
        4,
        ge=1,
        le=13,
        description="Tesseract's page segmentation mode; 4 keeps a letter's lines together, "
        "6 loses ruled tables.",
    )
    least_dpi: float = Field(
        150.0, gt=0, description="Pages scanned more coarsely are enlarged to this for reading."
    )
    most_dpi: float = Field(
        200.0, gt=0, description="Pages scanned more finely are reduced to this for reading."
    )
    page_seconds: float = Field(
        120.0, gt=0, description="Longest time for one page before the attempt is given up."
    )
    fallback_dpi: PositiveInt = Field(
        300, description="Resolution of the word boxes of pages that hold no picture."
    )
    low_confidence: float = Field(
        0.75, ge=0, le=1, description="Pages whose mean word confidence is lower are reported."
    )
    believe_text: bool = Field(
        True, description="Take the words of pages that were never on paper from the file itself."
    )


R = TypeVar("R", bound=ReadOptions)


@dataclass(frozen=True)
class Order:
    """Read ``pages`` (1-based) of ``source`` and write ``target``, the whole searchable PDF.

    A hidden text layer on these pages is replaced.
    """

    source: Path
    target: Path
    pages: list[int]


class ReadPages(Stage[R]):
    """Base of the readers. A subclass reads pages in :meth:`read_pages`."""

    consumes: ClassVar[tuple[str, ...]] = (Role.PDF,)
    produces: ClassVar[tuple[str, ...]] = (Role.SEARCHABLE, Role.PAGE_TEXT)
    states = (PagesRead,)
    sees = Secrecy.TOP_SECRET
    resources = Resources(timeout=3600.0)
    libraries = ("plugins.ocr.engine",)

    @abstractmethod
    def engine(self) -> str:
        """Name and versions of the recogniser and its models."""

    @abstractmethod
    def read_pages(self, context: StageContext, order: Order) -> dict[int, PageText]:
        """Carry out ``order``; answers the texts by 0-based page index."""

    def run(self, context: StageContext) -> Done:
        source = _working_copy(context.inputs[Role.PDF], context.workdir)
        target = context.workdir / "searchable.pdf"
        layers = _layers(source, self.options.fallback_dpi)
        pages = {
            index: found.page
            for index, found in enumerate(layers)
            if self.options.believe_text and found.believable
        }
        unread = [index for index in range(len(layers)) if index not in pages]
        if unread:
            pages |= self.read_pages(context, Order(source, target, [at + 1 for at in unread]))
            _require_all(pages, len(layers))
        else:
            shutil.copyfile(source, target)
        return self._done(context, target, [pages[index] for index in range(len(layers))])

    def _done(self, context: StageContext, searchable: Path, pages: list[PageText]) -> Done:
        words = context.workdir / "page-text.json"
        words.write_text(PageTexts(pages=tuple(pages)).model_dump_json(), "utf-8")
        fact = PagesRead(
            engine=self.engine(),
            count=len(pages),
            blank=tuple(page.number for page in pages if page.blank),
            turned={page.number: page.turn for page in pages if page.turn},
            low_confidence=tuple(page.number for page in pages if self._doubtful(page)),
            born_digital=tuple(page.number for page in pages if page.born_digital),
        )
        return Done(
            artifacts=(
                context.keep(searchable, Role.SEARCHABLE, "application/pdf"),
                context.keep(words, Role.PAGE_TEXT, "application/json"),
            ),
            facts=state(fact),
        )

    def _doubtful(self, page: PageText) -> bool:
        if page.blank or page.born_digital:
            return False
        letters = sum(len(word.text) for line in page.lines for word in line.words)
        trust = sum(line.confidence * sum(len(w.text) for w in line.words) for line in page.lines)
        return trust < self.options.low_confidence * letters or not letters


def _layers(source: Path, dpi: float) -> list[TextLayer]:
    try:
        document = opened(source)
        try:
            return [layer(document, index, dpi) for index in range(len(document))]
        finally:
            document.close()
    except pypdfium2.PdfiumError as error:
        raise _unreadable() from error


def _working_copy(source: Path, workdir: Path) -> Path:
    """``source``, or a copy of it that may be written upon.

    In the copy the media box is what a person sees, and form fields, signatures among them, are
    drawn into the page: whatever is added would break a signature while it still looks like one.
    The record itself stays the received bytes.
    """
    try:
        with pikepdf.open(source) as pdf:
            cropped = [page for page in pdf.pages if page.cropbox != page.mediabox]
            asking = "/AcroForm" in pdf.Root
            if not cropped and not asking:
                return source
            for page in cropped:
                page.mediabox = page.cropbox
            if asking:
                pdf.generate_appearance_streams()
                pdf.flatten_annotations("all")
            for key in {"/AcroForm", "/Perms", "/DSS"} & set(pdf.Root.keys()):
                del pdf.Root[key]
            copy = workdir / "working-copy.pdf"
            pdf.save(copy)
            return copy
    except (pikepdf.PdfError, pikepdf.PasswordError) as error:
        raise _unreadable() from error


def _require_all(pages: dict[int, PageText], count: int) -> None:
    missing = [index + 1 for index in range(count) if index not in pages]
    if missing:
        shown = ", ".join(map(str, missing))
        raise DocumentError(
            "page-unread",
            thai=f"อ่านหน้า {shown} ไม่ได้ กรุณาตรวจสอบไฟล์ต้นฉบับหรือสแกนใหม่",
            english=f"Page {shown} could not be read; check the source or scan it again.",
        )


def _unreadable() -> DocumentError:
    return DocumentError(
        "pdf-unreadable",
        thai="เปิดไฟล์ PDF ไม่ได้ กรุณาตรวจสอบไฟล์ต้นฉบับหรือสแกนใหม่",
        english="The PDF cannot be opened; check the source or scan it again.",
    )
