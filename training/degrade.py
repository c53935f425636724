"""What print, copier and scanner do to a page."""

import random
from collections.abc import Callable, Mapping
from typing import NamedTuple

import cv2
import numpy as np

from pipeline.pixels import Gray
from training.render import DPI, Ink, uneven


class Scan(NamedTuple):
    """A page as the scanner gives it: 0 black, 255 white."""

    gray: Gray
    dpi: int


def clean(ink: Ink, rng: random.Random, numbers: np.random.Generator) -> Scan:
    """300 dpi, hardly blurred."""
    del rng
    return Scan(_gray(_blurred(ink, 0.5), 20, numbers, 2.0), 300)


def photocopy(ink: Ink, rng: random.Random, numbers: np.random.Generator) -> Scan:
    """Blurred, noisy, black and white with specks."""
    gray = _gray(_blurred(ink, rng.uniform(0.8, 1.4)), 30, numbers, 14.0)
    black = _threshold(gray, rng.uniform(125, 165))
    black[numbers.random(black.shape) < 0.0012] = 0
    return Scan(black, 300)


def fast(ink: Ink, rng: random.Random, numbers: np.random.Generator) -> Scan:
    """200 dpi and JPEG."""
    gray = _gray(_blurred(_scaled(ink, 200), 0.5), 25, numbers, 3.0)
    return Scan(_jpeg(gray, rng.randint(55, 80)), 200)


def typed(ink: Ink, rng: random.Random, numbers: np.random.Generator) -> Scan:
    """A worn ribbon, scanned in gray."""
    gray = _gray(_blurred(uneven(ink, rng.uniform(0.2, 0.5), numbers), 0.9), 35, numbers, 5.0)
    return Scan(gray, 300)


PROFILES: Mapping[str, Callable[[Ink, random.Random, np.random.Generator], Scan]] = {
    "clean": clean,
    "fast": fast,
    "photocopy": photocopy,
    "typed": typed,
}
"""Fixed conditions to measure under."""


def degrade(ink: Ink, rng: random.Random, numbers: np.random.Generator) -> Scan:
    """A page under conditions drawn at random, for training."""
    if rng.random() < 0.2:
        ink = _weighed(ink, rng.uniform(-0.8, 0.8))
    if rng.random() < 0.2:
        ink = uneven(ink, rng.uniform(0.1, 0.6), numbers)
    if rng.random() < 0.4:
        ink = _turned(ink, rng.uniform(-1.5, 1.5))
    dpi = rng.choices((300, 240, 200, 150), weights=(45, 15, 30, 10))[0]
    ink = _scaled(ink, dpi)
    if rng.random() < 0.12:
        ink = _shown_through(ink, rng.uniform(0.05, 0.2))
    sharpest = rng.uniform(0.3, 1.1) if rng.random() < 0.85 else 0.0
    ink = _blurred(ink, sharpest * dpi / DPI)
    faded = rng.uniform(0.3, 0.6) if rng.random() < 0.2 else 1.0
    noise = rng.uniform(1, 16) if rng.random() < 0.75 else 0.0
    gray = _gray(ink * faded, rng.uniform(0, 60), numbers, noise)
    if rng.random() < 0.35:
        gray = _jpeg(gray, rng.randint(35, 85))
    if rng.random() < 0.3:
        gray = _copied(gray, rng, numbers)
    return Scan(gray, dpi)


def _copied(gray: Gray, rng: random.Random, numbers: np.random.Generator) -> Gray:
    """Black and white as a copier or a bilevel scanner makes it."""
    middle = cv2.threshold(gray, 0, 255, cv2.THRESH_OTSU)[0]
    black = _threshold(gray, middle + rng.uniform(-25, 25))
    if rng.random() < 0.4:
        black[numbers.random(black.shape) < rng.uniform(0.0003, 0.002)] = 0
    if rng.random() < 0.15:
        black = np.asarray(cv2.erode(black, np.ones((2, 2), np.uint8)), np.uint8)
    elif rng.random() < 0.2:
        black = np.asarray(cv2.medianBlur(black, 3), np.uint8)
    return black


def _gray(ink: Ink, black: float, numbers: np.random.Generator, noise: float) -> Gray:
    paper = 255 - ink * (255 - black)
    if noise:
        paper += numbers.normal(0, noise, ink.shape)
    return np.asarray(np.clip(paper, 0, 255), np.uint8)


def _threshold(gray: Gray, level: float) -> Gray:
    return np.asarray((gray > level) * 255, np.uint8)


def _blurred(ink: Ink, sigma: float) -> Ink:
    return np.asarray(cv2.GaussianBlur(ink, (0, 0), sigma), np.float32) if sigma else ink


def _scaled(ink: Ink, dpi: int) -> Ink:
    if dpi == DPI:
        return ink
    factor = dpi / DPI
    small = cv2.resize(ink, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32)


def _weighed(ink: Ink, weight: float) -> Ink:
    """Bolder strokes, or lighter ones below zero: by two pixels at `weight` 1."""
    kernel = np.ones((3, 3), np.uint8)
    other = cv2.dilate(ink, kernel) if weight > 0 else cv2.erode(ink, kernel)
    return np.asarray(cv2.addWeighted(ink, 1 - abs(weight), other, abs(weight), 0), np.float32)


def _turned(ink: Ink, degrees: float) -> Ink:
    height, width = ink.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return np.asarray(cv2.warpAffine(ink, matrix, (width, height)), np.float32)


def _shown_through(ink: Ink, strength: float) -> Ink:
    """The back of the sheet, mirrored and soft."""
    back = cv2.GaussianBlur(np.ascontiguousarray(ink[:, ::-1]), (0, 0), 2.5)
    return np.asarray(np.maximum(ink, np.asarray(back, np.float32) * np.float32(strength)))


def _jpeg(gray: Gray, quality: int) -> Gray:
    packed = cv2.imencode(".jpg", gray, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)
