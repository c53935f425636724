"""What is read in a stamp of several lines, and whether offices put it on what they receive."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from statistics import median

import cv2
import numpy as np

from pipeline.pixels import Gray
from plugins.classify.ink import LOOKING_DPI
from plugins.classify.phrases import Sense, fold, holds_mark, read_run
from plugins.classify.reader import Words, line_reader
from plugins.classify.receipts import are_of_a_receipt
from schemas.page import Box

_LEAST_LETTERS, _LEAST_CONFIDENCE = 12, 0.7
_ENLARGED = 2.5
_STAMP_LIGHT = 200
_DARKEST, _PAPER = 10, 235
"""Percentile of a stamp's ink that is shown black, and what is shown white."""

Lines = list[tuple[Box, Words]]


@dataclass(frozen=True)
class StampText:
    """The words of one stamp; ``crop``: its ink alone without borders, with some paper around,
    150 dpi. Read when they are asked for."""

    crop: Gray

    @cached_property
    def _shown(self) -> Gray:
        larger = cv2.resize(
            _stretched(self.crop), None, fx=_ENLARGED, fy=_ENLARGED, interpolation=cv2.INTER_CUBIC
        )
        return np.asarray(larger, dtype=np.uint8)

    @cached_property
    def _scattered(self) -> Lines:
        return line_reader().find(self._shown, round(_ENLARGED * LOOKING_DPI))

    @cached_property
    def _block(self) -> Lines:
        return line_reader().find(self._shown, round(_ENLARGED * LOOKING_DPI), block=True)

    @property
    def _readings(self) -> Iterator[Lines]:
        """As scattered print, and as a block of lines."""
        yield self._scattered
        yield self._block

    def lines_height(self) -> float | None:
        """How tall its lines are, in pixels; None where too few can be read or one is like a
        mark."""
        for lines in self._readings:
            if any(holds_mark(words.text) or _marklike(words.text) for _, words in lines):
                return None
            read = [line for line in lines if line[1].confidence >= _LEAST_CONFIDENCE]
            letters = sum(len(fold(words.text)) for _, words in read)
            if len(read) >= 2 and letters >= _LEAST_LETTERS:
                return median(place.bottom - place.top for place, _ in read) / _ENLARGED
        return None

    def is_receipt(self) -> bool:
        """Whether its rows have the labels of a receive stamp, and none holds a mark."""
        readings = [[words.text for _, words in lines] for lines in self._readings]
        if any(holds_mark(text) for texts in readings for text in texts):
            return False
        return any(are_of_a_receipt(texts) for texts in readings)


def _stretched(crop: Gray) -> Gray:
    """The picture with its dark ink black: small print in pale ink is read badly."""
    ink = crop[crop < _STAMP_LIGHT]
    darkest = float(np.percentile(ink, _DARKEST)) if ink.size else 0.0
    stretched = np.clip((crop - darkest) * (255 / (_PAPER - darkest)), 0, 255)
    return np.asarray(stretched, dtype=np.uint8)


def _marklike(text: str) -> bool:
    return read_run(text).sense in (Sense.MARK, Sense.DOUBT)
