"""Numbers of letters and orders where they stand on the page."""

import pytest

from plugins.extract.heads import read_head
from plugins.extract.layout import Sheet
from plugins.extract.values import GUESSED
from schemas.page import PageText
from tests.extract.typed import centred, typed

PROSE = "ด้วยจังหวัดตากได้รับแจ้งจากหน่วยงานที่เกี่ยวข้องว่ามีความจำเป็นต้องดำเนินการ"


def letter(number: str) -> PageText:
    return typed(
        (3.0, 4.8, number),
        (13.0, 4.8, "ศาลากลางจังหวัดตาก"),
        (10.5, 6.6, "๑๙ มกราคม ๒๕๖๙"),
        (3.0, 7.6, "เรื่อง การเตรียมความพร้อมป้องกันไฟป่า"),
        (3.0, 8.6, "เรียน นายอำเภอทุกอำเภอ"),
        (5.5, 10.0, PROSE),
    )


def order(number: str) -> PageText:
    titles = ("คำสั่งจังหวัดตาก", number, "เรื่อง แต่งตั้งคณะกรรมการอำนวยการจัดงาน")
    lines = [centred(5.0 + 0.8 * row, title) for row, title in enumerate(titles)]
    return typed(*lines, (5.5, 9.0, PROSE))


@pytest.mark.parametrize(
    ("page", "number"),
    [
        (letter("ที่ ตก ๐๐๒๓.๓/ว ๐๐๒๖"), "ตก 0023.3/ว 0026"),
        (letter("ที่ กค (กวจ) ๐๔๐๕.๒/ว ๑๑๙"), "กค (กวจ) 0405.2/ว 119"),
        (letter("ที่ สป ๑๒๓/๒๕๖๙"), "สป 123/2569"),
        (order("ที่ ๑๒๓๔/๒๕๖๙"), "1234/2569"),
        (order("ที่ สป ๑๒๓/๒๕๖๙"), "สป 123/2569"),
        (order("ที่ ตก ๐๐๒๓/๒๕๖๙"), "ตก 0023/2569"),
        (order("ที่ พิเศษ ๑๓/๒๕๖๙"), "พิเศษ 13/2569"),
        (order("ที่ สป.มท. ๑๒๓/๒๕๖๙"), "สป.มท. 123/2569"),
        (order("ที่ อว ๖๔๐๓/๓๐๒๑"), "อว 6403/3021"),
        (order("ที่ ตก ๗๑๓๐๑/๒๕๖๙"), "ตก 71301/2569"),
    ],
)
def test_numbers_are_read_whole(page: PageText, number: str) -> None:
    found = read_head(Sheet.of(page)).number
    assert found is not None
    assert str(found.value) == number
    assert found.literal == 1.0


def test_on_an_order_the_year_is_no_running_number() -> None:
    on_order = read_head(Sheet.of(order("ที่ สป ๑๒๓/๒๕๖๙"))).number
    on_letter = read_head(Sheet.of(letter("ที่ สป ๑๒๓/๒๕๖๙"))).number
    assert on_order is not None
    assert on_letter is not None
    assert on_order.value.running == "123"
    assert on_letter.value.running == "2569"


@pytest.mark.parametrize(
    "page",
    [
        letter("ที่ ธปท.ฝกม.(๒๑) ว. ๑๒๓/๒๕๖๙"),
        letter("ที่ ABC ๑๒๓/๒๕๖๙"),
        order("ที่ ๑,๒๓๔/๒๕๖๙"),
        order("ที่ ๑ ๒๓๔/๒๕๖๙"),
    ],
)
def test_a_number_of_which_something_was_skipped_is_a_guess(page: PageText) -> None:
    found = read_head(Sheet.of(page)).number
    assert found is not None
    assert found.literal == GUESSED
