"""Pages of words as a recogniser would give them, typed line by line without any picture."""

from collections.abc import Iterable

from schemas.page import Box, Line, PageText, Word

DPI = 300
GLYPH = 0.25
"""Centimetres of one consonant at 16 points."""
_ABOVE = "ัิีึืฺุู็่้๊๋์ํ๎"


def px(cm: float) -> int:
    return round(cm / 2.54 * DPI)


def typed(*lines: tuple[float, float, str], number: int = 1, confidence: float = 0.95) -> PageText:
    """An A4 page. Each line: left and top in centimetres, and its text."""
    return PageText(
        number=number,
        width=2480,
        height=3508,
        dpi=DPI,
        lines=tuple(_line(left, top, text, confidence) for left, top, text in lines),
    )


def stamped(page: PageText, *lines: tuple[float, float, str]) -> PageText:
    """``page`` with lines from a stamp's ink."""
    added = typed(*lines).lines
    marked = tuple(line.model_copy(update={"stamped": True}) for line in added)
    return page.model_copy(update={"lines": (*page.lines, *marked)})


def centred(top: float, text: str) -> tuple[float, float, str]:
    return (10.5 - _width(text) / 2, top, text)


def _width(text: str) -> float:
    return GLYPH * sum(letter not in _ABOVE for letter in text)


def _line(left: float, top: float, text: str, confidence: float) -> Line:
    words = []
    for word in text.split():
        box = Box(px(left), px(top), px(left + _width(word)), px(top + 0.6))
        words.append(Word(text=word, box=box, confidence=confidence))
        left += _width(word) + GLYPH
    return Line(words=tuple(words), box=_around(word.box for word in words))


def _around(boxes: Iterable[Box]) -> Box:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return Box(min(lefts), min(tops), max(rights), max(bottoms))
