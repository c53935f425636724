"""Draws lines of text below one another, shaped by HarfBuzz, as on a 300 dpi page."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont, features

Ink = NDArray[np.float32]
"""height x width, 0 paper to 1 ink."""
DPI = 300
_MARGIN = 120
"""Pixels of paper around the text."""


@dataclass(frozen=True)
class Setting:
    """How a page is set: font, points on paper, and the line feed in points a point of type.

    `stretch`: width of the letters as a share of the font's own.
    """

    path: Path
    points: float
    feed: float = 1.45
    stretch: float = 1.0


class Standing(NamedTuple):
    """A drawn line: what it says, its left and right edge and its baseline in pixels."""

    text: str
    left: int
    right: int
    baseline: int


def draw(texts: Sequence[str], setting: Setting, rng: random.Random) -> tuple[Ink, list[Standing]]:
    """A page of `texts`, one line each, some of them indented, dotted underneath or ruled.

    Raises RuntimeError when Pillow lacks Raqm: Thai would be drawn wrongly.
    """
    if not features.check("raqm"):
        raise RuntimeError("Pillow has no Raqm layout: Thai would be drawn wrongly")
    size = round(setting.points * DPI / 72)
    font = _font(setting.path, size)
    boxes = [font.getbbox(text, anchor="ls", language="th") for text in texts]
    indents = [rng.choice((0, 0, 0, rng.randint(0, 6 * size))) for _ in texts]
    feed = round(setting.feed * size)
    wide = max(indent + round(box[2] - box[0]) for indent, box in zip(indents, boxes, strict=True))
    page = Image.new("L", (wide + 2 * _MARGIN, feed * (len(texts) + 1) + 2 * _MARGIN), 0)
    pen, lines = ImageDraw.Draw(page), []
    for number, (text, box, indent) in enumerate(zip(texts, boxes, indents, strict=True), 1):
        left, baseline = _MARGIN + indent, _MARGIN + feed * number
        pen.text((left - box[0], baseline), text, 255, font, "ls", language="th")
        right = left + round(box[2] - box[0])
        lines.append(Standing(text, left, right, baseline))
        if rng.random() < 0.04:
            _dots(pen, (left - size // 4, right + size // 4), baseline + size // 12, size)
    ink = np.asarray(page, np.float32) / np.float32(255)
    return (ink, lines) if setting.stretch == 1 else _stretched(ink, lines, setting.stretch)


def _stretched(ink: Ink, lines: list[Standing], factor: float) -> tuple[Ink, list[Standing]]:
    """The page drawn out sideways, and where its lines stand on it."""
    wide = cv2.resize(ink, None, fx=factor, fy=1, interpolation=cv2.INTER_AREA)
    moved = [
        line._replace(left=round(line.left * factor), right=round(line.right * factor))
        for line in lines
    ]
    return np.asarray(wide, np.float32), moved


def uneven(ink: Ink, strength: float, numbers: np.random.Generator) -> Ink:
    """Ink of a worn ribbon or toner: darker and lighter from letter to letter."""
    height, width = ink.shape
    coarse = numbers.uniform(1 - strength, 1, (max(height // 24, 2), max(width // 24, 2)))
    return np.asarray(ink * cv2.resize(coarse.astype(np.float32), (width, height)), np.float32)


def _dots(pen: ImageDraw.ImageDraw, reach: tuple[int, int], y: int, size: int) -> None:
    radius = max(size // 40, 1)
    for x in range(*reach, max(size // 4, 6)):
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)


@lru_cache(maxsize=512)
def _font(path: Path, pixels: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), pixels, layout_engine=ImageFont.Layout.RAQM)
