"""Folds: dark lines across the paper that cut through letters."""

import cv2
import numpy as np

from pipeline.pixels import Gray

_REACH = 0.3
"""Inches along a line of type within which there is paper between its letters."""
_SHADED, _INK = 0.94, 0.6
"""Light of a fold to that of the paper beside it: from the one down it is a fold, and no longer
from the other down."""
_LEAST = 0.003
"""Share of a page that a fold has at least."""


def without_folds(gray: Gray, dpi: float) -> Gray:
    """``gray`` with level and upright folds as light as the paper; itself where there are none.

    The lightest spot of a stretch along the fold is paper in its shade; across it, plain paper.
    """
    half = np.ascontiguousarray(gray[::2, ::2])
    reach = 2 * round(_REACH * dpi / 4) + 1
    along = cv2.dilate(half, np.ones((1, reach), np.uint8))
    across = cv2.dilate(half, np.ones((reach, 1), np.uint8))
    light = np.divide(
        cv2.min(along, across), np.maximum(cv2.max(along, across), 1), dtype=np.float32
    )
    shaded = (light < _SHADED) & (light > _INK)
    if np.count_nonzero(shaded) < _LEAST * half.size:
        return gray
    gain = np.where(shaded, 1 / np.maximum(light, _INK), np.float32(1))
    larger = cv2.resize(gain, gray.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.clip(gray * larger, 0, 255), np.uint8)
