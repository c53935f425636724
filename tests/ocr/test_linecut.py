"""How a line is cut out of its page."""

import cv2
import numpy as np
import pytest

from pipeline.pixels import Gray
from plugins.ocr.linecut import (
    ABOVE,
    BELOW,
    Row,
    cut,
    measured,
    pieces,
    without_marks,
)
from schemas.page import Box

DPI = 200.0
LETTER, BASELINE = 30, 200


def _page() -> Gray:
    """Ten blocks for letters, a mark high above the third, a foot under the sixth."""
    page = np.full((400, 900), 255, np.uint8)
    for number in range(10):
        left = 100 + 50 * number
        page[BASELINE - LETTER : BASELINE, left : left + 24] = 0
    page[BASELINE - 2 * LETTER : BASELINE - 2 * LETTER + 8, 205:212] = 0
    page[BASELINE + 5 : BASELINE + 15, 355:370] = 0
    return page


@pytest.mark.parametrize("believed", [BASELINE - 6, BASELINE, BASELINE + 6])
@pytest.mark.parametrize("top", [BASELINE - 2 * LETTER, BASELINE - LETTER, 20])
def test_letters_tell_where_a_line_stands(believed: int, top: int) -> None:
    """Whatever the layout analysis took for its top and baseline."""
    row = measured(_page(), DPI, Box(100, top, 574, BASELINE + 15), believed)
    assert row
    assert (row.baseline, row.letter) == (BASELINE, LETTER)
    assert row.box.top >= BASELINE - ABOVE * LETTER - 1
    seen = cut(row, 900, 400)
    assert (seen.top, seen.bottom) == (
        round(BASELINE - ABOVE * LETTER),
        round(BASELINE + BELOW * LETTER),
    )
    assert seen.left < 100
    assert seen.right > 574


def test_a_stamp_over_the_line_does_not_change_its_height() -> None:
    page = _page()
    cv2.rectangle(page, (300, 60), (560, 330), 0, 6)
    row = measured(page, DPI, Box(100, 60, 574, 330), BASELINE)
    assert row
    assert (row.baseline, row.letter) == (BASELINE, LETTER)


def test_a_digit_between_dashes_is_a_line_whose_baseline_layout_took_from_the_dashes() -> None:
    page = np.full((400, 900), 255, np.uint8)
    page[BASELINE - LETTER : BASELINE, 440:464] = 0
    for left in (400, 484):
        page[BASELINE - LETTER // 2 : BASELINE - LETTER // 2 + 3, left : left + 20] = 0
    row = measured(page, DPI, Box(400, BASELINE - LETTER, 504, BASELINE), BASELINE - LETTER // 2)
    assert row
    assert (row.baseline, row.letter) == (BASELINE, LETTER)


def test_a_cut_stays_on_the_page() -> None:
    assert cut(Row(Box(2, 0, 898, 20), 20.0, 30.0), 900, 30) == Box(0, 0, 900, 30)


def test_specks_and_rules_are_no_lines() -> None:
    grain = np.full((400, 900), 255, np.uint8)
    grain[np.random.default_rng(1).random(grain.shape) < 0.08] = 0
    assert measured(grain, DPI, Box(0, 0, 900, 400), 300) is None
    rule = np.full((100, 900), 255, np.uint8)
    rule[50:53, 20:880] = 0
    assert measured(rule, DPI, Box(20, 50, 880, 53), 53) is None
    assert measured(np.full((100, 900), 255, np.uint8), DPI, Box(0, 0, 900, 100), 50) is None


def test_the_bars_of_a_printed_code_are_no_line() -> None:
    page = np.full((400, 900), 255, np.uint8)
    for left in range(100, 400, 40):
        page[180:200, left : left + 32] = 0
    assert measured(page, DPI, Box(100, 180, 400, 200), 200) is None


def test_a_row_is_divided_at_wide_gaps_only() -> None:
    page = _page()
    page[BASELINE - LETTER : BASELINE, 800:850] = 0
    row = measured(page, DPI, Box(90, 140, 880, BASELINE + 15), BASELINE)
    assert row
    assert [(p.box.left, p.box.right) for p in pieces(page, row)] == [(100, 574), (800, 850)]
    assert {(p.baseline, p.letter) for p in pieces(page, row)} == {(BASELINE, LETTER)}


def test_a_row_with_nothing_in_it_has_no_pieces() -> None:
    page = np.full((400, 900), 255, np.uint8)
    assert pieces(page, Row(Box(100, 170, 574, 200), 200.0, 30.0)) == []


def test_a_strip_of_marks_is_no_line_and_small_print_is() -> None:
    page = _page()
    line = Row(Box(100, BASELINE - LETTER, 574, BASELINE), BASELINE, LETTER)
    marks = Row(Box(100, BASELINE - 60, 574, BASELINE - 52), BASELINE - 52.0, 8.0)
    small = Row(Box(100, BASELINE + 25, 574, BASELINE + 38), BASELINE + 38.0, 13.0)
    page[BASELINE + 25 : BASELINE + 38, 100:400] = 0
    assert without_marks(page, DPI, [marks, line, small]) == [line, small]
    beside = marks._replace(box=Box(600, BASELINE - 60, 880, BASELINE - 52))
    assert without_marks(page, DPI, [beside, line]) == [beside, line]
    page[BASELINE - 60 : BASELINE - 52, 100:500] = 0
    assert without_marks(page, DPI, [marks, line]) == [marks, line]


def test_an_emblem_has_no_marks() -> None:
    """The row under it stays: short lines of a head stand within what would be cut for it."""
    page = _page()
    row = Row(Box(100, BASELINE - LETTER, 774, BASELINE), BASELINE, LETTER)
    emblem = Row(Box(150, 0, 650, 150), 150.0, 110.0)
    lines = [emblem, row, *(row._replace(baseline=BASELINE + 60.0 * n) for n in (1, 2))]
    assert without_marks(page, DPI, lines) == lines


def test_marks_over_the_title_of_a_memo_are_no_line() -> None:
    page = np.full((400, 900), 255, np.uint8)
    page[140:200, 100:800:2] = 0
    page[100:120, 300:330] = 0
    title = Row(Box(100, 100, 800, 200), 200.0, 60.0)
    marks = Row(Box(100, 100, 800, 120), 120.0, 20.0)
    assert without_marks(page, DPI, [marks, title]) == [title]


def test_vowel_and_tone_marks_on_the_letters_of_a_line_are_none() -> None:
    """Both together are nearly as high as a letter; text of its own never stands so close."""
    page = _page()
    line = Row(Box(100, BASELINE - LETTER, 574, BASELINE), BASELINE, LETTER)
    high = 23
    foot = BASELINE - LETTER - 2
    pairs = Row(Box(100, foot - high, 574, foot), float(foot), float(high))
    lone = pairs._replace(box=Box(200, foot - high, 218, foot))
    page[foot - high : foot, 200:218] = 0
    assert without_marks(page, DPI, [pairs, lone, line]) == [line]
    text = pairs._replace(baseline=BASELINE - 1.6 * LETTER)
    assert without_marks(page, DPI, [text, line]) == [text, line]
    page[foot - high : foot, 100:500] = 0
    assert without_marks(page, DPI, [pairs, line]) == [pairs, line]
