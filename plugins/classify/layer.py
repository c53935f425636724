"""Compares the text that a file claims with what its pages show."""

from difflib import SequenceMatcher

from pipeline.pageview import PageView
from plugins.classify.ink import darkest, flatten
from plugins.classify.phrases import fold
from plugins.classify.reader import line_reader
from plugins.classify.sight import FOOT, HEAD
from schemas.page import Box, Line, Word

_BANDS = ((0.0, HEAD), (FOOT, 1.0))
_ENOUGH_LETTERS = 8
_ALIKE = 0.5


def visible_lines(page: PageView) -> list[Line]:
    """Head and foot of the page, read from the picture; boxes in the pixels of ``page.text``."""
    plane = darkest(flatten(page.picture))
    height = plane.shape[0]
    scale = page.text.dpi / page.dpi
    lines = []
    for first, last in _BANDS:
        offset = int(first * height)
        for box, words in line_reader().find(plane[offset : int(last * height)], page.dpi):
            left, top, right, bottom = box
            place = Box(
                round(left * scale),
                round((top + offset) * scale),
                round(right * scale),
                round((bottom + offset) * scale),
            )
            word = Word(text=words.text, box=place, confidence=words.confidence)
            lines.append(Line(words=(word,), box=place))
    return lines


def layer_lies(page: PageView, seen: list[Line]) -> bool:
    """Whether head or foot show letters that the text layer does not claim, or the reverse."""
    claimed = [word for line in page.text.lines for word in line.words]
    return any(
        _differ(
            _letters([word for line in seen for word in line.words], page, first, last),
            _letters(claimed, page, first, last),
        )
        for first, last in _BANDS
    )


def _letters(words: list[Word], page: PageView, first: float, last: float) -> str:
    height = page.text.height
    return fold(
        "".join(
            word.text
            for word in words
            if first * height <= (word.box.top + word.box.bottom) / 2 <= last * height
        )
    )


def _differ(shown: str, claimed: str) -> bool:
    if max(len(shown), len(claimed)) < _ENOUGH_LETTERS:
        return False
    return SequenceMatcher(None, shown, claimed, autojunk=False).ratio() < _ALIKE
