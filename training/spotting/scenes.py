"""Pieces of scanned pages, with and without a secrecy mark, and where the mark is."""

import random
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from training.spotting.clutter import (
    CLUTTER,
    UNDER,
    UPON,
    any_ink,
    ink_of_stamp,
    typed,
    written_number,
)
from training.spotting.sheet import DRAWN, Ink, Material, Sheet, scanned
from training.spotting.stencils import (
    Lettering,
    Place,
    covered,
    framed,
    grown,
    lettering,
    waved,
    worn,
)
from training.spotting.words import ALIKE, MARKS, STAMPED

LETTERS = (9.0, 27.0)
"""Height of a mark's letters, in pixels of the piece."""
_SCALES, _OFTEN = (1.0, 0.5, 0.25), (0.5, 0.35, 0.15)
"""Resolution of a piece as a share of 100 dpi: at each, marks of other sizes have good letters."""
_TYPE, _TITLE = (1.9, 3.2), (3.5, 8.0)
"""Height of letters in the body and in titles, in millimetres."""
_COVERED = 0.12
"""Share of the marks that a piece of paper, or another copy's edge, hides in part."""


_ONE_INK, _APART = 0.2, 0.2
"""Share of the pieces whose stamps and pens have the mark's own ink, and of those on which nothing
but that ink is seen, as the software parts them."""


_WIDEST = 0.35
"""Gap between letters set far apart, at most, as a share of the piece's side."""
_EDGE = 0.1
"""How far from the edge the middle of a mark's first letters stays, as a share of the side."""


class Scene(NamedTuple):
    """A piece of a page: ``SIDE`` x ``SIDE`` x 3, RGB; where a mark's first letters stand on it,
    and the whole mark, when it bears one."""

    picture: NDArray[np.uint8]
    first: Place | None
    whole: Place | None


def scene(material: Material, seed: int, *, marked: bool) -> Scene:
    """The piece of that seed: the same one always."""
    rng, numbers = random.Random(seed), np.random.default_rng(seed)
    (scale,) = rng.choices(_SCALES, weights=_OFTEN)
    sheet = Sheet(material, rng, numbers, scale)
    mark = any_ink(rng)
    if rng.random() < _ONE_INK:
        sheet.colour = mark
    if rng.random() < _APART:
        sheet.apart = Ink.of(mark)
    if rng.random() < 0.75:
        typed(sheet, rng.uniform(*_TYPE))
    if rng.random() < 0.15:
        typed(sheet, rng.uniform(*_TITLE))
    if rng.random() < 0.3:
        sheet.focus = sheet.somewhere()
    under = UNDER if marked and sheet.focus else CLUTTER
    for clutter in rng.choices(under, k=rng.choice((0, 1, 1, 2, 3))):
        clutter(sheet)
    for _ in range(rng.choice((0, 0, 0, 1) if marked else (0, 1, 1, 2))):
        _stamped(sheet, _not_a_mark(sheet))
    where = _stamped(sheet, list(rng.choice(MARKS)), mark) if marked else None
    for clutter in rng.choices(UPON, k=rng.choice((0, 0, 0, 1) if marked else (0, 0, 1, 2))):
        clutter(sheet)
    picture = scanned(sheet)
    return Scene(picture, *(where or (None, None)))


def _not_a_mark(sheet: Sheet) -> list[str]:
    rng = sheet.rng
    sort = rng.random()
    if sort < 0.4:
        return [rng.choice(STAMPED)]
    if sort < 0.7:
        return [rng.choice(ALIKE)]
    return [sheet.word() if sort < 0.9 else written_number(rng)]


def _stamped(
    sheet: Sheet, clusters: list[str], mark: Sequence[float] | None = None
) -> tuple[Place, Place] | None:
    """Words stamped, typed large, or written by a broad pen, readable in the ink of a ``mark``;
    where the first letters and the whole stand when all of them are on the sheet."""
    rng, numbers, readable = sheet.rng, sheet.numbers, mark is not None
    hand = rng.random() < 0.15
    face = rng.choice(sheet.material.hands if hand else sheet.material.faces)
    height = DRAWN * rng.uniform(*LETTERS)
    clusters, apart = _decorated(clusters, rng)
    apart = min(apart, _WIDEST * sheet.paper.shape[0] / height)
    drawn = lettering(clusters, face, height, apart)
    ink = grown(drawn.ink, rng.choice((0, 0, 0, 1, 1, 2, -1)) * height / 40)
    if hand or rng.random() < 0.15:
        ink = waved(ink, height * rng.uniform(0.02, 0.07), numbers)
    drawn = Lettering(ink, drawn.first)
    if rng.random() < 0.3:
        thick = max(1, round(height * rng.uniform(0.04, 0.14)))
        drawn = framed(drawn, height * rng.uniform(0.15, 0.7), thick,
                       twice=rng.random() < 0.25, rounded=rng.random() < 0.3)  # fmt: skip
    if rng.random() < 0.7:
        most = 0.55 if readable else 0.8
        ink = worn(drawn.ink, rng.uniform(0, most), height * rng.uniform(0.1, 0.6), numbers)
        drawn = Lettering(ink * rng.uniform(0.7, 1.0), drawn.first)
    if readable and rng.random() < _COVERED:
        drawn = covered(drawn, rng.uniform(0, 0.45), left=rng.random() < 0.6)
    turn = rng.choice((rng.uniform(-3, 3), rng.uniform(-3, 3), rng.uniform(-20, 20)))
    centre = _held(sheet, drawn) if readable else sheet.somewhere(0.2)
    matrix = sheet.lay(drawn.ink, centre, mark or ink_of_stamp(sheet), turn)
    rows, columns = np.nonzero(drawn.ink > 0.15)
    if not rows.size:
        return None
    whole = Place(columns.min(), rows.min(), columns.max(), rows.max())
    return _onto(drawn.first, matrix), _onto(whole, matrix)


def _decorated(clusters: list[str], rng: random.Random) -> tuple[list[str], float]:
    """The words set apart, or between dashes or brackets behind them."""
    if rng.random() < 0.12:
        return clusters, rng.choice((rng.uniform(0.2, 1.0), rng.uniform(0.5, 3.0)))
    if rng.random() < 0.08:
        return [*clusters, rng.choice((" -", ")", " ฯ", "."))], 0.0
    return clusters, 0.0


def _held(sheet: Sheet, drawn: Lettering) -> tuple[float, float]:
    """Where a mark's middle may be for most of it, and its first letters, to be on the sheet."""
    side, first = sheet.paper.shape[0], drawn.first
    ends = (first.left + first.right) / 2, (first.top + first.bottom) / 2
    found = []
    for middle, begins, length in zip(
        sheet.somewhere(), ends, reversed(drawn.ink.shape), strict=True
    ):
        room, edge, off = min(side / 2, 0.3 * length), _EDGE * side, begins - length / 2
        held = min(max(middle, room), side - room)
        found.append(min(max(held + off, edge), side - edge) - off)
    return found[0], found[1]


def _onto(place: Place, matrix: NDArray[np.float64]) -> Place:
    left, top, right, bottom = place
    corners = np.array([[left, top, 1], [right, top, 1], [left, bottom, 1], [right, bottom, 1]])
    points = corners @ matrix.T / DRAWN
    low, high = points.min(0), points.max(0)
    return Place(float(low[0]), float(low[1]), float(high[0]), float(high[1]))
