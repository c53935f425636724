"""One line cut out of the page: with room for its marks, without its neighbours' ink."""

from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.linework import without_leaders
from pipeline.pieces import connected
from pipeline.pixels import Gray
from plugins.extract.picture import black_on_white
from schemas.page import Box

ABOVE: Final = 2.25
BELOW: Final = 0.7
"""What is cut above and below the baseline, in heights of a letter without marks: two marks stand
above a letter, one or a letter's foot below. Boxes of recognisers cut tone marks off."""
SET_OFF: Final = 0.08
"""Paper below a line, in heights of its crop. More makes readings err less alike, and err more."""
TIGHT_ABOVE, TIGHT_BELOW = 0.1, 0.03
"""Shares of a crop's height that a tight one lacks; marks stand within the rest."""
SLANT: Final = 4.0
"""Degrees; type set in italics leans by 10 to 15."""
WIDER: Final = 1.15
LEAST_LETTER: Final = 1.0 / 25.4
"""Inches under which nothing counts as a letter; those of 6-point type are 1.2 mm high."""
LEAST_BLANK: Final = 0.4
"""Heights of a letter without ink between a label and its value, at least."""
LEADERS: Final = 0.25
"""Heights of a letter above the baseline that leader dots reach, at most."""
_MOST: Final = 1.6
"""A letter is not higher than this many times the usual one; a stamp or a rule is."""


class _Stand(NamedTuple):
    """Baseline of a line and height of its letters without marks, in pixels."""

    baseline: float
    letter: float


def cropped(gray: Gray, box: Box, dpi: float, start: int = 0) -> Gray:
    """The line in ``box`` of a page at ``dpi``, from the column ``start`` on; ink that reaches in
    from other lines and leader dots are painted over."""
    height, width = gray.shape
    stand = _measured(gray, box, dpi)
    top = max(round(stand.baseline - ABOVE * stand.letter), 0)
    bottom = min(round(stand.baseline + BELOW * stand.letter), height)
    left, right = _ends(gray, box, stand)
    side = round(stand.letter / 2)
    crop = gray[top:bottom, max(left - side, start) : min(right + side, width)].copy()
    black = black_on_white(crop)
    core = (round(stand.baseline - stand.letter) - top, round(stand.baseline) - top)
    foreign = _foreign(black, *core) | (black != without_leaders(black, dpi))
    if foreign.any():
        around = cv2.dilate(foreign.astype(np.uint8), np.ones((3, 3), np.uint8))
        crop[around > 0] = np.percentile(crop, 90)
    return crop


def parted(gray: Gray, label: Box, value: Box, dpi: float) -> int | None:
    """The column in the middle of the blank behind a ``label`` of one word and before its
    ``value``; None where none is as wide as one.

    Boxes of words end up to a letter too far right, and leader dots are no ink.
    """
    stand = _measured(gray, value, dpi)
    rows = slice(
        max(round(stand.baseline - ABOVE * stand.letter), 0),
        round(stand.baseline - LEADERS * stand.letter),
    )
    first, last = round(label.left + stand.letter / 2), round(label.right + 0.75 * stand.letter)
    empty = (black_on_white(gray[rows, first:last]) > 0).all(axis=0)
    edges = np.flatnonzero(np.diff(np.r_[False, empty, False].astype(np.int8)))
    gaps = [(int(right - left), int(left)) for left, right in edges.reshape(-1, 2)]
    width, left = max(gaps, default=(0, 0))
    return first + left + width // 2 if width >= LEAST_BLANK * stand.letter else None


def set_off(crop: Gray) -> Gray:
    """``crop`` with paper below it: the same letters, smaller and higher up in what the recogniser
    sees, so that it errs less alike."""
    height, width = crop.shape
    paper = np.full((round(SET_OFF * height), width), np.percentile(crop, 90), np.uint8)
    return np.vstack([crop, paper])


def tight(crop: Gray) -> Gray:
    """``crop`` with less paper above and below: the same letters, larger in what the recogniser
    sees."""
    height = crop.shape[0]
    return crop[round(TIGHT_ABOVE * height) : height - round(TIGHT_BELOW * height)]


def widened(crop: Gray) -> Gray:
    """``crop`` with wider letters of the same height."""
    return np.asarray(
        cv2.resize(crop, None, fx=WIDER, fy=1.0, interpolation=cv2.INTER_CUBIC), np.uint8
    )


def slanted(crop: Gray) -> Gray:
    """``crop`` sheared to the left, as its type would lean."""
    height, width = crop.shape
    shear = -np.tan(np.radians(SLANT))
    matrix = np.array([[1, shear, -shear * height / 2], [0, 1, 0]], np.float32)
    paper = float(np.percentile(crop, 90))
    leaning = cv2.warpAffine(
        crop, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=paper
    )
    return np.asarray(leaning, np.uint8)


def _measured(gray: Gray, box: Box, dpi: float) -> _Stand:
    """Where the letters in ``box`` stand; guessed from its height where none can be told."""
    high = box.bottom - box.top
    black = black_on_white(gray[max(box.top, 0) : box.bottom, max(box.left, 0) : box.right])
    stats = connected(~black).stats
    heights = stats[1:, cv2.CC_STAT_HEIGHT].astype(np.float64)
    feet = stats[1:, cv2.CC_STAT_TOP] + heights + box.top
    letters = (heights >= LEAST_LETTER * dpi) & (feet > box.top + 0.4 * high)
    if letters.any():
        usual = float(np.median(heights[letters]))
        letters &= (heights > 0.6 * usual) & (heights < _MOST * usual)
    if not letters.any():
        return _Stand(box.top + 0.75 * high, high / (ABOVE + BELOW))
    return _Stand(float(np.median(feet[letters])), float(np.median(heights[letters])))


def _ends(gray: Gray, box: Box, stand: _Stand) -> tuple[int, int]:
    """Left and right of the line, with letters next to ``box`` that it cuts off: no more than two
    on either side, none behind a gap as wide as a letter."""
    gap = round(stand.letter)
    left, right = max(box.left - 2 * gap, 0), min(box.right + 2 * gap, gray.shape[1])
    rows = slice(max(round(stand.baseline - stand.letter), 0), round(stand.baseline))
    inked = (black_on_white(gray[rows, left:right]) == 0).any(axis=0)
    first, last = box.left, box.right
    for column in np.flatnonzero(inked) + left:
        if last < column <= last + gap:
            last = int(column)
    for column in (np.flatnonzero(inked) + left)[::-1]:
        if first - gap <= column < first:
            first = int(column)
    return first, last


def _foreign(black: Gray, top: int, bottom: int) -> NDArray[np.bool_]:
    """The ink that the upper or lower edge cuts and that does not reach the rows of the letters,
    ``top`` to ``bottom``."""
    labels, stats, _ = connected(~black)
    upper = stats[:, cv2.CC_STAT_TOP]
    lower = upper + stats[:, cv2.CC_STAT_HEIGHT]
    cut = (upper == 0) | (lower == black.shape[0])
    strangers = np.flatnonzero(cut & ((lower <= top) | (upper >= bottom)))
    return np.asarray(np.isin(labels, strangers[strangers > 0]), np.bool_)
