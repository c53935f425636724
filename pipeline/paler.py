"""Seals and stamps on pages without colour: their ink is paler than the type that they lie on."""

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.pieces import connected
from pipeline.pixels import Gray

_EVEN = 24
"""Gray levels between the lightest and the darkest pixel around one within a broad stroke."""
_UNDER_PAPER, _OVER_TYPE = 60, 40
"""Gray levels by which pale ink is darker than the paper and lighter than the darkest ink."""
_NEVER_PALE = 70
"""What is darker is black."""
_LEVELS = (0.001, 0.6)
"""Shares of a page that are as dark as its darkest ink, and no lighter than its paper."""
_LEAST = 0.06
"""Square centimetres in the middle of its strokes that a seal has at least at half resolution."""
_DEEPEST = 25.0
"""Percentile of pale ink that is still told from type."""
_AROUND = np.ones((3, 3), np.uint8)
_SHRINK, _CLOSE = 8, 0.3
"""Inches between strokes of one figure, looked for on a picture so many times smaller."""


def type_alone(gray: Gray, dpi: float) -> Gray | None:
    """``gray`` with figures in pale ink in white; None where there are hardly any.

    Pale ink shows in broad strokes of an even gray; the rims of type, as gray, are not even. Around
    such strokes whatever is as pale belongs to them, but for the rims of what is darker.
    """
    coarse = np.ascontiguousarray(gray[::2, ::2])
    if np.count_nonzero(_pale(coarse)) < _LEAST * (dpi / 2 / 2.54) ** 2:
        return None
    pale = _pale(gray)
    if not pale.any():
        return None
    cut = np.percentile(gray[pale], _DEEPEST)
    type_and_rims = cv2.dilate((gray < cut).astype(np.uint8), _AROUND) > 0
    return np.where(_figures(pale, dpi) & ~type_and_rims, np.uint8(255), gray)


def _figures(pale: NDArray[np.bool_], dpi: float) -> NDArray[np.bool_]:
    """The boxes around broad strokes that lie close together."""
    height, width = pale.shape
    small = cv2.resize(
        pale.astype(np.uint8) * 255,
        (width // _SHRINK, height // _SHRINK),
        interpolation=cv2.INTER_AREA,
    )
    side = 2 * round(_CLOSE * dpi / _SHRINK / 2) + 1
    near = cv2.dilate(small, np.ones((side, side), np.uint8))
    boxes = connected(np.asarray(near, np.uint8)).stats[1:, : cv2.CC_STAT_AREA] * _SHRINK
    found = np.zeros_like(pale)
    for left, top, wide, high in boxes:
        found[top : top + high, left : left + wide] = True
    return found


def _pale(gray: Gray) -> NDArray[np.bool_]:
    """Where broad strokes of pale ink are."""
    counts = np.bincount(gray[::2, ::2].ravel(), minlength=256).cumsum()
    darkest, paper = (int(np.searchsorted(counts, share * counts[-1])) for share in _LEVELS)
    even = cv2.subtract(cv2.dilate(gray, _AROUND), cv2.erode(gray, _AROUND)) < _EVEN
    lightest = max(darkest + _OVER_TYPE, _NEVER_PALE)
    return np.asarray(even & (gray < paper - _UNDER_PAPER) & (gray > lightest))
