"""Pictures of lines with what they say, cut from drawn pages as our reader cuts them."""

import random
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np

from pipeline.models import LANGUAGE
from pipeline.pixels import Gray
from plugins.ocr.linecut import Row, cut
from plugins.ocr.raster import SMALL_DPI, Sheet, clear, reduced, straightening
from plugins.ocr.tesseract import Tesseract
from training.degrade import PROFILES, Scan, degrade
from training.fonts import TRAINED, Font, Fonts
from training.render import DPI, Setting, Standing, draw
from training.text import Corpus, label

PAGE = 16
"""Lines drawn on one page."""
READ_DPI = 200
"""What our reader reduces a finer scan to."""
_LETTERS = 4
"""`Tesseract`'s segmentation mode for letters, the reader's own."""


class Line(NamedTuple):
    """A cut line and its label, in the spelling of `training.text.label`."""

    picture: Gray
    label: str


class Cutter:
    """Finds the lines of a scan as the reader does, and tells which of the drawn ones they are."""

    def __init__(self) -> None:
        self._layout = Tesseract((LANGUAGE,), _LETTERS)

    def lines(
        self, scan: Scan, drawn: Sequence[Standing], rng: random.Random | None = None
    ) -> Iterator[Line]:
        """The lines that were found whole. `rng`: cuts miss by a few pixels, as on worn pages."""
        picture, dpi = seen(scan)
        height, width = picture.shape
        rows = [_moved(row, rng) if rng else row for row in self._layout.rows(picture, dpi)]
        for standing in drawn:
            row = _row_of(standing, rows, dpi / DPI)
            if row:
                box = cut(row, width, height)
                yield Line(
                    picture[box.top : box.bottom, box.left : box.right], label(standing.text)
                )


def training_lines(
    corpus: Corpus, fonts: Fonts, charset: frozenset[str], seed: int, count: int
) -> Iterator[Line]:
    """`count` lines under random conditions, in the fonts that are trained on."""
    rng, numbers = random.Random(seed), np.random.default_rng(seed)
    present, cutter = tuple(fonts.present(TRAINED)), Cutter()
    while count > 0:
        font = rng.choices(present, weights=[font.weight for font in present])[0]
        texts = _learnable(lambda: corpus.line(rng), fonts, font, charset)
        points = rng.uniform(11, 20) * font.scale
        stretch = rng.uniform(0.85, 1.12) if rng.random() < 0.3 else 1.0
        setting = Setting(fonts.path(font), points, rng.uniform(1.18, 1.6), stretch)
        ink, drawn = draw(texts, setting, rng)
        for line in list(cutter.lines(degrade(ink, rng, numbers), drawn, rng))[:count]:
            yield line
            count -= 1


def measured_lines(
    texts: Sequence[str], fonts: Fonts, chosen: Sequence[Font], profile: str, seed: int
) -> Iterator[Line]:
    """`texts` under the conditions of `profile` at 14 to 18 points; fonts take turns."""
    rng, numbers, cutter = random.Random(seed), np.random.default_rng(seed), Cutter()
    for turn, start in enumerate(range(0, len(texts), PAGE)):
        font = chosen[turn % len(chosen)]
        fit = [text for text in texts[start : start + PAGE] if fonts.covers(font, text)]
        if not fit:
            continue
        setting = Setting(fonts.path(font), rng.uniform(14, 18) * font.scale)
        ink, drawn = draw(fit, setting, rng)
        yield from cutter.lines(PROFILES[profile](ink, rng, numbers), drawn)


def _learnable(
    text: Callable[[], str], fonts: Fonts, font: Font, charset: frozenset[str]
) -> list[str]:
    """Texts of a page that the model has all characters for, and the font all glyphs."""
    found: list[str] = []
    while len(found) < PAGE:
        drawn = text()
        learned = label(drawn)
        if learned and set(learned) <= charset | {" "} and fonts.covers(font, drawn):
            found.append(drawn)
    return found


def seen(scan: Scan) -> tuple[Gray, float]:
    """A scanned page as the reader shows it to the recogniser, and its resolution."""
    dpi = min(scan.dpi, READ_DPI)
    gray = reduced(scan.gray, dpi / scan.dpi)
    return clear(straightening(_sheet(gray, dpi)).apply(gray)), dpi


def _sheet(gray: Gray, dpi: float) -> Sheet:
    shrink = SMALL_DPI / dpi
    small = cv2.resize(gray, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    return Sheet(gray, np.asarray(small, np.uint8), dpi)


def _row_of(standing: Standing, rows: Sequence[Row], factor: float) -> Row | None:
    """The row that holds the drawn line and nothing else; `factor`: its pixels a drawn pixel."""
    for row in rows:
        near = 0.5 * row.letter
        if (
            abs(row.baseline - standing.baseline * factor) < near
            and abs(row.box.left - standing.left * factor) < 2 * near
            and abs(row.box.right - standing.right * factor) < 2 * near
        ):
            return row
    return None


def _moved(row: Row, rng: random.Random) -> Row:
    return row._replace(
        baseline=row.baseline + row.letter * rng.gauss(0, 0.04),
        letter=row.letter * rng.uniform(0.9, 1.12),
    )
