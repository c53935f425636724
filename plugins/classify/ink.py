"""Ink on a page picture: flattened paper, colour masks, connected components."""

from dataclasses import dataclass

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from pipeline.borders import Border
from pipeline.pageview import black_ink, extremes
from pipeline.pieces import connected
from pipeline.pixels import Gray, Mask, Picture
from pipeline.registration import registered
from plugins.classify.fills import without_fills
from schemas.page import Box

LOOKING_DPI = 150
"""Resolution in which pages are looked at; every length here is in its pixels."""
_SHRINK = 8
_THICK = 2.0
_BLACK = 150
DARK = 170
"""What is darker is dark ink."""
_DARKEST, _FRESH, _FADED = 0.002, 20, 90
"""Share of a page that is its darkest ink, how dark that is in fresh print, and from how much paler
a page counts as faded."""
_PALER, _PALEST, _SPOT = 40, 215, 30
_TWICE, _BLACKEST = 20, 100
"""By how much two layers of one ink are darker than one in the light of its colour, and what is
darker than either, so black."""
_BESIDE_BLACK = np.ones((7, 7), np.uint8)
_BORDER = 0.06
"""Share of the page that a scanner's border is deep at most: a deeper dark strip is looked at."""
_RED_LEADS = (26, 40)
_COLD_LEADS = (22, 30)
_FAINT_LEADS = (11, 18)
_FAINT_BLUR, _FAINT_SHARE = 1.5, 0.2
_STROKE = np.ones((2, 2), np.uint8)
_FRINGE = np.ones((9, 9), np.uint8)
_RED_PALES, _COLD_PALES = 0.3, 0.9
"""Share of the lead of its own colour by which ink is paler than that colour's channel shows."""


@dataclass(frozen=True)
class Strokes:
    """Dark ink; how deep in it each pixel lies, and which ones are the middle of a stroke."""

    dark: Mask
    depth: NDArray[np.float32]
    ridge: NDArray[np.bool_]


@dataclass(frozen=True)
class Inks:
    """The ink of a page apart by colour. ``plane``: all of it; ``black``: what has no colour;
    ``red``, ``cold`` (blue, violet or green): where such ink is; ``but_red``, ``but_cold``: all
    ink but that; ``strokes``: those of dark black ink; ``worn``: wide ones clearly paler than the
    type; ``lightest``: each ink as pale as its own light shows it."""

    plane: Gray
    black: Gray
    red: Mask
    cold: Mask
    but_red: Gray
    but_cold: Gray
    strokes: Strokes
    worn: Mask
    lightest: Gray

    @property
    def red_alone(self) -> Gray:
        """Red ink, and hardly any other."""
        return _unless_black(self.but_cold, self.black)

    @property
    def cold_alone(self) -> Gray:
        return _unless_black(self.but_red, self.black)


def inks(picture: Picture) -> Inks:
    """The ink of a page, without the dark strips that a scanner leaves along its edges."""
    flat = without_fills(flatten(registered(picture)))
    black = black_ink(flat)
    border = Border.of(black, LOOKING_DPI, _BORDER)
    black = border.erased(black)
    freshened = _freshening(black)
    black = freshened[black]
    smooth = np.asarray(cv2.GaussianBlur(flat, (0, 0), _FAINT_BLUR), dtype=np.uint8)
    dark = strokes(black, DARK)
    clear = cv2.erode(black, _FRINGE) >= _BLACK
    return Inks(
        plane=freshened[border.erased(darkest(flat))],
        black=black,
        red=_with_faint(red_mask(flat), _red_lead(smooth), clear),
        cold=_with_faint(cold_mask(flat), _cold_lead(smooth), clear),
        but_red=freshened[border.erased(without_red(flat))],
        but_cold=freshened[border.erased(without_cold(flat))],
        strokes=dark,
        worn=worn_strokes(black, dark),
        lightest=np.asarray(extremes(flat)[1], dtype=np.uint8),
    )


def _freshening(black: Gray) -> Gray:
    """What each gray level of a page becomes so that its darkest ink is as dark as fresh print."""
    counts = np.bincount(black.ravel(), minlength=256).cumsum()
    faded = int(np.searchsorted(counts, _DARKEST * counts[-1])) - _FRESH
    levels = np.arange(256, dtype=np.float32)
    if faded > _FADED:
        levels = np.clip((levels - faded) * (255 / (255 - faded)), 0, 255)
    return np.asarray(levels, dtype=np.uint8)


def laid_twice(lightest: Gray, mask: Mask) -> int:
    """Pixels in which ink of one colour lies on ink of the same: darker than most of it in its own
    light, apart from black ink."""
    core = np.asarray(cv2.erode(mask, np.ones((3, 3), np.uint8))) > 0
    if not core.any():
        return 0
    dark = np.where(lightest < np.median(lightest[core]) - _TWICE, mask, np.uint8(0))
    beside = cv2.erode(lightest, _BESIDE_BLACK) < _BLACKEST
    dark[beside] = 0
    return cv2.countNonZero(cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8)))


def _unless_black(plane: Gray, black: Gray) -> Gray:
    return np.asarray(np.where(black < _BLACK, np.uint8(255), plane), dtype=np.uint8)


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


def darkest(flat: Picture) -> Gray:
    """Minimum of the channels: red ink gets as dark as black ink."""
    return np.asarray(cv2.min(cv2.min(flat[:, :, 0], flat[:, :, 1]), flat[:, :, 2]), dtype=np.uint8)


def red_mask(flat: Picture) -> Mask:
    """Where the ink is red."""
    return _inked(_red_lead(flat), _RED_LEADS)


def cold_mask(flat: Picture) -> Mask:
    """Where the ink is blue, violet or green."""
    return _inked(_cold_lead(flat), _COLD_LEADS)


def without_red(flat: Picture) -> Gray:
    """All ink but red, under and over red ink too: the red channel, in which that is pale."""
    pales = cv2.addWeighted(flat[:, :, 0], 1.0, _red_lead(flat), _RED_PALES, 0)
    return np.asarray(pales, dtype=np.uint8)


def without_cold(flat: Picture) -> Gray:
    """All ink but blue, violet and green, under and over it too."""
    lightest = cv2.max(flat[:, :, 1], flat[:, :, 2])
    return np.asarray(
        cv2.addWeighted(lightest, 1.0, _cold_lead(flat), _COLD_PALES, 0), dtype=np.uint8
    )


def _red_lead(flat: Picture) -> MatLike:
    """By how much red is lighter than both others."""
    red, green, blue = cv2.split(flat)
    return cv2.subtract(red, cv2.max(green, blue))


def _cold_lead(flat: Picture) -> MatLike:
    """By how much green is lighter than red, or blue (lighter than red) than the darkest."""
    red, green, blue = cv2.split(flat)
    warm = cv2.subtract(red, blue)
    bluish = cv2.subtract(cv2.subtract(blue, cv2.min(red, green)), cv2.add(warm, warm))
    return cv2.max(cv2.subtract(green, red), bluish)


def darker(plane: Gray, light: int) -> Mask:
    """Where a plane is darker than ``light``."""
    return np.where(plane < light, np.uint8(255), np.uint8(0))


def strokes(plane: Gray, light: int) -> Strokes:
    """The strokes of ink darker than ``light``."""
    dark = darker(plane, light)
    depth = cv2.distanceTransform(dark, cv2.DIST_L2, 3)
    ridge = (depth == cv2.dilate(depth, np.ones((3, 3), np.uint8))) & (depth > 0)
    return Strokes(dark, np.asarray(depth, dtype=np.float32), ridge)


def heavy(ink: Strokes, times: float) -> Mask:
    """Ink in strokes so many times as wide as most of the page's.

    Bold print and stamps, freed from the lighter type that they lie on.
    """
    if not ink.ridge.any():
        return ink.dark
    least = max(_THICK, times * float(np.median(ink.depth[ink.ridge])))
    core = np.where(ink.depth >= least, np.uint8(255), np.uint8(0))
    side = 2 * int(np.ceil(least)) + 1
    grown = cv2.dilate(core, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))
    return np.asarray(cv2.bitwise_and(grown, ink.dark), dtype=np.uint8)


def worn_strokes(plane: Gray, ink: Strokes) -> Mask:
    """Strokes at least three pixels wide of clearly paler ink than most: stamps on type."""
    if not ink.ridge.any():
        return ink.dark
    darkest_pale = float(np.median(plane[ink.ridge])) + _PALER
    between = np.where((plane > darkest_pale) & (plane < _PALEST), np.uint8(255), np.uint8(0))
    wide = cv2.morphologyEx(between, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    labels, stats, _ = connected(np.asarray(wide, dtype=np.uint8))
    kept = np.where(stats[:, cv2.CC_STAT_AREA] >= _SPOT, np.uint8(255), np.uint8(0))
    kept[0] = 0
    healed = cv2.morphologyEx(kept[labels], cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    return np.asarray(healed, dtype=np.uint8)


def _with_faint(sure: Mask, lead: MatLike, clear: NDArray[np.bool_]) -> Mask:
    """And where smoothed colour shows beside black ink, not only along its edges, in pieces hardly
    any of which is sure."""
    faint = _over(lead, _FAINT_LEADS, clear)
    if not cv2.countNonZero(faint):
        return sure
    labels, stats, _ = connected(faint)
    known = np.bincount(labels[sure > 0], minlength=stats.shape[0])
    kept = np.where(known < _FAINT_SHARE * stats[:, cv2.CC_STAT_AREA], np.uint8(255), np.uint8(0))
    kept[0] = 0
    return np.asarray(cv2.max(sure, kept[labels]), dtype=np.uint8)


def _inked(lead: MatLike, leads: tuple[int, int]) -> Mask:
    """Where the lead is that of ink, not of the fringes of black print, which are a pixel wide."""
    sure = np.asarray(lead > leads[1], np.uint8)
    return _over(lead, leads, cv2.morphologyEx(sure, cv2.MORPH_OPEN, _STROKE) > 0)


def _over(lead: MatLike, leads: tuple[int, int], counts: NDArray[np.bool_] | None = None) -> Mask:
    """Where the lead is over the lower limit, in pieces of which some pixel is over the higher."""
    faint, sure = leads
    _, mask = cv2.threshold(lead, faint, 255, cv2.THRESH_BINARY)
    if not cv2.countNonZero(mask):
        return np.asarray(mask, dtype=np.uint8)
    _, labels = cv2.connectedComponents(mask, connectivity=8)
    rooted = np.zeros(int(labels.max()) + 1, dtype=np.uint8)
    seeds = np.asarray(lead) > sure
    rooted[labels[seeds if counts is None else seeds & counts]] = 255
    rooted[0] = 0
    return np.asarray(rooted[labels], dtype=np.uint8)


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
    labels, stats, _ = connected(mask)
    keep = np.flatnonzero(stats[:, cv2.CC_STAT_AREA] >= 4)
    found = []
    for label in keep[keep != 0]:
        left, top, width, height, area = (int(v) for v in stats[label])
        found.append(Component(int(label), Box(left, top, left + width, top + height), area))
    return labels, found
