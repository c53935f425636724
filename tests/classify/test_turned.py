"""Marks that do not stand upright: landscape pages, sheets fed head first, stamps across type."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from bench.reading.stamps import Pixels, lay
from plugins.classify.spotter import likeness, turned_likeness
from schemas.page import Box
from tests.classify.paper import typed_page
from tests.classify.test_hostile import DPI, cleared, stamp

SIDE, HEAD, MIDDLE = (60, 877), (620, 60), (620, 900)


@pytest.fixture(scope="module")
def typed() -> Pixels:
    return typed_page(5, length=2)


def turned(
    text: str, colour: str, points: float, angle: float
) -> tuple[NDArray[np.floating], tuple[int, int, int]]:
    """A stamp's ink, turned counter-clockwise, and its colour."""
    mark = stamp(text, colour, points)
    ink = mark.stencil(DPI, np.random.default_rng(0))
    side = int(np.hypot(*ink.shape)) + 4
    wide, high = side - ink.shape[1], side - ink.shape[0]
    square = np.pad(ink, ((high // 2, high - high // 2), (wide // 2, wide - wide // 2)))
    matrix = cv2.getRotationMatrix2D((side / 2, side / 2), angle, 1.0)
    drawn = cv2.warpAffine(square, matrix, (side, side))
    return np.asarray(drawn, ink.dtype), mark.colour


@pytest.mark.parametrize(
    ("text", "colour", "points", "angle", "place"),
    [
        ("ลับที่สุด", "red", 36, 90, SIDE),
        ("ลับมาก", "red", 36, -90, SIDE),
        ("ลับมาก", "red", 36, 180, HEAD),
        ("ลับ", "blue", 36, 180, HEAD),
        ("ลับที่สุด", "red", 60, 45, MIDDLE),
        ("ลับ", "red", 60, -45, MIDDLE),
    ],
)
def test_a_turned_mark_is_asked_about(
    tmp_path: Path,
    typed: Pixels,
    text: str,
    colour: str,
    points: float,
    angle: float,
    place: tuple[int, int],
) -> None:
    sheet = typed.copy()
    ink, dye = turned(text, colour, points, angle)
    lay(sheet, ink, place, dye)
    assert not cleared(tmp_path, sheet)


@pytest.mark.parametrize("angle", [-90, -45, 45, 90, 180])
def test_a_mark_is_as_like_turned_as_upright(angle: float) -> None:
    sheet = np.full((1754, 1240, 3), 250, np.uint8)
    ink, dye = turned("ลับ", "red", 44, angle)
    lay(sheet, ink, MIDDLE, dye)
    rows, columns, _ = np.nonzero(sheet < 250)
    box = Box(int(columns.min()), int(rows.min()), int(columns.max()), int(rows.max()))
    assert likeness(sheet, box) < 0.8
    assert turned_likeness(sheet, box) > 0.95
