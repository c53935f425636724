"""Draws the stacks of a condition: letters of every kind, typed, fed and scanned as it says."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from bench.reading.conditions import MEASURED, Condition
from bench.reading.letters import Case, drawn
from schemas.thaitext import thai_digits
from tests.letters import text
from tests.letters.fonts import find_font
from tests.letters.pages import letter_pages
from tests.letters.spec import Item, Kind, Letter, StackSpec
from tests.letters.stack import make_stack
from tests.letters.truth import Truth
from training.fonts import Font, coverage
from training.text import Corpus

KINDS = tuple(Kind)


@dataclass(frozen=True)
class Task:
    """One stack to draw and to read: the ``number``-th of a condition, of so many letters.

    Stacks take turns: those with an even number have separator sheets, the others none.
    """

    condition: Condition
    number: int
    letters: int

    @property
    def seed(self) -> int:
        return self.condition.seed(self.number)

    @property
    def separators(self) -> bool:
        return self.seed % 2 == 0


def draw(task: Task) -> tuple[bytes, Truth]:
    """The PDF as scanned, and what is true of it."""
    rng = np.random.default_rng([task.seed, 41])
    order = [KINDS[int(i)] for i in rng.permutation(len(KINDS))]
    items = tuple(
        _item(task, order[place % len(KINDS)], place, rng) for place in range(task.letters)
    )
    return make_stack(StackSpec(items, profile=task.condition.profile), task.seed)


def _item(task: Task, kind: Kind, place: int, rng: np.random.Generator) -> Item:
    condition = task.condition
    font = condition.fonts[int(rng.integers(len(condition.fonts)))]
    seed = task.seed * 16 + place
    letter = drawn(Case(seed, kind, font, condition.part, condition.name))
    if condition.part == MEASURED:
        letter = _reworded(letter, font, rng)
    if condition.over_text:
        letter = replace(letter, over_text=True, receipt=letter.receipt or "๔๕๗/๒๕๖๙")
    pages = sum(map(len, letter_pages(letter, np.random.default_rng(0)))) if condition.turned else 0
    turns = [
        (n, int(rng.choice((90, 180, 270)))) for n in range(1, pages + 1) if rng.random() < 0.5
    ]
    blank = frozenset({1} if rng.random() < 0.2 else ())
    return Item(letter, task.separators, blank, tuple(turns))


def _reworded(letter: Letter, font: Font, rng: np.random.Generator) -> Letter:
    """The letter with paragraphs that no model was trained on, half of them in Thai digits."""
    prose = _held_out(font)
    news = text.news_paragraphs()

    def other() -> str:
        found = prose[int(rng.integers(len(prose)))]
        return thai_digits(found) if rng.random() < 0.5 else found

    return replace(letter, paragraphs=tuple(other() if p in news else p for p in letter.paragraphs))


@lru_cache(maxsize=8)
def _held_out(font: Font) -> tuple[str, ...]:
    """Paragraphs held out of the training that the font has every character of."""
    known = coverage(find_font(font.stem)) & coverage(find_font(font.stem, bold=True))
    return tuple(p for p in Corpus.load(held_out=True).prose if set(map(ord, p)) <= known)
