"""QR codes and their like: squares that are half ink all over."""

from typing import Final

import cv2
import numpy as np

from pipeline.pixels import Mask
from plugins.classify.clusters import MM, figures
from schemas.page import Box

_SIDES: Final = (9 * MM, 50 * MM)
_SQUARE: Final = 1.12
"""How many times as long one side is as the other, at most."""
_CELLS: Final = 6
_INKED: Final = (0.18, 0.9)
"""Share of ink in each of 6 x 6 cells; print leaves some of a square empty."""


def codes(ink: Mask) -> list[Box]:
    """Their boxes."""
    return [box for box in (_bounds(ink, figure) for figure in figures(ink)) if _is_code(ink, box)]


def _bounds(ink: Mask, figure: Box) -> Box:
    """Around the ink of a figure, whose own box leaves room."""
    left, top, right, bottom = figure
    x, y, width, height = cv2.boundingRect(ink[max(0, top) : bottom, max(0, left) : right])
    return Box(
        max(0, left) + x, max(0, top) + y, max(0, left) + x + width, max(0, top) + y + height
    )


def _is_code(ink: Mask, box: Box) -> bool:
    width, height = box.right - box.left, box.bottom - box.top
    if not _SIDES[0] <= min(width, height) <= max(width, height) <= _SIDES[1]:
        return False
    if max(width, height) > _SQUARE * min(width, height):
        return False
    cells = cv2.resize(
        ink[box.top : box.bottom, box.left : box.right],
        (_CELLS, _CELLS),
        interpolation=cv2.INTER_AREA,
    )
    shares = np.asarray(cells, np.float64) / 255
    return bool((shares >= _INKED[0]).all() and (shares <= _INKED[1]).all())
