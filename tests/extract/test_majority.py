"""Five readings of a line into one: only what was read is told, and doubt shows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.extract.layout import Run, Sheet
from plugins.extract.majority import (
    UNANIMOUS,
    agreement,
    majority,
    retold,
    settled,
    with_lent,
)
from schemas.thaitext import tidy
from tests.extract.typed import typed

lines = st.text("กขคงี่้ ๑๒๓", max_size=12).map(lambda text: tidy(" ".join(text.split())))


@pytest.mark.parametrize(
    ("readings", "told"),
    [
        (("ท้องถิน", "ท้องถิ่น", "ท้องถิ่น"), "ท้องถิ่น"),
        (("ท้องถิน", "ท้องถิ่น", "ทองถิ่น"), "ท้องถิ่น"),
        (("สภาพนแวดล้อม", "สภาพแวดล้อม", "สภาพแวดล้อม"), "สภาพแวดล้อม"),
        (("ครั้งที่ ๓/๒๕๖๙", "ครั้งที่ ๓/๒๕๖๙", ""), "ครั้งที่ ๓/๒๕๖๙"),
    ],
)
def test_what_most_readings_have_is_told(readings: tuple[str, ...], told: str) -> None:
    assert majority(readings) == told
    assert settled(readings) == told


def test_blanks_are_told_by_most_and_no_doubt() -> None:
    readings = ("ต่าง ๆ เช่น", "ต่างๆ เช่น", "ต่าง ๆ เช่น")
    assert majority(readings) == "ต่าง ๆ เช่น"
    assert agreement(majority(readings), readings) == UNANIMOUS


@pytest.mark.parametrize(
    ("readings", "told"),
    [
        (("นายอำเกอเมืองตาก", "นายอำเกอเมืองตาก", "นายอำเภอเมืองตาก"), "นายอำเภอเมืองตาก"),
        (("ปฏลัดจังหวัดลำพูน", "ปลัดจังหวัดลำพูน", "ปฏลัดจังหวัดลำพูน"), "ปลัดจังหวัดลำพูน"),
        (("งานที่ซ้าซ้อน", "งานที่ซ้ำซ้อน", "งานที่ซ้าซ้อน"), "งานที่ซ้ำซ้อน"),
    ],
)
def test_plain_words_win_over_what_is_none(readings: tuple[str, ...], told: str) -> None:
    wrong = majority(readings)
    assert wrong != told
    assert settled(readings) == told
    assert agreement(told, (wrong, told, wrong, told, wrong)) == UNANIMOUS
    assert agreement(told, (told, wrong, wrong, wrong, wrong)) < 0.85, "one reading is no proof"


@pytest.mark.parametrize(
    ("readings", "told"),
    [
        (("บ้านหนองฝ่าง", "บ้านหนองฝาง", "บ้านหนองฝ่าง"), "บ้านหนองฝ่าง"),
        (("ที่ มท ๐๘๙๒", "ที่ มา ๐๘๙๒", "ที่ มท ๐๘๙๒"), "ที่ มท ๐๘๙๒"),
        (("ครั้งที่ ๓", "ครั้งที่ ๗", "ครั้งที่ ๓"), "ครั้งที่ ๓"),
        (("สำนักงานจังหวัด", "จังหวัด", "สำนักงานจังหวัด"), "สำนักงานจังหวัด"),
        (("จังหวัดตาก", "สำนักงานจังหวัดตาก", "จังหวัดตาก"), "จังหวัดตาก"),
    ],
)
def test_words_settle_no_name_no_number_and_no_lost_word(
    readings: tuple[str, ...], told: str
) -> None:
    assert settled(readings) == told
    assert agreement(told, (*readings, *readings[:2])) < UNANIMOUS


def test_doubt_about_a_label_is_none_about_its_value() -> None:
    readings = ("เรอง การประชุม", "เรื่อง การประชุม", "เรอง การประชุม")
    assert agreement("เรอง การประชุม", readings, len("เรอง ")) == UNANIMOUS
    right, wrong = "เรอง การประชุม ๑", "เรื่อง การประชุม ๗"
    assert agreement(right, (right, wrong, wrong, right, right), len("เรอง ")) < UNANIMOUS


def test_what_one_crop_alone_shows_is_no_doubt_and_what_the_page_shows_is() -> None:
    right, wrong = "ครั้งที่ ๓", "ครั้งที่ ๗"
    assert agreement(right, (right, right, wrong, right, right)) == UNANIMOUS
    assert agreement(right, (wrong, right, right, right, right)) < UNANIMOUS
    assert agreement(right, (right, wrong, wrong, right, right)) < UNANIMOUS


def test_a_lone_crop_that_makes_plainer_words_is_not_overheard() -> None:
    told, other = "บ้านหัวยขวัญ", "บ้านห้วยขวัญ"
    assert agreement(told, (told, told, other, told, told)) < 0.85
    assert agreement(other, (other, other, told, other, other)) == UNANIMOUS


def test_plain_words_that_one_reading_has_are_doubted_where_another_has_others() -> None:
    """Though words speak against the rest, which is not of one mind with either."""
    page, rest, crop = (f"({word}ผู้ขอรับบริการ" for word in ("มีมี", "ม่มี", "ไม่มี"))
    readings = (page, rest, rest, crop, rest)
    assert agreement(page, readings) < 0.85
    assert agreement(crop, readings) < 0.85


@given(lines, lines)
def test_two_like_readings_outvote_the_third(line: str, other: str) -> None:
    plain = majority([line, line, line])
    assert majority([line, other, line]) == plain
    assert agreement(plain, [line, line, line]) == UNANIMOUS


@given(lines, lines, lines)
def test_no_letter_is_told_that_nobody_read(first: str, second: str, third: str) -> None:
    read = set(first + second + third + " ")
    assert set(majority([first, second, third])) <= read
    assert set(settled([first, second, third])) <= read


@given(st.sampled_from(["ที่ ตก ๐๐๒๓/๑", "เรื่อง การ", "ก"]), lines)
def test_a_line_told_anew_stays_in_its_place(old: str, new: str) -> None:
    run = line_of(old)
    told = retold(run, new, 0.5)
    if not new:
        assert told is None
        return
    assert told is not None
    assert "".join(told.text.split()) == "".join(Run(told.words, 1).text.split())
    assert run.box.left <= told.box.left < told.box.right <= run.box.right + 1
    assert (told.box.top, told.box.bottom) == (run.box.top, run.box.bottom)
    assert told.confidence == pytest.approx(0.5)


def test_words_keep_the_places_of_their_letters() -> None:
    run = line_of("เรือง การศึกษา")
    told = retold(run, "เรื่อง การ ศึกษา", 0.9)
    assert told is not None
    assert [word.text for word in told.words] == ["เรื่อง", "การ", "ศึกษา"]
    assert told.words[0].box == run.words[0].box
    assert told.words[1].box.left == run.words[1].box.left
    assert told.words[2].box.right == run.words[1].box.right


def line_of(text: str) -> Run:
    return Sheet.of(typed((3.0, 5.0, text))).runs[0]


@pytest.mark.parametrize(
    ("own", "other", "lent"),
    [
        ("ระบบ CCTV ในเขต", "ระบบ ๐๐ฬ ในเขด", "ระบบ CCTV ในเขด"),
        ("ระบบ CCTV", "ระบบ ๐๐ฬ/ฯฯ", "ระบบ CCTV"),
        ("CCTV ในเขต", "ฬ ในเขต", "CCTV ในเขต"),
        ("ระบบ CCTV ในเขต", "ระบบ CCTV ในเขต", "ระบบ CCTV ในเขต"),
    ],
)
def test_what_a_reading_cannot_know_is_lent_to_it(own: str, other: str, lent: str) -> None:
    start = own.index("CCTV")
    assert with_lent(own, other, [(start, start + 4)]) == lent
