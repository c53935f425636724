"""OCRmyPDF's own engine, its words kept for the page texts."""

from dataclasses import dataclass, field
from pathlib import Path

import ocrmypdf
from ocrmypdf._options import OcrOptions
from ocrmypdf.builtin_plugins.tesseract_ocr import TesseractOcrEngine
from ocrmypdf.hocrtransform import OcrElement
from ocrmypdf.hocrtransform.hocr_parser import HocrParser
from ocrmypdf.pluginspec import OcrEngine
from PIL import Image

from pipeline.straightening import Straightening
from plugins.ocr.engine import kept, page_index, page_of
from plugins.ocr.raster import load
from plugins.ocr.textpdf import write_text_pdf
from plugins.ocr.words import Fragment, ReadLine, joined_by_gap, merged
from schemas.page import Box, PageText


@dataclass
class Overheard(TesseractOcrEngine):
    """OCRmyPDF's own engine; its words are kept in ``pages`` (by 0-based index) and merged."""

    pages: dict[int, PageText] = field(default_factory=dict)

    @ocrmypdf.hookimpl(tryfirst=True)
    def get_ocr_engine(self) -> OcrEngine:
        return self

    def generate_pdf(  # type: ignore[override]
        self, input_file: Path, output_pdf: Path, output_text: Path, options: OcrOptions
    ) -> None:
        hocr = output_pdf.with_suffix(".hocr")
        self.generate_hocr(input_file, hocr, output_text, options)  # type: ignore[no-untyped-call]
        found = [line for element in HocrParser(hocr).parse().lines if (line := _line(element))]
        with Image.open(input_file) as picture:
            dpi = float(picture.info["dpi"][0])
        sheet = load(input_file, dpi)
        lines = kept(sheet, found)
        height, width = sheet.gray.shape
        straight = Straightening(width, height, 0.0)
        index = page_index(input_file)
        self.pages[index] = page_of(index, sheet, straight, lines)
        write_text_pdf(output_pdf, lines, straight, dpi)


def _line(element: OcrElement) -> ReadLine | None:
    words = merged(joined_by_gap(_fragment(word) for word in element.words if word.bbox))
    if not words or not element.bbox:
        return None
    baseline = element.baseline
    slope, rise = (baseline.slope, baseline.intercept) if baseline else (0.0, 0.0)
    return ReadLine(words, _box(element), slope, rise)


def _fragment(word: OcrElement) -> Fragment:
    return Fragment(word.text, _box(word), word.confidence or 0.0, joined=False)


def _box(element: OcrElement) -> Box:
    box = element.bbox
    assert box is not None  # noqa: S101
    return Box(round(box.left), round(box.top), round(box.right), round(box.bottom))
