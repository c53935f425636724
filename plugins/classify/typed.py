"""What of a page is typed words that were read surely: they explain large print among them."""

from collections.abc import Sequence

import cv2
import numpy as np

from pipeline.pageview import PageView
from plugins.classify.clusters import covered
from plugins.classify.ink import DARK, Inks
from plugins.classify.phrases import (
    Sense,
    base_letters,
    ending_mark,
    fold,
    holds_mark,
    likeness,
    read_run,
)
from plugins.classify.sight import Channel, Sighting
from schemas.page import Box

_SURE = 0.85
_LEAST_LETTERS, _PROSE_LETTERS = 3, 10
_COVERED = 0.8
_TALLER = 1.3
_LONGER = 3
"""How many times as long as a mark in it a word of prose is at least."""
_COLUMNS = tuple(map(fold, ("ลำดับ", "ลำดับที่", "มากที่สุด", "น้อยที่สุด", "ดีที่สุด")))
_LIKE = 0.93
"""Typed words, usual at the head of a column, that end as a mark does; and how alike they are."""
_EXPLAINED = (Channel.BLACK, Channel.HEAVY, Channel.WORN, Channel.PALE, Channel.OVER)


def sure_words(page: PageView, ink: Inks) -> list[Box]:
    """Boxes, in the pixels of ``page.picture``, of typed words that a reader saw there and that are
    nothing like a mark; none in coloured ink. Words that came with the file were seen by nobody."""
    if page.text.born_digital:
        return []
    scale = page.dpi / page.text.dpi
    words = [
        Box(*(round(edge * scale) for edge in word.box))
        for line in page.text.lines
        for word in line.words
        if word.confidence >= _SURE and _harmless(word.text)
    ]
    return [box for box in words if _black(ink, box)]


def _black(ink: Inks, box: Box) -> bool:
    """Whether there is more black ink in a box than coloured."""
    place = slice(box.top, box.bottom), slice(box.left, box.right)
    coloured = cv2.countNonZero(ink.red[place]) + cv2.countNonZero(ink.cold[place])
    return int(np.count_nonzero(ink.black[place] < DARK)) > coloured


def _harmless(text: str) -> bool:
    letters = base_letters(text)
    if any(likeness(fold(text), column) >= _LIKE for column in _COLUMNS):
        return True
    if letters < _LEAST_LETTERS or read_run(text).sense not in (Sense.OTHER, Sense.BENIGN):
        return False
    return ending_mark(text) is None and (letters >= _PROSE_LETTERS or not holds_mark(text))


def among(sighting: Sighting, words: Sequence[Box]) -> bool:
    """Whether print without colour is part of such words: each glyph lies within one and is no
    taller. What was read as a mark must be a small part, as in ``ข้อมูลเป็นความลับ``."""
    if sighting.channel not in _EXPLAINED:
        return False
    if sighting.reading.sense is Sense.MARK:
        least = _LONGER * (sighting.box.right - sighting.box.left)
        words = [word for word in words if word.right - word.left >= least]
    return all(
        any(_within(sighting.placed(glyph.box), word) for word in words)
        for glyph in sighting.cluster.glyphs
    )


def _within(box: Box, word: Box) -> bool:
    tall = box.bottom - box.top > _TALLER * (word.bottom - word.top)
    return not tall and covered(box, word) >= _COVERED
