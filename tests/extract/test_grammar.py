"""The grammar of letters on typed pages: which line is which field, and what is none."""

import pytest

from plugins.extract.agree import merged
from plugins.extract.heads import head_lines
from plugins.extract.judge import missing
from plugins.extract.layout import Sheet
from plugins.extract.readings import Told
from plugins.extract.tails import letter_sheets, read_tail, tail_lines
from schemas.letter import LetterForm, LetterKind, Urgency
from schemas.letterfacts import LetterFacts
from schemas.page import PageText
from tests.extract.typed import centred, typed

EXTERNAL = typed(
    (15.0, 0.8, "สำนักงานสารบรรณกลาง"),
    (15.0, 1.3, "เลขรับ ๑๐๗๒/๒๕๖๙"),
    (15.0, 1.8, "วันที่ ๒๑ มกราคม ๒๕๖๙"),
    (15.0, 2.3, "เวลา ๑๓.๔๔ น."),
    (5.0, 3.2, "ด่วนที่สุด"),
    (3.0, 4.8, "ที่ ตก ๐๐๒๓.๓/ว ๐๐๒๖"),
    (13.0, 4.8, "ศาลากลางจังหวัดตาก"),
    (13.0, 5.6, "ถนนพหลโยธิน ตก ๖๓๐๐๐"),
    (10.5, 6.6, "๑๙ มกราคม ๒๕๖๙"),
    (3.0, 7.6, "เรื่อง การเตรียมความพร้อมป้องกันและแก้ไขปัญหาไฟป่าและหมอก"),
    (4.2, 8.4, "ควัน ประจำปี ๒๕๖๙"),
    (3.0, 9.4, "เรียน นายอำเภอทุกอำเภอ"),
    (3.0, 10.4, "อ้างถึง หนังสือจังหวัดตาก ที่ ตก ๐๐๑๑/๙๙ ลงวันที่ ๒๔ ธันวาคม ๒๕๖๘"),
    (3.0, 11.4, "สิ่งที่ส่งมาด้วย ๑. แผนปฏิบัติการป้องกันไฟป่า จำนวน ๒ ชุด"),
    (6.2, 12.2, "๒. แบบรายงานผลการดำเนินการ จำนวน"),
    (6.2, 13.0, "๑ แผ่น"),
    (5.5, 14.2, "ตามหนังสือที่อ้างถึง จังหวัดตากได้แจ้งให้อำเภอสำรวจพื้นที่เสี่ยง"),
    (3.0, 15.0, "เรื่อง นี้ให้รายงานผลภายในวันที่ ๓๐ เมษายน ๒๕๖๙"),
    (11.5, 20.0, "ขอแสดงความนับถือ"),
    (10.5, 23.0, "(นายกิตติภูมิ ไพรวนารักษ์)"),
    (3.0, 25.0, "สำนักงานจังหวัด"),
    (3.0, 25.8, "กลุ่มงานอำนวยการ"),
    (3.0, 26.6, "โทร. ๐ ๕๕๕๑ ๓๘๖๙"),
)
MEMO = typed(
    centred(2.0, "บันทกขอความ"),
    (3.0, 3.4, "ส่วนราชการ สำนักงานจังหวัดตาก กลุ่มงานอำนวยการ โทร. ๗๗๒๒"),
    (3.0, 4.4, "ที่ ตก ๐๐๑๗.๑/๖๘๙........................"),
    (11.0, 4.4, "วันที่ ๒๗ กุมภาพันธ์ ๒๕๖๙"),
    (3.0, 5.4, "เรอง ขออนุมัติจัดโครงการฝึกอบรม"),
    (3.0, 6.6, "เรียน หัวหน้าสำนักงานจังหวัดตาก"),
    (5.5, 8.0, "๑. เรื่องเดิม ตามแผนปฏิบัติราชการประจำปีงบประมาณ"),
)
ORDER = typed(
    centred(5.0, "คำสั่งจังหวัดตาก"),
    centred(5.8, "ที่ ๑๒๓๔/๒๕๖๙"),
    centred(6.6, "เรื่อง แต่งตั้งคณะกรรมการอำนวยการจัดงาน"),
    centred(7.4, "วันสารบรรณไทย"),
    (5.5, 9.6, "ด้วยจังหวัดตากกำหนดจัดงานวันสารบรรณไทยในวันที่ ๘ พฤษภาคม ๒๕๖๙"),
    (3.0, 10.4, "เพื่อเผยแพร่ความรู้เกี่ยวกับงานสารบรรณและยกย่องเชิดชูเกียรติเจ้าหน้าที่"),
    (3.0, 11.2, "ผู้ปฏิบัติงานดีเด่นของจังหวัด"),
    (8.0, 14.0, "สั่ง ณ วันที่ ๓ เมษายน พ.ศ. ๒๕๖๙"),
    (10.0, 16.5, "(นายกิตติภูมิ ไพรวนารักษ์)"),
)
STAMPED = typed(
    (3.0, 4.8, "ที่ ตก ๐๐๒๓/๔๑"),
    (3.0, 6.0, "ถึง สำนักงานจังหวัดทุกจังหวัด"),
    (5.5, 7.4, "ด้วยจังหวัดตากขอส่งเอกสารเผยแพร่ ลงวันที่ ๑ มกราคม ๒๕๖๙"),
    (12.0, 12.0, "จังหวัดตาก"),
    (12.0, 12.8, "๑๕ กันยายน ๒๕๖๘"),
    (3.0, 25.0, "สำนักงานจังหวัด"),
    (3.0, 25.8, "โทร. ๐ ๕๕๕๑ ๓๘๖๙"),
)


def facts_of(*pages: PageText) -> LetterFacts:
    sheets = letter_sheets(tuple(Sheet.of(page) for page in pages))
    return merged(Told.once(sheets), printed=True)


def test_every_field_of_an_external_letter_is_found() -> None:
    facts = facts_of(EXTERNAL)
    assert facts.kind.value is LetterKind.EXTERNAL
    assert str(facts.number.value) == "ตก 0023.3/ว 0026"
    assert str(facts.date.value) == "19 มกราคม 2569"
    assert facts.subject.value == "การเตรียมความพร้อมป้องกันและแก้ไขปัญหาไฟป่าและหมอกควัน ประจำปี ๒๕๖๙"
    assert facts.addressee.value == "นายอำเภอทุกอำเภอ"
    assert facts.sender.value == "ศาลากลางจังหวัดตาก"
    assert facts.unit.value == "สำนักงานจังหวัด กลุ่มงานอำนวยการ"
    assert facts.signer.value == "นายกิตติภูมิ ไพรวนารักษ์"
    assert facts.urgency.value is Urgency.MOST_URGENT
    assert facts.references == ("หนังสือจังหวัดตาก ที่ ตก ๐๐๑๑/๙๙ ลงวันที่ ๒๔ ธันวาคม ๒๕๖๘",)
    assert [(a.ordinal, a.title, a.copies) for a in facts.attachments] == [
        (1, "แผนปฏิบัติการป้องกันไฟป่า", 2),
        (2, "แบบรายงานผลการดำเนินการ", 1),
    ]


def test_the_number_of_a_cited_letter_is_never_taken() -> None:
    lines = [line for line in EXTERNAL.lines if "๐๐๒๓.๓" not in line.text]
    facts = facts_of(EXTERNAL.model_copy(update={"lines": tuple(lines)}))
    assert facts.number.value is None
    assert facts.references


def test_the_day_of_receipt_is_never_taken() -> None:
    lines = [line for line in EXTERNAL.lines if line.text != "๑๙ มกราคม ๒๕๖๙"]
    facts = facts_of(EXTERNAL.model_copy(update={"lines": tuple(lines)}))
    assert facts.date.value is None


def test_a_memo_is_told_by_its_title_with_marks_lost() -> None:
    facts = facts_of(MEMO)
    assert facts.kind.value is LetterKind.INTERNAL
    assert str(facts.number.value) == "ตก 0017.1/689"
    assert str(facts.date.value) == "27 กุมภาพันธ์ 2569"
    assert facts.subject.value == "ขออนุมัติจัดโครงการฝึกอบรม"
    assert facts.addressee.value == "หัวหน้าสำนักงานจังหวัดตาก"
    assert facts.sender.value == "สำนักงานจังหวัดตาก กลุ่มงานอำนวยการ"


def test_an_order_has_its_day_behind_the_prose() -> None:
    facts = facts_of(ORDER)
    assert (facts.kind.value, facts.form.value) == (LetterKind.ORDER, LetterForm.COMMAND)
    assert str(facts.number.value) == "1234/2569"
    assert str(facts.date.value) == "3 เมษายน 2569"
    assert facts.subject.value == "แต่งตั้งคณะกรรมการอำนวยการจัดงานวันสารบรรณไทย"
    assert facts.sender.value == "จังหวัดตาก"


def test_an_order_dated_in_another_year_than_its_number_is_doubted() -> None:
    other = centred(5.8, "ที่ ๑๒๓๔/๒๕๖๘")
    lines = tuple(typed(other).lines[0] if "๑๒๓๔" in line.text else line for line in ORDER.lines)
    facts = facts_of(ORDER.model_copy(update={"lines": lines}))
    assert str(facts.number.value) == "1234/2568"
    assert max(facts.number.confidence, facts.date.confidence) <= 0.3


def test_a_stamped_letter_has_its_day_under_the_agency() -> None:
    facts = facts_of(STAMPED)
    assert facts.kind.value is LetterKind.STAMPED
    assert str(facts.number.value) == "ตก 0023/41"
    assert str(facts.date.value) == "15 กันยายน 2568"
    assert facts.addressee.value == "สำนักงานจังหวัดทุกจังหวัด"


def test_a_day_with_a_leading_nought_is_doubted() -> None:
    day = (12.0, 12.8, "๐๓ กันยายน ๒๕๖๘")
    lines = tuple(typed(day).lines[0] if "๑๕" in line.text else line for line in STAMPED.lines)
    sheets = (Sheet.of(STAMPED.model_copy(update={"lines": lines})),)
    told = Told.once(sheets)
    facts = merged(Told(told.heads * 5, told.tails * 5, told.head, told.tail))
    assert str(facts.date.value) == "3 กันยายน 2568"
    assert facts.number.confidence > 0.85 > facts.date.confidence


def test_texts_that_can_hardly_have_been_written_so_are_doubted() -> None:
    page = typed(
        (3.0, 4.8, "ที่ ตก ๐๐๒๓.๓/ว ๐๐๒๖"),
        (3.0, 6.6, "เรื่อง การเตรียมความพร้อมป้องกันไฟป่า"),
        (3.0, 7.6, "เรียน นายอำเกอทุกอำเภอ"),
        (3.0, 8.6, "สิ่งที่ส่งมาด้วย แบบลำรวจ จำนวน ๑ ชุด"),
    )
    read = merged(Told.once((Sheet.of(page),)))
    assert read.subject.confidence > 0.85 > read.addressee.confidence
    assert read.attachments_confidence < 0.85
    printed = facts_of(page)
    assert min(printed.addressee.confidence, printed.attachments_confidence) > 0.85


def test_names_of_persons_are_spelt_as_they_are() -> None:
    page = typed((3.0, 4.8, "ที่ ตก ๐๐๒๓/๑"), (3.0, 7.6, "เรียน นายปรเมศวร์ ดำรงวิทยา"))
    assert merged(Told.once((Sheet.of(page),))).addressee.confidence > 0.85


def test_a_lost_last_line_of_the_subject_is_doubted() -> None:
    lines = [line for line in EXTERNAL.lines if not line.text.startswith("ควัน")]
    facts = facts_of(EXTERNAL.model_copy(update={"lines": tuple(lines)}))
    assert facts.subject.confidence > 0.85, "its first line is not full"
    full = typed(
        (3.0, 7.6, "เรื่อง " + "การเตรียมความพร้อมป้องกันไฟป่าและหมอกควันในพื้นที่ทุกอำเภอของจังหวัดและพื้นที่")
    )
    lines = [full.lines[0] if line.text.startswith("เรื่อง การ") else line for line in lines]
    facts = facts_of(EXTERNAL.model_copy(update={"lines": tuple(lines)}))
    assert facts.subject.value
    assert facts.subject.confidence < 0.85


def test_an_entry_whose_unit_stands_on_the_next_line_ends_no_list() -> None:
    page = typed(
        (3.0, 4.8, "ที่ ตก ๐๐๒๓.๓/ว ๐๐๒๖"),
        (3.0, 6.6, "เรื่อง การเตรียมความพร้อม"),
        (3.0, 7.4, "เรียน นายอำเภอทุกอำเภอ"),
        (3.0, 8.2, "สิ่งที่ส่งมาด้วย ๑. กำหนดการและระเบียบวาระการประชุม จำนวน ๑"),
        (6.2, 9.0, "ชุด"),
        (6.2, 9.8, "๒. แบบสำรวจ จำนวน ๑ ชุด"),
        (5.5, 11.6, "ด้วยจังหวัดตากได้รับแจ้งจากหน่วยงานที่เกี่ยวข้องว่ามีความจำเป็น"),
        (3.0, 12.4, "ต้องดำเนินการตามเรื่องข้างต้นให้แล้วเสร็จภายในกำหนดเพื่อมิให้เกิดความเสียหาย"),
    )
    facts = facts_of(page)
    assert [(line.title, line.copies) for line in facts.attachments] == [
        ("กำหนดการและระเบียบวาระการประชุม", 1),
        ("แบบสำรวจ", 1),
    ]
    assert facts.attachments_confidence > 0.85


@pytest.mark.parametrize("numbers", [("๑",), ("๑", "๓"), ("๒", "๓")])
def test_a_list_that_lost_an_entry_is_doubted(numbers: tuple[str, ...]) -> None:
    entries = [f"{number}. แบบสำรวจ จำนวน ๑ ชุด" for number in numbers]
    below = [(6.2, 8.2 + 0.8 * n, text) for n, text in enumerate(entries[1:], 1)]
    page = typed((3.0, 7.4, "เรียน นายอำเภอทุกอำเภอ"), (3.0, 8.2, f"สิ่งที่ส่งมาด้วย {entries[0]}"), *below)
    facts = facts_of(page)
    assert len(facts.attachments) == len(numbers)
    assert facts.attachments_confidence < 0.85


def test_a_label_torn_in_two_leaves_nothing_in_its_value() -> None:
    lines = tuple(
        typed((3.0, 3.4, "ส่วนราชกา ร สำนักงานจังหวัดตาก")).lines[0]
        if line.text.startswith("ส่วนราชการ")
        else line
        for line in MEMO.lines
    )
    facts = facts_of(MEMO.model_copy(update={"lines": lines}))
    assert facts.sender.value == "สำนักงานจังหวัดตาก"


def test_a_memo_without_its_addressee_lacks_a_field() -> None:
    lines = tuple(line for line in MEMO.lines if "เรียน" not in line.text)
    facts = facts_of(MEMO.model_copy(update={"lines": lines}))
    present = frozenset({"kind", "number", "date", "subject"})
    assert facts.addressee.value is None
    assert missing(facts.kind.value, None, present) == ["addressee"]
    assert missing(LetterKind.ORDER, LetterForm.COMMAND, present) == []


def test_announcements_and_certificates_are_told_apart() -> None:
    notice = typed(
        centred(5.0, "ประกาศจังหวัดตาก"),
        centred(5.8, "เรื่อง วันหยุดทำการ"),
        (5.5, 8.0, "ด้วยจังหวัดตากกำหนดวันหยุดทำการเป็นกรณีพิเศษ"),
        (8.0, 12.0, "ประกาศ ณ วันที่ ๓ เมษายน พ.ศ. ๒๕๖๙"),
    )
    certificate = typed(
        (3.0, 4.8, "เลขที่ ๑๒/๒๕๖๙"),
        (13.0, 4.8, "ศาลากลางจังหวัดตาก"),
        (5.5, 8.0, "หนังสือฉบับนี้ให้ไว้เพื่อรับรองว่า นายสมมติ เป็นข้าราชการ"),
        (8.0, 12.0, "ให้ไว้ ณ วันที่ ๓ เมษายน พ.ศ. ๒๕๖๙"),
    )
    facts = facts_of(notice)
    assert (facts.kind.value, facts.form.value) == (
        LetterKind.ANNOUNCEMENT,
        LetterForm.ANNOUNCEMENT,
    )
    assert facts.number.value is None
    facts = facts_of(certificate)
    assert (facts.kind.value, facts.form.value) == (LetterKind.EVIDENCE, LetterForm.CERTIFICATE)
    assert str(facts.number.value) == "12/2569"
    assert str(facts.date.value) == "3 เมษายน 2569"


def test_prose_read_as_a_title_is_doubted_where_the_letter_certifies() -> None:
    page = typed(
        (3.0, 4.8, "เลขที่ ๑๒/๒๕๖๙"),
        (13.0, 4.8, "ศาลากลางจังหวัดตาก"),
        centred(8.0, "ประการที่ ๓ กรณีที่บันทึกข้อตกลงนี้"),
        (8.0, 12.0, "ให้ไว้ ณ วันที่ ๓ เมษายน พ.ศ. ๒๕๖๙"),
    )
    facts = facts_of(page)
    assert facts.kind.value is LetterKind.ANNOUNCEMENT
    assert facts.kind.confidence < 0.85


def test_attachments_are_no_part_of_the_letter() -> None:
    attachment = typed(
        (15.0, 2.0, "สิ่งทีส่งมาด้วย ๑"),
        (10.0, 20.0, "(นายอื่น คนละคน)"),
        (3.0, 25.0, "หน่วยงานอื่น"),
        (3.0, 25.8, "โทร. ๑๒๓"),
        number=2,
    )
    facts = facts_of(EXTERNAL, attachment)
    assert facts.signer.value == "นายกิตติภูมิ ไพรวนารักษ์"
    assert facts.unit.value == "สำนักงานจังหวัด กลุ่มงานอำนวยการ"


def test_a_blank_or_foreign_page_is_of_no_kind() -> None:
    facts = facts_of(typed((3.0, 3.0, "ตารางแสดงจำนวนครัวเรือน")))
    assert facts.kind.value is None
    assert facts.number.value is None
    assert facts_of(typed()).kind.value is None


def test_lists_end_where_the_prose_begins() -> None:
    """The prose stands as close and as far in as a further line of the list would."""
    page = typed(
        (3.0, 4.8, "ที่ ตก ๐๐๒๓.๓/ว ๐๐๒๖"),
        (10.5, 5.6, "๑๙ มกราคม ๒๕๖๙"),
        (3.0, 6.6, "เรื่อง การเตรียมความพร้อม"),
        (3.0, 7.4, "เรียน นายอำเภอทุกอำเภอ"),
        (3.0, 8.2, "อ้างถึง ๑. หนังสือจังหวัดตาก ที่ ตก ๐๐๑๑/๙๙ ลงวันที่ ๒๔ ธันวาคม"),
        (4.9, 9.0, "๒๕๖๘"),
        (4.7, 9.8, "๒. หนังสือจังหวัดตาก ที่ ตก ๐๐๑๑/๑ ลงวันที่ ๒ มกราคม ๒๕๖๙"),
        (3.0, 10.6, "สิ่งที่ส่งมาด้วย แบบสำรวจ จำนวน ๑ ชุด"),
        (5.5, 11.6, "ด้วยจังหวัดตากได้รับแจ้งจากหน่วยงานที่เกี่ยวข้องว่ามีความจำเป็น"),
        (3.0, 12.4, "ต้องดำเนินการตามเรื่องข้างต้นให้แล้วเสร็จภายในกำหนดเพื่อมิให้เกิดความเสียหาย"),
    )
    facts = facts_of(page)
    assert [(line.title, line.copies) for line in facts.attachments] == [("แบบสำรวจ", 1)]
    assert [reference[-4:] for reference in facts.references] == ["๒๕๖๘", "๒๕๖๙"]
    assert min(facts.references_confidence, facts.attachments_confidence) > 0.9


def test_a_list_ends_where_its_day_ends_though_the_line_breaks_inside_the_day() -> None:
    page = typed(
        (3.0, 4.8, "ที่ ตก ๐๐๒๓.๓/ว ๐๐๒๖"),
        (3.0, 7.4, "เรียน นายอำเภอทุกอำเภอ"),
        (3.0, 8.2, "อ้างถึง"),
        (5.1, 8.2, "หนังสือจังหวัดตาก ที่ มท ๐๒๗๖/๑๕๘๒ ลงวันที่ ๒๘"),
        (5.1, 8.9, "กุมภาพันธ์ ๒๕๖๙"),
        (5.5, 9.8, "ตามที่คณะกรรมการระดับจังหวัดได้มีมติในการประชุม"),
        (3.0, 10.5, "เมื่อต้นปีงบประมาณให้ทุกส่วนราชการรายงานความก้าวหน้าเป็นประจำทุกเดือน"),
    )
    assert [reference[-15:] for reference in facts_of(page).references] == ["กุมภาพันธ์ ๒๕๖๙"]


def test_a_paragraph_that_begins_like_a_title_is_none() -> None:
    page = typed(
        (3.0, 4.8, "เลขที่ ๑๒/๒๕๖๙"),
        (12.5, 4.8, "ศาลากลางจังหวัดตาก"),
        (5.5, 7.2, "ตามที่คณะกรรมการระดับจังหวัดได้มีมติในการประชุมเมื่อต้นปี"),
        (3.0, 8.0, "งบประมาณให้ทุกส่วนราชการรายงานความก้าวหน้าเป็นประจำทุกเดือน นั้น"),
        (5.5, 9.0, "ประการที่ ๓ กรณีที่บันทึกข้อตกลงนี้มีการดำเนินการเกี่ยวข้องกับข้อมูล"),
        (3.0, 9.8, "ส่วนบุคคลของนักท่องเที่ยวให้ดำเนินการตามมาตรฐาน"),
        (8.0, 12.0, "ให้ไว้ ณ วันที่ ๓ เมษายน พ.ศ. ๒๕๖๙"),
    )
    facts = facts_of(page)
    assert facts.kind.value is LetterKind.EVIDENCE
    assert facts.sender.value == "ศาลากลางจังหวัดตาก"


@pytest.mark.parametrize("read", ["สั่ง ณ ฉันที่", "ลั่ง ณ วันที่", "ao ณ วันที่"])
def test_the_day_of_an_order_is_found_though_a_word_before_it_is_misread(read: str) -> None:
    day = (8.0, 14.0, f"{read} ๓ เมษายน พ.ศ. ๒๕๖๙")
    lines = tuple(typed(day).lines[0] if "สั่ง ณ" in line.text else line for line in ORDER.lines)
    assert str(facts_of(ORDER.model_copy(update={"lines": lines})).date.value) == "3 เมษายน 2569"


def test_a_day_with_a_month_past_telling_is_read_again() -> None:
    sheet = Sheet.of(typed((8.0, 14.0, "ให้ไว้ ณ วันที่ ๑๑ ฮฮฮาคม พ.ศ. ๒๕๖๙"), (3.0, 20.0, "โทร. ๑")))
    assert read_tail((sheet,)).given is None
    assert tail_lines(sheet, read_tail((sheet,))) == {0}


def test_marks_torn_off_a_line_are_not_read_again() -> None:
    page = typed((3.0, 5.0, "เรื่อง การพัฒนากิจกรรม"), (3.0, 7.0, "เรียน นายอำเภอ"))
    torn = typed((4.2, 5.7, "ฐ"), confidence=0.3).lines
    sheet = Sheet.of(page.model_copy(update={"lines": (*page.lines, *torn)}))
    assert [run.text for run in sheet.runs][1] == "ฐ"
    assert head_lines(sheet) == {0, 2}


def test_signs_of_repetition_are_no_specks() -> None:
    facts = facts_of(typed((3.0, 5.0, "เรื่อง โครงการต่าง ๆ ของจังหวัด"), (3.0, 6.0, "เรียน นายอำเภอ")))
    assert facts.subject.value == "โครงการต่าง ๆ ของจังหวัด"


def test_prose_is_no_title_and_no_label() -> None:
    """It stands in the middle too, and ประการ is one letter from ประกาศ."""
    page = typed(
        (3.0, 4.8, "เลขที่ ๑๒/๒๕๖๙"),
        (13.0, 4.8, "ศาลากลางจังหวัดตาก"),
        (5.5, 7.2, "หนังสือฉบับนี้ให้ไว้เพื่อรับรองว่า นายสมมติ เป็นข้าราชการ"),
        (3.0, 8.0, "ประการที่ ๓ กรณีที่บันทึกข้อตกลงนี้มีการดำเนินการเกี่ยวข้องกับข้อมูล"),
        (3.0, 8.8, "ส่วนราชการรายงานความก้าวหน้าเป็นประจำทุกเดือน"),
        (8.0, 12.0, "ให้ไว้ ณ วันที่ ๓ เมษายน พ.ศ. ๒๕๖๙"),
    )
    facts = facts_of(page)
    assert facts.kind.value is LetterKind.EVIDENCE
    assert facts.sender.value == "ศาลากลางจังหวัดตาก", "prose may begin with a label's word"


def test_a_signer_high_on_the_last_page_is_read_again() -> None:
    page = typed((9.0, 4.0, "(นายกิตติภูมิ ไพรวนารักษ์)"), (3.0, 25.0, "สำนักงานจังหวัด"), number=2)
    sheet = Sheet.of(page)
    assert tail_lines(sheet, read_tail((sheet,))) == {0}
