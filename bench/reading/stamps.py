"""Stamps and pens: what is put on a typed page by hand, drawn at the resolution of the scan."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from tests.letters.fonts import find_font
from tests.letters.typeset import Colour

Pixels = NDArray[np.uint8]
"""height x width x 3, RGB."""
Stencil = NDArray[np.floating[Any]]
"""height x width: share of full ink, 0..1."""

INKS: dict[str, Colour] = {
    "red": (204, 24, 32),
    "crimson": (178, 20, 58),
    "blue": (30, 52, 150),
    "violet": (90, 50, 160),
    "black": (30, 30, 32),
}


@dataclass(frozen=True)
class Stamp:
    """Words that are stamped or typed. ``points`` is the type's size, ``turn`` in degrees;
    ``ink`` how much of it is left, ``wear`` how uneven it is, ``hidden`` which share of its width
    something covers (from the right, negative from the left); all three 0..1."""

    text: str
    family: str
    points: float
    colour: Colour
    frame: str = ""
    bold: bool = True
    turn: float = 0.0
    ink: float = 1.0
    wear: float = 0.0
    hidden: float = 0.0

    def stencil(self, dpi: int, rng: np.random.Generator) -> Stencil:
        """The ink that it leaves."""
        face = _face(self.family, round(self.points * dpi / 72), self.bold)
        inner = _words(self.text, face)
        side = round(self.points * dpi / 72 * 0.35)
        art = Image.fromarray(np.pad(inner, side))
        _frame(ImageDraw.Draw(art), art.size, self.frame, max(2, round(dpi / 42)))
        art = art.rotate(self.turn, Image.Resampling.BICUBIC, expand=True)
        ink = np.asarray(art, dtype=np.float32) / 255
        _cover(ink, self.hidden)
        return ink * self.ink * _worn(ink.shape, self.wear, dpi, rng)


def _words(text: str, face: ImageFont.FreeTypeFont) -> NDArray[np.uint8]:
    left, top, right, bottom = face.getbbox(text, language="th")
    art = Image.new("L", (round(right - left) + 2, round(bottom - top) + 2), 0)
    ImageDraw.Draw(art).text((1 - left, 1 - top), text, fill=255, font=face, language="th")
    return np.asarray(art, dtype=np.uint8)


@lru_cache(maxsize=256)
def _face(family: str, pixels: int, bold: bool) -> ImageFont.FreeTypeFont:
    layout = ImageFont.Layout.RAQM
    return ImageFont.truetype(str(find_font(family, bold)), pixels, layout_engine=layout)


def _frame(draw: ImageDraw.ImageDraw, size: tuple[int, int], kind: str, width: int) -> None:
    box = (width, width, size[0] - 1 - width, size[1] - 1 - width)
    if kind == "round":
        draw.rounded_rectangle(box, radius=size[1] // 4, outline=255, width=width)
    elif kind:
        draw.rectangle(box, outline=255, width=width)
    if kind == "double":
        gap = 3 * width
        inner = (gap, gap, size[0] - 1 - gap, size[1] - 1 - gap)
        draw.rectangle(inner, outline=255, width=max(1, width // 2))


def _cover(ink: Stencil, share: float) -> None:
    """Take ink away from the right (or, below 0, from the left)."""
    hidden = round(abs(share) * ink.shape[1])
    if hidden:
        ink[:, slice(-hidden, None) if share > 0 else slice(hidden)] = 0


def _worn(shape: tuple[int, ...], wear: float, dpi: int, rng: np.random.Generator) -> Stencil:
    """Uneven ink in patches of about a millimetre."""
    cell = max(3, dpi // 25)
    coarse = rng.random((shape[0] // cell + 2, shape[1] // cell + 2), dtype=np.float32)
    patches = cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    return np.asarray(1 - wear * np.clip(patches, 0, 1), dtype=np.float32)


def lay(page: Pixels, ink: Stencil, centre: tuple[float, float], colour: Colour) -> None:
    """Print onto the page as transparent ink; ``centre`` in pixels, what hangs over is cut off."""
    height, width = ink.shape
    left, top = round(centre[0] - width / 2), round(centre[1] - height / 2)
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(page.shape[1], left + width), min(page.shape[0], top + height)
    if x1 <= x0 or y1 <= y0:
        return
    part = ink[y0 - top : y1 - top, x0 - left : x1 - left, None]
    lets = 1 - part * (1 - np.asarray(colour, dtype=np.float32) / 255)
    page[y0:y1, x0:x1] = (page[y0:y1, x0:x1] * lets).astype(np.uint8)


def receipt(rows: Sequence[str], family: str, dpi: int, rng: np.random.Generator) -> Stencil:
    """The framed stamp of an office that receives letters."""
    face = _face(family, round(11 * dpi / 72), False)
    feed = round(0.2 * dpi)
    size = (round(rng.uniform(1.8, 2.3) * dpi), feed * len(rows) + round(0.15 * dpi))
    art = Image.new("L", size, 0)
    draw = ImageDraw.Draw(art)
    _frame(draw, size, "plain", max(2, dpi // 70))
    for i, row in enumerate(rows, 1):
        draw.text((dpi // 10, i * feed), row, fill=255, font=face, anchor="ls", language="th")
    ink = np.asarray(art, dtype=np.float32) / 255
    return ink * _worn(ink.shape, 0.45, dpi, rng)


def scribble(width: float, height: float, dpi: int, rng: np.random.Generator) -> Stencil:
    """A line of handwriting or a signature; sizes in inches."""
    size = (round(width * dpi), round(height * dpi))
    steps = np.linspace(0, 1, round(400 * width))
    loops = 5.5 * width
    x = 0.05 + 0.85 * steps + 0.03 * np.sin(2 * np.pi * loops * steps + rng.uniform(0, 6))
    y = np.full_like(steps, 0.5)
    for share, rate in ((0.16, 0.37), (0.16, 1.0), (0.08, 1.9)):
        y += share * np.sin(2 * np.pi * loops * rate * steps + rng.uniform(0, 6))
    art = Image.new("L", size, 0)
    points = [(float(a) * size[0], float(b) * size[1]) for a, b in zip(x, y, strict=True)]
    ImageDraw.Draw(art).line(points, fill=235, width=max(2, dpi // 60), joint="curve")
    return np.asarray(art, dtype=np.float32) / 255
