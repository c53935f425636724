"""How a page came to be: scanned in colour, without colour, or drawn by software."""

from enum import StrEnum
from typing import Any

import cv2

from pipeline.pageview import PageView
from pipeline.pixels import Picture

_COVERING = 0.5
_NEUTRAL = 3


class ScanKind(StrEnum):
    COLOUR = "colour"
    GREY = "grey"
    BILEVEL = "bilevel"
    DRAWN = "drawn"
    """No picture covers the page: what PDFium shows is exact."""


def scan_kind(page: PageView) -> ScanKind:
    """The kind of the largest picture on the page.

    A colour picture without one coloured pixel counts as grey: the scanner, or a program after it,
    took the colour away.
    """
    bits = _largest_picture(page)
    if bits is None:
        return ScanKind.DRAWN
    if bits == 1:
        return ScanKind.BILEVEL
    return ScanKind.GREY if bits == 8 or _neutral(page.picture) else ScanKind.COLOUR


def _largest_picture(page: PageView) -> int | None:
    """Bits per pixel of the picture that covers at least half of the page."""
    import pypdfium2
    from pypdfium2 import raw

    pdf: Any = pypdfium2.PdfDocument(page.pdf)
    try:
        leaf = pdf[page.index]
        width, height = leaf.get_size()
        best: tuple[float, int] | None = None
        for picture in leaf.get_objects(filter=(raw.FPDF_PAGEOBJ_IMAGE,), max_depth=5):
            left, bottom, right, top = picture.get_bounds()
            share = (right - left) * (top - bottom) / (width * height)
            if share >= _COVERING and (best is None or share > best[0]):
                best = (share, int(picture.get_metadata().bits_per_pixel))
        return None if best is None else best[1]
    finally:
        pdf.close()


def _neutral(picture: Picture) -> bool:
    """No pixel has more chroma than rounding leaves in a grey picture."""
    red, green, blue = cv2.split(picture)
    highest, lowest = cv2.max(cv2.max(red, green), blue), cv2.min(cv2.min(red, green), blue)
    return bool(cv2.subtract(highest, lowest).max() <= _NEUTRAL)
