"""Page pictures for recognition: rendering, ink, turn, skew."""

import threading
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.borders import Border
from pipeline.folds import without_folds
from pipeline.pages import Pages, fitted
from pipeline.pageview import black_ink, extremes
from pipeline.paler import type_alone
from pipeline.pixels import Gray
from pipeline.straightening import Straightening

PDFIUM = threading.Lock()
"""PDFium may not be entered by two threads."""

SMALL_DPI = 75
"""Resolution for measuring ink and skew: paper grain averages out, a line of text stays."""
INK_DEPTH = 60
"""Gray levels darker than the paper that count as ink."""
MOST_PIXELS = 100_000_000
FAINTEST = 12
"""Gray levels under the paper around it that the darkest spot of a page must reach, or there is
nothing to read: show-through reaches 6, a faded letter 100."""
AROUND = 31
"""Pixels of the square, a centimetre of the small picture, whose median is the paper."""
STEEPEST = 5.0
"""Degrees of skew that are looked for."""
COLOURED = 50
"""Gray levels by which the channels of coloured ink lie farther apart than those of the paper."""
LEAST_COLOURED = 0.3
"""Square centimetres of coloured ink that a seal or a signature has at least."""
LEAST_SKEW = 0.15
"""Degrees under which straightening changes nothing that a recogniser notices."""
_OTSU = cv2.THRESH_BINARY | cv2.THRESH_OTSU


@dataclass(frozen=True)
class Sheet:
    """A page as it stands, at ``dpi``. ``small`` is its darkest channel at ``SMALL_DPI``.

    ``black`` shows black ink alone, without colour and without what is paler; None where there is
    hardly any other.
    """

    gray: Gray
    small: Gray
    dpi: float
    black: Gray | None = None

    def turned(self, clockwise: int) -> "Sheet":
        """The sheet after ``clockwise`` degrees, a multiple of 90."""
        quarters = -clockwise // 90
        return Sheet(
            np.ascontiguousarray(np.rot90(self.gray, quarters)),
            np.ascontiguousarray(np.rot90(self.small, quarters)),
            self.dpi,
            None if self.black is None else np.ascontiguousarray(np.rot90(self.black, quarters)),
        )

    def mirrored(self, axis: int) -> "Sheet":
        """The sheet upside down (axis 0) or left side right (1), as its other side shows it."""
        return Sheet(
            np.ascontiguousarray(np.flip(self.gray, axis)),
            np.ascontiguousarray(np.flip(self.small, axis)),
            self.dpi,
        )

    @cached_property
    def ink(self) -> float:
        """Share of ink, 0..1, away from the edges: shadows of the lid and holes are no writing."""
        height, width = self.small.shape
        inner = self.small[height // 25 : -height // 25, width // 25 : -width // 25]
        return float(np.mean(_ink(inner))) if inner.size else 0.0

    @cached_property
    def empty(self) -> bool:
        """Nothing on the whole page, its edges included, stands out from the paper."""
        if self.ink:
            return False
        paper = cv2.medianBlur(self.small, AROUND)
        return int(cv2.subtract(paper, self.small).max()) < FAINTEST


def render(pages: Pages, index: int, dpi: float) -> Sheet:
    """Page ``index`` (0-based) as a person sees it, without a scanner's dark border.

    ``dpi`` is lowered where the page would have more than 100 million pixels.
    """
    with PDFIUM:
        width, height = pages.points(index)
        dpi = min(dpi, 72 * (MOST_PIXELS / max(width * height, 1.0)) ** 0.5)
        with pages.look(index, dpi) as (colour, size):
            gray = fitted(np.asarray(cv2.cvtColor(colour, cv2.COLOR_BGR2GRAY), np.uint8), size)
            gray = without_folds(gray, dpi)
            columns, rows = (max(round(side * SMALL_DPI / dpi), 1) for side in size)
            small = fitted(colour, (columns, rows))
            black = fitted(black_ink(colour), size) if _has_colour(small) else None
    black = type_alone(gray, dpi) if black is None else without_folds(black, dpi)
    return _without_border(Sheet(gray, extremes(small)[0], dpi, black))


def _without_border(sheet: Sheet) -> Sheet:
    """The border is no table's frame, and its slant is not that of the lines."""
    border = Border.of(sheet.small, SMALL_DPI)
    black = None if sheet.black is None else border.erased(sheet.black)
    return Sheet(border.erased(sheet.gray), border.erased(sheet.small), sheet.dpi, black)


def _has_colour(small: NDArray[Any]) -> bool:
    """Whether there is as much coloured ink on a page at ``SMALL_DPI`` as a seal has."""
    darkest, lightest = extremes(small)
    spread = np.asarray(cv2.subtract(lightest, darkest), np.uint8)
    area = np.count_nonzero(spread > level(spread, 0.5) + COLOURED)
    return bool(area >= LEAST_COLOURED * (SMALL_DPI / 2.54) ** 2)


def load(path: Path, dpi: float) -> Sheet:
    """A sheet from an image file at ``dpi``."""
    gray = np.asarray(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE), np.uint8)
    shrink = SMALL_DPI / dpi
    small = cv2.resize(gray, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    return _without_border(Sheet(gray, np.asarray(small, np.uint8), dpi))


def reduced(gray: Gray, factor: float) -> Gray:
    """``gray`` shrunk to ``factor`` of its sides by averaging."""
    if factor >= 1:
        return gray
    small = cv2.resize(gray, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def clear(gray: Gray, like: Gray | None = None) -> Gray:
    """Black on white for the recogniser: a light blur, then Otsu's threshold.

    Reads as well as gray and costs less; a fixed threshold fits one scanner only. It is that of
    ``like``, if given, for a picture that may be empty.
    """
    soft = cv2.GaussianBlur(gray, (0, 0), 0.8)
    if like is None:
        return np.asarray(cv2.threshold(soft, 0, 255, _OTSU)[1], np.uint8)
    level, _ = cv2.threshold(cv2.GaussianBlur(like, (0, 0), 0.8), 0, 255, _OTSU)
    return np.asarray(cv2.threshold(soft, level, 255, cv2.THRESH_BINARY)[1], np.uint8)


def skew(small: Gray) -> float:
    """Degrees to turn the page counter-clockwise so that its lines lie level; 0.0 without lines.

    The angle at which the row sums of the ink vary most, to a tenth of a degree.
    """
    rows, columns = np.nonzero(_ink(small))
    if len(rows) < 200:
        return 0.0
    step, best = 0.5, 0.0
    angles = np.arange(-STEEPEST, STEEPEST + step / 2, step)
    for fine in (0.5, 0.1):
        if fine < step:
            angles = np.arange(best - step, best + step + fine / 2, fine)
        scores = [_contrast(rows, columns, float(angle), sum(small.shape)) for angle in angles]
        best, step = float(angles[int(np.argmax(scores))]), fine
    return round(best, 1) if abs(best) <= STEEPEST else 0.0


def _contrast(rows: NDArray[Any], columns: NDArray[Any], degrees: float, size: int) -> float:
    slope = np.tan(np.radians(degrees))
    levels = (rows - columns * slope + size).astype(np.int64)
    sums = np.bincount(levels, minlength=3 * size)
    return float(np.sum(np.square(np.diff(sums))))


def straightening(sheet: Sheet) -> Straightening:
    """What levels the lines of ``sheet``."""
    height, width = sheet.gray.shape
    degrees = skew(sheet.small)
    return Straightening(width, height, degrees if abs(degrees) >= LEAST_SKEW else 0.0)


def level(gray: Gray, share: float) -> int:
    """The gray level that ``share`` of the pixels (0..1) do not lie above."""
    counts = np.cumsum(np.bincount(gray.ravel(), minlength=256))
    return int(np.searchsorted(counts, share * gray.size))


def _ink(small: Gray) -> NDArray[np.bool_]:
    return np.asarray(small < level(small, 0.95) - INK_DEPTH, np.bool_)
