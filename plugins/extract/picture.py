"""The picture of a page that is read again: level, at the resolution of its text."""

from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np

from pipeline.folds import without_folds
from pipeline.pageview import PageView, black_ink
from pipeline.paler import type_alone
from pipeline.pixels import Gray, Picture
from pipeline.straightening import Straightening
from schemas.page import Box, PageText

_INK = 150
"""Gray levels under which there is ink."""
_TYPED = 0.4
"""Share of a word's ink that is black if it is typed, whatever lies on it."""


class Pictures:
    """The pages of ``pdf``, each rendered once. A page's number is its place in the file."""

    def __init__(self, pdf: Path) -> None:
        self._pdf = pdf
        self._drawings: dict[int, tuple[Gray, Gray]] = {}

    def gray(self, page: PageText) -> Gray:
        """``page`` in gray, in the pixels of its text."""
        return self._drawn(page)[0]

    def typed(self, page: PageText) -> Gray:
        """The same without ink that has colour, or is paler than the type: what a seal or a
        signature covers can be read."""
        return self._drawn(page)[1]

    def freed(self, page: PageText, words: Iterable[Box]) -> Gray:
        """The page in gray, and those ``words`` without other ink that are typed for the most part:
        a number that was written or stamped in colour stays."""
        gray, typed = self._drawn(page)
        freed = gray.copy()
        for left, top, right, bottom in words:
            inside = slice(top, bottom), slice(left, right)
            ink = np.count_nonzero(gray[inside] < _INK)
            if np.count_nonzero(typed[inside] < _INK) >= _TYPED * ink:
                high, wide = (bottom - top) // 2, (bottom - top) // 3
                around = (
                    slice(max(top - high, 0), bottom + high),
                    slice(max(left - wide, 0), right + wide),
                )
                freed[around] = typed[around]
        return freed

    def _drawn(self, page: PageText) -> tuple[Gray, Gray]:
        """``page`` in gray, and its type alone."""
        if page.number not in self._drawings:
            picture = PageView(self._pdf, page.number - 1, page, round(page.dpi)).picture
            gray = without_folds(_gray(picture), page.dpi)
            black = without_folds(black_ink(picture), page.dpi)
            alone = type_alone(gray, page.dpi)
            typed = black if alone is None else np.asarray(cv2.max(black, alone), np.uint8)
            self._drawings[page.number] = _level(gray, page), _level(typed, page)
        return self._drawings[page.number]


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
    return Straightening(*size, page.skew).apply(gray)
