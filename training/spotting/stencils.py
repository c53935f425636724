"""Ink without paper: words, seals, pens and pictures as stencils, 0 no ink to 1 full ink."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Stencil = NDArray[np.float32]
"""height x width."""

_SIZE_OF_LETTERS = 200


class Place(NamedTuple):
    """Left, top, right and bottom in pixels."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Lettering:
    """A stencil of words, and where its first cluster of so many letters stands."""

    ink: Stencil
    first: Place


@lru_cache(maxsize=2048)
def _font(path: Path, pixels: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), pixels, layout_engine=ImageFont.Layout.RAQM)


@lru_cache(maxsize=256)
def _letter(path: Path) -> float:
    """Height of a letter as a share of the font's size."""
    box = _font(path, _SIZE_OF_LETTERS).getbbox("บ", anchor="ls", language="th")
    return float(box[3] - box[1]) / _SIZE_OF_LETTERS


def lettering(clusters: Sequence[str], path: Path, height: float, apart: float = 0.0) -> Lettering:
    """Words in letters ``height`` pixels high, their clusters ``apart`` times that asunder."""
    font = _font(path, max(6, round(height / _letter(path))))
    words = clusters if apart else ["".join(clusters)]
    gap, pad = apart * height, round(1.2 * height) + 2
    wide = sum(font.getlength(word, language="th") + gap for word in words)
    page = Image.new("L", (round(wide) + 2 * pad, round(3.2 * height) + 2 * pad), 0)
    pen, x, foot = ImageDraw.Draw(page), float(pad), pad + 2.1 * height
    for word in words:
        pen.text((x, foot), word, 255, font, "ls", language="th")
        x += font.getlength(word, language="th") + gap
    own = font.getlength(clusters[0], language="th") if clusters[0] else 0.0
    if len(clusters) > 1:
        own += gap + font.getlength(clusters[1], language="th")
    ink = np.asarray(page, np.float32) / np.float32(255)
    return Lettering(ink, Place(pad, foot - 1.1 * height, pad + own, foot))


def grown(ink: Stencil, pixels: float) -> Stencil:
    """With strokes so much broader, or narrower."""
    size = 2 * round(abs(pixels)) + 1
    if size == 1:
        return ink
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    return np.asarray(cv2.dilate(ink, kernel) if pixels > 0 else cv2.erode(ink, kernel), np.float32)


def waved(ink: Stencil, by: float, numbers: np.random.Generator) -> Stencil:
    """Bent as a hand bends letters, by so many pixels."""
    height, width = ink.shape
    shape = (max(3, round(height / (8 * by + 4))), max(3, round(width / (8 * by + 4))))
    moves = [
        cv2.resize(numbers.normal(0, by, shape).astype(np.float32), (width, height),
                   interpolation=cv2.INTER_CUBIC)
        for _ in range(2)
    ]  # fmt: skip
    rows, columns = np.indices((height, width), dtype=np.float32)
    bent = cv2.remap(ink, columns + moves[0], rows + moves[1], cv2.INTER_LINEAR)
    return np.asarray(bent, np.float32)


def worn(ink: Stencil, wear: float, grain: float, numbers: np.random.Generator) -> Stencil:
    """As a rubber stamp leaves it: paler in places, up to ``wear`` of it gone."""
    height, width = ink.shape
    shape = (max(2, int(height / grain)), max(2, int(width / grain)))
    coarse = numbers.random(shape).astype(np.float32)
    patches = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(ink * np.clip(1 - wear * patches * 1.4, 0, 1), np.float32)


def covered(lettered: Lettering, share: float, *, left: bool) -> Lettering:
    """With a share of its first letters hidden, from their left or all behind them from their
    right."""
    ink, first = lettered.ink.copy(), lettered.first
    hidden = share * (first.right - first.left)
    if left:
        ink[:, : round(first.left + hidden)] = 0
    else:
        ink[:, round(first.right - hidden) :] = 0
    return Lettering(ink, first)


def framed(
    lettered: Lettering, around: float, thick: int, *, twice: bool, rounded: bool
) -> Lettering:
    """With a border ``around`` pixels outside the words."""
    rows, columns = np.nonzero(lettered.ink > 0.3)
    if not rows.size:
        return lettered
    room = round(around) + 3 * thick + 4
    ink = np.pad(lettered.ink, room)
    page = Image.fromarray((ink * 255).astype(np.uint8))
    pen = ImageDraw.Draw(page)
    for out in (around, around + 2.5 * thick)[: 1 + twice]:
        box = (
            *(columns.min() + room - out, rows.min() + room - out),
            *(columns.max() + room + out, rows.max() + room + out),
        )
        pen.rounded_rectangle(box, around if rounded else 0, outline=255, width=thick)
    first = Place(*(value + room for value in lettered.first))
    return Lettering(np.asarray(page, np.float32) / np.float32(255), first)


def ring(words: Sequence[str], path: Path, radius: float, rng: random.Random) -> Stencil:
    """A round seal: rings, words along them and a figure in the middle."""
    side = round(2 * radius) + 8
    height = radius * rng.uniform(0.1, 0.18)
    around = round(2 * np.pi * radius * 0.8)
    strip = np.zeros((round(radius), around), np.float32)
    for number, word in enumerate(words):
        drawn = lettering([word], path, height).ink[:, : around // len(words)]
        left, top = number * around // len(words), round(radius * 0.06)
        deep = min(drawn.shape[0], strip.shape[0] - top)
        strip[top : top + deep, left : left + drawn.shape[1]] = drawn[:deep]
    rows, columns = np.indices((side, side), dtype=np.float32) - side / 2
    distance = np.hypot(rows, columns)
    turn = (np.arctan2(rows, columns) / (2 * np.pi) + rng.random()) % 1
    across = (turn * around).astype(np.float32)
    ink: NDArray[Any] = cv2.remap(strip, across, radius - distance, cv2.INTER_LINEAR)
    thick = max(1.0, radius * rng.uniform(0.02, 0.05))
    for share in (0.98, rng.uniform(0.6, 0.7), rng.choice((0.9, 0.0)))[: rng.randint(1, 3)]:
        ink = np.maximum(ink, np.clip(thick - abs(distance - share * radius), 0, 1))
    middle = figure(round(radius * rng.uniform(0.7, 1.0)), rng)
    low, left = (side - middle.shape[0]) // 2, (side - middle.shape[1]) // 2
    inner = ink[low : low + middle.shape[0], left : left + middle.shape[1]]
    np.maximum(inner, middle, out=inner)
    return np.asarray(ink, np.float32)


def figure(side: int, rng: random.Random) -> Stencil:
    """An emblem: feathers and limbs, the same on both sides."""
    half = Image.new("L", (side, 2 * side), 0)
    pen = ImageDraw.Draw(half)
    for _ in range(rng.randint(4, 14)):
        root = rng.uniform(0, 0.3) * side, rng.uniform(0.4, 1.6) * side
        tip = rng.uniform(0.2, 1.0) * side, rng.uniform(0.1, 1.9) * side
        wide = rng.uniform(0.03, 0.25) * side
        shape = (root, (tip[0], tip[1]), (root[0], root[1] + wide))
        pen.polygon(shape, fill=rng.choice((255, 255, 200, 0)))
        pen.line((root, tip), fill=rng.choice((0, 255)), width=max(1, side // 40))
    whole = np.asarray(half, np.float32) / np.float32(255)
    both = np.hstack([whole[:, ::-1], whole])
    return np.asarray(cv2.resize(both, (side, side), interpolation=cv2.INTER_AREA), np.float32)


def scribble(width: float, height: float, pen: float, rng: random.Random) -> Stencil:
    """A signature: loops that run to one side, and a stroke under them or not."""
    room = round(2 * pen) + 4
    page = Image.new("L", (round(width) + 2 * room, round(height) + 2 * room), 0)
    steps = np.linspace(0, 1, 240)
    x, y = steps * rng.uniform(0.6, 0.95), np.full(240, 0.5)
    for turns in (rng.uniform(0.5, 2), rng.uniform(2, 5), rng.uniform(4, 9), rng.uniform(8, 14)):
        size, phase = rng.uniform(0.02, 0.24), rng.uniform(0, 6.3)
        y += size * np.sin(2 * np.pi * turns * steps + phase) * (1.1 - 0.6 * steps)
        x += 0.4 * size * np.cos(2 * np.pi * turns * steps + phase)
    points = list(zip(room + x * width, room + np.clip(y, 0, 1) * height, strict=True))
    drawn = ImageDraw.Draw(page)
    first = rng.choice((0, 0, 60, 120))
    drawn.line(points[first:], fill=255, width=max(1, round(pen)), joint="curve")
    if rng.random() < 0.4:
        line = (rng.random() * width, rng.random() * height, width, rng.random() * height)
        drawn.line(line, fill=255, width=max(1, round(pen)))
    return np.asarray(page, np.float32) / np.float32(255)


def scrawl(letters: int, height: float, pen: float, rng: random.Random) -> Stencil:
    """Writing that says nothing: letters of a loop, strokes and turns, some with a mark above."""
    room = round(1.5 * height + 2 * pen) + 4
    wide = height * rng.uniform(0.6, 1.0)
    page = Image.new("L", (round(letters * wide) + 2 * room, round(height) + 2 * room), 0)
    drawn, thick = ImageDraw.Draw(page), max(1, round(pen))
    for number in range(letters):
        left = room + number * wide
        points = [
            (left + rng.uniform(0, 0.9) * wide, room + rng.choice((0.0, 0.3, 0.7, 1.0)) * height)
            for _ in range(rng.randint(3, 6))
        ]
        drawn.line(_rounded(points), fill=255, width=thick, joint="curve")
        x, y = rng.choice(points)
        size = height * rng.uniform(0.08, 0.16)
        drawn.ellipse((x - size, y - size, x + size, y + size), outline=255, width=thick)
        if rng.random() < 0.3:
            y = room - height * rng.uniform(0.2, 0.6)
            end = (left + wide * rng.uniform(0.4, 1), y + height * rng.uniform(-0.3, 0.2))
            drawn.line(((left, y), end), fill=255, width=thick)
    return np.asarray(page, np.float32) / np.float32(255)


def _rounded(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """A path with its corners cut twice (Chaikin)."""
    for _ in range(2):
        cut = [points[0]]
        for (x, y), (u, v) in pairwise(points):
            cut += [(0.75 * x + 0.25 * u, 0.75 * y + 0.25 * v)]
            cut += [(0.25 * x + 0.75 * u, 0.25 * y + 0.75 * v)]
        points = [*cut, points[-1]]
    return points


def squares(cells: int, size: int, rng: random.Random) -> Stencil:
    """A QR code or its like."""
    code = np.array([[rng.random() < 0.5 for _ in range(cells)] for _ in range(cells)], np.float32)
    for top, left in ((0, 0), (0, cells - 7), (cells - 7, 0)):
        code[top : top + 7, left : left + 7] = 1
        code[top + 1 : top + 6, left + 1 : left + 6] = 0
        code[top + 2 : top + 5, left + 2 : left + 5] = 1
    return np.asarray(cv2.resize(code, (size, size), interpolation=cv2.INTER_NEAREST), np.float32)
