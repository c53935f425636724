"""From the fragments that a recogniser names "words" to words of Thai text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from schemas.page import Box, Word
from schemas.thaitext import tidy


class Fragment(NamedTuple):
    """A piece of a line, left to right. ``confidence`` in 0..1; ``joined``: no blank before it."""

    text: str
    box: Box
    confidence: float
    joined: bool


@dataclass(frozen=True)
class ReadLine:
    """One line in the straightened page's pixels.

    The baseline falls by ``slope`` pixels per pixel to the right (positive is downwards) and lies
    ``rise`` pixels under the bottom of ``box`` at its left end (negative is above the bottom).
    ``stamped``: read from coloured or pale ink alone.
    """

    words: tuple[Word, ...]
    box: Box
    slope: float = 0.0
    rise: float = 0.0
    stamped: bool = False

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


def confidence(words: Sequence[Word]) -> float:
    """How surely words were read, 0..1, each by its letters; at least one word."""
    letters = sum(len(word.text) for word in words)
    return sum(word.confidence * len(word.text) for word in words) / letters


def place_of(box: Box, lines: Iterable[Box]) -> int:
    """How many of ``lines`` are read before what stands in ``box``: those above it, and those
    beside it that begin farther left."""
    middle, reach = (box.top + box.bottom) / 2, (box.bottom - box.top) / 2
    falls = ((middle - (line.top + line.bottom) / 2, line.left) for line in lines)
    return sum(fall > reach or (fall > -reach and left < box.left) for fall, left in falls)


def around(boxes: Iterable[Box]) -> Box:
    """The smallest box around ``boxes``; at least one."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return Box(min(lefts), min(tops), max(rights), max(bottoms))


def merged(fragments: Iterable[Fragment]) -> tuple[Word, ...]:
    """Whole words: fragments without a blank between them belong together.

    Tesseract's Thai models give every syllable or letter as a "word" of its own; written out with
    blanks between them nobody finds a phrase again.
    """
    groups: list[list[Fragment]] = []
    for fragment in fragments:
        if not fragment.text.strip():
            continue
        if groups and fragment.joined:
            groups[-1].append(fragment)
        else:
            groups.append([fragment])
    words = (_word(group) for group in groups)
    return tuple(word for word in words if word.text)


def _word(group: list[Fragment]) -> Word:
    letters = sum(len(fragment.text) for fragment in group)
    trust = sum(fragment.confidence * len(fragment.text) for fragment in group) / letters
    text = tidy("".join(fragment.text for fragment in group)).strip()
    return Word(text=text, box=around(f.box for f in group), confidence=min(max(trust, 0.0), 1.0))


def joined_by_gap(fragments: Iterable[Fragment], share: float = 0.25) -> list[Fragment]:
    """Fragments of one line, joined where Thai stands on either side of a gap under ``share`` of
    the line's height; for recognisers that do not tell blanks."""
    pieces = list(fragments)
    if not pieces:
        return []
    height = max(piece.box.bottom for piece in pieces) - min(piece.box.top for piece in pieces)
    out = [pieces[0]]
    for before, piece in pairwise(pieces):
        near = piece.box.left - before.box.right < share * height
        thai = _is_thai(before.text[-1:]) or _is_thai(piece.text[:1])
        out.append(piece._replace(joined=near and thai))
    return out


def thai_letters(text: str) -> int:
    """How many characters of ``text`` are of the Thai block."""
    return sum(map(_is_thai, text))


def _is_thai(char: str) -> bool:
    return "\u0e01" <= char <= "\u0e5b"
