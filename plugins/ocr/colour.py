"""Typed lines under seals, stamps and signatures, and the words of the stamps.

Where a page has coloured ink, the rows about it are read twice more: its black ink alone
(:func:`pipeline.pageview.black_ink`) and its coloured ink alone.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.pixels import Gray
from plugins.ocr.raster import clear
from plugins.ocr.words import ReadLine, confidence, place_of
from schemas.page import Box

TINT = 50
"""Gray levels between a page and its black ink alone from which ink is coloured."""
MARGIN = 0.4
"""Inches above and below coloured ink that are read with it: the lines that it touches."""
LEAST_SEEN = 0.8
"""Confidence under which what is read where nothing was read before is no text."""
LEAST_MARK = 0.12
"""Inches from which a line in coloured ink is a stamp's; the small print of a seal is lower."""
_CROSSING = np.ones((3, 3), np.uint8)
"""Black strokes no broader, between coloured ink, hide some of that."""
LEAST_PATCH = 0.05
"""Inches: the height of the least coloured ink that can cover a letter."""

STAMPED = 0.7
"""Share of a word's ink that is coloured if it is a stamp's: 0.78 and more where it stands free; of
typed words under seals up to 0.53."""

Read = Callable[[Gray], list[ReadLine]]
"""Reads black letters on white."""


def uncovered(
    lines: Sequence[ReadLine], gray: Gray, black: Gray, dpi: float, read: Read
) -> list[ReadLine]:
    """``lines`` of a level page with those about coloured ink as ``read`` sees each ink alone.

    ``black`` shows the page's black ink. A line is told anew only where that is surer, and only
    words of the same ink give way to it: a mark in red stays where it crosses a typed line.
    """
    tinted = cv2.subtract(black, gray) > TINT
    healed = cv2.morphologyEx(tinted.astype(np.uint8), cv2.MORPH_CLOSE, _CROSSING)
    coloured = np.where(healed > 0, gray, np.uint8(255))
    shown, found = clear(gray), list(lines)
    inks = (
        (clear(black, like=gray), 0.0, False),
        (clear(coloured, like=gray), LEAST_MARK * dpi, True),
    )
    for top, bottom in _bands(tinted, dpi):
        for ink, least, stamped in inks:
            for line in read(np.ascontiguousarray(ink[top:bottom])):
                whole = line.box.top > 0 and line.box.bottom < bottom - top
                if whole and line.box.bottom - line.box.top >= least:
                    told = replace(_lowered(line, top), stamped=stamped)
                    found = _told_anew(found, told, shown, ink)
    return _parted(found, tinted, shown)


def _parted(lines: Sequence[ReadLine], tinted: NDArray[np.bool_], shown: Gray) -> list[ReadLine]:
    """``lines`` with words in coloured ink in lines of their own, where most of the page has none:
    a stamp's words beside a typed line are none of it."""
    coloured = {
        word.box for line in lines for word in line.words if _tinted(word.box, tinted, shown)
    }
    if 2 * len(coloured) > sum(len(line.words) for line in lines):
        return list(lines)
    parts = []
    for line in lines:
        for stamped in (False, True):
            words = tuple(word for word in line.words if (word.box in coloured) == stamped)
            if words:
                parts.append(replace(line, words=words, stamped=stamped or line.stamped))
    return parts


def _tinted(box: Box, tinted: NDArray[np.bool_], shown: Gray) -> bool:
    """Whether the ink in ``box`` is coloured, but for what lies under it."""
    inside = slice(box.top, box.bottom), slice(box.left, box.right)
    ink, coloured = (int(np.count_nonzero(m)) for m in (shown[inside] == 0, tinted[inside]))
    return coloured > STAMPED * ink > 0


def _bands(tinted: NDArray[np.bool_], dpi: float) -> Iterator[tuple[int, int]]:
    """First and last row of each band of coloured ink, with the lines that it touches."""
    margin = round(MARGIN * dpi)
    rows = np.flatnonzero(tinted.sum(axis=1) > LEAST_PATCH * dpi)
    if not len(rows):
        return
    breaks = np.flatnonzero(np.diff(rows) > 2 * margin)
    for first, last in zip(rows[np.r_[0, breaks + 1]], rows[np.r_[breaks, -1]], strict=True):
        if last - first >= LEAST_PATCH * dpi:
            yield max(int(first) - margin, 0), min(int(last) + margin, len(tinted))


def _told_anew(lines: list[ReadLine], line: ReadLine, shown: Gray, ink: Gray) -> list[ReadLine]:
    """``lines`` with ``line`` in place of the words of its ink that it overlies, where it is
    surer."""
    over = [word for one in lines for word in one.words if _overlies(line.box, word.box)]
    before = [word for word in over if _written_in(ink, word.box, shown)]
    if confidence(line.words) <= (confidence(before) if before else LEAST_SEEN):
        return lines
    gone = {word.box for word in before}
    left = [_without(one, gone) for one in lines]
    left.insert(place_of(line.box, (one.box for one in left)), line)
    return [one for one in left if one.words]


def _without(line: ReadLine, gone: set[Box]) -> ReadLine:
    return replace(line, words=tuple(word for word in line.words if word.box not in gone))


def _overlies(line: Box, word: Box) -> bool:
    """Whether most of ``word`` stands in ``line``."""
    wide = min(line.right, word.right) - max(line.left, word.left)
    high = min(line.bottom, word.bottom) - max(line.top, word.top)
    area = (word.right - word.left) * (word.bottom - word.top)
    return wide > 0 and high > 0 and 2 * wide * high > area


def _written_in(ink: Gray, box: Box, shown: Gray) -> bool:
    """Whether most of what ``shown`` has in ``box`` is of that ``ink``."""
    inside = slice(box.top, box.bottom), slice(box.left, box.right)
    return bool(2 * np.count_nonzero(ink[inside] == 0) >= np.count_nonzero(shown[inside] == 0))


def _lowered(line: ReadLine, rows: int) -> ReadLine:
    """``line`` of a band that begins ``rows`` under the top of the page."""

    def on_page(box: Box) -> Box:
        return box._replace(top=box.top + rows, bottom=box.bottom + rows)

    words = tuple(word.model_copy(update={"box": on_page(word.box)}) for word in line.words)
    return replace(line, words=words, box=on_page(line.box))
