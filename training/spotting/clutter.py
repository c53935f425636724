"""What is on pages without being a mark: type, stamps, pens, pictures."""

import random
from collections.abc import Sequence

import cv2
import numpy as np

from training.phrases import MONTHS, OPENINGS, SYLLABLES
from training.spotting.sheet import Sheet
from training.spotting.stencils import (
    Stencil,
    figure,
    grown,
    lettering,
    ring,
    scrawl,
    scribble,
    squares,
    waved,
    worn,
)
from training.spotting.words import ORDERS, ROWS

_IN_COLOUR = 0.15
"""Share of type that is not black: letter heads, slogans."""


def typed(sheet: Sheet, letters: float) -> None:
    """Lines of type, most in black, in letters so many millimetres high."""
    rng, side = sheet.rng, sheet.paper.shape[0]
    face, height = rng.choice(sheet.material.faces), letters * sheet.mm
    ink: Sequence[float] = [rng.uniform(0, 0.35)] * 3
    if rng.random() < _IN_COLOUR:
        ink = ink_of_stamp(sheet)
    turn = rng.uniform(-1, 1)
    feed = height * rng.uniform(2.3, 3.4)
    top = rng.uniform(-feed, side * rng.choice((0.2, 0.9)))
    left = rng.choice((0.0, rng.uniform(-side, side * 0.8)))
    y = top
    while y < side + feed:
        drawn = lettering([prose(sheet, int(side / height * 0.8) + 2)], face, height).ink
        start = rng.uniform(-side * 0.4, 0) if left <= 0 else left
        sheet.lay(drawn, (start + drawn.shape[1] / 2, y), ink, turn)
        y += feed


def ink_of_stamp(sheet: Sheet) -> Sequence[float]:
    """Of a stamp or pen: red, blue, violet, green or black; or the sheet's own."""
    return any_ink(sheet.rng) if sheet.colour is None else sheet.colour


def any_ink(rng: random.Random) -> list[float]:
    """One of the inks of stamps and pens, full or pale."""
    base = rng.choice(
        ((0.8, 0.1, 0.13), (0.75, 0.15, 0.3), (0.12, 0.2, 0.6), (0.3, 0.25, 0.65), (0.1, 0.45, 0.3),
         (0.12, 0.12, 0.14), (0.9, 0.3, 0.3))
    )  # fmt: skip
    pale = rng.choice((0.0, 0.0, rng.uniform(0, 0.45)))
    return [min(1, max(0, c + rng.uniform(-0.08, 0.08))) * (1 - pale) + pale for c in base]


def written_number(rng: random.Random) -> str:
    digits = rng.choice(("0123456789", "๐๑๒๓๔๕๖๗๘๙"))
    told = "".join(rng.choices(digits, k=rng.randint(1, 5)))
    return rng.choice(
        (told, f"{told} {rng.choice(MONTHS)}", f"{told}/{told[:2]}", f"{told}.{told[:2]}")
    )


def prose(sheet: Sheet, letters: int) -> str:
    text = ""
    while len(text) < letters:
        text += sheet.word() + sheet.rng.choice(("", "", "", " "))
    return text


def received(sheet: Sheet) -> None:
    """A ruled box with small words and a pen's numbers in it."""
    rng, mm = sheet.rng, sheet.mm
    face, height = rng.choice(sheet.material.faces), rng.uniform(1.6, 3.0) * mm
    rows = [prose(sheet, 12), *rng.sample(ROWS, rng.randint(2, 3))]
    feed, wide = height * rng.uniform(2.0, 2.8), rng.uniform(42, 70) * mm
    ink = np.zeros((round(feed * (len(rows) + 0.6)), round(wide)), np.float32)
    for number, row in enumerate(rows):
        dots = "." * rng.randint(0, 30) if number else ""
        drawn = lettering([row + dots], face, height).ink[:, : ink.shape[1]]
        top = max(0, round(feed * (number + 0.8) - 0.75 * drawn.shape[0]))
        part = ink[top : top + drawn.shape[0], : drawn.shape[1]]
        np.maximum(part, drawn[: part.shape[0]], out=part)
    if rng.random() < 0.85:
        cv2.rectangle(ink, (2, 2), (ink.shape[1] - 3, ink.shape[0] - 3), 1.0,
                      max(1, round(0.4 * mm)))  # fmt: skip
    ink = worn(ink, rng.uniform(0, 0.6), height, sheet.numbers)
    centre, turn = sheet.somewhere(0.15), rng.uniform(-4, 4)
    sheet.lay(ink, centre, ink_of_stamp(sheet), turn)
    pen = ink_of_stamp(sheet)
    for number in range(1, len(rows)):
        if rng.random() < 0.85:
            x = centre[0] + rng.uniform(-0.15, 0.3) * wide
            y = centre[1] - ink.shape[0] / 2 + feed * (number + 0.5)
            sheet.lay(
                _written(sheet, written_number(rng), rng.uniform(2, 5) * mm),
                (x, y),
                pen,
                rng.uniform(-8, 8),
            )


def _written(sheet: Sheet, text: str, height: float) -> Stencil:
    """Words by a pen."""
    rng = sheet.rng
    ink = lettering([text], rng.choice(sheet.material.hands), max(4.0, height)).ink
    ink = waved(ink, height * rng.uniform(0.05, 0.13), sheet.numbers)
    return grown(ink, rng.choice((-0.4, 0, 0.6)) * sheet.mm / 4)


def noted(sheet: Sheet) -> None:
    """An order by pen: some words and a scribble."""
    rng, pen = sheet.rng, ink_of_stamp(sheet)
    x, y = sheet.somewhere()
    height, turn = rng.uniform(2.2, 7) * sheet.mm, rng.uniform(-12, 12)
    for number in range(rng.randint(1, 3)):
        if rng.random() < 0.5:
            drawn = scrawl(rng.randint(2, 12), height, rng.uniform(0.3, 1.0) * sheet.mm, rng)
        else:
            text = rng.choice((rng.choice(ORDERS), sheet.word(), written_number(rng)))
            drawn = _written(sheet, text, height)
        sheet.lay(drawn, (x, y + number * 2.4 * height), pen, turn)
    if rng.random() < 0.5:
        signed(sheet)


def signed(sheet: Sheet) -> None:
    rng, mm = sheet.rng, sheet.mm
    wide = rng.uniform(15, 55) * mm
    ink = scribble(wide, wide * rng.uniform(0.25, 0.9), rng.uniform(0.3, 1.1) * mm, rng)
    sheet.lay(ink, sheet.somewhere(), ink_of_stamp(sheet), rng.uniform(-15, 15))
    if rng.random() < 0.5:
        name = f"({rng.choice(OPENINGS)}{''.join(rng.sample(SYLLABLES, 3))})"
        drawn = lettering([name], rng.choice(sheet.material.faces), rng.uniform(1.9, 3) * mm).ink
        sheet.lay(drawn, sheet.somewhere(), [0.1] * 3, 0)


def sealed(sheet: Sheet) -> None:
    rng = sheet.rng
    words = [prose(sheet, rng.randint(8, 20)) for _ in range(rng.randint(1, 3))]
    ink = ring(words, rng.choice(sheet.material.faces), rng.uniform(13, 30) * sheet.mm, rng)
    ink = worn(ink, rng.uniform(0, 0.7), 2 * sheet.mm, sheet.numbers)
    sheet.lay(ink, sheet.somewhere(0.2), ink_of_stamp(sheet), rng.uniform(0, 360))


def emblem(sheet: Sheet) -> None:
    ink = figure(round(sheet.rng.uniform(15, 40) * sheet.mm), sheet.rng)
    sheet.lay(ink, sheet.somewhere(), ink_of_stamp(sheet), 0)


def logo(sheet: Sheet) -> None:
    """A filled shape with a figure left white in it, and its owner's name beside or beneath."""
    rng = sheet.rng
    side, colour = round(rng.uniform(10, 28) * sheet.mm), ink_of_stamp(sheet)
    shape = np.zeros((side, side), np.float32)
    corner = rng.choice((side // 2, side // 6, 1))
    cv2.rectangle(shape, (corner, corner), (side - corner, side - corner), 1.0, -1)
    rounded = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * corner - 1, 2 * corner - 1))
    shape = np.asarray(cv2.dilate(shape, rounded), np.float32)
    inner = figure(max(8, round(side * rng.uniform(0.5, 0.9))), rng)
    low = (side - inner.shape[0]) // 2
    shape[low : low + inner.shape[0], low : low + inner.shape[1]] *= 1 - inner
    x, y = sheet.somewhere()
    sheet.lay(shape, (x, y), colour, 0)
    height = rng.uniform(1.5, 5) * sheet.mm
    name = lettering([prose(sheet, rng.randint(4, 16))], rng.choice(sheet.material.faces), height)
    beside = rng.random() < 0.5
    away = side / 2 + (name.ink.shape[1] / 2 if beside else height)
    sheet.lay(name.ink, (x + away, y) if beside else (x, y + away), colour, 0)


def ruled(sheet: Sheet) -> None:
    """A table's lines."""
    rng, side = sheet.rng, sheet.paper.shape[0]
    ink = np.zeros((side, side), np.float32)
    thick = max(1, round(rng.uniform(0.2, 0.6) * sheet.mm))
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(side)
        ink[at : at + thick, rng.choice((0, rng.randrange(side))) :] = 1
        at = rng.randrange(side)
        ink[rng.choice((0, rng.randrange(side))) :, at : at + thick] = 1
    sheet.lay(ink, (side / 2, side / 2), ink_of_stamp(sheet), rng.uniform(-1, 1))


def coded(sheet: Sheet) -> None:
    size = round(sheet.rng.uniform(14, 35) * sheet.mm)
    cells = sheet.rng.randint(21, 33)
    sheet.lay(
        squares(cells, size, sheet.rng), sheet.somewhere(), [0.05] * 3, sheet.rng.uniform(-2, 2)
    )


def shown(sheet: Sheet) -> None:
    """A photograph: soft shapes in all tones."""
    rng, numbers = sheet.rng, sheet.numbers
    wide, high = (round(rng.uniform(20, 90) * sheet.mm) for _ in range(2))
    tones = np.zeros((high, wide, 3), np.float32)
    for size in (3, 6, 14, 40):
        noise = numbers.random((size, size, 3)).astype(np.float32)
        tones += cv2.resize(noise, (wide, high), interpolation=cv2.INTER_CUBIC) / np.sqrt(size)
    tones = np.clip((tones - tones.min()) / (np.ptp(tones) + 1e-6), 0, 1)
    x, y = sheet.somewhere()
    left, top = max(0, round(x - wide / 2)), max(0, round(y - high / 2))
    part = sheet.paper[top : top + high, left : left + wide]
    part *= tones[: part.shape[0], : part.shape[1]]


def marked_up(sheet: Sheet) -> None:
    """A highlighter's stroke, or a fill."""
    rng, side = sheet.rng, sheet.paper.shape[0]
    wide, high = rng.uniform(10, 60) * sheet.mm, rng.uniform(3, 12) * sheet.mm
    x, y = sheet.somewhere()
    colour = [rng.choice((1.0, 0.9, 0.6)), rng.uniform(0.7, 1), rng.choice((0.3, 0.7, 0.9))]
    left, top = max(0, int(x - wide / 2)), max(0, int(y - high / 2))
    sheet.paper[top : min(side, int(y + high / 2)), left : min(side, int(x + wide / 2))] *= colour


CLUTTER = (
    *(received, received, noted, noted, signed, signed, sealed, emblem, ruled, coded),
    *(shown, marked_up, logo),
)
UNDER = (received, noted, signed, sealed, sealed, emblem, emblem, ruled, marked_up, logo)
"""What a mark may lie on and be readable."""
UPON = (noted, signed, received, ruled, marked_up)
"""What may come to lie on a mark and leave it readable."""
