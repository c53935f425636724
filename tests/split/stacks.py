"""Random stacks of drawn letters, in order or not, and the truth about them."""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache

import numpy as np

from plugins.split.codes import SheetCode, SheetReading
from plugins.split.cues import page_cues
from plugins.split.seen import PageSeen
from tests.split.noise import Noise, read_runs
from tests.split.sheaves import Leaf, Sheaf, stray_leaf

_READINGS = 4


class Trouble(StrEnum):
    """What is wrong with a stack; each must be asked about."""

    NONE = "none"
    SWAPPED = "swapped"
    """Two pages, of two letters or of one, have changed places."""
    MISSING = "missing"
    """A page of a letter of several pages was not scanned."""
    DOUBLED = "doubled"
    """A page was scanned twice."""
    REVERSED = "reversed"
    """A letter of several pages was scanned from its end."""
    STRAY = "stray"
    """A receipt or a fax cover lies between two pages of a set."""


@dataclass(frozen=True, eq=False)
class Side:
    """One scanned side: a leaf of a sheaf (by number), a separator sheet, or a blank back.

    Two scans of one leaf are two sides.
    """

    leaf: Leaf | None = None
    sheaf: int = -1
    ordinal: int = 0

    @property
    def is_sheet(self) -> bool:
        return self.ordinal > 0


@dataclass(frozen=True)
class Stack:
    """``sides`` as scanned; ``sets`` as they should be cut: 1-based pages, in reading order."""

    sides: tuple[Side, ...]
    sheaves: tuple[Sheaf, ...]
    sets: tuple[tuple[int, ...], ...]
    trouble: Trouble = Trouble.NONE


def lay_stack(
    sheaves: Sequence[Sheaf], rng: np.random.Generator, *, sheets: bool, trouble: Trouble
) -> Stack | None:
    """One stack of ``sheaves``; None when they are not such as can have the trouble."""
    piles = [[Side(leaf, n) for leaf in sheaf.leaves] for n, sheaf in enumerate(sheaves)]
    order = [side for pile in piles for side in pile]
    disturbed = _TROUBLES[trouble](piles, rng)
    if disturbed is None:
        return None
    sides: list[Side] = []
    for ordinal, pile in enumerate(disturbed, 1):
        if sheets:
            sides.append(Side(ordinal=ordinal))
        for side in pile:
            sides.append(side)
            if rng.random() < 0.05:
                sides.append(Side())
    places = {side: n for n, side in enumerate(sides, 1) if side.leaf}
    added = [side for side in places if side not in order]
    sets = [
        tuple(places[side] for side in (*order, *added) if side in places and side.sheaf == sheaf)
        for sheaf in range(len(piles))
    ]
    return Stack(tuple(sides), tuple(sheaves), tuple(s for s in sets if s), trouble)


def seen_stack(stack: Stack, noise: Noise, rng: np.random.Generator) -> list[PageSeen]:
    """What a reader with ``noise`` sees of each side: one of a few readings of its leaf."""
    seen = []
    for number, side in enumerate(stack.sides, 1):
        if side.leaf:
            reading = seen_leaf(side.leaf, noise, int(rng.integers(_READINGS)))
            seen.append(replace(reading, number=number))
        elif side.is_sheet:
            code = SheetReading(SheetCode("TAK01", "1", side.ordinal))
            seen.append(PageSeen(number, sheet=code, sheet_words=True))
        else:
            seen.append(PageSeen(number, blank=True))
    return seen


@cache
def seen_leaf(leaf: Leaf, noise: Noise, reading: int) -> PageSeen:
    """One of several readings of a leaf."""
    rng = np.random.default_rng([zlib.crc32("".join(leaf.art.lines).encode()), reading])
    read = read_runs(leaf.art.runs, noise, rng)
    emblem = None if rng.random() < noise.emblem else leaf.emblem
    letters = sum("ก" <= sign <= "ฮ" for sign in read.text)
    return PageSeen(read.number, cues=page_cues(read, emblem), other_letters=letters)


_Piles = list[list[Side]]


def _none(piles: _Piles, rng: np.random.Generator) -> _Piles | None:
    return piles


def _swapped(piles: _Piles, rng: np.random.Generator) -> _Piles | None:
    """Two pages of letters that go on; attachments' pages are left alone."""
    places = [(n, i) for n, pile in enumerate(piles) for i, s in enumerate(pile) if _inner(pile, i)]
    if len(places) < 2:
        return None
    (a, i), (b, j) = (places[int(k)] for k in rng.choice(len(places), 2, replace=False))
    piles[a][i], piles[b][j] = piles[b][j], piles[a][i]
    return piles


def _missing(piles: _Piles, rng: np.random.Generator) -> _Piles | None:
    places = [(n, i) for n, pile in enumerate(piles) for i, _ in enumerate(pile) if _inner(pile, i)]
    if not places:
        return None
    n, i = places[int(rng.integers(len(places)))]
    del piles[n][i]
    return piles


def _doubled(piles: _Piles, rng: np.random.Generator) -> _Piles | None:
    n = int(rng.integers(len(piles)))
    i = int(rng.integers(len(piles[n])))
    piles[n].insert(i, replace(piles[n][i]))
    return piles


def _reversed(piles: _Piles, rng: np.random.Generator) -> _Piles | None:
    long = [pile for pile in piles if sum(_inner(pile, i) for i in range(len(pile))) > 1]
    if not long:
        return None
    long[int(rng.integers(len(long)))].reverse()
    return piles


def _stray(piles: _Piles, rng: np.random.Generator) -> _Piles | None:
    long = [pile for pile in piles if len(pile) > 1]
    if not long:
        return None
    pile = long[int(rng.integers(len(long)))]
    at = int(rng.integers(1, len(pile)))
    pile.insert(at, Side(stray_leaf(int(rng.integers(40))), pile[0].sheaf))
    return piles


def _inner(pile: list[Side], at: int) -> bool:
    """A page of a letter that has several."""
    letter = [side for side in pile if side.leaf and side.leaf.part == 0]
    return len(letter) > 1 and pile[at] in letter


_TROUBLES: dict[Trouble, Callable[[_Piles, np.random.Generator], _Piles | None]] = {
    Trouble.NONE: _none,
    Trouble.SWAPPED: _swapped,
    Trouble.MISSING: _missing,
    Trouble.DOUBLED: _doubled,
    Trouble.REVERSED: _reversed,
    Trouble.STRAY: _stray,
}
