"""What of a page the recogniser sees of one line.

Tesseract cuts a line at its letters, and loses tone marks that stand free above them. Here every
line is cut by the height of its letters, so that marks above and below fit in, whatever stands on
the line. The lines that a model is trained on are cut in the same way.
"""

from typing import NamedTuple

import cv2
import numpy as np

from pipeline.pieces import connected
from pipeline.pixels import Gray
from schemas.page import Box

ABOVE, BELOW = 2.25, 0.7
"""What is cut above and below the baseline, in heights of a letter without marks: two marks stand
above a letter, one or a letter's foot below."""
LATIN = (1.55, 0.5)
"""The same for Latin letters, of which the highest are 1.3 Thai ones."""
LEAST_LETTER = 1.0 / 25.4
"""Inches under which nothing counts as a letter; those of 6-point type are 1.2 mm high."""
_MOST = 2.2
"""A letter is not higher than this many times the usual one; a stamp or a rule is."""

LOW = 0.6
"""Marks are lower than this share of a letter."""
_PAIR = 0.8
"""A vowel mark with its tone mark is lower than this share of a letter."""
_STANDS_ON = (0.8, 1.3)
"""How far above a line's baseline, in letters, the feet of the marks on its letters stand."""
_FEW_MARKS = 2.5
"""Letters of a line that no text of its own is narrower than."""
WIDE_GAP = 1.5
"""Heights of a letter without ink: between columns, never between words of a sentence. What stands
behind a gap of 2 in one picture is sometimes read twice."""
WORD_GAP = 0.3
"""Heights of a letter without ink between two words, at least."""
_FILLS = 0.8
"""Share of a box's height that letters fill that are alone in it."""
_MOST_INK = 0.66
"""Share of ink between the baseline and the height of a letter; bold letters have 0.56, bars of a
printed code 0.69."""
HIGHEST = 0.4
"""Inches that no typed letter without marks is higher than; those of a memo's title are 0.3."""
_MOST_GRAINS = 1.0
"""Ink of what is too small for a letter, to ink of letters; more is the grain of the paper."""


class Row(NamedTuple):
    """Where a line of text stands: pixels of the page, ``baseline`` at the middle of ``box``.

    ``letter`` is the height of a letter without marks.
    """

    box: Box
    baseline: float
    letter: float


def measured(picture: Gray, dpi: float, box: Box, baseline: float) -> Row | None:
    """The row in ``box`` of a page with black letters, corrected by the letters that stand on it.

    ``baseline`` is where layout analysis believes it, which is wrong for a digit between dashes:
    where nothing stands on it, letters as high as the box count. None where nothing looks like
    letters, where most of the ink is specks, or where there is little but ink, as in a printed
    code.
    """
    part = picture[box.top : box.bottom, box.left : box.right]
    stats = connected(~part).stats
    if len(stats) < 2:
        return None
    heights = stats[1:, cv2.CC_STAT_HEIGHT].astype(np.float64)
    bottoms = stats[1:, cv2.CC_STAT_TOP] + heights + box.top
    tall = heights >= LEAST_LETTER * dpi
    standing = tall & (np.abs(bottoms - baseline) <= 0.4 * heights)
    if not standing.any():
        standing = tall & (heights >= _FILLS * (box.bottom - box.top))
    if not standing.any():
        return None
    usual = float(np.median(heights[standing]))
    letters = standing & (heights > 0.6 * usual) & (heights < _MOST * usual)
    grains = heights < 0.4 * usual
    area = stats[1:, cv2.CC_STAT_AREA]
    if area[grains].sum() > _MOST_GRAINS * area[letters].sum():
        return None
    stand, letter = float(np.median(bottoms[letters])), float(np.median(heights[letters]))
    band = picture[max(round(stand - letter), 0) : round(stand), box.left : box.right]
    if np.mean(band == 0) > _MOST_INK:
        return None
    top, bottom = stand - ABOVE * letter, stand + BELOW * letter
    own = Box(box.left, max(box.top, round(top)), box.right, min(box.bottom, round(bottom)))
    return Row(own, stand, letter)


def without_marks(picture: Gray, dpi: float, rows: list[Row]) -> list[Row]:
    """``rows`` without strips of tone and vowel marks that were taken for lines of their own.

    Such a strip is much lower than the letters above or below it, stands wholly in what is cut for
    them, and has less ink than paper along its length; or it stands on the tops of the letters, and
    is as narrow as few marks are. What is higher than letters are typed, as an emblem or a
    signature, has no marks.
    """
    typed = [row for row in rows if row.letter <= HIGHEST * dpi]
    return [row for row in rows if not any(_marks(picture, row, line) for line in typed)]


def shown_with(strip: Row, line: Row) -> bool:
    """Whether most of ``strip`` is in what the recogniser sees of ``line``."""
    shared = min(strip.box.right, line.box.right) - max(strip.box.left, line.box.left)
    return (
        2 * shared > strip.box.right - strip.box.left
        and line.baseline - ABOVE * line.letter <= strip.baseline - strip.letter
        and strip.baseline <= line.baseline + BELOW * line.letter
    )


def _marks(picture: Gray, strip: Row, line: Row) -> bool:
    wide = strip.box.right - strip.box.left
    least, most = _STANDS_ON
    on_top = least * line.letter <= line.baseline - strip.baseline <= most * line.letter
    low = strip.letter < (_PAIR if on_top else LOW) * line.letter
    few = on_top and wide < _FEW_MARKS * line.letter
    return low and shown_with(strip, line) and (few or _sparse(picture, strip))


def _sparse(picture: Gray, row: Row) -> bool:
    box = row.box
    part = picture[box.top : box.bottom, box.left : box.right]
    return bool(np.mean(part.min(axis=0) == 0) < 0.5)


def cut(row: Row, width: int, height: int, above: float = ABOVE, below: float = BELOW) -> Box:
    """The part of a page of ``width`` by ``height`` pixels to show for ``row``."""
    side = round(row.letter / 2)
    return Box(
        max(row.box.left - side, 0),
        max(round(row.baseline - above * row.letter), 0),
        min(row.box.right + side, width),
        min(round(row.baseline + below * row.letter), height),
    )


def pieces(picture: Gray, row: Row) -> list[Row]:
    """``row`` divided where nothing stands for a while: after a wide gap letters are read twice.

    None where nothing stands in it at all, as when rules or dots were taken for a line.
    """
    return [
        row._replace(box=Box(left, row.box.top, right, row.box.bottom))
        for left, right in _runs(picture, row, WIDE_GAP)
    ]


def whole_words(picture: Gray, row: Row, left: int, right: int) -> Row:
    """The part of ``row`` with the words that stand between the columns ``left`` and ``right``.

    Tesseract's boxes of words in a single line miss letters at either end.
    """
    runs = [run for run in _runs(picture, row, WORD_GAP) if run[1] > left and run[0] < right]
    edges = (runs[0][0], runs[-1][1]) if runs else (left, right)
    return row._replace(box=Box(edges[0], row.box.top, edges[1], row.box.bottom))


def _runs(picture: Gray, row: Row, gap: float) -> list[tuple[int, int]]:
    """First and last column of what stands in ``row`` without a gap as wide, in letter heights."""
    box = row.box
    ink = picture[box.top : box.bottom, box.left : box.right].min(axis=0) == 0
    columns = np.flatnonzero(ink) + box.left
    if not len(columns):
        return []
    wide = np.flatnonzero(np.diff(columns) > gap * row.letter)
    lefts, rights = columns[np.r_[0, wide + 1]], columns[np.r_[wide, -1]] + 1
    return [(int(left), int(right)) for left, right in zip(lefts, rights, strict=True)]
