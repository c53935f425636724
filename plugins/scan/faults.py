"""Finds what went wrong when a page was scanned.

What was read raises the suspicion, the picture decides: a page that was read well, off its edges
and with as much ink as its words must have, is not looked at again.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import cv2
import numpy as np
import pikepdf
from numpy.typing import NDArray
from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

from pipeline.pageview import PageView
from pipeline.pixels import Picture
from schemas.page import Line, PageText

LOOK_DPI = 100
"""Resolution at which suspected pages are looked at."""
_MM = 25.4
_LEAST_DENSITY = 0.1
"""Ink in the boxes of the lines; print has 0.18 and more, of which a faded page keeps most."""
_LEAST_LETTERS = 6
"""A shorter line proves nothing: a stamp's rim, a page number, dirt."""
_TRUSTED = 0.6
_SIDE_LINES = 3
"""Lines that must touch the left or right edge; a table or a stamp may have one or two."""
_TOUCHING = 0.7
_STRIP = 0.5
"""Millimetres from an edge: where a line touches it, and where cut letters are looked for."""
_STROKE = (0.25, 6.0)
"""Millimetres that one cut letter or word may be long; dust is shorter."""
_STROKES = 4
_BORDER = 15.0
"""Millimetres from which what is dark along an edge is a border; its ragged ends are no text."""
_MOSTLY_PAPER = 0.35
"""Share of a page that print covers at most; a photograph covers more."""


class ScanFault(StrEnum):
    COARSE = "coarse"
    CUT_OFF = "cut-off"
    DARK = "dark"
    FAINT = "faint"
    BLURRED = "blurred"


@dataclass(frozen=True)
class Limits:
    """``dpi`` of the picture; ``paper`` and ``contrast`` in gray levels of 255; ``sharpness``: the
    steepest edges, as the share of the contrast from one pixel to the next at ``LOOK_DPI``."""

    dpi: float
    paper: float
    contrast: float
    sharpness: float


def page_faults(
    view: PageView, picture_dpi: float | None, limits: Limits, *, doubtful: bool
) -> tuple[ScanFault, ...]:
    """What is wrong with a scanned page; nothing of one that is blank or was never on paper.

    ``picture_dpi`` as :func:`scanned_dpi` answers. ``doubtful``: few of its words were read surely.
    """
    text = view.text
    if text.blank or text.born_digital:
        return ()
    faults = set()
    if picture_dpi is not None and round(picture_dpi) < limits.dpi:
        faults.add(ScanFault.COARSE)
    sides = _touched(text)
    if sides and any(_cut_letters(view.picture, side, view.dpi) for side in sides):
        faults.add(ScanFault.CUT_OFF)
    if doubtful or _pale(text):
        faults |= _light_faults(_gray(view.picture), limits, doubtful=doubtful)
    return tuple(fault for fault in ScanFault if fault in faults)


def scanned_dpi(page: Any, structure: pikepdf.Page) -> float | None:
    """Resolution of the finest picture that covers most of a page; None when none does.

    ``page`` is of ``pypdfium2``, ``structure`` the same page of ``pikepdf``: layered scans (MRC)
    paint a coarse colour through a fine mask, and the mask holds the print.
    """
    width, height = page.get_size()
    found = []
    for drawn in page.get_objects(filter=[FPDF_PAGEOBJ_IMAGE], max_depth=5):
        left, bottom, right, top = drawn.get_bounds()
        if (right - left) * (top - bottom) > 0.5 * width * height:
            pixels = sorted(drawn.get_px_size())
            inches = sorted(((right - left) / 72, (top - bottom) / 72))
            found.append(min(p / i for p, i in zip(pixels, inches, strict=True)))
    return max(found) * _mask_gain(structure) if found else None


def _mask_gain(structure: pikepdf.Page) -> float:
    """How many times finer than its picture the finest mask is; 1 without masks."""
    pairs = (
        (picture, picture.get(key))
        for picture in structure.get_images(recursive=True).values()
        for key in ("/SMask", "/Mask")
    )
    gains = [
        int(mask.Width) / max(int(picture.Width), 1)
        for picture, mask in pairs
        if isinstance(mask, pikepdf.Stream)
    ]
    return max(gains, default=1.0)


def _pale(text: PageText) -> bool:
    """Words were read where hardly any ink was seen: it differs little from the paper."""
    boxes = (line.box for line in text.lines)
    area = sum((box.right - box.left) * (box.bottom - box.top) for box in boxes)
    return text.ink * text.width * text.height < _LEAST_DENSITY * area


def _touched(text: PageText) -> list[int]:
    """Edges that lines touch, as quarter turns counter-clockwise that bring the edge to the top."""
    near = _TOUCHING * text.dpi / _MM
    lines = [line for line in text.lines if len(line.text) >= _LEAST_LETTERS]
    trusted = [line for line in lines if line.confidence >= _TRUSTED]
    touching: tuple[list[Line], ...] = (
        [line for line in lines if line.box.top <= near],
        [line for line in trusted if line.box.right >= text.width - near],
        [line for line in lines if line.box.bottom >= text.height - near],
        [line for line in trusted if line.box.left <= near],
    )
    needed = (1, _SIDE_LINES, 1, _SIDE_LINES)
    return [side for side in range(4) if len(touching[side]) >= needed[side]]


def _cut_letters(picture: Picture, side: int, dpi: float) -> bool:
    """Whether several short strokes run out of the picture at an edge."""
    gray = np.rot90(_gray(picture), side)
    dark = gray < (np.percentile(gray, 90) + np.percentile(gray, 0.5)) / 2
    depth = max(round(_STRIP * dpi / _MM), 1)
    along = dark[:depth].all(axis=0)
    steps = np.flatnonzero(np.diff(np.concatenate(([0], along, [0])).astype(np.int8)))
    lengths = (steps[1::2] - steps[::2]) * _MM / dpi
    strokes = ((lengths >= _STROKE[0]) & (lengths <= _STROKE[1])).sum()
    return bool(strokes >= _STROKES and lengths.max() < _BORDER)


def _light_faults(gray: NDArray[np.float32], limits: Limits, *, doubtful: bool) -> set[ScanFault]:
    height, width = gray.shape
    inner = cv2.GaussianBlur(gray, (0, 0), 0.8)[height // 25 : -height // 25]
    inner = inner[:, width // 25 : -width // 25]
    paper, ink = (float(level) for level in np.percentile(inner, (90, 0.5)))
    contrast = paper - ink
    if paper < limits.paper:
        return {ScanFault.DARK}
    if contrast < limits.contrast:
        return {ScanFault.FAINT}
    steepest = float(np.percentile(np.abs(np.diff(inner, axis=1)), 99.7)) / contrast
    print_on_paper = float(np.mean(inner < paper - contrast / 4)) <= _MOSTLY_PAPER
    blurred = doubtful and print_on_paper and steepest < limits.sharpness
    return {ScanFault.BLURRED} if blurred else set()


def _gray(picture: Picture) -> NDArray[np.float32]:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.float32)
