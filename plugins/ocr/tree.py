"""The words of a page as OCRmyPDF wants them, to write its invisible text."""

from math import radians, tan

from ocrmypdf.hocrtransform import Baseline, BoundingBox, OcrClass, OcrElement

from plugins.ocr.raster import Straightening
from plugins.ocr.words import ReadLine
from schemas.page import Box


def page_tree(lines: list[ReadLine], straight: Straightening, dpi: float, index: int) -> OcrElement:
    """Lines of the straightened page, laid back onto the upright page (0-based ``index``)."""
    page = OcrElement(
        OcrClass.PAGE,
        bbox=BoundingBox(0, 0, straight.width, straight.height),
        dpi=dpi,
        page_number=index,
    )
    page.children = [_line(line, straight) for line in lines]
    return page


def _line(line: ReadLine, straight: Straightening) -> OcrElement:
    left, bottom = straight.back(line.box.left, line.box.bottom)
    width, height = line.box.right - line.box.left, line.box.bottom - line.box.top
    slope = line.slope + tan(radians(straight.skew))
    element = OcrElement(
        OcrClass.LINE,
        bbox=BoundingBox(left, bottom - height, left + width, bottom),
        baseline=Baseline(slope=slope, intercept=line.rise),
    )
    element.children = [
        OcrElement(
            OcrClass.WORD,
            bbox=_bounds(straight.box_back(word.box)),
            text=word.text,
            confidence=word.confidence,
        )
        for word in line.words
    ]
    return element


def _bounds(box: Box) -> BoundingBox:
    return BoundingBox(box.left, box.top, max(box.right, box.left), max(box.bottom, box.top))
