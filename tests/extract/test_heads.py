"""Marks beside the fields of the head, and the names of its sender."""

import pytest

from plugins.extract.heads import read_head
from plugins.extract.layout import Sheet
from schemas.letter import Urgency
from schemas.page import PageText
from schemas.secrecy import THAI_MARKS
from tests.extract.typed import centred, stamped, typed

SURE = 0.85
Typed = tuple[float, float, str]


def letter(
    *lines: Typed, number: str = "ที่ ตก ๐๐๒๓.๓/ว ๐๐๒๖", date: str = "๑๙ มกราคม ๒๕๖๙"
) -> PageText:
    return typed(
        *lines,
        (3.0, 4.8, number),
        (13.0, 4.8, "ศาลากลางจังหวัดตาก"),
        (13.0, 5.6, "ถนนพหลโยธิน ตก ๖๓๐๐๐"),
        (10.5, 6.6, date),
        (3.0, 7.6, "เรื่อง การเตรียมความพร้อม"),
        (3.0, 8.6, "เรียน นายอำเภอทุกอำเภอ"),
        (5.5, 10.2, "ตามหนังสือที่อ้างถึง จังหวัดตากได้แจ้งให้อำเภอสำรวจพื้นที่เสี่ยง"),
    )


@pytest.mark.parametrize(
    ("read", "urgency"),
    [
        ("ด่วนที่สุด ที่ ตก ๐๐๑๗.๑/๖๘๙", Urgency.MOST_URGENT),
        ("ด่วน ที่สุด ที่ ตก ๐๐๑๗.๑/๖๘๙", Urgency.MOST_URGENT),
        ("ด่วนทีสด ที่ ตก ๐๐๑๗.๑/๖๘๙", Urgency.MOST_URGENT),
        ("ด่วนที่สุก ที่ ตก ๐๐๑๗.๑/๖๘๙", Urgency.MOST_URGENT),
        ("ด่วนที่สุดที่ ตก ๐๐๑๗.๑/๖๘๙", Urgency.MOST_URGENT),
        ("[ด่วนที่สุด] ที่ ตก ๐๐๑๗.๑/๖๘๙", Urgency.MOST_URGENT),
        ("ด่วนมาก ที่ ตก ๐๐๑๗.๑/๖๘๙", Urgency.VERY_URGENT),
        ("ด่วน ที่ ตก ๐๐๑๗.๑/๖๘๙", Urgency.URGENT),
        ("ที่ ตก ๐๐๑๗.๑/๖๘๙ ด่วนที่สุด", Urgency.MOST_URGENT),
    ],
)
def test_a_mark_of_urgency_in_one_line_with_the_number_hides_neither(
    read: str, urgency: Urgency
) -> None:
    head = read_head(Sheet.of(letter(number=read)))
    assert head.number
    assert head.urgency
    assert (str(head.number.value), head.urgency.value) == ("ตก 0017.1/689", urgency)
    assert min(head.number.trust, head.urgency.trust) > SURE


def test_letters_of_an_agency_behind_a_mark_are_no_part_of_it() -> None:
    head = read_head(Sheet.of(letter(number="ด่วน ที่ สธ ๐๐๑๗.๑/๖๘๙")))
    assert head.number
    assert head.urgency
    assert (str(head.number.value), head.urgency.value) == ("สธ 0017.1/689", Urgency.URGENT)


def test_an_hour_behind_the_day_of_a_letter_without_a_mark_is_no_deadline() -> None:
    head = read_head(Sheet.of(letter(date="๑๙ มกราคม ๒๕๖๙ เวลา ๐๙.๐๐ น.")))
    assert head.date
    assert head.date.value.day == 19


@pytest.mark.parametrize(
    ("title", "about"),
    [
        ("ประกาศจังหวัดตาก", "ประกวดราคาจ้างก่อสร้างถนน"),
        ("ประกาศโรงเรียนบ้านแม่ตาว", "รายชื่อผู้มีสิทธิเข้าสอบ"),
    ],
)
def test_what_a_paper_is_about_is_no_part_of_the_agency(title: str, about: str) -> None:
    page = typed(centred(5.0, title), centred(5.8, about), (5.5, 8.0, "ด้วยจังหวัดตากได้รับแจ้ง"))
    sender = read_head(Sheet.of(page)).sender
    assert sender
    assert title.endswith(sender.value)


@pytest.mark.parametrize("title", ["ด่วนที่สุด บันทึกข้อความ", "บันทึกข้อความ ด่วน"])
def test_a_mark_beside_the_title_of_a_memo_leaves_it_one(title: str) -> None:
    page = typed(centred(2.0, title), (3.0, 5.4, "เรื่อง ขออนุมัติ"), (3.0, 6.6, "เรียน ปลัดจังหวัด"))
    head = read_head(Sheet.of(page))
    assert head.memo
    assert head.urgency


@pytest.mark.parametrize(
    "lines",
    [
        [(3.0, 4.2, "ด่วนภายในวันที่ ๒๕ มกราคม ๒๕๖๙ เวลา ๑๒.๐๐ น.")],
        [(3.0, 4.2, "ด่วนภายใน ๒๕ มกราคม ๒๕๖๙")],
        [(3.0, 4.2, "ด่วน ภายในวันที่ ๒๕ มกราคม ๒๕๖๙")],
        [(3.0, 4.2, "ด่วนกายไบวันที่ ๒๕ มกราคม ๒๕๖๙")],
        [(3.0, 4.2, "ด่วนภายใน"), (7.0, 4.2, "๒๕ มกราคม ๒๕๖๙")],
        [(3.0, 4.2, "ด่วนภายใน"), (7.0, 4.2, "วันที่ ๒๕ มกราคม ๒๕๖๙ เวลา ๑๒.๐๐ น.")],
        [(3.0, 4.2, "ด่วนภายใน"), (3.0, 5.0, "วันที่ ๒๕ มกราคม ๒๕๖๙")],
    ],
)
def test_the_day_by_which_a_letter_must_arrive_is_not_its_own(lines: list[Typed]) -> None:
    blank = read_head(Sheet.of(letter(*lines, date="มกราคม ๒๕๖๙")))
    assert blank.date is None
    dated = read_head(Sheet.of(letter(*lines)))
    assert dated.date
    assert dated.urgency
    assert (dated.date.value.day, dated.date.trust > SURE) == (19, True)
    assert (dated.urgency.value, dated.urgency.trust < 0.5) == (Urgency.URGENT, True)


def test_a_mark_is_told_beside_a_day_by_which_the_letter_must_arrive() -> None:
    lines = ((3.0, 3.4, "ด่วนภายในวันที่ ๒๕ มกราคม ๒๕๖๙"), (3.0, 4.2, "ด่วนที่สุด"))
    head = read_head(Sheet.of(letter(*lines, date="มกราคม ๒๕๖๙")))
    assert head.date is None
    assert head.urgency
    assert (head.urgency.value, head.urgency.trust > SURE) == (Urgency.MOST_URGENT, True)


@pytest.mark.parametrize("read", ["ด่วนพิเศษ", "ด่วนทาสฎ", "ต่วน", "ค่วน"])
def test_what_begins_like_a_mark_and_is_none_is_a_guess(read: str) -> None:
    found = read_head(Sheet.of(letter((3.0, 3.6, read)))).urgency
    assert found
    assert (found.value, found.trust < 0.5) == (Urgency.URGENT, True)
    assert read_head(Sheet.of(letter())).urgency is None


def test_a_cited_letter_keeps_its_mark() -> None:
    page = typed(
        (3.0, 7.6, "เรื่อง การเตรียมความพร้อม"),
        (3.0, 8.4, "เรียน นายอำเภอทุกอำเภอ"),
        (3.0, 9.2, "อ้างถึง หนังสือกรมบัญชีกลางที่เวียนให้ทุกส่วนราชการทราบและถือปฏิบัติ"),
        (4.9, 10.0, "ด่วนที่สุด ที่ กค ๐๔๐๕.๒/ว ๑๑๙ ลงวันที่ ๗ มีนาคม ๒๕๖๑"),
    )
    head = read_head(Sheet.of(page))
    assert head.references
    assert "ด่วนที่สุด ที่ กค" in head.references.value[0]
    assert (head.number, head.urgency) == (None, None)


@pytest.mark.parametrize(
    "mark",
    ["ด่วนที่สุด", "ด่วนพิเศษ", "สำเนาคู่ฉบับ", "สำเนา", "สำเนาถูกต้อง", "ต้นฉบับ", *THAI_MARKS.values()],
)
def test_a_mark_above_the_letterhead_is_no_sender(mark: str) -> None:
    sender = read_head(Sheet.of(letter((13.0, 4.3, mark)))).sender
    assert sender
    assert sender.value == "ศาลากลางจังหวัดตาก"


@pytest.mark.parametrize(
    ("office", "sender"),
    [
        (
            "สำนักงานคณะกรรมการกิจการโทรทัศน์และกิจการโทรคมนาคม",
            "สำนักงานคณะกรรมการกิจการโทรทัศน์และกิจการโทรคมนาคม",
        ),
        ("องค์การโทรศัพท์แห่งประเทศไทย โทร. ๑๒๓๔", "องค์การโทรศัพท์แห่งประเทศไทย"),
        ("กองคลัง (งานพัสดุ โทร. ๑๒๓๔)", "กองคลัง (งานพัสดุ)"),
        ("กองคลัง (โทร. ๑๒๓๔)", "กองคลัง"),
        ("กองคลัง โทรศัพท์ ๐ ๕๕๕๑ ๓๘๖๙", "กองคลัง"),
        ("กองคลัง โทร ๗๗๒๒", "กองคลัง"),
        ("กองคลัง โทรฯ ๗๗๒๒", "กองคลัง"),
        ("กองคลัง โทร. ภายใน ๗๗๒๒", "กองคลัง"),
        ("กองคลัง โทร./โทรสาร ๗๗๒๒", "กองคลัง"),
        ("กองคลัง โทร.", "กองคลัง"),
    ],
)
def test_a_memos_telephone_is_no_part_of_its_agency(office: str, sender: str) -> None:
    page = typed(
        centred(2.0, "บันทึกข้อความ"), (3.0, 3.4, f"ส่วนราชการ {office}"), (3.0, 5.4, "เรื่อง ขออนุมัติ")
    )
    found = read_head(Sheet.of(page)).sender
    assert found
    assert found.value == sender


@pytest.mark.parametrize(
    ("lines", "sender"),
    [
        (("ประกาศคณะกรรมการพนักงานเทศบาล", "จังหวัดตาก"), "คณะกรรมการพนักงานเทศบาลจังหวัดตาก"),
        (("คำสั่งจังหวัดตาก", "ที่ ๑๒๓๔/๒๕๖๙"), "จังหวัดตาก"),
        (("ประกาศจังหวัดตาก", "ฉบับที่ ๒ (พ.ศ. ๒๕๖๙)"), "จังหวัดตาก"),
        (("ระเบียบจังหวัดตาก", "ว่าด้วยการใช้อาคาร"), "จังหวัดตาก"),
    ],
)
def test_a_title_may_need_more_than_one_line(lines: tuple[str, ...], sender: str) -> None:
    title = [centred(5.0 + 0.8 * n, line) for n, line in enumerate(lines)]
    page = typed(
        *title,
        centred(5.0 + 0.8 * len(lines), "เรื่อง วันหยุดทำการ"),
        (5.5, 10.0, "ด้วยจังหวัดตากกำหนดวันหยุดทำการเป็นกรณีพิเศษเพื่อให้ประชาชนทราบโดยทั่วกัน"),
        (3.0, 10.8, "จึงประกาศให้ทราบโดยทั่วกัน"),
    )
    found = read_head(Sheet.of(page)).sender
    assert found
    assert found.value == sender


@pytest.mark.parametrize(
    "label",
    ["เลขรับ ๑๐๗๒", "เลขรับที่ ๑๐๗๒", "รับที่ ๑๐๗๒", "รับที่........", "เลขรับ ฑธ", "เลขที่รับ", "เลขรับ๑๒"],
)
def test_the_day_of_a_receive_stamp_in_black_is_never_the_letters(label: str) -> None:
    stamp = ((7.0, 5.4, label), (7.0, 5.9, "วันที่ ๒๑ มกราคม ๒๕๖๙"))
    assert read_head(Sheet.of(letter(*stamp, date="มกราคม ๒๕๖๙"))).date is None


def test_the_day_of_a_receive_stamp_in_colour_is_never_the_letters() -> None:
    page = stamped(
        letter(date="มกราคม ๒๕๖๙"), (7.0, 5.4, "เลขรับธธ"), (7.0, 5.9, "วันที่ ๒๑ มกราคม ๒๕๖๙")
    )
    assert read_head(Sheet.of(page)).date is None
