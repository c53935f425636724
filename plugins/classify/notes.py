"""What a piece of evidence may say; a fixed list, so that no page text can slip in."""

from enum import StrEnum


class Note(StrEnum):
    """Stored in ``Evidence.note``; :func:`words` turns it into what a person reads."""

    READ = "read"
    LIKE_A_MARK = "like-a-mark"
    UNREAD_STAMP = "unread-stamp"
    UNSURE_LEVEL = "unsure-level"
    SMALL_MARK = "small-mark"
    NO_COLOUR = "no-colour"
    DARK_PAGE = "dark-page"
    TOO_SMALL = "too-small"
    LAYER_DIFFERS = "layer-differs"
    BROKEN = "broken"


_WORDS = {
    Note.READ: ("อ่านเครื่องหมายชั้นความลับได้", "a secrecy mark was read"),
    Note.LIKE_A_MARK: ("ถ้อยคำคล้ายเครื่องหมายชั้นความลับ", "words much like a secrecy mark"),
    Note.UNREAD_STAMP: (
        "ตราประทับหรือตัวอักษรใหญ่ที่อ่านไม่ออก",
        "a stamp or large words that could not be read",
    ),
    Note.UNSURE_LEVEL: ("อ่านชั้นความลับได้ไม่ตรงกัน", "the mark was read as more than one level"),
    Note.SMALL_MARK: (
        "คำชั้นความลับที่ไม่ได้อยู่ในที่ของเครื่องหมาย",
        "the words of a mark where no mark belongs",
    ),
    Note.NO_COLOUR: (
        "ภาพสแกนไม่มีสี จึงยืนยันไม่ได้ว่าไม่มีเครื่องหมาย",
        "scanned without colour: the picture cannot clear it",
    ),
    Note.DARK_PAGE: ("ภาพมืดเกินไป", "the page is too dark"),
    Note.TOO_SMALL: ("หน้าเล็กเกินกว่าจะตรวจได้", "the page is too small to look at"),
    Note.LAYER_DIFFERS: (
        "ข้อความในไฟล์ไม่ตรงกับภาพของหน้า",
        "the file's text differs from what the page shows",
    ),
    Note.BROKEN: ("ตัวตรวจหยุดทำงาน", "a detector failed"),
}


def words(note: str) -> tuple[str, str]:
    """Thai and English for a stored note; the note itself when it is another plugin's."""
    try:
        return _WORDS[Note(note)]
    except ValueError:
        return note, note
