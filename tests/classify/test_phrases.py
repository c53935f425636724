"""The matcher of phrases: what is a mark, what only looks like one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.classify.phrases import (
    BENIGN,
    DOUBT_LIKENESS,
    Letters,
    Sense,
    fold,
    holds_mark,
    likeness,
    read_run,
)
from schemas.secrecy import THAI_MARKS, Secrecy

THAI = st.text(alphabet=[chr(c) for c in (*range(0x0E01, 0x0E2F), *range(0x0E30, 0x0E3A))])
LOOK_ALIKES = {"ล": "ส", "บ": "ป", "ม": "น", "ก": "ถ", "ท": "ห", "ด": "ค"}
RAISED = "ัิีึื็่้๊๋์"


@pytest.mark.parametrize(("level", "mark"), THAI_MARKS.items())
@pytest.mark.parametrize("around", ["{}", "- {} -", "“{}”", "({})", " {}."])
def test_a_mark_in_any_dress_is_a_mark(level: Secrecy, mark: str, around: str) -> None:
    reading = read_run(around.format(mark))
    assert (reading.sense, reading.level) == (Sense.MARK, level)
    assert reading.likeness == 1.0


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("ลบ", Secrecy.CONFIDENTIAL),
        ("ล้บ", Secrecy.CONFIDENTIAL),
        ("ลับ มาก", Secrecy.SECRET),
        ("ลบมาก", Secrecy.SECRET),
        ("ลับนาก", Secrecy.SECRET),
        ("ลบทสด", Secrecy.TOP_SECRET),
        ("ลับ ที่ สุด", Secrecy.TOP_SECRET),
        ("ลับทีสุด", Secrecy.TOP_SECRET),
    ],
)
def test_marks_survive_what_readers_do_to_them(text: str, level: Secrecy) -> None:
    reading = read_run(text)
    assert (reading.sense, reading.level) == (Sense.MARK, level)


@pytest.mark.parametrize("phrase", BENIGN)
def test_benign_stamps_are_benign(phrase: str) -> None:
    assert read_run(phrase).sense is Sense.BENIGN


@pytest.mark.parametrize("text", ["ดวนทสด", "ด่วนที่สด", "ด่วนทีสุด", "ดวนมาก", "ดวน"])
def test_urgency_read_badly_stays_urgency(text: str) -> None:
    assert read_run(text).sense is Sense.BENIGN


@pytest.mark.parametrize(
    "text",
    [
        "เรื่องนี้เป็นความลับของทางราชการ",
        "ให้ส่งกลับภายในกำหนด",
        "ลำดับ",
        "พูดลับหลังผู้อื่น",
        "ข้อมูลลับทางการค้าของบริษัท",
        "ความลับ ไม่มีในโลกนี้",
    ],
)
def test_prose_is_no_mark(text: str) -> None:
    assert read_run(text).sense is not Sense.MARK


@pytest.mark.parametrize(
    "text",
    [
        *("ลับเฉพาะ", "ปกปิด", "ยกเลิกชั้นความลับ", "TOP SECRET", "CONFIDENTIAL"),
        *("Top Secret", "Confidential", "confidentia1", "Restricted:", "Secret document"),
    ],
)
def test_words_near_to_a_mark_are_doubtful(text: str) -> None:
    assert read_run(text).sense is Sense.DOUBT


@pytest.mark.parametrize("text", ["ที่สุด", "ลับที่", "บที่สุด"])
def test_what_is_left_of_the_longest_mark_suspects_the_highest_level(text: str) -> None:
    reading = read_run(text)
    assert reading.sense in (Sense.MARK, Sense.DOUBT, Sense.FRAGMENT)
    assert reading.level is Secrecy.TOP_SECRET


def test_sara_am_is_one_letter_however_it_is_written() -> None:
    assert fold("ห้ามทํ\u0e32ลาย") == fold("ห้ามทำลาย")


def test_a_mark_within_other_words_is_seen() -> None:
    assert holds_mark("ยกเ  มลับ")
    assert not holds_mark("มิให้มีการพูดลับหลัง")
    assert not holds_mark("ระเบียบว่าด้วยการรักษาความลับของทางราชการ พ.ศ. ๒๕๔๔")


@given(THAI, THAI)
def test_likeness_is_symmetrical_and_bounded(a: str, b: str) -> None:
    assert 0.0 <= likeness(a, b) <= 1.0
    assert likeness(a, b) == pytest.approx(likeness(b, a))
    assert likeness(a, a) == 1.0


@given(st.sampled_from(list(THAI_MARKS)), st.data())
def test_one_look_alike_or_one_lost_sign_never_hides_a_mark(
    level: Secrecy, data: st.DataObject
) -> None:
    letters = list(THAI_MARKS[level])
    place = data.draw(st.integers(0, len(letters) - 1))
    letters[place] = "" if letters[place] in RAISED else LOOK_ALIKES.get(letters[place], "")
    reading = read_run("".join(letters))
    assert reading.sense in (Sense.MARK, Sense.DOUBT, Sense.FRAGMENT)
    assert reading.level is not None
    assert reading.level >= level


@given(st.sampled_from(list(THAI_MARKS.values())), st.text(alphabet="กขคงจชดตนปพยรวหอ", min_size=7))
def test_a_mark_that_runs_on_into_other_words_is_no_mark(mark: str, rest: str) -> None:
    assert read_run(mark + rest).sense is not Sense.MARK


NEAR = st.text(alphabet="ลสฉบปมนกถดคทหที่สุดาำ", max_size=10)


@given(NEAR, st.sampled_from([*THAI_MARKS.values(), *BENIGN]).map(fold))
def test_no_phrase_is_passed_over_that_the_text_resembles(text: str, phrase: str) -> None:
    if likeness(text, phrase) >= DOUBT_LIKENESS:
        assert Letters.of(text).comparable(Letters.of(phrase))


@given(st.data())
def test_a_mark_with_letters_lost_is_not_passed_over(data: st.DataObject) -> None:
    mark = fold(data.draw(st.sampled_from(list(THAI_MARKS.values()))))
    text = "".join(LOOK_ALIKES.get(c, c) for c in mark if data.draw(st.integers(0, 4)))
    if likeness(text, mark) >= DOUBT_LIKENESS:
        assert Letters.of(text).comparable(Letters.of(mark))
