"""Ink on ink: of one colour, and of another colour on a stamp."""

import numpy as np
import pytest

from bench.reading.stamps import INKS, Pixels, Stamp, lay
from plugins.classify.ink import flatten, inks, laid_twice
from plugins.classify.stamps import ColouredInk
from schemas.page import Box

DPI = 150
CENTRE = (300, 100)
TYPE = 20.0
"""Pixels from which print is higher than type."""
URGENT = Stamp("ด่วนที่สุด", "Norasi", 34, INKS["red"], frame="plain", wear=0.2)


def stamped(*stamps: Stamp) -> Pixels:
    """One stamp on the other."""
    sheet = np.full((200, 600, 3), 250, dtype=np.uint8)
    rng = np.random.default_rng(4)
    for stamp in stamps:
        lay(sheet, stamp.stencil(DPI, rng), CENTRE, stamp.colour)
    return sheet


def twice(sheet: Pixels) -> int:
    ink = inks(flatten(sheet))
    return laid_twice(ink.lightest, ink.red)


def red(sheet: Pixels) -> ColouredInk:
    ink = inks(sheet)
    return ColouredInk(ink.red, ink.red_alone, ink.but_red)


def test_ink_is_darker_where_it_lies_on_its_own_colour() -> None:
    beneath = Stamp("ลับ", "Norasi", 24, INKS["red"])
    assert twice(stamped(URGENT)) < 20
    assert twice(stamped(URGENT, beneath)) > 100


def test_black_ink_on_red_is_not_red_ink_laid_twice() -> None:
    type_across = Stamp("สิ่งที่ส่งมาด้วย", "Norasi", 16, INKS["black"], bold=False)
    assert twice(stamped(URGENT, type_across)) < 60


def test_other_ink_on_a_stamp_is_seen_unless_words_account_for_it() -> None:
    across = Stamp("ลับมาก", "Norasi", 21, INKS["black"], ink=0.6)
    sheet = stamped(URGENT, across)
    assert not red(stamped(URGENT)).foreign([], TYPE)
    assert red(sheet).foreign([], TYPE)
    assert not red(sheet).foreign([Box(200, 60, 400, 140)], TYPE)


def test_type_under_a_stamp_is_not_other_ink_on_it() -> None:
    type_across = Stamp("สิ่งที่ส่งมาด้วย", "Norasi", 14, INKS["black"], bold=False)
    assert not red(stamped(type_across, URGENT)).foreign([], TYPE)


def test_dark_coloured_ink_is_not_other_ink_on_itself() -> None:
    dark = Stamp("ด่วนที่สุด", "Norasi", 34, (145, 10, 15), frame="plain")
    assert red(stamped(dark)).figures
    assert not red(stamped(dark)).foreign([], TYPE)


@pytest.mark.parametrize(("light", "shown"), [(20, 20), (60, 60), (150, 41)])
def test_strongly_faded_ink_is_as_dark_as_fresh_print(light: int, shown: int) -> None:
    sheet = np.full((400, 400, 3), 255, np.uint8)
    sheet[100:300, 100:104] = light
    sheet[100:300, 200:260] = light
    assert int(inks(sheet).black.min()) == pytest.approx(shown, abs=8)
    assert inks(sheet).black[50, 50] == 255
