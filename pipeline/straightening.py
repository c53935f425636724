"""A page turned so that its lines lie level, and where its words were before."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.pixels import Gray
from schemas.page import Box


@dataclass(frozen=True)
class Straightening:
    """Turns an upright page by ``skew`` degrees counter-clockwise about its centre, and maps boxes
    there and back. ``width`` and ``height`` in pixels stay the same."""

    width: int
    height: int
    skew: float

    def apply(self, gray: Gray) -> Gray:
        """``gray`` with its lines level; corners that come in are paper."""
        if not self.skew:
            return gray
        paper = float(np.percentile(gray[::16, ::16], 90))
        turned = cv2.warpAffine(
            gray, self._matrix(self.skew), (self.width, self.height), borderValue=paper
        )
        return np.asarray(turned, np.uint8)

    def back(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the straightened page lies on the upright page."""
        if not self.skew:
            return x, y
        column = self._matrix(-self.skew) @ np.array([x, y, 1.0])
        return float(column[0]), float(column[1])

    def box_back(self, box: Box) -> Box:
        """The box on the upright page around a box of the straightened one, within the page."""
        corners = [self.back(x, y) for x in (box.left, box.right) for y in (box.top, box.bottom)]
        xs, ys = zip(*corners, strict=True)
        return Box(
            max(round(min(xs)), 0),
            max(round(min(ys)), 0),
            min(round(max(xs)), self.width),
            min(round(max(ys)), self.height),
        )

    def box_there(self, box: Box) -> Box:
        """The box on the straightened page of which :meth:`box_back` made ``box``."""
        if not self.skew:
            return box
        middle = np.array([(box.left + box.right) / 2, (box.top + box.bottom) / 2, 1.0])
        x, y = self._matrix(self.skew) @ middle
        angle = np.radians(abs(self.skew))
        cosine, sine = float(np.cos(angle)), float(np.sin(angle))
        width, height = box.right - box.left, box.bottom - box.top
        scale = 2 * (cosine**2 - sine**2)
        across = max((width * cosine - height * sine) / scale, 0.5)
        down = max((height * cosine - width * sine) / scale, 0.5)
        return Box(
            max(round(x - across), 0),
            max(round(y - down), 0),
            min(round(x + across), self.width),
            min(round(y + down), self.height),
        )

    def _matrix(self, degrees: float) -> NDArray[np.float64]:
        centre = (self.width / 2, self.height / 2)
        return np.asarray(cv2.getRotationMatrix2D(centre, degrees, 1.0), np.float64)
