"""The text that a PDF page itself carries: whether to believe it, and its words."""

import ctypes
import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

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
MOST_BROKEN = 0.01
"""Share of Thai letters that a Western letter or digit may tear apart: a sign of a wrong map."""
LEAST_COMMON = 0.25
"""Share of the eight commonest letters in running Thai, which is 0.40 to 0.50."""
_COMMON = frozenset("านรกอเงม")
_PUNCTUATION = frozenset(" \t\r\n\u00a0\u00ab\u00b0\u00b1\u00b7\u00bb\u00bd\u00d7฿–—‘’“”•…☐☑✓√")
_MARKS = frozenset(
    "\u0e31\u0e34\u0e35\u0e36\u0e37\u0e38\u0e39\u0e3a\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e4d\u0e4e"
)
_BROKEN = re.compile("(?<=[\u0e01-\u0e4e])[0-9A-Za-z](?=[\u0e01-\u0e4e])")
_HIDDEN = frozenset({pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP})


@dataclass(frozen=True)
class TextLayer:
    """``page``: the words that a person sees; ``picture``: share of the page under pictures."""

    page: PageText
    picture: float

    @property
    def believable(self) -> bool:
        """The page was never on paper, and its text is what it shows.

        A hidden text layer is another recogniser's work and is never believed. A font that draws
        Thai digits for ASCII ones passes: the numbers stay the same.
        """
        return self.picture <= MOST_PICTURE and plausible(self.page.text)


def plausible(text: str) -> bool:
    """Whether ``text`` can be Thai or English, and not the codes of a font."""
    letters = [char for char in text if not char.isspace()]
    if len(letters) < LEAST_LETTERS:
        return False
    strange = sum(not _expected(char) for char in letters)
    return strange <= MOST_STRANGE * len(letters) and _plausible_thai(text)


def _expected(char: str) -> bool:
    return char in _PUNCTUATION or " " <= char <= "~" or "\u0e01" <= char <= "\u0e5b"


def _plausible_thai(text: str) -> bool:
    thai = Counter(char for char in text if "\u0e01" <= char <= "\u0e4e")
    total = thai.total()
    if len(_BROKEN.findall(text)) > MOST_BROKEN * total:
        return False
    if total < 100:
        return True
    marks = sum(thai[mark] for mark in _MARKS)
    squeezed = tidy("".join(text.split()))
    stray = sum(
        after in _MARKS and not thai_letters(before) for before, after in pairwise(squeezed)
    )
    common = sum(thai[letter] for letter in _COMMON)
    return common >= LEAST_COMMON * total and stray <= MOST_STRAY * max(marks, 1)


class _Char(NamedTuple):
    """``seen``: a person sees it; ``made``: a blank that PDFium guessed from the distance."""

    text: str
    seen: bool
    made: bool
    box: Box


def layer(document: Any, index: int, dpi: float) -> TextLayer:
    """The text layer of page ``index`` (0-based) of an open ``pypdfium2.PdfDocument``.

    The page text has its boxes in the upright page's pixels at ``dpi``.
    """
    with PDFIUM:
        page = document[index]
        text = page.get_textpage()
        width, height = (round(side * dpi / 72) for side in page.get_size())
        chars = [_char(page, text, at, (width, height)) for at in range(text.count_chars())]
        share = _picture_share(page)
        text.close()
        page.close()
    lines = tuple(line for line in map(_line, _fragments(chars)) if line.words)
    return TextLayer(
        page=PageText(
            number=index + 1,
            width=width,
            height=height,
            dpi=dpi,
            born_digital=True,
            lines=lines,
        ),
        picture=share,
    )


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


def _line(fragments: list[Fragment]) -> Line:
    words = merged(fragments)
    return Line(words=words, box=around(w.box for w in words) if words else Box(0, 0, 0, 0))


def _fragments(chars: list[_Char]) -> list[list[Fragment]]:
    """One fragment a visible character, in lines as PDFium breaks them.

    PDFium sets marks apart that were drawn by themselves, and guesses blanks behind marks that
    stand out of their letter: such a mark goes back to the letter under it, and a guessed blank
    counts only where there is room for one.
    """
    lines: list[list[Fragment]] = [[]]
    blank: _Char | None = None
    for char in chars:
        line = lines[-1]
        if char.text in "\r\n":
            if line:
                lines.append([])
        elif not char.text.strip():
            blank = char
        elif not char.seen or char.text in "\0\ufffe\uffff":
            continue
        elif line and char.text in _MARKS and not _holds(line[-1], char):
            _put_back(line, char)
        else:
            joined = bool(line) and (blank is None or (blank.made and _near(line, char)))
            line.append(Fragment(char.text, char.box, 1.0, joined))
            blank = None
    return lines


def _near(line: list[Fragment], char: _Char) -> bool:
    """Less than a fifth of a letter's height lies between ``char`` and the letter before it.

    The letter may be up to three pieces back: its marks come after it, and may stand further left.
    """
    last = line[-3:]
    height = max(char.box.bottom - char.box.top, *(p.box.bottom - p.box.top for p in last))
    return char.box.left - max(piece.box.right for piece in last) < 0.2 * height


def _holds(piece: Fragment, mark: _Char) -> bool:
    """Whether the middle of ``mark`` is above or below ``piece``, give or take a mark's width."""
    width = mark.box.right - mark.box.left
    middle = (mark.box.left + mark.box.right) / 2
    return piece.box.left - width <= middle <= piece.box.right + width


def _put_back(line: list[Fragment], mark: _Char) -> None:
    """Insert a stray mark behind the letter that stands under it and that letter's other marks."""
    holders = [at for at, piece in enumerate(line) if _holds(piece, mark)]
    at = max(holders, default=len(line) - 1) + 1
    line.insert(at, Fragment(mark.text, mark.box, 1.0, joined=True))


def _char(page: Any, text: Any, at: int, size: tuple[int, int]) -> _Char:
    drawn = pdfium.FPDFText_GetTextObject(text, at)
    hidden = bool(drawn) and pdfium.FPDFTextObj_GetTextRenderMode(drawn) in _HIDDEN
    code = pdfium.FPDFText_GetUnicode(text, at)
    made = pdfium.FPDFText_IsGenerated(text, at) == 1
    return _Char(chr(code), not hidden, made, _box(page, text, at, size))


def _box(page: Any, text: Any, at: int, size: tuple[int, int]) -> Box:
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    pdfium.FPDFText_GetCharBox(text, at, left, right, bottom, top)
    corners = [
        _pixel(page, x.value, y.value, size)
        for x, y in ((left, bottom), (right, top), (left, top), (right, bottom))
    ]
    xs, ys = zip(*corners, strict=True)
    return Box(min(xs), min(ys), max(xs), max(ys))


def _pixel(page: Any, x: float, y: float, size: tuple[int, int]) -> tuple[int, int]:
    across, down = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDF_PageToDevice(page, 0, 0, *size, 0, x, y, across, down)
    return across.value, down.value


def opened(path: Any) -> Any:
    """An open ``pypdfium2.PdfDocument``; the caller closes it."""
    with PDFIUM:
        return pypdfium2.PdfDocument(path)
