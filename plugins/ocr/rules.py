"""Ruled lines of tables, forms and underlines: read as letters where they stand beside some."""

import cv2
import numpy as np

from plugins.ocr.raster import Gray

LENGTH = 0.4
"""Inches from which an unbroken stroke is a rule; that of a 36-point letter is 0.3."""
THICKEST = 0.05
"""Inches: what is thicker is a bar or the stroke of a large letter."""
_DPI = 100
"""Resolution at which rules are looked for."""


def without_rules(picture: Gray, dpi: float) -> Gray:
    """``picture`` of black letters on white with its level and upright rules made white."""
    height, width = picture.shape
    shrink = min(_DPI / dpi, 1.0)
    small = cv2.resize(
        cv2.bitwise_not(picture), None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA
    )
    ink = np.asarray((small > 0) * np.uint8(255), np.uint8)
    length, thick = round(LENGTH * shrink * dpi), round(THICKEST * shrink * dpi)
    level = _strokes(ink, (1, length), (thick + 2, length), (3, 1))
    upright = _strokes(ink, (length, 1), (length, thick + 2), (1, 3))
    rules = cv2.bitwise_or(level, upright)
    if not rules.any():
        return picture
    erased = cv2.resize(rules, (width, height), interpolation=cv2.INTER_NEAREST)
    return np.asarray(cv2.bitwise_or(picture, erased), np.uint8)


def _strokes(
    ink: Gray, thin: tuple[int, int], thick: tuple[int, int], grown: tuple[int, int]
) -> Gray:
    """Strokes of at least ``thin`` and nowhere of ``thick``, in white.

    All sizes are height x width. Ink is first grown, so that the steps of a slanting rule join.
    """
    joined = cv2.dilate(ink, np.ones(grown, np.uint8))
    found = cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones(thin, np.uint8))
    bars = cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones(thick, np.uint8))
    return np.asarray(cv2.subtract(found, bars), np.uint8)
