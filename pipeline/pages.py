"""The pages of a PDF as a person sees them: the scan itself where it is the whole page, else drawn.

PDFium decodes a scan in either case, but takes three times as long to draw it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from pathlib import Path
from typing import Any, NamedTuple, Self

import cv2
import numpy as np
import pikepdf
import pypdfium2
from numpy.typing import NDArray
from pypdfium2 import raw

Pixels = NDArray[np.uint8]
"""height x width x 3, BGR."""

MOST_PIXELS = 22_000_000
"""A scan with more, A4 at 400 dpi or A3 at 300, is drawn, for that takes less memory."""
_SLACK = 0.3
"""Points by which a scan may miss the edges of its page."""
_NOISE = 1e-5
"""Share of a side that is rounding: 1240.00003 pixels are no 1241."""
_PLAIN_RESOURCES = frozenset({"/Font", "/ProcSet", "/XObject"})
_PLAIN_PICTURE = frozenset(
    {"/BitsPerComponent", "/ColorSpace", "/DecodeParms", "/Filter", "/Height", "/Interpolate"}
    | {"/Length", "/Metadata", "/Name", "/Subtype", "/Type", "/Width"}
)
"""Keys of a picture that is shown as it was decoded: no mask, no layer, no inverted values."""
_PLAIN_COLOURS = frozenset({"/CalGray", "/CalRGB", "/DeviceGray", "/DeviceRGB", "/ICCBased"})
_PLAIN_FILTERS = frozenset({"/CCITTFaxDecode", "/DCTDecode", "/FlateDecode", "/JBIG2Decode"})


class Look(NamedTuple):
    """A page, turned as the file says. ``size`` is width and height at the dpi asked for;
    ``pixels`` has as many or more, and is gone when the look ends."""

    pixels: Pixels
    size: tuple[int, int]


class Pages:
    """An open PDF. Not for two threads at once.

    Raises PdfiumError when PDFium cannot open the file or show a page of it.
    """

    def __init__(self, path: Path) -> None:
        self._shown: Any = pypdfium2.PdfDocument(path)
        self._structure = _structure(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._shown.close()
        if self._structure is not None:
            self._structure.close()

    def points(self, index: int) -> tuple[float, float]:
        """Width and height of page ``index`` (0-based)."""
        width, height = self._shown.get_page_size(index)
        return float(width), float(height)

    @contextmanager
    def look(self, index: int, dpi: float) -> Iterator[Look]:
        """Page ``index`` (0-based): its scan, unless that is coarser than ``dpi``; else drawn."""
        page = self._shown[index]
        scale = dpi / 72 * (1 - _NOISE)
        width, height = (ceil(side * scale) for side in page.get_size())
        quarters = page.get_rotation() // 90
        scan = self._scan(page, index, (height, width) if quarters % 2 else (width, height))
        bitmap = page.render(scale=scale) if scan is None else scan.get_bitmap()
        try:
            pixels = bitmap.to_numpy()
            if pixels.ndim == 2:
                pixels = cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR)
            if scan is not None and quarters:
                pixels = np.ascontiguousarray(np.rot90(pixels, -quarters))
            yield Look(pixels[:, :, :3], (width, height))
        finally:
            page.close()

    def _scan(self, page: Any, index: int, least: tuple[int, int]) -> Any:
        """The picture that is all there is to see on a page, if it has as many pixels as
        ``least``; None where anything is unusual."""
        if self._structure is None or raw.FPDFPage_GetAnnotCount(page.raw):
            return None
        scan = _top_picture(page)
        if scan is None or not _covers(scan, page):
            return None
        width, height = scan.get_px_size()
        if width < least[0] or height < least[1] or width * height > MOST_PIXELS:
            return None
        return scan if _is_plain(self._structure.pages[index], scan) else None


def fitted(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """A copy of ``pixels``, shrunk to ``size``, width and height, by averaging, as PDFium does."""
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def _structure(path: Path) -> pikepdf.Pdf | None:
    try:
        return pikepdf.open(path)
    except (pikepdf.PdfError, pikepdf.PasswordError):
        return None


def _top_picture(page: Any) -> Any:
    """The last picture of a page that has nothing but pictures and hidden text."""
    found = None
    for thing in page.get_objects(max_depth=2):
        if thing.type == raw.FPDF_PAGEOBJ_TEXT:
            if raw.FPDFTextObj_GetTextRenderMode(thing.raw) != raw.FPDF_TEXTRENDERMODE_INVISIBLE:
                return None
        elif thing.level or thing.type not in (raw.FPDF_PAGEOBJ_FORM, raw.FPDF_PAGEOBJ_IMAGE):
            return None
        elif thing.type == raw.FPDF_PAGEOBJ_IMAGE:
            found = thing
    return found


def _covers(scan: Any, page: Any) -> bool:
    """Whether it is painted whole and upright from edge to edge of the page."""
    a, b, c, d, e, f = scan.get_matrix().get()
    left, bottom, right, top = page.get_bbox()
    off = (b, c, e - left, f - bottom, e + a - right, f + d - top)
    clip = raw.FPDFPageObj_GetClipPath(scan.raw)
    return bool(max(map(abs, off)) <= _SLACK and raw.FPDFClipPath_CountPaths(clip) <= 0)


def _is_plain(page: pikepdf.Page, scan: Any) -> bool:
    """Whether nothing in the file has ``scan`` shown otherwise than it is decoded."""
    try:
        resources = page.resources
        (picture,) = [x for x in resources.XObject.values() if x.Subtype == "/Image"]
        return (
            _PLAIN_RESOURCES.issuperset(resources.keys())
            and _PLAIN_PICTURE.issuperset(picture.keys())
            and _names(picture.ColorSpace)[0] in _PLAIN_COLOURS
            and _PLAIN_FILTERS.issuperset(_names(picture.Filter))
            and picture.read_raw_bytes() == bytes(scan.get_data())
        )
    except (AttributeError, LookupError, TypeError, ValueError, pikepdf.PdfError):
        return False


def _names(value: Any) -> list[str]:
    """A name or a list of names, as their text."""
    return [str(one) for one in value] if isinstance(value, pikepdf.Array) else [str(value)]
