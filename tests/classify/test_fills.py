"""What is paper and no ink: the colour of highlighters and table heads; and printed codes."""

import numpy as np
import pytest
import segno

from bench.reading.stamps import INKS, Pixels, Stamp, lay
from pipeline.pixels import Mask
from plugins.classify.codes import codes
from plugins.classify.fills import without_fills
from plugins.classify.ink import inks, red_mask

DPI = 150
PINK, SALMON = (255, 190, 215), (250, 228, 202)
MARK = Stamp("ลับมาก", "Norasi", 30, INKS["red"])


def sheet() -> Pixels:
    return np.full((300, 700, 3), 255, np.uint8)


@pytest.mark.parametrize("colour", [PINK, SALMON])
def test_a_highlighter_is_paper(colour: tuple[int, int, int]) -> None:
    page = sheet()
    page[100:140, 50:600] = colour
    page[110:130, 80:84] = page[110:130, 120:124] = 20
    cleared = without_fills(page)
    assert (cleared[105:135, 200:500] == 255).all()
    assert (cleared[110:130, 80:84] < 30).all(), "print on it stays"


def test_a_mark_stamped_on_a_fill_stays() -> None:
    page = sheet()
    page[60:240, 50:650] = SALMON
    lay(page, MARK.stencil(DPI, np.random.default_rng(4)), (350, 150), MARK.colour)
    alone = sheet()
    lay(alone, MARK.stencil(DPI, np.random.default_rng(4)), (350, 150), MARK.colour)
    left = red_mask(without_fills(page)) > 0
    assert left.sum() == pytest.approx((red_mask(alone) > 0).sum(), rel=0.15)


def test_letters_left_out_of_a_printed_block_are_no_print_on_a_fill() -> None:
    page = sheet()
    page[60:240, 50:650] = (240, 150, 160)
    page[110:190, 150:180] = page[110:190, 250:280] = page[110:190, 350:380] = 255
    assert np.array_equal(without_fills(page), page)


@pytest.mark.parametrize("points", [24, 36, 60])
def test_the_strokes_of_a_mark_are_no_fill(points: int) -> None:
    page = sheet()
    large = Stamp("ลับมาก", "Norasi", points, INKS["red"])
    lay(page, large.stencil(DPI, np.random.default_rng(4)), (350, 150), large.colour)
    assert np.array_equal(without_fills(page), page)


def test_the_fringes_of_black_print_are_no_ink() -> None:
    page = sheet()
    page[100:130, 100:104] = page[100:130, 200:204] = 20
    page[100:130, 104:105] = page[100:130, 204:205] = (230, 90, 90)
    assert not inks(page).red.any()
    page[100:130, 300:304] = (230, 90, 90)
    assert inks(page).red.any()


def coded(scale: int) -> Mask:
    ink = np.zeros((400, 700), np.uint8)
    rows = segno.make_qr("https://saraban.example/ตรวจสอบ/12345", error="q").matrix_iter(
        scale=scale, border=0
    )
    code = np.array([[255 * bool(dot) for dot in row] for row in rows], np.uint8)
    ink[100 : 100 + code.shape[0], 200 : 200 + code.shape[1]] = code
    return ink


@pytest.mark.parametrize("scale", [3, 4, 5])
def test_a_printed_code_is_known(scale: int) -> None:
    (box,) = codes(coded(scale))
    assert (box.left, box.top) == (200, 100)


def test_words_and_seals_are_no_code() -> None:
    page = sheet()
    lay(page, MARK.stencil(DPI, np.random.default_rng(4)), (350, 150), MARK.colour)
    assert not codes(np.where(page.min(axis=2) < 170, np.uint8(255), np.uint8(0)))
