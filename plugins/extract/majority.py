"""Readings of one line into one, letter by letter; and how far they agree."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from plugins.extract.labels import distance
from plugins.extract.layout import Run
from schemas.page import Box, Word
from schemas.thaitext import tidy

UNANIMOUS: Final = 0.96
"""What a line is worth that all readings tell alike."""
PER_DISPUTE: Final = 0.85
"""Factor for each place where one differs."""


class _Aligned(NamedTuple):
    """One reading laid along another: what it has at each letter, and before each and at the end.

    ``before`` is one longer than ``at``; both hold empty strings where it has nothing.
    """

    at: tuple[str, ...]
    before: tuple[str, ...]


def majority(readings: Sequence[str]) -> str:
    """The letters that more than half of ``readings`` have; the most typical one's where none is.

    Only letters that stand in some reading are told, each at its place.
    """
    typical = min(readings, key=lambda text: sum(distance(text, other) for other in readings))
    laid = [_aligned(typical, text) for text in readings]
    told = []
    for index in range(len(typical) + 1):
        told.append(_most([one.before[index] for one in laid], ""))
        if index < len(typical):
            told.append(_most([one.at[index] for one in laid], typical[index]))
    return tidy(" ".join("".join(told).split()))


def agreement(readings: Sequence[str]) -> float:
    """How sure the majority is: less for each place where a reading differs from it."""
    told = "".join(majority(readings).split())
    disputes = max(distance(told, "".join(text.split())) for text in readings)
    return float(UNANIMOUS * PER_DISPUTE**disputes)


def retold(run: Run, text: str, confidence: float) -> Run | None:
    """``run`` with ``text`` for its words, each where its letters stand; None without letters."""
    spans = _spans(run)
    laid = _aligned(run.text, text)
    words: list[Word] = []
    for piece in _pieces(laid, spans):
        box = Box(piece[1], run.box.top, max(piece[2], piece[1] + 1), run.box.bottom)
        words.append(Word(text=tidy(piece[0]), box=box, confidence=confidence))
    return Run(tuple(words), run.page) if words else None


def _pieces(laid: _Aligned, spans: list[tuple[int, int]]) -> list[tuple[str, int, int]]:
    """Words as text, left and right."""
    pieces: list[tuple[str, int, int]] = []
    open_word = False
    for index, before in enumerate(laid.before):
        here = spans[min(index, len(spans) - 1)]
        edge = here[0] if index < len(spans) else here[1]
        letters = [(letter, edge, edge) for letter in before]
        if index < len(laid.at):
            letters += [(letter, *here) for letter in laid.at[index]]
        for letter, left, right in letters:
            if letter.isspace():
                open_word = False
            elif open_word:
                text, start, end = pieces[-1]
                pieces[-1] = (text + letter, start, max(end, right))
            else:
                pieces.append((letter, left, right))
                open_word = True
    return pieces


def _spans(run: Run) -> list[tuple[int, int]]:
    """Left and right of each letter of the run's text, a word's letters taken as equally wide."""
    spans: list[tuple[int, int]] = []
    for word in run.words:
        if spans:
            spans.append((spans[-1][1], word.box.left))
        left, wide = word.box.left, (word.box.right - word.box.left) / len(word.text)
        edges = [round(left + wide * n) for n in range(len(word.text) + 1)]
        spans += pairwise(edges)
    return spans


def _most(letters: Sequence[str], otherwise: str) -> str:
    [(letter, count)] = Counter(letters).most_common(1)
    return letter if 2 * count > len(letters) else otherwise


def _aligned(base: str, text: str) -> _Aligned:
    """``text`` laid along ``base`` with the fewest changes."""
    costs = [list(range(len(text) + 1))]
    for i, letter in enumerate(base, 1):
        row = [i]
        for j, other in enumerate(text, 1):
            swap = costs[i - 1][j - 1] + (letter != other)
            row.append(min(swap, costs[i - 1][j] + 1, row[j - 1] + 1))
        costs.append(row)
    at, before = [""] * len(base), [""] * (len(base) + 1)
    i, j = len(base), len(text)
    while i or j:
        if i and j and costs[i][j] == costs[i - 1][j - 1] + (base[i - 1] != text[j - 1]):
            i, j = i - 1, j - 1
            at[i] = text[j]
        elif i and costs[i][j] == costs[i - 1][j] + 1:
            i -= 1
        else:
            j -= 1
            before[i] = text[j] + before[i]
    return _Aligned(tuple(at), tuple(before))
