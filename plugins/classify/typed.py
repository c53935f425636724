"""What of a page is typed words that were read surely: they explain large print among them."""

from collections.abc import Sequence

from pipeline.pageview import PageView
from plugins.classify.clusters import covered, moved
from plugins.classify.phrases import Sense, base_letters, holds_mark, read_run
from plugins.classify.sight import Channel, Sighting
from schemas.page import Box

_SURE = 0.9
_LEAST_LETTERS = 4
_COVERED = 0.8
_TALLER = 1.3
_EXPLAINED = (Channel.BLACK, Channel.HEAVY, Channel.WORN, Channel.PALE, Channel.OVER)


def sure_words(page: PageView) -> list[Box]:
    """Boxes, in the pixels of ``page.picture``, of words that a reader saw there and that are
    nothing like a mark. Words that came with the file were seen by nobody."""
    if page.text.born_digital:
        return []
    scale = page.dpi / page.text.dpi
    return [
        Box(*(round(edge * scale) for edge in word.box))
        for line in page.text.lines
        for word in line.words
        if word.confidence >= _SURE and _harmless(word.text)
    ]


def _harmless(text: str) -> bool:
    sense = read_run(text).sense
    long = base_letters(text) >= _LEAST_LETTERS
    return long and sense in (Sense.OTHER, Sense.BENIGN) and not holds_mark(text)


def among(sighting: Sighting, words: Sequence[Box]) -> bool:
    """Whether print without colour is part of such words: each glyph lies within one and is no
    taller."""
    if sighting.channel not in _EXPLAINED or sighting.reading.sense is Sense.MARK:
        return False
    right = sighting.box.left - sighting.cluster.box.left
    down = sighting.box.top - sighting.cluster.box.top
    return all(
        any(_within(moved(glyph.box, right, down), word) for word in words)
        for glyph in sighting.cluster.glyphs
    )


def _within(box: Box, word: Box) -> bool:
    tall = box.bottom - box.top > _TALLER * (word.bottom - word.top)
    return not tall and covered(box, word) >= _COVERED
