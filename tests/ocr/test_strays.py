"""Digits and words that layout analysis passes over are lines; what it takes for two is one."""

import numpy as np
import pytest

from pipeline.pixels import Gray
from plugins.ocr.linecut import Row
from plugins.ocr.strays import lost_rows, with_page_number
from plugins.ocr.tesseract import told_once
from plugins.ocr.words import ReadLine
from schemas.page import Box, Word

DPI = 200.0
LETTER = 30


@pytest.mark.parametrize(
    ("digits", "left", "found"), [(1, 430, 1), (2, 420, 1), (1, 700, 0), (6, 350, 0)]
)
def test_a_lone_number_in_the_middle_of_the_head_is_a_line(
    digits: int, left: int, found: int
) -> None:
    page = np.full((3000, 900), 255, np.uint8)
    for number in range(digits):
        start = left + 36 * number
        page[100 : 100 + LETTER, start : start + 24] = 0
        page[105 : 95 + LETTER, start + 5 : start + 19] = 255
    assert with_page_number(page, DPI, []) == []
    text = Row(Box(100, 400, 800, 450), 440, LETTER)
    rows = with_page_number(page, DPI, [text])
    assert len(rows) == 1 + found
    assert rows[-1] == text
    if found:
        assert (rows[0].baseline, rows[0].letter) == (100 + LETTER, LETTER)
    assert with_page_number(page[:440], DPI, [text]) == [text], "a band has no head"


def test_a_staple_and_the_marks_of_the_first_line_hide_no_page_number() -> None:
    page = np.full((3000, 900), 255, np.uint8)
    page[100 : 100 + LETTER, 430:454] = 0
    page[105 : 95 + LETTER, 435:449] = 255
    page[40:60, 30:120] = 0
    page[380:396, 440:450] = 0
    text = Row(Box(100, 400, 800, 450), 440, LETTER)
    assert len(with_page_number(page, DPI, [text])) == 2


def word(page: Gray, left: int, top: int, letters: int, height: int = LETTER) -> Box:
    """Hollow letters drawn side by side on ``page``, and the box around them."""
    wide, gap, stroke = height * 4 // 5, height // 3, height // 6
    for number in range(letters):
        start = left + (wide + gap) * number
        page[top : top + height, start : start + wide] = 0
        inner = slice(start + stroke, start + wide - stroke)
        page[top + stroke : top + height - stroke, inner] = 255
    return Box(left, top, left + (wide + gap) * letters - gap, top + height)


def paper() -> Gray:
    return np.full((1200, 900), 255, np.uint8)


@pytest.mark.parametrize("height", [20, LETTER, 70])
@pytest.mark.parametrize("letters", [2, 3, 6])
def test_letters_side_by_side_in_no_row_are_lost(letters: int, height: int) -> None:
    page = paper()
    page[100:300, 60:200] = 0
    box = word(page, 300, 150, letters, height)
    row = Row(word(page, 60, 800, 10), 830, LETTER)
    assert [lost.box for lost in lost_rows(page, DPI, [row])] == [box]


def test_what_has_no_two_letters_of_a_size_is_no_word() -> None:
    page = paper()
    word(page, 300, 150, 1)
    word(page, 600, 150, 1)
    word(page, 300, 400, 1, 60)
    word(page, 356, 400, 1)
    word(page, 300, 600, 4, 8)
    word(page, 300, 900, 2, 140)
    assert lost_rows(page, DPI, []) == []


def test_a_printed_code_is_no_words() -> None:
    page = paper()
    for number in range(20):
        word(page, 100 + 90 * (number % 5), 100 + 90 * (number // 5), 2)
    assert lost_rows(page, DPI, []) == []


def line(row: Row, confidence: float) -> tuple[Row, ReadLine]:
    return row, ReadLine((Word(text="กขค", box=row.box, confidence=confidence),), row.box)


def test_what_was_read_unsurely_within_a_sure_line_istold_once() -> None:
    typed = Row(Box(100, 180, 800, 230), 225.0, 30.0)
    marks = Row(Box(120, 172, 780, 186), 186.0, 12.0)
    below = Row(Box(100, 260, 800, 310), 305.0, 30.0)
    sure = line(typed, 0.93)
    assert told_once([line(marks, 0.3), sure]) == [sure]
    kept = [line(marks, 0.7), sure, line(below, 0.3)]
    assert told_once(kept) == kept
    unsure = [line(marks, 0.3), line(typed, 0.8)]
    assert told_once(unsure) == unsure
