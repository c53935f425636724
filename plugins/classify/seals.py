"""Round seals."""

import numpy as np

from pipeline.pixels import Mask
from plugins.classify.clusters import MM
from schemas.page import Box

_SEAL = (26 * MM, 62 * MM)
_CORNER = 0.13
_RIM = 0.7
"""Share of a seal's radius from which on its rim and the words along it stand."""


def is_seal(ink: Mask, box: Box) -> bool:
    """As wide as high, of a seal's size, a ring of ink and nothing in the corners."""
    width, height = box.right - box.left, box.bottom - box.top
    return (
        _SEAL[0] <= width <= _SEAL[1]
        and 0.85 <= width / height <= 1.18
        and _corners_empty(ink, box)
        and _ringed(ink, box)
    )


def _corners_empty(ink: Mask, box: Box) -> bool:
    side = int(_CORNER * (box.right - box.left))
    rows = (slice(box.top, box.top + side), slice(box.bottom - side, box.bottom))
    columns = (slice(box.left, box.left + side), slice(box.right - side, box.right))
    return not any(np.any(ink[row, column]) for row in rows for column in columns)


def _ringed(ink: Mask, box: Box) -> bool:
    """Ink in at least half of all directions, near the rim of the inscribed circle."""
    x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    outer = (box.right - box.left) / 2
    turns = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    radii = np.arange(_RIM * outer, outer)
    rows, columns = ink.shape
    across = np.clip(np.rint(x + np.outer(np.cos(turns), radii)), 0, columns - 1).astype(int)
    down = np.clip(np.rint(y + np.outer(np.sin(turns), radii)), 0, rows - 1).astype(int)
    return float(ink[down, across].any(axis=1).mean()) >= 0.5
