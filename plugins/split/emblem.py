"""Finds the emblem at the head of a page: a compact dark figure, larger than any letter."""

from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.pageview import Picture

_HEAD_CM = 6.5
_CLOSE_CM = 0.12
_CENTRE = (2.0, 4.8)
_LEFT = (1.1, 3.4)
"""Least and greatest height in cm: 3 cm is prescribed for letters, 1.5 cm for memos."""


class Emblem(StrEnum):
    CENTRE = "centre"
    LEFT = "left"


def find_emblem(picture: Picture, dpi: int) -> Emblem | None:
    """The emblem's place in the top 6.5 cm of an upright page, or None.

    Red and blue ink is left out, so that stamps and secrecy marks do not count.
    """
    import cv2

    vision: Any = cv2
    head = picture[: round(_HEAD_CM * dpi / 2.54)]
    ink = _black_ink(head)
    size = max(3, round(_CLOSE_CM * dpi / 2.54) | 1)
    closed = vision.morphologyEx(ink, vision.MORPH_CLOSE, np.ones((size, size), np.uint8))
    count, labels, stats, _ = vision.connectedComponentsWithStats(closed)
    found: Emblem | None = None
    for index in range(1, count):
        left, top, width, height = (int(value) for value in stats[index][:4])
        box = labels[top : top + height, left : left + width] == index
        share = float((ink[top : top + height, left : left + width][box] > 0).sum()) / box.size
        middle = (left + width / 2) / head.shape[1]
        place = _place(middle, height * 2.54 / dpi, width / height, share)
        if place is Emblem.CENTRE:
            return place
        found = found or place
    return found


def _black_ink(head: Picture) -> NDArray[np.uint8]:
    """255 where the paper is dark and colourless."""
    import cv2

    vision: Any = cv2
    grey = head.max(axis=2)
    threshold, _ = vision.threshold(grey, 0, 255, vision.THRESH_BINARY + vision.THRESH_OTSU)
    dark = grey <= min(float(threshold), 190.0)
    return np.where(dark, 255, 0).astype(np.uint8)


def _place(middle: float, tall: float, aspect: float, share: float) -> Emblem | None:
    """``middle`` as a share of the page's width, ``tall`` in cm, ``share`` of ink in the box."""
    if not (0.55 <= aspect <= 1.7 and 0.12 <= share <= 0.85):
        return None
    if abs(middle - 0.5) <= 0.1 and _CENTRE[0] <= tall <= _CENTRE[1]:
        return Emblem.CENTRE
    if middle <= 0.33 and _LEFT[0] <= tall <= _LEFT[1]:
        return Emblem.LEFT
    return None
