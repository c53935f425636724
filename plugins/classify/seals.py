"""Round red seals of offices: rings that hold an emblem and small words."""

import cv2
import numpy as np

from plugins.classify.clusters import MM
from plugins.classify.ink import Mask, components
from schemas.page import Box

_REACH = int(2.0 * MM)
_SIZES = (26 * MM, 62 * MM)
_CORNER = 0.13


def round_seals(red: Mask) -> list[Box]:
    """Boxes of red figures of seal size, as wide as high, with nothing in their corners."""
    reach = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_REACH, _REACH))
    joined = cv2.dilate(red, reach)
    _, found = components(np.asarray(joined, dtype=np.uint8))
    low, high = _SIZES
    return [
        piece.box
        for piece in found
        if low <= piece.width <= high
        and 0.85 <= piece.width / piece.height <= 1.18
        and _corners_empty(red, piece.box)
        and _ringed(red, piece.box)
    ]


def _corners_empty(red: Mask, box: Box) -> bool:
    side = int(_CORNER * (box.right - box.left))
    rows = (slice(box.top, box.top + side), slice(box.bottom - side, box.bottom))
    columns = (slice(box.left, box.left + side), slice(box.right - side, box.right))
    return not any(np.any(red[row, column]) for row in rows for column in columns)


def _ringed(red: Mask, box: Box) -> bool:
    """Ink on at least half of the directions, near the rim of the inscribed circle."""
    x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    outer = (box.right - box.left) / 2
    turns = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    radii = np.arange(0.74 * outer, outer)
    columns = np.clip(np.rint(x + np.outer(np.cos(turns), radii)), 0, red.shape[1] - 1)
    rows = np.clip(np.rint(y + np.outer(np.sin(turns), radii)), 0, red.shape[0] - 1)
    hit = red[rows.astype(int), columns.astype(int)].any(axis=1)
    return float(hit.mean()) >= 0.5
