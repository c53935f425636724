"""Draws one line of text, shaped by HarfBuzz, as it stands on a 300 dpi page."""

import random
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont, features

Ink = NDArray[np.float32]
"""height x width, 0 paper to 1 ink."""
DPI = 300


@dataclass(frozen=True)
class Setting:
    """How a line is set: points on paper, and what lies around it.

    `above` and `below`: texts of the neighbouring lines, of which the cut shows what reaches in.
    `dotted`: the line stands on a row of dots, as on a form.
    """

    path: Path
    points: float
    above: str = ""
    below: str = ""
    dotted: bool = False


def draw(text: str, setting: Setting, rng: random.Random) -> Ink:
    """The line with a margin as a page's layout analysis would cut it, give or take some pixels.

    Raises RuntimeError when Pillow lacks Raqm: Thai would be drawn wrongly.
    """
    if not features.check("raqm"):
        raise RuntimeError("Pillow has no Raqm layout: Thai would be drawn wrongly")
    size = round(setting.points * DPI / 72)
    font = _font(setting.path, size)
    left, top, right, bottom = (
        round(edge) for edge in font.getbbox(text, anchor="ls", language="th")
    )
    margin = size // 2
    width, height = right - left + 2 * margin, bottom - top + 2 * margin
    page = Image.new("L", (width, height), 0)
    pen = ImageDraw.Draw(page)
    x, y = margin - left, margin - top
    pen.text((x, y), text, font=font, fill=255, anchor="ls", language="th")
    feed = size * rng.uniform(1.25, 1.6)
    for neighbour, shift in ((setting.above, -feed), (setting.below, feed)):
        pen.text((x, y + shift), neighbour, font=font, fill=255, anchor="ls", language="th")
    if setting.dotted:
        _dots(pen, (margin // 2, width - margin // 2), y + size // 12, size)
    ink = np.asarray(page, np.float32) / np.float32(255)
    return _cut(ink, margin, size, rng)


def uneven(ink: Ink, strength: float, numbers: np.random.Generator) -> Ink:
    """Ink of a worn ribbon or toner: darker and lighter from letter to letter."""
    height, width = ink.shape
    coarse = numbers.uniform(1 - strength, 1, (3, max(width // 24, 2))).astype(np.float32)
    return np.asarray(ink * cv2.resize(coarse, (width, height)), np.float32)


def _cut(ink: Ink, margin: int, size: int, rng: random.Random) -> Ink:
    """Leave little above and below; a line's box may miss a pixel of a mark, or hold some more."""
    spare = max(size // 5, 2)
    above, below = (margin - rng.randint(-1, spare) for _ in range(2))
    sides = [margin - rng.randint(2, margin) for _ in range(2)]
    return ink[above : ink.shape[0] - below, sides[0] : ink.shape[1] - sides[1]]


def _dots(pen: ImageDraw.ImageDraw, reach: tuple[int, int], y: int, size: int) -> None:
    radius = max(size // 40, 1)
    for x in range(*reach, max(size // 4, 6)):
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)


@lru_cache(maxsize=512)
def _font(path: Path, pixels: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), pixels, layout_engine=ImageFont.Layout.RAQM)
