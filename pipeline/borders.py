"""The dark strips that a scanner leaves along the edges of a page, beyond the sheet."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.pixels import Gray

DEEPEST = 0.2
"""Share of the page that a strip is deep at most."""
_DARK = 120
"""Gray levels under which the lid of a scanner shows."""
_SPAN = 1.0
"""Inches along an edge over most of which a strip is as deep as it is taken for: what merely
touches it is none of it."""
_ROOM = 0.015
"""Inches erased beyond a strip, whose rim is gray and whose end is thin."""
_FINDING_DPI = 75.0


@dataclass(frozen=True)
class Border:
    """How deep the strips are, as shares of the page: at each place along its left edge from the
    top, along the top from the right, along the right from the bottom, along the bottom from the
    left."""

    depths: tuple[NDArray[np.float32], ...]

    @classmethod
    def of(cls, page: Gray, dpi: float, deepest: float = DEEPEST) -> "Border":
        """The strips of ``page``, each no deeper than ``deepest``, a share of its side."""
        shrink = min(1.0, _FINDING_DPI / dpi)
        small = cv2.resize(page, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
        dark = np.asarray(small < _DARK)
        return cls(tuple(_depths(np.rot90(dark, turn), dpi * shrink, deepest) for turn in range(4)))

    def erased(self, page: Gray) -> Gray:
        """``page``, at any resolution, with the strips in white; itself where there are none."""
        if not any(along.any() for along in self.depths):
            return page
        clean = page.copy()
        for turn, along in enumerate(self.depths):
            side = np.rot90(clean, turn)
            length, width = side.shape
            deep = cv2.resize(along[:, None], (1, length), interpolation=cv2.INTER_NEAREST)
            columns = np.arange(int(np.ceil(deep.max() * width)))[None]
            side[:, : columns.size][columns < deep * width] = 255
        return clean


def _depths(dark: NDArray[np.bool_], dpi: float, deepest: float) -> NDArray[np.float32]:
    """The depth of the strip along the left edge, row by row."""
    width = dark.shape[1]
    edge = dark[:, : max(1, min(int(deepest * width), 255))]
    if not edge[:, 0].any():
        return np.zeros(len(dark), np.float32)
    runs = np.where(edge.all(axis=1), edge.shape[1], edge.argmin(axis=1)).astype(np.uint8)
    span = 2 * int(_SPAN * dpi / 2) + 1
    depth = cv2.medianBlur(runs[:, None], span)[:, 0].astype(np.float32)
    room = _ROOM * dpi + 1 if depth.any() else 0.0
    return np.asarray((depth + room) / width, np.float32)
