"""Colour channels that a scanner set apart are laid on one another."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.registration import registered
from tests.letters.typeset import Sheet, Style

Pixels = NDArray[np.uint8]
SHIFTS = [(0.4, -0.3, 0.0, 0.35), (-0.5, 0.0, 0.5, 0.5), (1.2, 0.8, -0.9, 0.2)]


def page(colour: tuple[int, int, int] = (20, 20, 20)) -> Pixels:
    """A page of print at 150 dpi, as sharp as scanners see it."""
    sheet = Sheet(style=Style())
    for row in range(14):
        sheet.write(350, 400 + 200 * row, "จังหวัดจึงขอให้ดำเนินการภายในวันที่ ๑๙ กุมภาพันธ์", colour=colour)
    gray = np.asarray(sheet.image.convert("RGB"))
    return np.asarray(
        cv2.resize(gray, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8
    )


def apart(picture: Pixels, x: float, y: float, channel: int) -> Pixels:
    moved = picture.copy()
    matrix = np.array([[1, 0, x], [0, 1, y]], np.float32)
    size = picture.shape[1::-1]
    one = np.ascontiguousarray(picture[:, :, channel])
    moved[:, :, channel] = cv2.warpAffine(
        one, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return moved


def fringes(picture: Pixels) -> int:
    """Pixels that are clearly coloured."""
    return int((np.ptp(picture.astype(int), axis=2) > 40).sum())


@pytest.mark.parametrize("shift", SHIFTS)
def test_black_print_has_no_coloured_fringes(shift: tuple[float, float, float, float]) -> None:
    scan = apart(apart(page(), shift[0], shift[1], 0), shift[2], shift[3], 2)
    assert fringes(registered(scan)) < 0.15 * fringes(scan)


def test_a_page_in_register_is_left_as_it_is() -> None:
    scan = page()
    assert registered(scan) is scan


def test_print_in_colour_tells_nothing() -> None:
    scan = apart(page((200, 30, 40)), 0.5, 0.5, 0)
    assert registered(scan) is scan


def test_an_empty_page_and_a_scrap_are_left_as_they_are() -> None:
    for size in ((1754, 1240), (40, 60)):
        blank = np.full((*size, 3), 250, np.uint8)
        assert registered(blank) is blank
