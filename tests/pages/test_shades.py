"""Folds, and ink paler than the type, are told from what is typed."""

import cv2
import numpy as np
import pytest

from pipeline.folds import without_folds
from pipeline.paler import type_alone
from pipeline.pixels import Gray

DPI = 200.0
PAPER, INK = 240, 40


def page() -> Gray:
    """Type: strokes three pixels wide, ten to a line, and a rim of gray around each."""
    sheet = np.full((1400, 1000), PAPER, np.uint8)
    for top in range(100, 1300, 60):
        for left in range(100, 900, 24):
            sheet[top : top + 30, left : left + 3] = INK
            sheet[top + 27 : top + 30, left : left + 12] = INK
    return np.asarray(cv2.GaussianBlur(sheet, (0, 0), 0.6), np.uint8)


def shaded(sheet: Gray, row: int, light: float) -> Gray:
    """A soft fold across the page at ``row``."""
    shade = 1 - (1 - light) * np.exp(-(((np.arange(len(sheet)) - row) / 8.0) ** 2))
    return np.asarray(sheet * shade[:, None], np.uint8)


@pytest.mark.parametrize("light", [0.65, 0.8])
@pytest.mark.parametrize("upright", [False, True])
def test_a_fold_becomes_paper_and_letters_in_it_stay(light: float, upright: bool) -> None:
    sheet = page().T.copy() if upright else page()
    folded = shaded(sheet.T.copy(), 520, light).T.copy() if upright else shaded(sheet, 520, light)
    clean = without_folds(folded, DPI)
    blank = sheet >= PAPER - 5
    assert folded[blank].min() < 0.9 * PAPER
    assert clean[blank].min() > 0.9 * PAPER
    assert (clean[sheet <= INK + 5] < 0.5 * PAPER).all()


def test_a_page_without_a_fold_stays_as_it_is() -> None:
    sheet = page()
    sheet[660:663, 100:900] = INK
    assert without_folds(sheet, DPI) is sheet


@pytest.mark.parametrize("gray", [100, 130, 160])
def test_a_pale_seal_goes_and_the_type_under_it_stays(gray: int) -> None:
    sheet = page()
    seal = np.full_like(sheet, 255)
    cv2.circle(seal, (500, 700), 170, gray, 9)
    cv2.circle(seal, (500, 700), 145, gray, 3)
    sealed = np.asarray(cv2.min(sheet, seal), np.uint8)
    alone = type_alone(sealed, DPI)
    assert alone is not None
    assert (alone[sheet <= INK + 5] <= INK + 5).all()
    ring = (seal == gray) & (cv2.erode(sheet, np.ones((7, 7), np.uint8)) > PAPER - 20)
    assert (alone[ring] == 255).mean() > 0.97


def test_type_alone_is_no_pale_ink() -> None:
    assert type_alone(page(), DPI) is None
    faded = np.asarray(255 - (255 - page().astype(np.float32)) * 0.45, np.uint8)
    assert type_alone(faded, DPI) is None
    bilevel = np.where(page() < 128, np.uint8(0), np.uint8(255))
    cv2.circle(bilevel, (500, 700), 170, 0, 9)
    assert type_alone(bilevel, DPI) is None
