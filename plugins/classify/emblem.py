"""The state emblem at the head of a letter, and whether something was stamped on it.

The emblem is drawn alike on its left and its right, to about a millimetre; words that lie on it or
touch it are not. What a hand drew unevenly leaves slivers, what was stamped whole strokes.
"""

import cv2
import numpy as np
from cv2.typing import MatLike

from pipeline.pixels import Gray, Mask
from plugins.classify.clusters import MM
from plugins.classify.ink import DARK, Component, components
from schemas.page import Box

_LEAST, _MOST = 10 * MM, 42 * MM
_SHAPES = (0.65, 2.2)
_GROWN = 80 * MM
"""No higher or wider is the emblem with a stamp that touches it."""
_ANGLES = (0.0, -0.6, 0.6, -1.2, 1.2)
_OFF_CENTRE = 0.2
_SPECK = 2 * MM
_RIM = np.ones((5, 5), np.uint8)
_SPREAD = np.ones((int(0.9 * MM), int(0.9 * MM)), np.uint8)
_UNMATCHED, _SLIVER = 0.009, 0.22 * MM
"""Share of the ink without an opposite, and half the width of it where it is widest."""
_HEAD = 0.22
_PALE_LIGHT = 210
_SOLID = 0.15


def emblems(black: Gray) -> list[Box]:
    """Figures in the head of a page that are as large as the emblem and about as wide as high."""
    head = _ink(black[: int(_HEAD * black.shape[0])])
    return [piece.box for piece in components(head)[1] if _large(piece)]


def overgrown(black: Gray) -> list[Box]:
    """Figures in the head that are too large for the emblem, or otherwise shaped, as one that a
    stamp's frame touches."""
    head = _ink(black[: int(_HEAD * black.shape[0])])
    return [
        piece.box
        for piece in components(head)[1]
        if not _large(piece)
        and _LEAST <= piece.height <= _GROWN
        and _LEAST <= piece.width <= _GROWN
    ]


def _large(piece: Component) -> bool:
    shaped = _SHAPES[0] <= piece.width / piece.height <= _SHAPES[1]
    return _LEAST <= piece.height <= _MOST and shaped and piece.fill >= _SOLID


def without_emblem(black: Gray) -> Gray:
    """The page without what may be the emblem; what only lies near it stays."""
    clean = black.copy()
    for left, top, right, bottom in emblems(black):
        place = slice(top, bottom), slice(left, right)
        spread = cv2.dilate(_largest(black[place]), _RIM)
        clean[place][spread > 0] = 255
    return clean


def untouched(figure: Box, black: Gray, coloured: Mask) -> bool:
    """Whether an emblem is alike on both sides, as far as no coloured ink lies on it."""
    left, top, right, bottom = figure
    spread = cv2.dilate(coloured[top:bottom, left:right], _SPREAD)
    return all(
        _same_sides(_large_pieces(black[top:bottom, left:right], light), spread)
        for light in (DARK, _PALE_LIGHT)
    )


def _same_sides(ink: Mask, spread: MatLike) -> bool:
    beneath = np.asarray(cv2.max(ink, spread), dtype=np.uint8)
    return any(_alike(_turned(ink, angle), _turned(beneath, angle)) for angle in _ANGLES)


def _largest(plane: Gray) -> Mask:
    """The largest piece of ink."""
    labels, found = components(_ink(plane))
    largest = max(found, key=lambda piece: piece.area)
    return np.where(labels == largest.label, np.uint8(255), np.uint8(0))


def _large_pieces(plane: Gray, light: int) -> Mask:
    """The ink without specks, such as the marks above a line of type."""
    labels, found = components(_dark(plane, light))
    kept = np.zeros(int(labels.max()) + 1, dtype=np.uint8)
    kept[[piece.label for piece in found if piece.height >= _SPECK]] = 255
    return kept[labels]


def _ink(plane: Gray) -> Mask:
    """Dark ink, with strokes joined that stand close together."""
    joined = cv2.morphologyEx(_dark(plane), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    return np.asarray(joined, dtype=np.uint8)


def _dark(plane: Gray, light: int = DARK) -> Mask:
    return np.where(plane < light, np.uint8(255), np.uint8(0))


def _turned(ink: Mask, angle: float) -> Mask:
    height, width = ink.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    turned = cv2.warpAffine(ink, matrix, (width, height), flags=cv2.INTER_NEAREST)
    return np.asarray(turned, dtype=np.uint8)


def _alike(ink: Mask, beneath: Mask) -> bool:
    """Whether there is ink and no more than slivers of it have none opposite, about the axis on
    which most has; ``beneath`` is where there may be ink."""
    if not cv2.countNonZero(ink):
        return False
    width = ink.shape[1]
    reach = int(_OFF_CENTRE * width)
    spread = cv2.dilate(beneath[:, ::-1], _SPREAD)
    room = cv2.copyMakeBorder(spread, 0, 0, reach, reach, cv2.BORDER_CONSTANT, value=(0.0,))
    unmatched = min(
        (cv2.subtract(ink, room[:, shift : shift + width]) for shift in range(0, 2 * reach + 1, 2)),
        key=cv2.countNonZero,
    )
    share = cv2.countNonZero(unmatched) / cv2.countNonZero(ink)
    widest = cv2.distanceTransform(unmatched, cv2.DIST_L2, 3).max()
    return bool(share <= _UNMATCHED and widest < _SLIVER)
