"""Photographs: pictures in many tones, in which no stamp is guessed at."""

import cv2
import numpy as np

from pipeline.pageview import extremes
from pipeline.pixels import Picture
from plugins.classify.clusters import MM
from schemas.page import Box

_BLOCK = 8
_TONES, _TONE_SHARE, _MANY = 16, 0.02, 6
"""Bins of gray, the share of blocks from which one counts, and how many there are at least: even
ink with paper in it has two or three, a photograph ten."""
_PAPER = 25
"""Gray levels under the paper at which the lightest pixel of a block must lie for it to be full."""
_SIDES = (25 * MM, 18 * MM)
_FULL = 0.85
_JOIN, _PART = np.ones((3, 3), np.uint8), np.ones((7, 7), np.uint8)


def photographs(picture: Picture) -> list[Box]:
    """Boxes of areas without paper that hold many tones, wide and high as a small photograph, with
    their rims; none that reaches the edge of the page, as a shadow does."""
    darkest, _ = extremes(picture)
    rows, columns = (side // _BLOCK * _BLOCK for side in darkest.shape)
    lightest = cv2.dilate(darkest, np.ones((_BLOCK, _BLOCK), np.uint8), anchor=(0, 0))
    full = lightest[:rows:_BLOCK, :columns:_BLOCK] < np.percentile(darkest[::8, ::8], 90) - _PAPER
    gray = cv2.cvtColor(picture[:rows, :columns], cv2.COLOR_RGB2GRAY)
    tones = cv2.resize(gray, (columns // _BLOCK, rows // _BLOCK), interpolation=cv2.INTER_AREA)
    joined = cv2.morphologyEx(full.astype(np.uint8), cv2.MORPH_CLOSE, _JOIN)
    parts = cv2.morphologyEx(joined, cv2.MORPH_OPEN, _PART)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(parts, connectivity=4)
    found = []
    for label, (left, top, width, height, area) in enumerate(stats.tolist()[1:], 1):
        inside = left and top and left + width < parts.shape[1] and top + height < parts.shape[0]
        large = width * _BLOCK >= _SIDES[0] and height * _BLOCK >= _SIDES[1]
        compact = area >= _FULL * width * height
        if inside and large and compact and _many(tones[(labels == label) & full]):
            found.append(Box(left - 1, top - 1, left + width + 1, top + height + 1))
    return [Box(*(_BLOCK * side for side in box)) for box in found]


def _many(tones: np.ndarray[tuple[int], np.dtype[np.uint8]]) -> bool:
    shares = np.bincount(tones // (256 // _TONES), minlength=_TONES) / max(tones.size, 1)
    return int(np.count_nonzero(shares >= _TONE_SHARE)) >= _MANY
