"""A page as detectors and cutters see it: what was read, and the picture on demand."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.pixels import Picture
from schemas.page import PageText


@dataclass(frozen=True)
class PageView:
    """One page of a PDF in the workdir. ``index`` is 0-based in ``pdf``; ``dpi`` of ``picture``."""

    pdf: Path
    index: int
    text: PageText
    dpi: int = 150

    @cached_property
    def picture(self) -> Picture:
        """The page as a person sees it, without hidden text."""
        import cv2

        from pipeline.pages import Pages, fitted

        with Pages(self.pdf) as pages, pages.look(self.index, self.dpi) as (pixels, size):
            return np.asarray(cv2.cvtColor(fitted(pixels, size), cv2.COLOR_BGR2RGB), np.uint8)


def black_ink(picture: Picture) -> NDArray[np.uint8]:
    """Gray in which only black ink is dark: lighter by as much as the channels lie apart, so that
    what a seal or a signature covers can be read."""
    import cv2

    darkest, lightest = extremes(picture)
    return np.asarray(cv2.add(lightest, cv2.subtract(lightest, darkest)), np.uint8)


def extremes(picture: Picture) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The darkest and the lightest channel of each pixel."""
    import cv2

    first, second, third = cv2.split(picture)
    darkest = cv2.min(cv2.min(first, second), third)
    lightest = cv2.max(cv2.max(first, second), third)
    return np.asarray(darkest, np.uint8), np.asarray(lightest, np.uint8)
