"""What stamps say beside typed lines, and on them."""

from plugins.extract.heads import read_head
from plugins.extract.layout import Sheet
from schemas.letter import Urgency
from schemas.page import PageText
from tests.extract.typed import stamped, typed

LETTER = typed(
    (3.0, 4.8, "ที่ ตก ๐๐๒๓.๓/ว ๐๐๒๖"),
    (10.5, 6.6, "๑๙ มกราคม ๒๕๖๙"),
    (3.0, 7.6, "เรื่อง การเตรียมความพร้อม"),
    (3.0, 8.8, "เรียน นายอำเภอทุกอำเภอ"),
    (5.5, 10.2, "ตามหนังสือที่อ้างถึง จังหวัดตากได้แจ้งให้อำเภอสำรวจพื้นที่เสี่ยง"),
)
BARE = typed(
    (3.0, 4.8, "ที่ ตก ๐๐๒๓.๓/"),
    (10.5, 4.8, "วันที่"),
    (3.0, 7.6, "เรื่อง การเตรียมความพร้อม"),
    (3.0, 8.8, "เรียน นายอำเภอทุกอำเภอ"),
)


def head(page: PageText) -> "dict[str, object]":
    found = read_head(Sheet.of(page))
    fields = (found.number, found.date, found.subject, found.addressee, found.urgency)
    names = ("number", "date", "subject", "addressee", "urgency")
    return {name: str(field.value) for name, field in zip(names, fields, strict=True) if field}


def test_a_receive_stamp_beside_the_head_is_no_part_of_it() -> None:
    stamp = stamped(
        LETTER,
        (8.8, 7.6, "สำนักงานสารบรรณกลาง"),
        (8.8, 8.2, "เลขรับ ๑๐๗๒/๒๕๖๙"),
        (8.8, 8.8, "วันที่ ๒๑ มกราคม ๒๕๖๙"),
        (8.8, 9.4, "เวลา ๑๓.๔๔ น."),
    )
    assert head(stamp) == head(LETTER)


def test_a_red_stamp_tells_how_urgent_a_letter_is() -> None:
    found = read_head(Sheet.of(stamped(LETTER, (3.5, 3.0, "ด่วนที่สุด"))))
    assert found.urgency
    assert found.urgency.value is Urgency.MOST_URGENT


def test_a_number_and_a_day_that_were_stamped_into_typed_lines_belong_to_them() -> None:
    filled = read_head(Sheet.of(stamped(BARE, (6.6, 4.8, "๐๐๒๖"), (11.8, 4.8, "๑๙ มกราคม ๒๕๖๙"))))
    assert filled.number
    assert filled.date
    assert str(filled.number.value) == "ตก 0023.3/0026"
    assert str(filled.date.value) == "19 มกราคม 2569"
    assert (filled.number.literal, filled.date.literal) == (1.0, 1.0)


def test_a_form_printed_in_colour_bears_no_stamp() -> None:
    labels = stamped(
        typed((4.8, 4.4, "ตก ๐๐๑๗.๑/๖๘๙"), (6.2, 5.4, "ขออนุมัติโครงการ"), (4.8, 6.6, "ปลัดจังหวัด")),
        (4.0, 4.4, "ที่"),
        (4.0, 5.4, "เรื่อง"),
        (3.0, 6.6, "เรียน"),
    )
    filled = head(labels)
    assert (filled["subject"], filled["addressee"]) == ("ขออนุมัติโครงการ", "ปลัดจังหวัด")
    assert "number" in filled


def test_a_day_that_a_stamp_alone_says_is_a_guess() -> None:
    page = LETTER.model_copy(update={"lines": (LETTER.lines[0], *LETTER.lines[2:])})
    assert read_head(Sheet.of(page)).date is None
    found = read_head(Sheet.of(stamped(page, (10.5, 6.6, "๒๑ มกราคม ๒๕๖๙")))).date
    assert found
    assert found.literal == 0.5
