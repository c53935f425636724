"""The text that a PDF page itself carries: whether to believe it, and its words."""

import ctypes
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from plugins.ocr.raster import PDFIUM
from plugins.ocr.words import Fragment, around, merged, thai_letters
from schemas.page import Box, Line, PageText
from schemas.thaitext import tidy

LEAST_LETTERS = 20
"""Fewer visible letters prove nothing: a page number or a stamp over a scan."""
MOST_PICTURE = 0.5
"""Share of the page that pictures may cover; above it the page is a scan with something on it."""
MOST_STRANGE = 0.04
"""Share of characters that no Thai or English letter holds; mojibake has far more."""
MOST_STRAY = 0.1
"""Share of vowel and tone marks that may stand without a consonant before them."""
LEAST_COMMON = 0.25
"""Share of the eight commonest letters in running Thai, which is 0.40 to 0.50."""
_COMMON = frozenset("านรกอเงม")
_PUNCTUATION = frozenset(" \t\r\n\u00a0\u00ab\u00b0\u00b1\u00b7\u00bb\u00bd\u00d7฿–—‘’“”•…☐☑✓√")
_MARKS = frozenset(
    "\u0e31\u0e34\u0e35\u0e36\u0e37\u0e38\u0e39\u0e3a\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e4d\u0e4e"
)
_HIDDEN = frozenset({pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP})


@dataclass(frozen=True)
class TextLayer:
    """``visible``: characters a person sees; ``any_text``: the page holds text at all, shown or
    not; ``picture``: share of the page that pictures cover."""

    visible: str
    any_text: bool
    picture: float

    @property
    def believable(self) -> bool:
        """The page was never on paper, and its text is what it shows.

        A hidden text layer is another recogniser's work and is never believed. A font that draws
        Thai digits for ASCII ones passes: the numbers stay the same.
        """
        letters = [char for char in self.visible if not char.isspace()]
        if len(letters) < LEAST_LETTERS or self.picture > MOST_PICTURE:
            return False
        strange = sum(not _expected(char) for char in letters)
        return strange <= MOST_STRANGE * len(letters) and _plausible_thai(self.visible)


def _expected(char: str) -> bool:
    return char in _PUNCTUATION or " " <= char <= "~" or "\u0e01" <= char <= "\u0e5b"


def _plausible_thai(text: str) -> bool:
    thai = Counter(char for char in text if "\u0e01" <= char <= "\u0e4e")
    total = thai.total()
    if total < 100:
        return True
    marks = sum(thai[mark] for mark in _MARKS)
    squeezed = tidy("".join(text.split()))
    stray = sum(
        after in _MARKS and not thai_letters(before) for before, after in pairwise(squeezed)
    )
    common = sum(thai[letter] for letter in _COMMON)
    return common >= LEAST_COMMON * total and stray <= MOST_STRAY * max(marks, 1)


def layer(document: Any, index: int) -> TextLayer:
    """The text layer of page ``index`` (0-based) of an open ``pypdfium2.PdfDocument``."""
    with PDFIUM:
        page = document[index]
        text = page.get_textpage()
        visible = [chr(code) for code, seen in _characters(text) if seen]
        any_text = any(code > 32 for code, _ in _characters(text))
        share = _picture_share(page)
        text.close()
        page.close()
    return TextLayer("".join(visible), any_text, share)


def _characters(text: Any) -> list[tuple[int, bool]]:
    found = []
    for at in range(text.count_chars()):
        code = pdfium.FPDFText_GetUnicode(text, at)
        drawn = pdfium.FPDFText_GetTextObject(text, at)
        hidden = bool(drawn) and pdfium.FPDFTextObj_GetTextRenderMode(drawn) in _HIDDEN
        found.append((code, not hidden))
    return found


def _picture_share(page: Any) -> float:
    """Share of the page under pictures; overlapping ones count twice."""
    width, height = page.get_size()
    left, bottom, right, top = page.get_bbox()
    area = 0.0
    for drawn in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=5):
        x0, y0, x1, y1 = drawn.get_bounds()
        across, along = min(x1, right) - max(x0, left), min(y1, top) - max(y0, bottom)
        area += max(across, 0.0) * max(along, 0.0)
    return float(area / max(width * height, 1.0))


def page_text(document: Any, index: int, dpi: float) -> PageText:
    """The words of a page as they are written in the file, boxes at ``dpi``."""
    with PDFIUM:
        page = document[index]
        text = page.get_textpage()
        width, height = (round(side * dpi / 72) for side in page.get_size())
        lines = [_line(fragments) for fragments in _fragments(page, text, width, height)]
        text.close()
        page.close()
    return PageText(
        number=index + 1,
        width=width,
        height=height,
        dpi=dpi,
        born_digital=True,
        lines=tuple(line for line in lines if line.words),
    )


def _line(fragments: list[Fragment]) -> Line:
    words = merged(fragments)
    return Line(words=words, box=around(w.box for w in words) if words else Box(0, 0, 0, 0))


def _fragments(page: Any, text: Any, width: int, height: int) -> list[list[Fragment]]:
    """One fragment a visible character, in lines as PDFium breaks them."""
    lines: list[list[Fragment]] = [[]]
    joined = False
    for at, (code, seen) in enumerate(_characters(text)):
        char = chr(code)
        if char in "\r\n":
            if lines[-1]:
                lines.append([])
            joined = False
        elif not char.strip():
            joined = False
        elif seen and code not in {0, 0xFFFE, 0xFFFF}:
            box = _box(page, text, at, width, height)
            lines[-1].append(Fragment(char, box, 1.0, joined))
            joined = True
    return lines


def _box(page: Any, text: Any, at: int, width: int, height: int) -> Box:
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    pdfium.FPDFText_GetCharBox(text, at, left, right, bottom, top)
    corners = [
        _pixel(page, x.value, y.value, width, height)
        for x, y in ((left, bottom), (right, top), (left, top), (right, bottom))
    ]
    xs, ys = zip(*corners, strict=True)
    return Box(min(xs), min(ys), max(xs), max(ys))


def _pixel(page: Any, x: float, y: float, width: int, height: int) -> tuple[int, int]:
    across, down = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDF_PageToDevice(page, 0, 0, width, height, 0, x, y, across, down)
    return across.value, down.value


def opened(path: Any) -> Any:
    """An open ``pypdfium2.PdfDocument``; the caller closes it."""
    with PDFIUM:
        return pypdfium2.PdfDocument(path)
