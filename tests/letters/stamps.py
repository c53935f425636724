"""Ink on top of the typing: secrecy and urgency marks, receive stamps, signatures, the emblem."""

from functools import lru_cache
from math import cos, pi, sin

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from .fonts import load_font
from .typeset import INK, PAGE_SIZE, Colour, Sheet, cm

RED = (204, 24, 32)
VIOLET = (70, 60, 160)
BLUE = (30, 52, 150)
MARK_POINTS = 36.0


def _lay(sheet: Sheet, stencil: Image.Image, centre: tuple[float, float], colour: Colour) -> None:
    """Print a stencil (black on white is full ink) onto the sheet as transparent ink."""
    left, top = round(centre[0] - stencil.width / 2), round(centre[1] - stencil.height / 2)
    solid = Image.new("RGB", stencil.size, colour)
    ink = Image.composite(Image.new("RGB", stencil.size, "white"), solid, stencil)
    box = (left, top, left + stencil.width, top + stencil.height)
    sheet.image.paste(ImageChops.multiply(sheet.image.crop(box), ink), box)


def _worn(stencil: Image.Image, rng: np.random.Generator, wear: float) -> Image.Image:
    """Uneven ink, as a rubber stamp leaves it."""
    coarse = rng.random((stencil.height // 12 + 2, stencil.width // 12 + 2)) * 255 * wear
    patches = Image.fromarray(coarse.astype(np.uint8)).resize(
        stencil.size, Image.Resampling.BICUBIC
    )
    return ImageChops.lighter(stencil, patches)


def _text_stencil(text: str, family: str, points: float, frame: bool) -> Image.Image:
    font = load_font(family, points, bold=True)
    left, top, right, bottom = font.getbbox(text, language="th")
    pad = 46
    size = (round(right - left) + 2 * pad, round(bottom - top) + 2 * pad)
    stencil = Image.new("L", size, 255)
    draw = ImageDraw.Draw(stencil)
    draw.text((pad - left, pad - top), text, fill=0, font=font, language="th")
    if frame:
        draw.rectangle((6, 6, size[0] - 7, size[1] - 7), outline=0, width=7)
    return stencil


def stamp_text(
    sheet: Sheet,
    text: str,
    centre: tuple[float, float],
    rng: np.random.Generator,
    *,
    colour: Colour = RED,
    points: float = MARK_POINTS,
    frame: bool = False,
) -> None:
    """Stamp large bold words, a little askew."""
    x, y = centre[0] + rng.uniform(-18, 18), centre[1] + rng.uniform(-8, 8)
    stencil = _text_stencil(text, sheet.style.family, points, frame)
    stencil = _worn(stencil, rng, 0.35).rotate(
        rng.uniform(-1.2, 1.2), Image.Resampling.BICUBIC, expand=True, fillcolor=255
    )
    _lay(sheet, stencil, (x, y), colour)
    sheet.note(x - stencil.width / 2, y, text)


def secrecy_marks(sheet: Sheet, mark: str, rng: np.random.Generator) -> None:
    """The mark at the top and the bottom of a page."""
    middle = PAGE_SIZE[0] / 2
    stamp_text(sheet, mark, (middle, cm(0.95)), rng)
    stamp_text(sheet, mark, (middle, PAGE_SIZE[1] - cm(1.0)), rng)


RECEIVED_AT: tuple[float, float] = (PAGE_SIZE[0] - cm(3.9), cm(1.75))
"""The middle of a receive stamp: top right, where nothing is typed."""


def receive_stamp(
    sheet: Sheet,
    office: str,
    rows: tuple[str, ...],
    rng: np.random.Generator,
    centre: tuple[float, float] = RECEIVED_AT,
) -> None:
    """The framed stamp of the office that received the letter."""
    font = load_font("Loma", 11, bold=True)
    small = load_font("Loma", 11)
    width, feed = cm(5.0), 62
    stencil = Image.new("L", (width, feed * (len(rows) + 1) + 40), 255)
    draw = ImageDraw.Draw(stencil)
    draw.rectangle((4, 4, width - 5, stencil.height - 5), outline=0, width=5)
    draw.text((width / 2, 58), office, fill=0, font=font, anchor="ms", language="th")
    for i, row in enumerate(rows, 1):
        draw.text((28, 58 + i * feed), row, fill=0, font=small, anchor="ls", language="th")
    stencil = _worn(stencil, rng, 0.45)
    _lay(sheet, stencil, centre, VIOLET)
    top = centre[1] - stencil.height / 2
    for i, row in enumerate((office, *rows)):
        sheet.note(centre[0] - width / 2, top + 58 + i * feed, row)


def signature(sheet: Sheet, centre: tuple[float, float], rng: np.random.Generator) -> None:
    """A scribble in blue ink."""
    width, height = cm(4.2), cm(1.5)
    stencil = Image.new("L", (width, height), 255)
    steps = np.linspace(0, 1, 360)
    x = 0.06 + 0.8 * steps + 0.05 * np.sin(2 * pi * steps * rng.uniform(3, 5) + rng.uniform(0, 6))
    y = 0.5 + 0 * steps
    for turns, size in ((rng.uniform(1, 2), 0.16), (rng.uniform(4, 6), 0.2), (9.3, 0.06)):
        y += size * np.sin(2 * pi * turns * steps + rng.uniform(0, 6)) * (1.1 - 0.6 * steps)
    points = [(float(a) * width, float(b) * height) for a, b in zip(x, y, strict=True)]
    draw = ImageDraw.Draw(stencil)
    draw.line(points, fill=30, width=6, joint="curve")
    tail = [(0.62 * width, 0.83 * height), (0.97 * width, 0.72 * height)]
    draw.line(tail, fill=40, width=5)
    _lay(sheet, stencil, centre, BLUE)


@lru_cache(maxsize=4)
def _emblem(size: int) -> Image.Image:
    """A winged figure, dark as a printed emblem: drawn large, then reduced."""
    scale = size * 2
    art = Image.new("L", (scale, scale), 255)
    draw = ImageDraw.Draw(art)

    def at(x: float, y: float) -> tuple[float, float]:
        return (scale * (0.5 + x), scale * y)

    for side in (-1, 1):
        for feather in range(9):
            angle = pi * (0.06 + 0.075 * feather)
            reach = 0.46 - 0.014 * feather
            tip = at(side * reach * cos(angle - 0.45), 0.42 - reach * sin(angle - 0.45) * 0.95)
            root = 0.07 + 0.012 * (8 - feather)
            draw.polygon(
                [at(side * root, 0.36), tip, at(side * root, 0.36 + 0.055)], fill=25, outline=255
            )
        draw.polygon([at(0, 0.6), at(side * 0.2, 0.94), at(side * 0.09, 0.95)], fill=30)
        draw.line(
            [at(side * 0.07, 0.4), at(side * 0.26, 0.52), at(side * 0.33, 0.4)], 20, scale // 22
        )
        draw.line(
            [at(side * 0.05, 0.66), at(side * 0.2, 0.76), at(side * 0.12, 0.9)], 20, scale // 20
        )
    draw.polygon([at(0, 0.0), at(-0.045, 0.16), at(0.045, 0.16)], fill=20)
    draw.ellipse((*at(-0.065, 0.13), *at(0.065, 0.28)), fill=20)
    draw.polygon([at(-0.12, 0.3), at(0.12, 0.3), at(0.07, 0.68), at(-0.07, 0.68)], fill=20)
    draw.polygon([at(0, 0.62), at(-0.05, 0.98), at(0.05, 0.98)], fill=20)
    for row in range(4):
        y = 0.36 + 0.07 * row
        draw.arc((*at(-0.06, y), *at(0.06, y + 0.05)), 0, 180, fill=220, width=max(2, scale // 120))
    draw.ellipse((*at(-0.035, 0.18), *at(-0.012, 0.2)), fill=230)
    draw.ellipse((*at(0.012, 0.18), *at(0.035, 0.2)), fill=230)
    return art.resize((size, size), Image.Resampling.LANCZOS)


def emblem(sheet: Sheet, centre_x: float, top: float, size: int) -> None:
    """The emblem at the head of a letter, `size` pixels high."""
    _lay(sheet, _emblem(size), (centre_x, top + size / 2), INK)


def seal(sheet: Sheet, centre: tuple[float, float], name: str) -> None:
    """The round red seal of an office, set on its typed name."""
    size = cm(4.5)
    stencil = Image.new("L", (size, size), 255)
    draw = ImageDraw.Draw(stencil)
    draw.ellipse((6, 6, size - 7, size - 7), outline=60, width=8)
    draw.ellipse((40, 40, size - 41, size - 41), outline=60, width=4)
    stencil.paste(_emblem(cm(1.7)), (size // 2 - cm(0.85), cm(0.75)))
    font = load_font("Loma", 9, bold=True)
    draw.text((size / 2, cm(3.2)), name, fill=70, font=font, anchor="ms", language="th")
    _lay(sheet, stencil, centre, RED)
