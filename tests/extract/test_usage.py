"""Ways in which offices set their letters, and what scanners make of them."""

import pytest

from plugins.extract.heads import read_head
from plugins.extract.layout import Sheet
from plugins.extract.tails import read_tail
from schemas.letter import Urgency
from tests.extract.typed import centred, stamped, typed

PROSE = "ด้วยจังหวัดตากได้รับแจ้งจากหน่วยงานที่เกี่ยวข้องว่ามีความจำเป็นต้องดำเนินการตาม"


def test_the_second_line_of_a_title_above_a_numbered_list_belongs_to_it() -> None:
    items = [(5.5, 9.6 + 0.8 * n, f"{n}. นายกิตติภูมิ ไพรวนารักษ์ เป็นกรรมการในคณะ") for n in range(1, 9)]
    order = typed(
        centred(5.0, "คำสั่งจังหวัดตาก"),
        centred(5.8, "ที่ ๑๒๓๔/๒๕๖๙"),
        centred(6.6, "เรื่อง แต่งตั้งคณะกรรมการอำนวยความปลอดภัยทางถนนช่วง"),
        centred(7.4, "เทศกาลปีใหม่"),
        (5.5, 8.8, PROSE),
        (3.0, 9.6, PROSE),
        *items,
        (3.0, 17.0, "ทั้งนี้ ตั้งแต่บัดนี้เป็นต้นไป"),
    )
    subject = read_head(Sheet.of(order)).subject
    assert subject
    assert subject.value.endswith("ทางถนนช่วงเทศกาลปีใหม่")


def test_a_paragraph_that_begins_below_the_addressee_is_none_of_it() -> None:
    letter = typed(
        (3.0, 4.8, "ที่ ตก ๐๐๒๓/๑"),
        (3.0, 6.6, "เรื่อง การเตรียมความพร้อม"),
        (3.0, 7.4, "กราบเรียน ประธานศาลฎีกา"),
        (5.5, 8.2, PROSE),
        (3.0, 9.0, PROSE),
    )
    addressee = read_head(Sheet.of(letter)).addressee
    assert addressee
    assert addressee.value == "ประธานศาลฎีกา"


def test_a_list_of_what_is_sent_along_follows_a_long_reference() -> None:
    letter = typed(
        (3.0, 4.8, "ที่ ตก ๐๐๒๓/๑"),
        (3.0, 6.6, "เรื่อง การเตรียมความพร้อม"),
        (3.0, 7.4, "เรียน นายอำเภอทุกอำเภอ"),
        (3.0, 8.2, "อ้างถึง ๑. หนังสือจังหวัดตาก ที่ ตก ๐๐๑๑/๙๙ ลงวันที่ ๒๔ ธันวาคม ๒๕๖๘"),
        (4.6, 9.0, "๒. หนังสือสำนักงานส่งเสริมการปกครองท้องถิ่นจังหวัดตากและหน่วยงานที่เกี่ยวข้อง ด่วนที่สุด"),
        (3.0, 9.8, "สิ่งที่ส่งมาด้วย แบบสำรวจ จำนวน ๑ ชุด"),
    )
    attachments = read_head(Sheet.of(letter)).attachments
    assert attachments
    assert [line.title for line in attachments.value] == ["แบบสำรวจ"]


@pytest.mark.parametrize("last", ["พ.ศ.", "ครั้งที่", "และ"])
def test_a_subject_that_ends_amid_its_words_is_doubted(last: str) -> None:
    order = typed(
        centred(5.0, "คำสั่งจังหวัดตาก"),
        centred(5.8, "ที่ ๑๒๓๔/๒๕๖๙"),
        centred(6.6, f"เรื่อง แต่งตั้งคณะกรรมการตรวจสอบพัสดุประจำปีงบประมาณ {last}"),
        (5.5, 8.8, PROSE),
        (3.0, 9.6, PROSE),
    )
    subject = read_head(Sheet.of(order)).subject
    assert subject
    assert subject.trust < 0.85


def test_the_dots_of_an_act_to_come_are_no_leader() -> None:
    letter = typed((3.0, 6.6, "เรื่อง ร่างพระราชบัญญัติงานสารบรรณ พ.ศ. ...."))
    subject = read_head(Sheet.of(letter)).subject
    assert subject
    assert subject.value == "ร่างพระราชบัญญัติงานสารบรรณ พ.ศ. ...."


@pytest.mark.parametrize(
    ("read", "urgency"),
    [
        ("ด่วน]", Urgency.URGENT),
        ("ด่วนม", Urgency.VERY_URGENT),
        ("[ด่วนที่สุด", Urgency.MOST_URGENT),
        ("ด่วนที่", Urgency.MOST_URGENT),
    ],
)
def test_a_framed_stamp_of_urgency_is_read_with_its_border_and_cut_short(
    read: str, urgency: Urgency
) -> None:
    page = stamped(typed((3.0, 6.6, "เรื่อง การเตรียมความพร้อม")), (3.5, 3.0, read))
    found = read_head(Sheet.of(page)).urgency
    assert found
    assert found.value is urgency


def test_the_unit_ends_above_telephone_and_telefax() -> None:
    letter = typed(
        (3.0, 9.0, PROSE),
        (3.0, 24.2, "สำนักงานจังหวัด"),
        (3.0, 25.0, "โทร. ๐ ๕๕๕๑ ๓๘๖๙"),
        (3.0, 25.8, "โทรสาร ๐ ๕๕๕๑ ๓๘๗๐"),
        (3.0, 26.6, "ไปรษณีย์อิเล็กทรอนิกส์ saraban@tak.go.th"),
    )
    unit = read_tail((Sheet.of(letter),)).unit
    assert unit
    assert unit.value == "สำนักงานจังหวัด"


def test_scraps_beside_the_number_are_no_sender() -> None:
    page = typed((3.0, 4.8, "ที่ ตก ๐๐๒๓/๑"), (3.0, 6.6, "เรื่อง การเตรียมความพร้อม"))
    scrap = typed((13.0, 4.8, "ชิ"), confidence=0.4).lines
    torn = page.model_copy(update={"lines": (*page.lines, *scrap)})
    assert read_head(Sheet.of(torn)).sender is None


@pytest.mark.parametrize(
    ("below", "sender"),
    [
        ("สาธารณภัย", "กรมป้องกันและบรรเทาสาธารณภัย"),
        ("ถนนอู่ทองนอก กทม. ๑๐๓๐๐", "กรมป้องกันและบรรเทา"),
        ("เขตดุสิต กรุงเทพฯ ๑๐๓๐๐", "กรมป้องกันและบรรเทา"),
        ("๑๙ มกราคม ๒๕๖๙", "กรมป้องกันและบรรเทา"),
    ],
)
def test_an_agency_may_need_two_lines(below: str, sender: str) -> None:
    page = typed(
        (3.0, 4.8, "ที่ มท ๐๖๐๒/๑"),
        (13.0, 4.8, "กรมป้องกันและบรรเทา"),
        (13.0, 5.6, below),
        (3.0, 7.6, "เรื่อง การเตรียมความพร้อม"),
    )
    found = read_head(Sheet.of(page)).sender
    assert found
    assert found.value == sender


def test_a_stamps_time_is_no_sender() -> None:
    page = typed((3.0, 4.8, "ที่ ตก ๐๐๒๓/๑"), (13.0, 4.8, "๑๓.๕๔"), (3.0, 6.6, "เรื่อง การประชุม"))
    assert read_head(Sheet.of(page)).sender is None


def test_a_word_that_a_line_of_prose_runs_on_with_opens_no_field() -> None:
    certificate = typed(
        (3.0, 4.8, "เลขที่ ๒๕๖/๒๕๖๙"),
        (13.0, 4.8, "ศาลากลางจังหวัดตาก"),
        (5.5, 7.4, PROSE),
        (3.0, 8.2, "เรื่องข้างต้นให้แล้วเสร็จภายในกำหนดเพื่อมิให้เกิดความเสียหายแก่ราชการและประชาชน"),
        (3.0, 9.0, "รับประโยชน์อย่างทั่วถึง"),
    )
    assert read_head(Sheet.of(certificate)).subject is None


def test_a_subject_under_a_long_line_of_the_head_is_one() -> None:
    memo = typed(
        (3.0, 3.4, "ส่วนราชการ สำนักงานจังหวัดตาก กลุ่มงานอำนวยการและสารสนเทศ งานธุรการกลางและพัสดุ ๗๗๒๒"),
        (3.0, 4.2, "เรื่อง ขออนุมัติจัดโครงการ"),
        (3.0, 5.4, "เรียน ผู้ว่าราชการจังหวัดตาก"),
        (5.5, 7.0, PROSE),
    )
    found = read_head(Sheet.of(memo)).subject
    assert found
    assert found.value == "ขออนุมัติจัดโครงการ"
