"""Ink on a page picture: flattened paper, colour masks, connected components."""

from dataclasses import dataclass

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from pipeline.pageview import Picture
from schemas.page import Box

Mask = NDArray[np.uint8]
"""height x width; 255 where there is ink."""
Plane = NDArray[np.uint8]
"""height x width, 0 black to 255 paper."""

_SHRINK = 8
_RED_LEAD = 40
_OTHER_LEAD = 35


def flatten(picture: Picture) -> Picture:
    """The page with its paper divided out, each channel by itself: paper becomes 255."""
    height, width = picture.shape[:2]
    small = cv2.resize(
        picture, (max(1, width // _SHRINK), max(1, height // _SHRINK)), interpolation=cv2.INTER_AREA
    )
    paper = cv2.medianBlur(cv2.dilate(small, np.ones((5, 5), np.uint8)), 15)
    paper = np.maximum(paper, 1)
    full = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.divide(picture, full, scale=255.0), dtype=np.uint8)


def paper_light(picture: Picture) -> float:
    """Median of the darkest channel, 0..255: low on dark pages."""
    return float(np.median(darkest(np.ascontiguousarray(picture[::8, ::8]))))


def darkest(flat: Picture) -> Plane:
    """Minimum of the channels: red ink gets as dark as black ink."""
    return np.asarray(cv2.min(cv2.min(flat[:, :, 0], flat[:, :, 1]), flat[:, :, 2]), dtype=np.uint8)


def red_mask(flat: Picture) -> Mask:
    """Where the ink is red."""
    red, green, blue = cv2.split(flat)
    lead = cv2.subtract(red, cv2.max(green, blue))
    return _over(lead, _RED_LEAD)


def cold_mask(flat: Picture) -> Mask:
    """Where the ink is blue, violet or green."""
    red, green, blue = cv2.split(flat)
    lead = cv2.subtract(cv2.max(green, blue), red)
    return _over(lead, _OTHER_LEAD)


def _over(lead: MatLike, least: int) -> Mask:
    _, mask = cv2.threshold(lead, least, 255, cv2.THRESH_BINARY)
    return np.asarray(mask, dtype=np.uint8)


@dataclass(frozen=True)
class Component:
    """One connected piece of ink; ``area`` in pixels, ``label`` in the label picture."""

    label: int
    box: Box
    area: int

    @property
    def width(self) -> int:
        return self.box.right - self.box.left

    @property
    def height(self) -> int:
        return self.box.bottom - self.box.top

    @property
    def fill(self) -> float:
        """Share of the box that is ink."""
        return self.area / (self.width * self.height)


def components(mask: Mask) -> tuple[NDArray[np.int32], list[Component]]:
    """The label picture and the pieces of ink of at least four pixels."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=cv2.CV_32S)
    keep = np.flatnonzero(stats[:, cv2.CC_STAT_AREA] >= 4)
    found = []
    for label in keep[keep != 0]:
        left, top, width, height, area = (int(v) for v in stats[label])
        found.append(Component(int(label), Box(left, top, left + width, top + height), area))
    return np.asarray(labels, dtype=np.int32), found
