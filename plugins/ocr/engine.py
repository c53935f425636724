"""OCRmyPDF driven by a recogniser of ours: the plugin object of one run."""

import contextlib
import logging
import os
import tempfile
import threading
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import ocrmypdf
from ocrmypdf._options import OcrOptions
from ocrmypdf._plugin_manager import get_plugin_manager
from ocrmypdf.exceptions import ExitCodeException, MissingDependencyError
from ocrmypdf.helpers import Resolution
from ocrmypdf.pluginspec import OrientationConfidence
from pikepdf import PdfError
from PIL import Image
from pypdfium2 import PdfiumError

from pipeline.errors import ConfigurationError, DocumentError
from pipeline.pages import Pages
from pipeline.pixels import Gray
from pipeline.stage import StageContext
from pipeline.straightening import Straightening
from plugins.ocr.colour import uncovered
from plugins.ocr.raster import PDFIUM, Sheet, clear, level, reduced, render, straightening
from plugins.ocr.reading import Order, ReadOptions
from plugins.ocr.recogniser import Orientation, Recogniser
from plugins.ocr.textpdf import write_text_pdf
from plugins.ocr.words import ReadLine, thai_letters
from schemas.page import Line, PageText

LEAST_INK = 0.0004
"""Share of ink under which a page may be blank; one line of text has 0.0006."""
LEAST_LETTERS = 12
"""A page with this many Thai letters is never blank, whatever its ink."""
READ_SURELY = 0.9
"""Confidence of words that upright pages are full of; on turned ones no tenth reach it."""
UPRIGHT_LETTERS = 40
"""Thai letters that must be read surely, and be half of all, for a page to be upright."""
DARK = 128
"""Gray level of the lightest twentieth of a page under which nothing on it can be told."""
SURE = 8.0
"""Orientation confidence from which one detection is enough."""
CLEARLY = 1.3
"""How much better another orientation must read before an unsure page is turned."""

MIRRORED = 2.0
"""How much better what shows through reads mirrored; measured were 3.3 to 5.3, of fronts 0.3."""
LEAST_MIRRORED = 20.0
"""Letters that it must be read by mirrored, as if each were sure."""

_BREAKAGES = (
    PdfError,
    PdfiumError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)
"""What OCRmyPDF, pdfminer and PDFium raise on files that break the PDF standard."""
_ONE_RUN = threading.Lock()


class Reading(NamedTuple):
    """Lines of the straightened page, and how it was straightened."""

    straight: Straightening
    lines: list[ReadLine]


@dataclass
class PageReader:
    """Plugin of one OCRmyPDF run and its engine (:class:`ocrmypdf.pluginspec.OcrEngine` by shape).

    What was read is kept in ``pages`` by 0-based index. ``remaining`` answers how many seconds are
    left and raises when there are none. Pictures go from PDFium to the recogniser in memory;
    OCRmyPDF sees a placeholder, so that nothing is encoded, written or masked in between.
    """

    recogniser: Recogniser
    options: ReadOptions
    remaining: Callable[[], float]
    page_done: Callable[[int], None]
    """Told how many pages are read, after each."""
    pages: dict[int, PageText] = field(default_factory=dict)
    _sheets: dict[int, Sheet] = field(default_factory=dict)
    _readings: dict[int, Reading] = field(default_factory=dict)
    _turns: dict[int, Orientation] = field(default_factory=dict)
    _opened: dict[Path, Pages] = field(default_factory=dict)

    @ocrmypdf.hookimpl(tryfirst=True)
    def get_ocr_engine(self) -> Any:
        return self

    @ocrmypdf.hookimpl(tryfirst=True)
    def rasterize_pdf_page(
        self,
        input_file: Path,
        output_file: Path,
        raster_dpi: Resolution[float],
        pageno: int,
        rotation: int | None,
    ) -> Path:
        """Called twice a page: to tell which way up it is, then turned by ``rotation``
        counter-clockwise."""
        index = pageno - 1
        sheet = self._sheets.get(index)
        if sheet is None:
            dpi = min(max(raster_dpi.to_scalar(), self.options.least_dpi), self.options.most_dpi)
            sheet = render(self._pages_of(input_file), index, dpi)
        self._sheets[index] = sheet.turned(-rotation) if rotation else sheet
        placeholder = Image.new("L", (1, 1), pageno)
        placeholder.save(output_file, format="PNG", dpi=(sheet.dpi, sheet.dpi))
        return output_file

    def get_orientation(self, input_file: Path, options: OcrOptions) -> OrientationConfidence:  # noqa: ARG002
        """Reads the page as it lies: where that yields words, nothing else need be asked."""
        index = page_index(input_file)
        sheet = self._sheets[index]
        reading = self._read(sheet)
        if stands_upright(reading.lines) or sheet.empty:
            found = Orientation(0, 0.0)
        else:
            found = self._turns[index] = self._upright(sheet)
        if found.turn == 0:
            self._readings[index] = reading
        return OrientationConfidence((360 - found.turn) % 360, found.confidence)

    def generate_pdf(
        self,
        input_file: Path,
        output_pdf: Path,
        output_text: Path,
        options: OcrOptions,  # noqa: ARG002
    ) -> None:
        index = page_index(input_file)
        sheet = self._sheets.pop(index)
        known = self._readings.pop(index, None)
        straight, found = known or self._read(sheet)
        lines = kept(sheet, self._uncovered(sheet, straight, found))
        if lines and self._shines_through(sheet, lines):
            lines = []
        self.pages[index] = page_of(index, sheet, straight, lines, self._turns.get(index))
        write_text_pdf(output_pdf, lines, straight, sheet.dpi)
        output_text.touch()
        self.page_done(len(self.pages))

    def _read(self, sheet: Sheet) -> Reading:
        straight = straightening(sheet)
        if sheet.empty:
            return Reading(straight, [])
        picture = clear(straight.apply(sheet.gray))
        return Reading(straight, self.recogniser.read(picture, sheet.dpi, self._seconds()))

    def _uncovered(
        self, sheet: Sheet, straight: Straightening, lines: list[ReadLine]
    ) -> list[ReadLine]:
        """``lines`` with what stands under seals and signatures."""
        if sheet.black is None:
            return lines
        gray, black = straight.apply(sheet.gray), straight.apply(sheet.black)
        return uncovered(
            lines,
            gray,
            black,
            sheet.dpi,
            lambda band: self.recogniser.read(band, sheet.dpi, self._seconds()),
        )

    def _upright(self, sheet: Sheet) -> Orientation:
        """What the recogniser detects; where it is unsure, the way in which the page reads best."""
        found = self.recogniser.orientation(sheet.gray, sheet.dpi)
        if found and found.confidence >= SURE:
            return found
        if sheet.ink < LEAST_INK:
            return Orientation(0, 0.0)
        scores = {turn: self._legibility(sheet.turned(turn)) for turn in (0, 180, 90, 270)}
        best = max(scores, key=lambda turn: scores[turn])
        if scores[best] <= CLEARLY * scores[0]:
            best = 0
        return Orientation(best, found.confidence if found else 0.0)

    def _shines_through(self, sheet: Sheet, lines: list[ReadLine]) -> bool:
        """Whether a page without ink of its own shows its other side: mirrored, it reads better."""
        if sheet.ink >= LEAST_INK or stands_upright(lines):
            return False
        least = max(MIRRORED * self._legibility(sheet), LEAST_MIRRORED)
        return any(self._legibility(sheet.mirrored(edge)) > least for edge in (0, 1))

    def _legibility(self, sheet: Sheet) -> float:
        half: Gray = reduced(sheet.gray, 150 / sheet.dpi)
        lines = self.recogniser.read(clear(half), min(sheet.dpi, 150), self._seconds())
        words = [word for line in lines for word in line.words]
        return sum(word.confidence**2 * len(word.text) for word in words)

    def _seconds(self) -> float:
        return min(self.remaining(), self.options.page_seconds)

    def _pages_of(self, path: Path) -> Pages:
        with PDFIUM:
            if path not in self._opened:
                self._opened[path] = Pages(path)
            return self._opened[path]

    def close(self) -> None:
        """Close the files whose pages were looked at."""
        for pages in self._opened.values():
            pages.close()
        self._opened.clear()

    def __str__(self) -> str:
        return self.recogniser.name

    def version(self) -> str:
        return self.recogniser.name

    def creator_tag(self, options: OcrOptions) -> str:  # noqa: ARG002
        return self.recogniser.name

    def languages(self, options: OcrOptions) -> Set[str]:  # noqa: ARG002
        return set(self.options.languages)


def page_index(path: Path) -> int:
    """0-based page index from OCRmyPDF's scratch files, which start with the page number."""
    return int(path.name.split("_")[0]) - 1


def stands_upright(lines: list[ReadLine]) -> bool:
    """Whether the words themselves show that the page was read the right way up."""
    words = [(word, thai_letters(word.text)) for line in lines for word in line.words]
    sure = sum(letters for word, letters in words if word.confidence >= READ_SURELY)
    return sure >= max(UPRIGHT_LETTERS, sum(letters for _, letters in words) / 2)


def page_of(
    index: int,
    sheet: Sheet,
    straight: Straightening,
    lines: list[ReadLine],
    turn: Orientation | None = None,
) -> PageText:
    """What was read on the page ``index`` (0-based), boxes on the upright page."""
    return PageText(
        number=index + 1,
        width=straight.width,
        height=straight.height,
        dpi=sheet.dpi,
        turn=turn.turn if turn else 0,
        turn_confidence=turn.confidence if turn else None,
        skew=straight.skew,
        ink=sheet.ink,
        blank=not lines and sheet.ink < LEAST_INK and _light(sheet),
        lines=tuple(_line(line, straight) for line in lines),
    )


def kept(sheet: Sheet, lines: list[ReadLine]) -> list[ReadLine]:
    """``lines``, or none where they were read into the grain of a blank page."""
    letters = sum(thai_letters(line.text) for line in lines)
    return [] if sheet.ink < LEAST_INK and letters < LEAST_LETTERS else lines


def _light(sheet: Sheet) -> bool:
    """A black page is not blank: what stands on it is unknown."""
    return level(sheet.small, 0.95) >= DARK


def _line(line: ReadLine, straight: Straightening) -> Line:
    words = tuple(
        word.model_copy(update={"box": straight.box_back(word.box)}) for word in line.words
    )
    return Line(words=words, box=straight.box_back(line.box), stamped=line.stamped)


def read_with(
    recogniser: Recogniser, context: StageContext, order: Order, options: ReadOptions
) -> dict[int, PageText]:
    """Read what ``order`` says with ``recogniser``; see :meth:`ReadPages.read_pages`."""
    total = len(order.pages)
    reader = PageReader(
        recogniser, options, context.remaining, lambda done: context.progress(done, total)
    )
    try:
        run_ocrmypdf(reader, context, order, options, rotate_pages_threshold=0.0)
    finally:
        reader.close()
    return reader.pages


def run_ocrmypdf(
    plugin: object, context: StageContext, order: Order, options: ReadOptions, **settings: Any
) -> None:
    """Put the text of the ordered pages under their pictures; pictures stay as they are.

    All scratch files stay in the workdir. Raises DocumentError when OCRmyPDF refuses the file and
    ConfigurationError when the machine lacks a program or model.
    """
    with _scratch(context.workdir):
        manager = get_plugin_manager([])
        manager.pluggy_manager.register(plugin)
        try:
            code = ocrmypdf.ocr(
                order.source,
                order.target,
                plugin_manager=manager,
                language=list(options.languages),
                output_type="pdf",
                pdf_renderer="sandwich",
                mode="redo",
                pages=",".join(map(str, order.pages)),
                rotate_pages=True,
                optimize=0,
                fast_web_view=1_000_000,
                jobs=context.cores,
                use_threads=True,
                progress_bar=False,
                **settings,
            )
        except MissingDependencyError as error:
            raise ConfigurationError(
                "ocr-program-missing",
                thai="เครื่องนี้ขาดโปรแกรมหรือแบบจำลองสำหรับอ่านอักษร "
                "กรุณาติดตั้ง tesseract-ocr และ tesseract-ocr-osd",
                english="This machine lacks a program or model for reading; "
                "on Debian: apt install tesseract-ocr tesseract-ocr-osd",
            ) from error
        except (ExitCodeException, *_BREAKAGES) as error:
            raise _refused(type(error).__name__) from error
    if code != 0:
        raise _refused(code.name)


def _refused(why: str) -> DocumentError:
    return DocumentError(
        "ocr-refused",
        thai=f"OCRmyPDF ประมวลผลไฟล์ PDF นี้ไม่ได้ ({why}) กรุณาตรวจสอบไฟล์ต้นฉบับหรือสแกนใหม่",
        english=f"OCRmyPDF cannot process this PDF ({why}); check the source or scan it again.",
    )


@contextlib.contextmanager
def _scratch(workdir: Path) -> Iterator[None]:
    """One run at a time in a process, its temporary files in ``workdir``, its libraries quiet.

    pdfminer and fontTools would log text of the document at debug level.
    """
    with _ONE_RUN:
        before, shell = tempfile.tempdir, os.environ.get("TMPDIR")
        tempfile.tempdir = os.environ["TMPDIR"] = str(workdir)
        os.environ.setdefault("OMP_THREAD_LIMIT", "1")
        for name in ("ocrmypdf", "pdfminer", "fontTools", "fpdf", "PIL"):
            logging.getLogger(name).setLevel(logging.ERROR)
        try:
            yield
        finally:
            tempfile.tempdir = before
            if shell is None:
                del os.environ["TMPDIR"]
            else:
                os.environ["TMPDIR"] = shell
