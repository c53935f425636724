"""Coloured things that are no secrecy marks: round seals, and stamps full of small words."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from plugins.classify.clusters import LOOKING_DPI, MM
from plugins.classify.ink import Mask, Plane, components
from plugins.classify.phrases import Sense, fold, holds_mark, read_run
from plugins.classify.reader import line_reader
from plugins.classify.sight import covered
from schemas.page import Box

_REACH = int(2.5 * MM)
_SEAL = (26 * MM, 62 * MM)
_CORNER = 0.13
_STAMP = (25 * MM, 9 * MM)
_SHRED = (6 * MM, 4 * MM)
_SHRED_INK = 150
_LEAST_LETTERS = 12
_LEAST_CONFIDENCE = 0.7


@dataclass(frozen=True)
class ColouredInk:
    """One colour's ink on the page, and the stamps and seals that it forms."""

    plane: Plane
    mask: Mask

    @cached_property
    def _figures(self) -> list[Box]:
        """Boxes around ink that lies close together."""
        reach = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_REACH, _REACH))
        joined = cv2.dilate(self.mask, reach)
        return [piece.box for piece in components(np.asarray(joined, dtype=np.uint8))[1]]

    def shreds(self, known: Sequence[Box]) -> list[Box]:
        """Figures as large as a mark that touch nothing ``known``: words torn by other ink."""
        return [
            box
            for box in self._figures
            if self._large_as_mark(box)
            and not any(covered(box, other) > 0 for other in known)
            and box not in self.harmless
        ]

    def _large_as_mark(self, box: Box) -> bool:
        left, top, right, bottom = box
        ink = self.mask[top:bottom, left:right]
        _, _, width, height = cv2.boundingRect(ink)
        large = width >= _SHRED[0] and height >= _SHRED[1]
        return bool(large and cv2.countNonZero(ink) >= _SHRED_INK)

    @cached_property
    def harmless(self) -> list[Box]:
        """Round seals, and stamps whose words can be read and hold no mark."""
        return [box for box in self._figures if self._is_seal(box) or self._is_worded(box)]

    def _is_seal(self, box: Box) -> bool:
        """As wide as high, of a seal's size, a ring of ink and nothing in the corners."""
        width, height = box.right - box.left, box.bottom - box.top
        return (
            _SEAL[0] <= width <= _SEAL[1]
            and 0.85 <= width / height <= 1.18
            and self._corners_empty(box)
            and self._ringed(box)
        )

    def _corners_empty(self, box: Box) -> bool:
        side = int(_CORNER * (box.right - box.left))
        rows = (slice(box.top, box.top + side), slice(box.bottom - side, box.bottom))
        columns = (slice(box.left, box.left + side), slice(box.right - side, box.right))
        return not any(np.any(self.mask[row, column]) for row in rows for column in columns)

    def _ringed(self, box: Box) -> bool:
        """Ink in at least half of all directions, near the rim of the inscribed circle."""
        x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
        outer = (box.right - box.left) / 2
        turns = np.linspace(0, 2 * np.pi, 72, endpoint=False)
        radii = np.arange(0.7 * outer, outer)
        rows, columns = self.mask.shape
        across = np.clip(np.rint(x + np.outer(np.cos(turns), radii)), 0, columns - 1).astype(int)
        down = np.clip(np.rint(y + np.outer(np.sin(turns), radii)), 0, rows - 1).astype(int)
        return float(self.mask[down, across].any(axis=1).mean()) >= 0.5

    def _is_worded(self, box: Box) -> bool:
        """A stamp of several words, as offices put on what they receive."""
        left, top, right, bottom = box
        if right - left < _STAMP[0] or bottom - top < _STAMP[1]:
            return False
        own = cv2.dilate(self.mask[top:bottom, left:right], np.ones((5, 5), np.uint8))
        crop = np.where(own > 0, self.plane[top:bottom, left:right], np.uint8(255))
        crop = cv2.copyMakeBorder(crop, 20, 20, 20, 20, cv2.BORDER_CONSTANT, value=(255.0,))
        lines = line_reader().find(np.asarray(crop, dtype=np.uint8), LOOKING_DPI)
        read = [words for _, words in lines if words.confidence >= _LEAST_CONFIDENCE]
        if any(holds_mark(w.text) or _marklike(w.text) for _, w in lines):
            return False
        return sum(len(fold(words.text)) for words in read) >= _LEAST_LETTERS


def _marklike(text: str) -> bool:
    return read_run(text).sense in (Sense.MARK, Sense.DOUBT)
