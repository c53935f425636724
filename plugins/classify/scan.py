"""How a page came to be: scanned in colour, without colour, or drawn by software."""

from collections import Counter
from enum import StrEnum
from typing import Any

import cv2

from pipeline.pageview import PageView
from pipeline.pixels import Picture

_COVERING = 0.5
_NEUTRAL = 3
"""Share of the page that a scan covers at least, and chroma that grey pictures have at most."""


class ScanKind(StrEnum):
    COLOUR = "colour"
    GREY = "grey"
    BILEVEL = "bilevel"
    DRAWN = "drawn"
    """No picture covers the page: what PDFium shows is exact."""


_KINDS = {1: ScanKind.BILEVEL, 8: ScanKind.GREY}
"""By bits a pixel; any other has colour."""


def scan_kind(page: PageView) -> ScanKind:
    """The kind of the pictures that cover the page, whole, in strips or placed by a form.

    Colour pictures without one coloured pixel count as grey: the scanner, or a program after it,
    took the colour away.
    """
    shares = _shares(page)
    if shares[ScanKind.COLOUR] >= _COVERING:
        return ScanKind.GREY if _neutral(page.picture) else ScanKind.COLOUR
    if shares.total() < _COVERING:
        return ScanKind.DRAWN
    return ScanKind.GREY if shares[ScanKind.BILEVEL] < _COVERING else ScanKind.BILEVEL


def _shares(page: PageView) -> Counter[ScanKind]:
    """The share of the page that pictures of each kind cover together."""
    import pypdfium2
    from pypdfium2 import raw

    shares: Counter[ScanKind] = Counter()
    pdf: Any = pypdfium2.PdfDocument(page.pdf)
    try:
        leaf = pdf[page.index]
        width, height = leaf.get_size()
        for picture in leaf.get_objects(filter=(raw.FPDF_PAGEOBJ_IMAGE,)):
            left, bottom, right, top = _bounds(picture)
            share = (right - left) * (top - bottom) / (width * height)
            shares[_KINDS.get(picture.get_metadata().bits_per_pixel, ScanKind.COLOUR)] += share
        return shares
    finally:
        pdf.close()


def _bounds(picture: Any) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of a picture on the page, in points, whatever forms hold it."""
    left, bottom, right, top = picture.get_bounds()
    form = picture.container
    while form is not None:
        left, bottom, right, top = form.get_matrix().on_rect(left, bottom, right, top)
        form = form.container
    return left, bottom, right, top


def _neutral(picture: Picture) -> bool:
    """No pixel has more chroma than rounding leaves in a grey picture."""
    red, green, blue = cv2.split(picture)
    highest, lowest = cv2.max(cv2.max(red, green), blue), cv2.min(cv2.min(red, green), blue)
    return bool(cv2.subtract(highest, lowest).max() <= _NEUTRAL)
