"""Lines that begin like a label, and lists whose entries bear no number."""

import pytest

from plugins.extract.found import Found
from plugins.extract.heads import read_head
from plugins.extract.layout import Sheet
from schemas.letterfacts import AttachmentLine
from tests.extract.typed import centred, typed

SURE = 0.85
PROSE = (
    (5.5, 14.2, "ตามหนังสือที่อ้างถึง จังหวัดตากได้แจ้งให้อำเภอสำรวจพื้นที่เสี่ยงและรายงานผล"),
    (3.0, 15.0, "ให้แล้วเสร็จภายในกำหนดเพื่อมิให้เกิดความเสียหายแก่ราชการและประชาชนในพื้นที่นั้น"),
)
FULL = "ขอความร่วมมือสำรวจข้อมูลสถานศึกษาในสังกัดจังหวัดที่จัดการ"


@pytest.mark.parametrize("left", [4.1, 4.6])
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("ขอความร่วมมือสำรวจข้อมูลสถานศึกษาที่จัดการ", "เรียนการสอนออนไลน์ ประจำปีการศึกษา ๒๕๖๙"),
        ("ขอเชิญเข้าร่วมโครงการพัฒนาแหล่ง", "เรียนรู้ชุมชน"),
        ("รายงานผลการดำเนินงานตั้งแต่เดือนมกราคม", "ถึง เดือนมีนาคม ๒๕๖๙"),
        ("ขอเชิญประชุมชี้แจงแนวทางปฏิบัติงานเพื่อ", "รับทราบนโยบายของจังหวัด"),
        ("การจัดซื้อครุภัณฑ์ตามระเบียบที่", "อ้างถึงในประกาศ"),
    ],
)
def test_a_line_of_the_subject_may_begin_like_a_label(first: str, second: str, left: float) -> None:
    head = read_head(
        Sheet.of(
            typed(
                (3.0, 7.6, f"เรื่อง {first}"),
                (left, 8.4, second),
                (3.0, 9.4, "เรียน นายอำเภอทุกอำเภอ"),
                (3.0, 10.2, "อ้างถึง หนังสือจังหวัดตาก"),
                *PROSE,
            )
        )
    )
    assert head.subject
    assert head.addressee
    assert head.references
    assert (head.subject.value, head.addressee.value) == (f"{first}{second}", "นายอำเภอทุกอำเภอ")
    assert head.references.value == ("หนังสือจังหวัดตาก",)
    assert min(head.subject.trust, head.addressee.trust) > SURE


@pytest.mark.parametrize(
    ("first", "second", "addressee"),
    [
        (FULL, "เรียนการสอนออนไลน์", "เรียน นายอำเภอทุกอำเภอ"),
        (FULL, "เรียน การสอนออนไลน์", "เรียน นายอำเภอทุกอำเภอ"),
        (FULL, "ถึง เดือนมีนาคม ๒๕๖๙", "เรียน นายอำเภอทุกอำเภอ"),
        (FULL + "เรียนรู้ร่วมกันทั้งจังหวัด", "เรียนการสอนออนไลน์", "เรียบ นายอำเภอทุกอำเภอ"),
    ],
)
def test_subject_and_addressee_are_doubted_where_two_lines_may_name_the_addressee(
    first: str, second: str, addressee: str
) -> None:
    """The subject goes on below its own label, where an addressee may begin."""
    head = read_head(
        Sheet.of(
            typed((3.0, 7.6, f"เรื่อง {first}"), (3.0, 8.4, second), (3.0, 9.4, addressee), *PROSE)
        )
    )
    assert head.subject
    assert head.addressee
    assert max(head.subject.trust, head.addressee.trust) < SURE


@pytest.mark.parametrize(
    ("left", "top", "line"),
    [
        (3.0, 9.4, "เรื่องเดิม"),
        (3.0, 10.4, "เรื่องที่เสนอ"),
        (3.0, 9.4, "เรียนเสนอ"),
        (5.5, 9.8, "เรื่อง การประชุมดังกล่าวข้างต้นขอเรียนว่า"),
    ],
)
def test_what_opens_the_body_makes_nothing_doubtful(left: float, top: float, line: str) -> None:
    page = typed(
        (3.0, 7.6, "เรื่อง ขออนุมัติจัดโครงการ"),
        (3.0, 8.6, "เรียน ปลัดจังหวัดตาก"),
        (left, top, line),
        *PROSE,
    )
    head = read_head(Sheet.of(page))
    assert head.subject
    assert head.addressee
    assert (head.subject.value, head.addressee.value) == ("ขออนุมัติจัดโครงการ", "ปลัดจังหวัดตาก")
    assert min(head.subject.trust, head.addressee.trust) > SURE


@pytest.mark.parametrize("second", ["ออนไลน์ ประจำปี ๒๕๖๙", "เรียนการสอนออนไลน์"])
def test_a_subject_is_doubted_whose_next_line_stands_where_none_of_its_lines_does(
    second: str,
) -> None:
    page = typed(
        (3.0, 7.6, "เรื่อง สำรวจข้อมูลสถานศึกษาที่จัดการ"),
        (3.6, 8.4, second),
        (3.0, 9.4, "เรียน นายอำเภอทุกอำเภอ"),
        *PROSE,
    )
    head = read_head(Sheet.of(page))
    assert head.subject
    assert head.addressee
    assert head.addressee.value == "นายอำเภอทุกอำเภอ"
    assert head.subject.trust < SURE


def test_a_label_that_is_joined_to_its_value_is_one() -> None:
    page = typed((3.0, 7.6, "เรื่องการประชุม"), (3.0, 8.6, "เรียนนายอำเภอทุกอำเภอ"), *PROSE)
    head = read_head(Sheet.of(page))
    assert head.subject
    assert head.addressee
    assert (head.subject.value, head.addressee.value) == ("การประชุม", "นายอำเภอทุกอำเภอ")
    assert min(head.subject.trust, head.addressee.trust) > SURE


def sent(*lines: str, left: float = 6.2) -> Found[tuple[AttachmentLine, ...]]:
    below = [(left, 9.4 + 0.8 * n, line) for n, line in enumerate(lines[1:], 1)]
    page = typed(
        centred(2.0, "บันทึกข้อความ"),
        (3.0, 7.6, "เรื่อง การเตรียมความพร้อม"),
        (3.0, 8.4, "เรียน นายอำเภอทุกอำเภอ"),
        (3.0, 9.4, f"สิ่งที่ส่งมาด้วย {lines[0]}"),
        *below,
        *PROSE,
    )
    found = read_head(Sheet.of(page)).attachments
    assert found
    return found


ORDER, REPLY = "สำเนาคำสั่งจังหวัดตาก จำนวน ๑ ฉบับ", "แบบตอบรับ จำนวน ๑ แผ่น"


@pytest.mark.parametrize(
    "lines",
    [
        (ORDER, REPLY),
        (f"- {ORDER}", f"- {REPLY}"),
        (f"-{ORDER}", f"-{REPLY}"),
        (f"(๑) {ORDER}", f"(๒) {REPLY}"),
        (f"๑) {ORDER}", f"๒) {REPLY}"),
        (f"๑. {ORDER}", f"๒. {REPLY}"),
        ("สำเนาคำสั่งจังหวัดตาก จำนวน ๑", "ฉบับ", REPLY),
    ],
)
def test_entries_are_told_apart_by_number_by_dash_and_by_their_copies(
    lines: tuple[str, ...],
) -> None:
    found = sent(*lines)
    assert [(line.title, line.copies) for line in found.value] == [
        ("สำเนาคำสั่งจังหวัดตาก", 1),
        ("แบบตอบรับ", 1),
    ]
    assert found.trust > SURE


@pytest.mark.parametrize(
    "lines",
    [
        (ORDER, "แบบตอบรับ"),
        (ORDER, "แบบรายงานผลการดำเนินการประจำเดือนของทุกอำเภอใน", "จังหวัด จำนวน ๑ แผ่น"),
        ("สำเนาคำสั่งจังหวัดตาก", "แบบตอบรับ"),
        (f"๑. {ORDER}", f"๒. {REPLY}", ORDER),
        (f"(๒) {ORDER}", f"(๓) {REPLY}"),
    ],
)
def test_a_list_that_may_have_more_entries_is_doubted(lines: tuple[str, ...]) -> None:
    assert sent(*lines).trust < SURE


def test_an_entry_that_begins_where_a_paragraph_does_is_doubted() -> None:
    found = sent(ORDER, REPLY, left=5.6)
    assert [line.title for line in found.value] == ["สำเนาคำสั่งจังหวัดตาก", "แบบตอบรับ"]
    assert found.trust < SURE


@pytest.mark.parametrize(
    "lines",
    [
        ("แผนปฏิบัติการป้องกันและแก้ไขปัญหาไฟป่าและหมอกควันของจังหวัดตากและทุก", "อำเภอ ประจำปี ๒๕๖๙"),
        ("แบบรายงานผลการดำเนินการ", "จำนวน ๑ แผ่น"),
        ("แบบรายงานผลการดำเนินการ จำนวน", "๑ แผ่น"),
    ],
)
def test_a_lone_entry_of_two_lines_is_sure(lines: tuple[str, ...]) -> None:
    found = sent(*lines)
    assert len(found.value) == 1
    assert found.trust > SURE
