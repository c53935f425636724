"""The picture of a page that is read again: level, at the resolution of its text."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.pageview import PageView, Picture, black_ink
from schemas.page import PageText

Gray = NDArray[np.uint8]
"""height x width, 0 is black."""


class Pictures:
    """The pages of ``pdf``, each rendered once. A page's number is its place in the file."""

    def __init__(self, pdf: Path) -> None:
        self._pdf = pdf
        self._views: dict[int, PageView] = {}
        self._level: dict[tuple[int, bool], Gray] = {}

    def gray(self, page: PageText, *, black_only: bool = False) -> Gray:
        """``page`` in gray, in the pixels of its text. ``black_only`` leaves coloured ink out, so
        that what a seal or a signature covers can be read."""
        key = (page.number, black_only)
        if key not in self._level:
            view = PageView(self._pdf, page.number - 1, page, round(page.dpi))
            view = self._views.setdefault(page.number, view)
            plain = black_ink(view.picture) if black_only else _gray(view.picture)
            self._level[key] = _level(plain, page)
        return self._level[key]


def black_on_white(gray: Gray) -> Gray:
    """Lightly blurred, then cut at Otsu's threshold."""
    soft = cv2.GaussianBlur(gray, (0, 0), 0.8)
    return np.asarray(cv2.threshold(soft, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[1], np.uint8)


def _gray(picture: Picture) -> Gray:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)


def _level(gray: Gray, page: PageText) -> Gray:
    size = (page.width, page.height)
    if (gray.shape[1], gray.shape[0]) != size:
        gray = np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), np.uint8)
    if not page.skew:
        return gray
    matrix = cv2.getRotationMatrix2D((size[0] / 2, size[1] / 2), page.skew, 1.0)
    paper = float(np.percentile(gray[::16, ::16], 90))
    return np.asarray(cv2.warpAffine(gray, matrix, size, borderValue=paper), np.uint8)
