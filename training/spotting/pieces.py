"""Drawn pieces of pages in files, and what is to be found on them, cell by cell."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from training.spotting.scenes import Scene, scene
from training.spotting.sheet import SIDE, Material
from training.spotting.stencils import Place

STRIDE = 8
"""Pixels of a cell's side."""
BEGINS, ELSEWHERE, BESIDE = 1, 0, -1
"""A cell amid a mark's first letters, one without a mark, and one that is not taught."""
PIECES = 500
"""Pieces of a file, every other one with a mark."""
_INNER = (0.25, 0.2)
"""Of the first letters' width and height, what on each side is not their midst."""
_NEAR = 4
_SHIFT, _ROOM, _OVERLAID = 4, 3, 0.3
"""By how many cells pieces are moved at most, how far from their edge marks stay, and what share of
the pieces gets another on top."""


class Batch(NamedTuple):
    """``pictures``: n x 160 x 160 x 3 in 0..1; ``cells``: n x 20 x 20."""

    pictures: NDArray[np.float32]
    cells: NDArray[np.int8]


def write(material: Material, first: int, files: int, folder: Path) -> list[Path]:
    """Draw files of pieces, from the seed ``first * PIECES`` on; those already there stay."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for number in range(first, first + files):
        target = folder / f"{number:05}.npz"
        if not target.exists():
            seeds = range(number * PIECES, (number + 1) * PIECES)
            scenes = [scene(material, seed, marked=seed % 2 == 0) for seed in seeds]
            part = target.with_name(f"part-{target.name}")
            np.savez(
                part,
                pictures=np.stack([one.picture for one in scenes]),
                cells=np.stack([cells(one) for one in scenes]),
            )
            part.replace(target)
        made.append(target)
    return made


def cells(drawn: Scene) -> NDArray[np.int8]:
    """20 x 20: where the mark of a scene begins."""
    middles = (np.arange(SIDE // STRIDE) + 0.5) * STRIDE
    taught = np.full((len(middles), len(middles)), ELSEWHERE, np.int8)
    if drawn.first is None or drawn.whole is None:
        return taught
    taught[_amid(middles, drawn.whole, -_NEAR, -_NEAR)] = BESIDE
    width, height = drawn.first.right - drawn.first.left, drawn.first.bottom - drawn.first.top
    taught[_amid(middles, drawn.first, _INNER[0] * width, _INNER[1] * height)] = BEGINS
    return taught


def _move(
    picture: NDArray[np.float32], taught: NDArray[np.int8], numbers: np.random.Generator
) -> None:
    """Move a piece by some cells, around its edges, but a mark's beginning not over them."""
    by = []
    for axis, begins in enumerate(np.nonzero(taught == BEGINS)):
        cells = int(numbers.integers(-_SHIFT, _SHIFT + 1))
        if begins.size:
            last = taught.shape[axis] - 1 - _ROOM
            cells = min(max(cells, _ROOM - int(begins.min())), last - int(begins.max()))
        by.append(cells)
    picture[:] = np.roll(picture, [STRIDE * cells for cells in by], (0, 1))
    taught[:] = np.roll(taught, by, (0, 1))


def _amid(
    middles: NDArray[Any], place: Place, sideways: float, down: float
) -> tuple[NDArray[np.bool_], ...]:
    """Rows and columns of the cells within a place made so much smaller; at least its middle's."""
    chosen = []
    for low, high, less in (
        (place.top, place.bottom, down),
        (place.left, place.right, sideways),
    ):
        inside = (middles > low + less) & (middles < high - less)
        inside[np.argmin(abs(middles - (low + high) / 2))] = True
        chosen.append(inside)
    return np.ix_(*chosen)


@dataclass(frozen=True)
class Pieces:
    """Pieces in memory, as bytes."""

    pictures: NDArray[np.uint8]
    cells: NDArray[np.int8]

    @classmethod
    def load(cls, files: Sequence[Path]) -> "Pieces":
        """Those of some files."""
        loaded = [np.load(file) for file in files]
        return cls(*(np.concatenate([one[key] for one in loaded]) for key in ("pictures", "cells")))

    def batches(self, size: int, numbers: np.random.Generator) -> Iterator[Batch]:
        """All pieces in a new order, moved by some cells; some with others printed on them, their
        colours exchanged or their light changed."""
        order = numbers.permutation(len(self.pictures))
        for start in range(0, len(order) - size + 1, size):
            chosen = order[start : start + size]
            pictures = self.pictures[chosen].astype(np.float32) / np.float32(255)
            cells = self.cells[chosen]
            self._overlay(pictures, numbers)
            for picture, taught in zip(pictures, cells, strict=True):
                _move(picture, taught, numbers)
                if numbers.random() < 0.5:
                    picture[:] = picture[:, :, numbers.permutation(3)]
                if numbers.random() < 0.3:
                    contrast, light = numbers.uniform(0.7, 1.2), numbers.uniform(0.4, 0.6)
                    picture[:] = np.clip((picture - 0.5) * contrast + light, 0, 1)
            yield Batch(pictures, cells)

    def _overlay(self, pictures: NDArray[np.float32], numbers: np.random.Generator) -> None:
        """Print some pieces without a mark, paler, on top of pictures."""
        others = np.flatnonzero(~(self.cells == BEGINS).any((1, 2)))
        for picture in pictures:
            if others.size and numbers.random() < _OVERLAID:
                other = self.pictures[numbers.choice(others)] / np.float32(255)
                np.multiply(picture, 1 - numbers.uniform(0.2, 0.7) * (1 - other), out=picture)
