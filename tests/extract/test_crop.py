"""Lines are cut with their marks, and without what reaches in from their neighbours."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from pipeline.fonts import thai_font
from pipeline.pixels import Gray
from plugins.extract.crop import cropped, parted, set_off, slanted, tight, widened
from schemas.page import Box

DPI = 200.0
LINE = Box(40, 108, 500, 136)
"""Around the letters of the middle line, without its marks."""


def drawn(*lines: tuple[int, str], dots: bool = False) -> Gray:
    """Text at baselines, 45 pixels of type."""
    sheet = Image.new("L", (600, 240), 255)
    pen = ImageDraw.Draw(sheet)
    font = ImageFont.truetype(str(thai_font()), 45, layout_engine=ImageFont.Layout.RAQM)
    for baseline, text in lines:
        pen.text((40, baseline), text, font=font, fill=0, anchor="ls")
    for left in range(40, 560, 11) if dots else ():
        pen.ellipse((left, 142, left + 2, 144), fill=0)
    return np.asarray(sheet, np.uint8)


def test_marks_above_the_box_are_cut_with_the_line() -> None:
    marked, bare = drawn((135, "ที่ ผู้ ป้า")), drawn((135, "ทา ผา ปา"))
    ink = [(cropped(page, LINE, DPI)[:35] < 128).sum() for page in (marked, bare)]
    assert ink[0] > ink[1]
    assert (cropped(marked, LINE, DPI)[0] > 128).all(), "nothing is cut off above"


def test_ink_of_other_lines_is_painted_over() -> None:
    alone = cropped(drawn((135, "การประชุม")), LINE, DPI)
    crowded = cropped(drawn((78, "กฎ ฤๅ ฎุ"), (135, "การประชุม"), (192, "ที่นี่ ปี้")), LINE, DPI)
    assert alone.shape == crowded.shape
    assert np.count_nonzero((alone < 128) != (crowded < 128)) < 0.1 * (alone < 128).sum()


def test_leader_dots_are_painted_over() -> None:
    plain, dotted = drawn((135, "ตก ๐๐๒๓/๑")), drawn((135, "ตก ๐๐๒๓/๑"), dots=True)
    low = slice(-20, None)
    assert (cropped(dotted, LINE, DPI)[low] < 128).sum() <= (
        cropped(plain, LINE, DPI)[low] < 128
    ).sum() + 8


def test_letters_next_to_a_box_too_short_are_cut_with_the_line() -> None:
    page = drawn((135, "ตก ๐๐๒๓/๑"))
    ink = np.flatnonzero((page < 128).any(axis=0))
    whole = cropped(page, Box(ink[0], 108, ink[-1] + 1, 136), DPI)
    short = cropped(page, Box(ink[0] + 12, 108, ink[-1] - 12, 136), DPI)
    assert abs(whole.shape[1] - short.shape[1]) <= 2
    far = cropped(page, Box(ink[0], 108, ink[-1] - 120, 136), DPI)
    assert far.shape[1] < whole.shape[1] - 40


def test_paper_is_added_below_a_line_that_is_set_off() -> None:
    crop = cropped(drawn((135, "การประชุม")), LINE, DPI)
    off = set_off(crop)
    assert off.shape[0] > 1.05 * crop.shape[0]
    assert (off[: len(crop)] == crop).all()
    assert (off[len(crop) :] > 200).all()


def test_a_label_is_parted_from_its_value_though_its_box_reaches_into_it() -> None:
    for dots in (False, True):
        page = drawn((135, "ที่   ตก ๐๐๒๓/๑"), dots=dots)
        ink = np.flatnonzero((page[:128] < 128).any(axis=0))
        ends = ink[np.flatnonzero(np.diff(ink) > 10)]
        label, value = Box(40, 108, int(ends[0]) + 22, 136), Box(int(ends[0]) + 40, 108, 330, 136)
        start = parted(page, label, value, DPI)
        assert start is not None
        assert ends[0] < start < ink[ink > ends[0]][0]
        line = Box(40, 108, 330, 136)
        widths = [cropped(page, line, DPI, first).shape[1] for first in (start, 0)]
        assert widths[1] - widths[0] > start - 40


def test_a_label_that_touches_its_value_is_not_parted() -> None:
    page = drawn((135, "เรื่องการประชุมการประชุม"))
    assert parted(page, Box(40, 108, 90, 136), Box(92, 108, 330, 136), DPI) is None


def test_a_tight_line_loses_paper_and_no_ink() -> None:
    crop = cropped(drawn((135, "ที่ปรึกษาผู้ว่าราชการ กู้ชีพ")), LINE, DPI)
    closer = tight(crop)
    assert closer.shape[0] < 0.9 * crop.shape[0]
    assert (closer < 128).sum() == (crop < 128).sum()


def test_a_widened_line_is_as_high_and_wider() -> None:
    crop = cropped(drawn((135, "ปี ปี ปี")), LINE, DPI)
    wide = widened(crop)
    assert wide.shape[0] == crop.shape[0]
    assert wide.shape[1] > 1.1 * crop.shape[1]


def test_slanted_lines_keep_their_place_and_paper() -> None:
    crop = cropped(drawn((135, "ปี ปี ปี")), LINE, DPI)
    leaning = slanted(crop)
    assert leaning.shape == crop.shape
    rows = np.flatnonzero((crop < 128).any(axis=1))

    def centre(picture: Gray, row: int) -> float:
        return float(np.flatnonzero(picture[row] < 128).mean())

    top, bottom = int(rows[2]), int(rows[-3])
    moved = [centre(leaning, row) - centre(crop, row) for row in (top, bottom)]
    assert abs(moved[0] - moved[1]) > 1.0
    assert (leaning[:, 0] > 200).all()


def test_an_empty_box_is_no_mistake() -> None:
    assert (cropped(drawn(), LINE, DPI) == 255).all()
