"""Coloured things that are no secrecy marks: round seals, and stamps full of small words."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from pipeline.linework import without_leaders
from pipeline.pixels import Gray, Mask
from plugins.classify.clusters import (
    MM,
    Labels,
    covered,
    figures,
    is_frame,
    straight_lines,
)
from plugins.classify.ink import LOOKING_DPI, Component, components, darker, heavy, strokes
from plugins.classify.seals import is_seal
from plugins.classify.stamptext import StampText
from schemas.page import Box

_STAMP = (25 * MM, 9 * MM)
_FIGURE, _SHRED = (12 * MM, 6 * MM), (6 * MM, 4 * MM)
_SHRED_INK = 150
_EDGE = int(0.8 * MM)
_DOT, _DASH = 0.9 * MM, 1.5
"""Height of the highest dot of a row, and how many times as wide dots that run together are."""
_WITHIN = 0.8
_OTHER, _FOREIGN = 205, 7 * MM * MM
"""What is darker is other ink, and how much of it lies on a stamp that is asked about."""
_PEN, _BROAD = 0.5 * MM, 16 * MM * MM
"""Half the width of strokes too broad for a pen, and how much of them (their middles) is."""
_BROAD_SHARE = 0.13
"""Or what share of the ink: of signatures it was 0.11 at most, of stamps in thin letters 0.18."""
_TYPE = np.ones((3, 3), np.uint8)
_SIDE, _ALONG = 0.15, 0.55
"""Share of a box that its sides are deep, and of each side along which a border has ink."""
_FEWEST_PIECES = 6
_TALLER = 1.7
_STAMP_LIGHT, _MARGIN = 200, 20
_HEAVIER, _HEAVY_LEAST = 2.0, 3 * MM


@dataclass(frozen=True)
class Harmless:
    """A seal or stamp; ink within it that is taller than ``tallest`` pixels lies on it."""

    box: Box
    tallest: float

    @property
    def is_seal(self) -> bool:
        return math.isinf(self.tallest)


@dataclass(frozen=True)
class InkLayer:
    """Ink of one kind: where it is on the page."""

    mask: Mask

    @cached_property
    def _pieces(self) -> tuple[Labels, list[Component]]:
        return components(self.mask)

    @cached_property
    def _rules(self) -> list[Component]:
        """Borders and lines."""
        labels, found = self._pieces
        return [piece for piece in found if is_frame(piece, labels, _SHRED[1])]

    @cached_property
    def unruled(self) -> Mask:
        """The ink without borders and lines."""
        clean = np.asarray(cv2.subtract(self.mask, straight_lines(self.mask)), dtype=np.uint8)
        for rule in self._rules:
            left, top, right, bottom = rule.box
            around = self._pieces[0][top:bottom, left:right]
            clean[top:bottom, left:right][around == rule.label] = 0
        return clean


@dataclass(frozen=True)
class ColouredInk(InkLayer):
    """One colour's ink on the page, and the stamps and seals that it forms; ``plane``: as little
    other ink as can be; ``others``: all other ink."""

    plane: Gray
    others: Gray

    @cached_property
    def figures(self) -> list[Box]:
        """Boxes around ink that lies close together."""
        return figures(self.mask)

    @property
    def stamps(self) -> list[Box]:
        """Figures as large as a stamp that no pen can have drawn."""
        return [
            box
            for box in self.figures
            if box.right - box.left >= _FIGURE[0]
            and box.bottom - box.top >= _FIGURE[1]
            and not self.penned(box)
        ]

    @cached_property
    def _upright(self) -> Mask:
        """The ink without borders, lines, and dots of a row that run into one another."""
        labels, found = components(self.unruled)
        kept = np.zeros(int(labels.max()) + 1, dtype=np.uint8)
        kept[[p.label for p in found if p.height > _DOT or p.width < _DASH * p.height]] = 255
        return kept[labels]

    def foreign(self, known: Sequence[Box], least: float) -> list[Box]:
        """Stamps on which other ink lies in pieces as high as ``least`` pixels and in strokes of
        type or broader, outside all that is ``known``. Type across a seal is usual, and lower print
        under any stamp."""
        found = []
        seals = [box for box in self.figures if is_seal(self.mask, box)]
        for box in self.stamps:
            if any(covered(box, seal) > _WITHIN for seal in seals):
                continue
            left, top, right, bottom = box
            ink = darker(self.others[top:bottom, left:right], _OTHER)
            ink[self.mask[top:bottom, left:right] > 0] = 0
            for one in known:
                x, y = max(0, one.left - left), max(0, one.top - top)
                ink[y : max(0, one.bottom - top), x : max(0, one.right - left)] = 0
            high = _high(ink, least)
            strokes = np.asarray(cv2.morphologyEx(high, cv2.MORPH_OPEN, _TYPE), np.uint8)
            if cv2.countNonZero(strokes) >= _FOREIGN:
                found.append(box)
        return found

    def left_over(self, known: Sequence[Box]) -> Mask:
        """Ink outside all that is ``known``, borders and what is harmless."""
        left_over = self.unruled.copy()
        for left, top, right, bottom in (*known, *(one.box for one in self.harmless)):
            left_over[
                max(0, top - _EDGE) : bottom + _EDGE, max(0, left - _EDGE) : right + _EDGE
            ] = 0
        return left_over

    def penned(self, box: Box) -> bool:
        """Whether a pen can have drawn what is there: no border around it, and hardly more broad
        strokes than where a line was drawn twice."""
        ink = self.mask[box.top : box.bottom, box.left : box.right]
        depth = cv2.distanceTransform(ink, cv2.DIST_L2, 5)
        broad = np.count_nonzero(depth >= _PEN)
        narrow = broad < max(_BROAD, _BROAD_SHARE * cv2.countNonZero(ink))
        return bool(narrow) and not self._framed(box)

    def _framed(self, box: Box) -> bool:
        """Whether a border of this ink runs around the box, whole or in pieces along its sides."""
        whole = any(
            rule.width >= _SHRED[0] and rule.height >= _SHRED[1] and covered(box, rule.box) > 0.8
            for rule in self._rules
        )
        return whole or self._sided(box)

    def _sided(self, box: Box) -> bool:
        """Whether there is ink along most of each side of the box."""
        ink = self.mask[box.top : box.bottom, box.left : box.right] > 0
        deep, wide = (max(2, round(_SIDE * length)) for length in ink.shape)
        sides = (ink[:deep].any(0), ink[-deep:].any(0), ink[:, :wide].any(1), ink[:, -wide:].any(1))
        return min(float(side.mean()) for side in sides) >= _ALONG

    @cached_property
    def harmless(self) -> list[Harmless]:
        """Round seals, and stamps whose words can be read and hold no mark."""
        found = ((box, self._tallest_harmless(box)) for box in self.figures)
        return [Harmless(box, tallest) for box, tallest in found if tallest is not None]

    def _tallest_harmless(self, box: Box) -> float | None:
        return math.inf if is_seal(self.mask, box) else self._worded(box)

    def _few_pieces(self, box: Box) -> bool:
        """Fewer than words have letters that stand apart, as in a signature."""
        within = sum(covered(piece.box, box) == 1 for piece in self._pieces[1])
        return within < _FEWEST_PIECES

    def _writing(self, box: Box) -> Gray:
        """What stands in a box, without borders, lines and rows of dots; paper around it."""
        rows, columns = slice(box.top, box.bottom), slice(box.left, box.right)
        letters = np.asarray(cv2.bitwise_not(self._upright[rows, columns]), dtype=np.uint8)
        paper = cv2.bitwise_and(without_leaders(letters, LOOKING_DPI), self.mask[rows, columns])
        erased = cv2.dilate(paper, np.ones((3, 3), np.uint8))
        written = cv2.max(self.plane[rows, columns], erased)
        sides = (_MARGIN,) * 4
        bordered = cv2.copyMakeBorder(written, *sides, cv2.BORDER_CONSTANT, value=(255.0,))
        return np.asarray(bordered, dtype=np.uint8)

    @cached_property
    def _texts(self) -> dict[Box, StampText]:
        """What is written in the figures as large as stamps of several lines."""
        return {
            box: StampText(self._writing(box))
            for box in self.figures
            if box.right - box.left >= _STAMP[0]
            and box.bottom - box.top >= _STAMP[1]
            and not self._few_pieces(box)
        }

    @cached_property
    def receipts(self) -> list[Box]:
        """The stamps that offices put on what they receive."""
        return [box for box, text in self._texts.items() if text.is_receipt()]

    def _worded(self, box: Box) -> float | None:
        """How tall the lines are of a stamp of several words, as offices put on what they receive;
        None for any other figure, and where heavier print lies on the words."""
        text = self._texts.get(box)
        tall = text.lines_height() if text else None
        return None if text is None or tall is None or _overprinted(text.crop) else _TALLER * tall


def _high(ink: Mask, least: float) -> Mask:
    """The pieces of ink that are so high."""
    labels, found = components(ink)
    kept = np.zeros(int(labels.max()) + 1, dtype=np.uint8)
    kept[[piece.label for piece in found if piece.height >= least]] = 255
    return kept[labels]


def shreds(ink: Mask) -> list[Box]:
    """Ink as large as a mark: words torn by other ink."""
    return [box for box in figures(ink) if _large_as_mark(ink, box)]


def _large_as_mark(mask: Mask, box: Box) -> bool:
    left, top, right, bottom = box
    ink = mask[top:bottom, left:right]
    _, _, width, height = cv2.boundingRect(ink)
    large = width >= _SHRED[0] and height >= _SHRED[1]
    return bool(large and cv2.countNonZero(ink) >= _SHRED_INK)


def _overprinted(crop: Gray) -> bool:
    """Whether print much heavier than the rest lies on a stamp."""
    labels, found = components(heavy(strokes(crop, _STAMP_LIGHT), _HEAVIER))
    large = [
        piece
        for piece in found
        if piece.height >= _HEAVY_LEAST and not is_frame(piece, labels, _SHRED[1])
    ]
    return len(large) >= 2
