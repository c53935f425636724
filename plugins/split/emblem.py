"""Finds the emblem at the head of a page: a compact dark figure, larger than any letter."""

from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.pageview import extremes
from pipeline.pixels import Picture

_HEAD_CM = 6.5
_CLOSE_CM = (0.0, 0.06, 0.12)
"""A figure of fine strokes must be closed to one piece; closed too far it grows into the title."""
_LEFT_LOWEST_CM = 4.5
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
    places: set[Emblem] = set()
    for gap in _CLOSE_CM:
        size = round(gap * dpi / 2.54) | 1
        closed = vision.morphologyEx(ink, vision.MORPH_CLOSE, np.ones((size, size), np.uint8))
        stats = vision.connectedComponentsWithStats(closed)[2]
        places |= {place for row in stats[1:] if (place := _place(row, ink, dpi))}
    return Emblem.CENTRE if Emblem.CENTRE in places else next(iter(places), None)


def _black_ink(head: Picture) -> NDArray[np.uint8]:
    """255 where the paper is dark and colourless."""
    import cv2

    vision: Any = cv2
    grey = extremes(head)[1]
    threshold, _ = vision.threshold(grey, 0, 255, vision.THRESH_BINARY + vision.THRESH_OTSU)
    dark = grey <= min(float(threshold), 190.0)
    return np.where(dark, 255, 0).astype(np.uint8)


def _place(row: NDArray[np.int32], ink: NDArray[np.uint8], dpi: int) -> Emblem | None:
    """Where an emblem stands, if the component ``row`` (OpenCV's statistics) is one."""
    left, top, width, height = (int(value) for value in row[:4])
    cm = 2.54 / dpi
    tall, bottom, middle = height * cm, (top + height) * cm, (left + width / 2) / ink.shape[1]
    if abs(middle - 0.5) <= 0.1 and _CENTRE[0] <= tall <= _CENTRE[1]:
        place = Emblem.CENTRE
    elif middle <= 0.33 and _LEFT[0] <= tall <= _LEFT[1] and bottom <= _LEFT_LOWEST_CM:
        place = Emblem.LEFT
    else:
        return None
    share = float((ink[top : top + height, left : left + width] > 0).mean())
    return place if 0.55 <= width / height <= 1.7 and 0.12 <= share <= 0.85 else None
