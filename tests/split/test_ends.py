"""How pages begin and end, and whether one goes on with another."""

import numpy as np
import pytest

from plugins.split.ends import Closing, Ends, closing_of, page_ends
from schemas.page import Line
from schemas.thaitext import skeleton
from tests.letters import letter_pages, make_letter
from tests.split.noise import OFFICE, read_runs
from tests.split.paper import CLOSING, LETTER, PROSE, line, numbered, page


@pytest.mark.parametrize(
    ("text", "closing"),
    [
        ("ขอแสดงความนับถือ", Closing.LETTER),
        ("ขอแสดงความนบถอ", Closing.LETTER),
        ("สั่ง ณ วันที่ ๑๖ เมษายน พ.ศ. ๒๕๖๙", Closing.PROCLAMATION),
        ("ประกาศ ณ วันที ๖ พฤษภาคม พ.ศ. ๒๕๖๙", Closing.PROCLAMATION),
        ("ประกาศจังหวัดตาก", None),
        ("จึงขอแสดงความนับถือมายังท่านผู้มีเกียรติทุกท่านที่ได้สละเวลามาร่วมงานในครั้งนี้", None),
    ],
)
def test_closing_words(text: str, closing: Closing | None) -> None:
    assert closing_of(skeleton(text)) is closing


@pytest.mark.parametrize(
    ("added", "signed"),
    [
        (CLOSING, True),
        (line("(นายกิตติภูมิ ไพรวนารักษ์)", 0.5, 0.7, 0.8), True),
        (line("นายกิตติภูมิ ไพรวนารักษ์)", 0.5, 0.7, 0.8), True),
        (line("โทร. ๐ ๕๕๕๑ ๗๗๒๒", 0.14, 0.9, 0.4), False),
        (line("(นายกิตติภูมิ ไพรวนารักษ์)", 0.14, 0.7, 0.4), False),
        (line("นายกิตติภูมิ ไพรวนารักษ์", 0.5, 0.7, 0.8), False),
        (line("ส่วนราชการ สำนักงานจังหวัด โทร. ๗๗๒๒", 0.14, 0.13), False),
        (PROSE, False),
    ],
)
def test_signed(added: Line, signed: bool) -> None:
    assert page_ends(page(1, *LETTER, added)).signed is signed


@pytest.mark.parametrize(
    ("catchword", "first_line", "called"),
    [
        ("/สัญญาณ ...", "สัญญาณอินเตอร์เน็ตต่อไป", True),
        ("/สญญาน ...", "สัญญาณอินเตอร์เน็ตต่อไป", True),
        ("สัญญาณ ...", "สัญญาณอินเตอร์เน็ตต่อไป", True),
        ("/ข้อ ๔ ...", "ข้อ ๔ ให้ผู้ว่าราชการจังหวัด", True),
        ("/ข้อ ๔ ...", "ผลกระทบจากสถานการณ์อุทกภัย", False),
        ("/สัญญาณ ...", "บริหารจัดการทรัพยากรน้ำ", False),
        ("/ก ...", "บริหารจัดการทรัพยากรน้ำ", None),
        ("สัญญาณ", "สัญญาณอินเตอร์เน็ตต่อไป", None),
    ],
)
def test_a_catchword_calls_for_the_next_page(
    catchword: str, first_line: str, called: bool | None
) -> None:
    before = page_ends(page(1, *LETTER, line(catchword, 0.75, 0.93)))
    after = page_ends(page(2, numbered("- ๒ -"), line(first_line, 0.14, 0.1), PROSE))
    assert before.calls_for(after) is called


@pytest.mark.parametrize(("word", "called"), [("/สัญญาณ ...", True), ("สัญญาณ ...", None)])
def test_a_catchword_ends_a_page_that_was_left_early(word: str, called: bool | None) -> None:
    before = page_ends(page(1, *LETTER, line(word, 0.75, 0.74)))
    after = page_ends(page(2, line("สัญญาณอินเตอร์เน็ตต่อไป", 0.14, 0.1), PROSE))
    assert before.calls_for(after) is called


def test_a_catchword_must_stand_in_the_first_lines() -> None:
    before = page_ends(page(1, *LETTER, line("/สัญญาณ ...", 0.75, 0.93)))
    text = line("สัญญาณอินเตอร์เน็ตต่อไป", 0.14, 0.3)
    marked = page_ends(page(2, line("ลับ", 0.48, 0.03), numbered("- ๒ -"), text, PROSE))
    assert before.calls_for(marked)
    late = page_ends(page(2, *(line("บริหารจัดการน้ำ", 0.14, 0.1 + n / 50) for n in range(3)), text))
    assert before.calls_for(late) is False


def test_two_scans_of_one_page_are_alike_and_two_pages_are_not() -> None:
    rng = np.random.default_rng(1)
    first, second = letter_pages(make_letter(6, length=9), rng)[0][:2]
    one, again, other = (
        page_ends(read_runs(art.runs, OFFICE, rng)) for art in (first, first, second)
    )
    assert one.same_page(again)
    assert not one.same_page(other)
    assert not Ends().same_page(Ends())
