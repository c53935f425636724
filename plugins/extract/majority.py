"""Readings of one line into one, letter by letter; and how far they agree."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from plugins.extract.labels import distance
from plugins.extract.layout import Run
from plugins.extract.spelling import gain, in_code, plainer
from schemas.page import Box, Word
from schemas.thaitext import tidy

UNANIMOUS: Final = 0.96
"""What a line is worth that all readings tell alike."""
PER_DISPUTE: Final = 0.85
"""Factor for each letter by which one differs, where words do not settle it."""
BACKERS: Final = 4
"""Readings that must tell a letter alike, the page's own among them, against one that does not."""
LEAST_BACKERS: Final = 2
"""Readings that must tell a letter for words to settle it. Of five a page had ``ช้า`` alone, plain
words and wrong, and four had ``ซ้า``."""
_LETTERS: Final = re.compile(r"[\sก-ฮะ-ฺเ-ๅ็-๎]*")


class _Aligned(NamedTuple):
    """One reading laid along another: what it has at each letter, and before each and at the end.

    ``before`` is one longer than ``at``; both hold empty strings where it has nothing.
    """

    at: tuple[str, ...]
    before: tuple[str, ...]


class _Change(NamedTuple):
    """What another reading has instead of the letters from ``start`` to ``end`` of a text."""

    start: int
    end: int
    letters: str

    def made(self, text: str) -> str:
        return text[: self.start] + self.letters + text[self.end :]

    def size(self, text: str) -> int:
        """Letters that it changes; blanks are none."""
        sides = (text[self.start : self.end], self.letters)
        return max(len("".join(side.split())) for side in sides)

    def in_words(self, text: str) -> bool:
        """Whether words can tell which is right."""
        letters = text[self.start : self.end] + self.letters
        return bool(_LETTERS.fullmatch(letters)) and not in_code(text, self.start, self.end)

    def touches(self, other: "_Change") -> bool:
        """Whether both change one text at the same place."""
        return self.start <= other.end and other.start <= self.end


def with_lent(own: str, other: str, spans: Sequence[tuple[int, int]]) -> str:
    """``other`` with what ``own`` has from start to end of each of ``spans``."""
    laid = _aligned(own, other)
    told = []
    for place, before in enumerate(laid.before):
        if not any(start <= place <= end for start, end in spans):
            told.append(before)
        if place < len(own):
            lent = any(start <= place < end for start, end in spans)
            told.append(own[place] if lent else laid.at[place])
    return "".join(told)


def settled(readings: Sequence[str]) -> str:
    """The :func:`majority`, but what makes plain Thai words where any reading has that."""
    text = majority(readings)
    while better := next(_plainer_ones(text, readings), ""):
        text = better
    return tidy(" ".join(text.split()))


def _plainer_ones(text: str, readings: Sequence[str]) -> Iterator[str]:
    changes = (change for other in readings for change in _changes(text, other))
    made = (change.made(text) for change in changes if change.in_words(text))
    return (other for other in made if plainer(text, other))


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


def agreement(told: str, readings: Sequence[str], start: int = 0) -> float:
    """How sure ``told`` is from ``start`` on: less for each letter by which a reading differs from
    it.

    The first reading is the page's own. Two cases are no doubt: plain words speak against what
    differs, and at least two readings have what is told; or one of the other four alone differs,
    without making plainer words: that comes of how its crop was cut.
    """
    ways = [[c for c in _changes(told, other) if c.end >= start] for other in readings]

    def tellers(change: _Change) -> int:
        return sum(not any(change.touches(other) for other in way) for way in ways)

    def doubtful(change: _Change, group: Sequence[_Change], own: bool) -> bool:
        backed = tellers(change)
        if _spoken_against(group, told) and backed >= LEAST_BACKERS:
            return False
        spoken_for = change.in_words(told) and gain(told, change.made(told)) > 0
        return own or backed < BACKERS or spoken_for

    doubts = [
        sum(c.size(told) for g in _groups(way) for c in g if doubtful(c, g, own=not place))
        for place, way in enumerate(ways)
    ]
    return float(UNANIMOUS * PER_DISPUTE ** max(doubts))


def _groups(changes: Sequence[_Change]) -> list[list[_Change]]:
    """Changes with no more than a letter between them make or spoil a word together."""
    groups: list[list[_Change]] = []
    for change in changes:
        if groups and change.start - groups[-1][-1].end <= 1:
            groups[-1].append(change)
        else:
            groups.append([change])
    return groups


def _spoken_against(group: Sequence[_Change], told: str) -> bool:
    """Whether plain words speak for ``told`` against what ``group`` makes of it."""
    other = told
    for change in reversed(group):
        other = change.made(other)
    return all(change.in_words(told) for change in group) and plainer(other, told)


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


def _changes(text: str, other: str) -> list[_Change]:
    """Where ``other`` differs from ``text``; neighbouring letters as one change."""
    laid = _aligned(text, other)
    changes: list[_Change] = []
    for place, before in enumerate(laid.before):
        now = text[place : place + 1]
        instead = laid.at[place] if now else ""
        if not before and instead == now:
            continue
        end = place if instead == now else place + 1
        letters = before if instead == now else before + instead
        if changes and changes[-1].end == place:
            start, _, earlier = changes.pop()
            changes.append(_Change(start, end, earlier + letters))
        else:
            changes.append(_Change(place, end, letters))
    return changes


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
