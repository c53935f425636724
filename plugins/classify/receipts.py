"""Receive stamps, known by the labels of their rows: pens write on their ink."""

import re
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import NamedTuple

from pipeline.pageview import PageView
from plugins.classify.clusters import MM
from plugins.classify.phrases import fold, likeness
from schemas.letter import RECEIPT_LABELS, RECEIPT_NUMBERS
from schemas.page import Box

_LABELLED = 0.65
"""Likeness of a label: two that differ tell a receive stamp."""
_TELLING = frozenset(RECEIPT_NUMBERS) - {"รับที่"}
"""Labels of which one is enough; that other one is a letter away from a piece of a mark."""
_LETTERS = re.compile("[\u0e01-\u0e4e]+")
_WIDE = 70 * MM
_BELOW, _ASIDE, _ROOM = 4.0, 1.5, 2.0
"""Letter heights: how far apart the rows of one stamp are at most, how much further one begins than
the other, and what lies above the first and below the last."""


class _Row(NamedTuple):
    labels: frozenset[str]
    place: Box

    @property
    def high(self) -> int:
        return self.place.bottom - self.place.top


def labels_of(text: str) -> frozenset[str]:
    """The labels of a receive stamp that a text may begin with."""
    begins = _LETTERS.search("".join(text.split()))
    if begins is None:
        return frozenset()
    near = {label: likeness(fold(begins[0]), fold(label)) for label in RECEIPT_LABELS}
    best = max(near.values())
    return frozenset(label for label in near if near[label] == best >= _LABELLED)


def are_of_a_receipt(rows: Iterable[str]) -> bool:
    """Whether the rows of one stamp begin as those of a receive stamp do."""
    labelled = [labels for row in rows if (labels := labels_of(row))]
    return any(not labels.isdisjoint(_TELLING) for labels in labelled) or any(
        _differ(one, other) for one, other in combinations(labelled, 2)
    )


def _differ(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether what two rows may begin with can be two labels."""
    return len(one | other) > 1


def stamped_receipts(page: PageView) -> list[Box]:
    """Where the page's words, read from other ink than type, are the labels of receive stamps one
    beneath the other; in the pixels of ``page.picture``."""
    return [
        _around(upper, lower)
        for upper, lower in combinations(_rows(page), 2)
        if _differ(upper.labels, lower.labels) and _one_beneath_the_other(upper, lower)
    ]


def _one_beneath_the_other(one: _Row, other: _Row) -> bool:
    high = max(one.high, other.high)
    beneath = abs(one.place.top - other.place.top)
    begins = abs(one.place.left - other.place.left)
    return beneath <= _BELOW * high and begins <= _ASIDE * high


def _rows(page: PageView) -> Iterator[_Row]:
    scale = page.dpi / page.text.dpi
    for line in page.text.lines:
        for word in line.words if line.stamped else ():
            if labels := labels_of(word.text):
                yield _Row(labels, Box(*(round(edge * scale) for edge in word.box)))


def _around(one: _Row, other: _Row) -> Box:
    """As much of a stamp as is seen by two of its rows."""
    room = round(_ROOM * max(one.high, other.high))
    left = min(one.place.left, other.place.left)
    top, bottom = sorted((one.place.top, other.place.top))
    return Box(left - room, top - room, left + round(_WIDE), bottom + 2 * room)
