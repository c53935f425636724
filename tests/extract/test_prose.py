"""What prose says is no field, though it begins a line with a field's word."""

from plugins.extract.heads import read_head
from plugins.extract.layout import Sheet
from tests.extract.typed import typed

FULL = "ด้วยจังหวัดตากได้รับแจ้งจากหน่วยงานที่เกี่ยวข้องว่ามีความจำเป็นต้องดำเนินการตาม"
GOES_ON = "เรื่องข้างต้นให้แล้วเสร็จภายในกำหนดเพื่อมิให้เกิดความเสียหายแก่ราชการและประชาชน"


def test_a_word_that_a_line_of_prose_runs_on_with_opens_no_field() -> None:
    certificate = typed(
        (3.0, 4.8, "เลขที่ ๒๕๖/๒๕๖๙"),
        (13.0, 4.8, "ศาลากลางจังหวัดตาก"),
        (5.5, 7.4, FULL),
        (3.0, 8.2, GOES_ON),
        (3.0, 9.0, "รับประโยชน์อย่างทั่วถึง"),
    )
    assert read_head(Sheet.of(certificate)).subject is None


def test_a_subject_under_a_long_line_of_the_head_is_one() -> None:
    memo = typed(
        (3.0, 3.4, "ส่วนราชการ สำนักงานจังหวัดตาก กลุ่มงานอำนวยการและสารสนเทศ งานธุรการกลางและพัสดุ ๗๗๒๒"),
        (3.0, 4.2, "เรื่อง ขออนุมัติจัดโครงการ"),
        (3.0, 5.4, "เรียน ผู้ว่าราชการจังหวัดตาก"),
        (5.5, 7.0, FULL),
    )
    found = read_head(Sheet.of(memo)).subject
    assert found
    assert found.value == "ขออนุมัติจัดโครงการ"
