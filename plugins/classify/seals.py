"""Round seals, alone or with a signature across them."""

import cv2
import numpy as np

from plugins.classify.clusters import MM
from plugins.classify.ink import Mask
from schemas.page import Box

_SEAL = (26 * MM, 62 * MM)
_CORNER = 0.13
_RIM = 0.7
"""Share of a seal's radius from which on its rim and the words along it stand."""
_DIRECTIONS = 72
_RING, _LINE = 0.8, 1.2 * MM
"""Share of all directions in which a seal's outer line is seen where other ink crosses it, and how
far from the circle that line may run."""
_VOTES = 40


def seal_in(ink: Mask, box: Box) -> Box | None:
    """The seal that a figure is, or that some other ink in it crosses; None where there is none."""
    width, height = box.right - box.left, box.bottom - box.top
    if min(width, height) < _SEAL[0]:
        return None
    round_figure = max(width, height) <= _SEAL[1] and 0.85 <= width / height <= 1.18
    if round_figure and _corners_empty(ink, box) and _ringed(ink, box, _RIM, 1.0) >= 0.5:
        return box
    return _crossed(ink, box)


def disc(seal: Box, box: Box) -> Mask:
    """Where in ``box`` the seal lies."""
    filled = np.zeros((box.bottom - box.top, box.right - box.left), np.uint8)
    x, y = (seal.left + seal.right) // 2 - box.left, (seal.top + seal.bottom) // 2 - box.top
    cv2.circle(filled, (x, y), (seal.right - seal.left) // 2 + int(_LINE), 255, -1)
    return filled


def _crossed(ink: Mask, box: Box) -> Box | None:
    """The circle in a figure along which there is ink nearly all around."""
    part = cv2.GaussianBlur(ink[box.top : box.bottom, box.left : box.right], (0, 0), 1.0)
    least, most = (int(side / 2) for side in _SEAL)
    found = cv2.HoughCircles(
        part,
        cv2.HOUGH_GRADIENT,
        2,
        least,
        param1=200,
        param2=_VOTES,
        minRadius=least,
        maxRadius=most,
    )
    for x, y, radius in found[0].round().astype(int)[:3] if found is not None else ():
        circle = Box(
            box.left + x - radius, box.top + y - radius, box.left + x + radius, box.top + y + radius
        )
        if _ringed(ink, circle, 1 - _LINE / radius, 1 + _LINE / radius) >= _RING:
            return circle
    return None


def _corners_empty(ink: Mask, box: Box) -> bool:
    side = int(_CORNER * (box.right - box.left))
    rows = (slice(box.top, box.top + side), slice(box.bottom - side, box.bottom))
    columns = (slice(box.left, box.left + side), slice(box.right - side, box.right))
    return not any(np.any(ink[row, column]) for row in rows for column in columns)


def _ringed(ink: Mask, box: Box, inner: float, outer: float) -> float:
    """Share of all directions in which there is ink between two radii, given as shares of that of
    the inscribed circle."""
    x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    radius = (box.right - box.left) / 2
    turns = np.linspace(0, 2 * np.pi, _DIRECTIONS, endpoint=False)
    radii = np.arange(inner * radius, outer * radius)
    rows, columns = ink.shape
    across = np.clip(np.rint(x + np.outer(np.cos(turns), radii)), 0, columns - 1).astype(int)
    down = np.clip(np.rint(y + np.outer(np.sin(turns), radii)), 0, rows - 1).astype(int)
    return float(ink[down, across].any(axis=1).mean())
