"""What is too little to be a word, and what is a short one."""

from plugins.extract.heads import read_head
from plugins.extract.layout import Sheet
from tests.extract.typed import typed


def test_a_syllable_alone_on_its_line_ends_the_subject_and_a_torn_mark_does_not() -> None:
    """A low run of two letters is text where it was read surely."""
    full = "เรื่อง ใบอนุญาตดังกล่าวจะสามารถลดระยะเวลาในการพิจารณาของผู้ประกอบกิจการขนาดย่อมลงร้อย"
    for confidence, subject in ((0.93, full[7:] + "ละ"), (0.85, full[7:])):
        last = typed((4.2, 8.4, "ละ"), confidence=confidence).lines[0]
        low = last.words[0].box._replace(bottom=last.words[0].box.top + 24)
        word = last.words[0].model_copy(update={"box": low})
        lines = typed(
            (3.0, 4.8, "ที่ ตก ๐๐๒๓.๓/ว ๐๐๒๖"),
            (3.0, 7.6, full),
            (3.0, 9.6, "เรียน นายอำเภอทุกอำเภอ"),
            (5.5, 11.0, "ตามหนังสือที่อ้างถึง จังหวัดตากได้แจ้งให้อำเภอสำรวจพื้นที่เสี่ยง"),
        ).lines
        torn = last.model_copy(update={"words": (word,), "box": low})
        page = typed().model_copy(update={"lines": (*lines[:2], torn, *lines[2:])})
        found = read_head(Sheet.of(page)).subject
        assert found
        assert found.value == subject
