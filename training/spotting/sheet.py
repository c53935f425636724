"""A piece of paper that is drawn on and scanned."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from training.spotting.stencils import Stencil

SIDE = 160
"""Pixels of a piece as it is scanned."""
DRAWN = 2
"""How many times as large it is drawn."""
_MM = DRAWN * 100 / 25.4
_PILED = 0.12
"""How far from one another things lie that lie on one another, as a share of the piece's side."""
_TRACE = 0.25
"""Of its darkness that an ink keeps at most where another is seen apart."""
_COLOURED = 0.15
"""By how much the channels of coloured ink differ at least."""


class Ink(StrEnum):
    """What the software parts from one another."""

    BLACK = "black"
    RED = "red"
    COLD = "cold"

    @classmethod
    def of(cls, colour: Sequence[float]) -> "Ink":
        """The sort of a colour, RGB in 0..1."""
        if max(colour) - min(colour) < _COLOURED:
            return cls.BLACK
        return cls.RED if colour[0] == max(colour) else cls.COLD


@dataclass(frozen=True)
class Material:
    """``words``: of ordinary Thai; ``faces``: fonts; ``hands``: fonts like handwriting."""

    words: Sequence[str]
    faces: Sequence[Path]
    hands: Sequence[Path]


@dataclass
class Sheet:
    """A piece of paper being drawn on."""

    material: Material
    rng: random.Random
    numbers: np.random.Generator
    scale: float
    focus: tuple[float, float] | None = None
    """Where everything is put from now on."""
    apart: Ink | None = None
    """The only ink that is seen, in gray; others leave a trace at most."""
    colour: Sequence[float] | None = None
    """Of all stamps and pens, where they share one."""
    paper: NDArray[np.float32] = field(init=False)

    def __post_init__(self) -> None:
        side = DRAWN * SIDE
        self.paper = np.ones((side, side, 3), np.float32)

    @property
    def mm(self) -> float:
        return _MM * self.scale

    def lay(
        self, ink: Stencil, centre: tuple[float, float], colour: Sequence[float], turn: float
    ) -> NDArray[np.float64]:
        """Print a stencil; the matrix that brings its points onto the sheet."""
        height, width = ink.shape
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), turn, 1.0)
        matrix[:, 2] += centre[0] - width / 2, centre[1] - height / 2
        corners = np.array([(x, y, 1) for x in (0, width) for y in (0, height)]) @ matrix.T
        left, top = np.maximum(corners.min(0).astype(int) - 2, 0)
        right, bottom = np.minimum(corners.max(0).astype(int) + 3, self.paper.shape[0])
        if left < right and top < bottom:
            moved = matrix - [[0, 0, left], [0, 0, top]]
            laid = cv2.warpAffine(ink, moved, (int(right - left), int(bottom - top)))
            part = self.paper[top:bottom, left:right]
            part *= 1 - laid[:, :, None] * (1 - np.asarray(self._seen(colour), np.float32))
        return np.asarray(matrix, np.float64)

    def _seen(self, colour: Sequence[float]) -> Sequence[float]:
        if self.apart is None:
            return colour
        shown = min(colour)
        if Ink.of(colour) is not self.apart:
            shown = 1 - (1 - shown) * self.numbers.uniform(0, _TRACE)
        return [shown] * 3

    def somewhere(self, out: float = 0.0) -> tuple[float, float]:
        """Anywhere on the sheet, or up to so much of its side beside it; or near its focus."""
        side = self.paper.shape[0]
        if self.focus is not None:
            x, y = (middle + self.rng.gauss(0, _PILED) * side for middle in self.focus)
            return x, y
        return self.rng.uniform(-out, 1 + out) * side, self.rng.uniform(-out, 1 + out) * side

    def word(self) -> str:
        return self.rng.choice(self.material.words)


def scanned(sheet: Sheet) -> NDArray[np.uint8]:
    """The piece as a scanner gives it: ``SIDE`` x ``SIDE`` x 3, RGB."""
    rng, numbers = sheet.rng, sheet.numbers
    tint = [
        rng.uniform(0.9, 1.0) - shade for shade in (0, rng.uniform(0, 0.03), rng.uniform(0, 0.1))
    ]
    picture: NDArray[Any] = sheet.paper * np.asarray(tint, np.float32)
    low = rng.uniform(0.0, 0.15)
    picture = low + (1 - low) * picture
    if rng.random() < 0.3:
        for channel in (0, 2):
            moved = np.eye(2, 3)
            moved[:, 2] = rng.uniform(-1.2, 1.2), rng.uniform(-1.2, 1.2)
            picture[:, :, channel] = cv2.warpAffine(
                picture[:, :, channel], moved, picture.shape[1::-1], borderMode=cv2.BORDER_REPLICATE
            )
    picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 1.6))
    picture = cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    picture = picture + numbers.normal(0, rng.uniform(0, 0.035), picture.shape)
    if rng.random() < 0.1:
        picture = np.repeat(picture.mean(2, keepdims=True), 3, axis=2)
    done = np.clip(picture * 255, 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        quality = (cv2.IMWRITE_JPEG_QUALITY, rng.randint(45, 92))
        coded = cv2.imencode(".jpg", done, quality)[1]
        done = np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)
    return np.asarray(done, np.uint8)
