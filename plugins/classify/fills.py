"""Areas of one pale colour, as highlighters and the heads of tables leave them: paper, not ink.

Lengths are in pixels at 150 dpi, in which pages are looked at.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.pageview import extremes
from pipeline.pieces import connected
from pipeline.pixels import Picture

_TINTED, _PALE = 235, 105
"""Paper is lighter than the one in every channel; the gray of a fill's colour is not under the
other: red ink is 90."""
_COLOURED, _PALE_GRAY = 30, 190
"""Levels between the channels of what is no gray; and how light a gray fill is: a faded emblem is
darker."""
_THICK, _LONG = 17, 50
"""Least sides of a fill, 3 and 8 mm; no stroke of a mark has both."""
_EVEN, _SHARE = 22, 0.6
"""Levels by which a fill's colour varies, and the share of it that varies no more."""
_HOLES = 0.02
"""Share of a fill that is bare paper within it, at most: print that was left out of a block of ink
is no text on a fill."""
_EDGE = 5


def without_fills(flat: Picture) -> Picture:
    """``flat``, a page with its paper divided out, with the colour of its fills divided out too:
    what is written or stamped on them stays."""
    tinted = np.where(extremes(flat)[0] < _TINTED, np.uint8(255), np.uint8(0))
    solid = cv2.morphologyEx(tinted, cv2.MORPH_OPEN, np.ones((_THICK, _THICK), np.uint8))
    labels, stats, _ = connected(np.asarray(solid, np.uint8))
    cleared = flat
    for label in np.flatnonzero(stats[1:, cv2.CC_STAT_WIDTH] >= _LONG) + 1:
        left, top, width, height = (int(length) for length in stats[label, :4])
        rows = slice(max(0, top - _EDGE), top + height + _EDGE)
        columns = slice(max(0, left - _EDGE), left + width + _EDGE)
        part, own = flat[rows, columns], labels[rows, columns] == label
        colour = _colour(part, own)
        if colour is not None:
            cleared = flat.copy() if cleared is flat else cleared
            around = cv2.dilate(own.astype(np.uint8), np.ones((2 * _EDGE + 1,) * 2, np.uint8)) > 0
            paper = np.broadcast_to(colour, part.shape)
            cleared[rows, columns][around] = cv2.divide(part, paper, scale=255.0)[around]
    return cleared


def _colour(part: Picture, fill: NDArray[np.bool_]) -> NDArray[np.uint8] | None:
    """The colour of a fill; None where it is dark or uneven, or paper shows within it."""
    inside = part[fill]
    colour = np.median(inside, axis=0)
    even = (np.abs(inside - colour).max(axis=1) <= _EVEN).mean()
    holes = np.count_nonzero(part[_enclosed(fill)].min(axis=1, initial=255) >= _TINTED)
    pale = colour.mean() >= (_PALE if np.ptp(colour) >= _COLOURED else _PALE_GRAY)
    if not pale or even < _SHARE or holes > _HOLES * inside.shape[0]:
        return None
    return np.asarray(colour, np.uint8)


def _enclosed(fill: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What lies within a fill and is none of it."""
    rest = np.pad(~fill, 1, constant_values=True).astype(np.uint8)
    _, labels = cv2.connectedComponents(rest, connectivity=4)
    enclosed = (labels != labels[0, 0]) & (rest > 0)
    return np.asarray(enclosed[1:-1, 1:-1], np.bool_)
