"""Why a file that was let in cannot become a PDF, in both languages."""

from typing import Final, NamedTuple

from pipeline.errors import DocumentError


class Failed(Exception):  # noqa: N818 - carries a code out of the sandbox, then becomes an error
    """``code`` is a key of :data:`TEXTS`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Text(NamedTuple):
    thai: str
    english: str


TEXTS: Final[dict[str, Text]] = {
    "form-not-drawn": Text(
        "แบบฟอร์ม PDF มีช่องที่กรอกแล้วแต่ไม่มีภาพของข้อความ ให้เปิดแล้วพิมพ์เป็น PDF",
        "The PDF form has filled-in fields that are not drawn on its pages; open it and print it "
        "to PDF.",
    ),
    "picture-unsupported": Text(
        "ใส่ภาพนี้ใน PDF โดยไม่เสียข้อมูลไม่ได้ ให้บันทึกเป็น JPEG หรือ PNG ธรรมดา",
        "This picture cannot be put into a PDF without loss; save it as an ordinary JPEG or PNG.",
    ),
    "office-unreadable": Text(
        "LibreOffice เปิดไฟล์นี้ไม่ได้ ให้เปิดใน Word แล้วบันทึกเป็น PDF",
        "LibreOffice cannot open the file; open it in Word and save it as PDF.",
    ),
    "too-many-pages": Text(
        "เอกสารมีหน้ามากเกินกำหนด ให้แบ่งเป็นหลายไฟล์",
        "The document has more pages than allowed; divide it into several files.",
    ),
    "pages-disputed": Text(
        "โปรแกรมอ่าน PDF นับจำนวนหน้าได้ไม่ตรงกัน หน้าอาจหาย ให้สแกนหรือส่งออกไฟล์ใหม่",
        "PDF readers disagree on the number of pages, so that some may be lost; scan or export the "
        "file anew.",
    ),
    "unconvertible": Text(
        "แปลงไฟล์นี้เป็น PDF ไม่ได้ ไฟล์อาจเสียหายหรือเป็นอันตราย ให้สแกนหรือส่งออกใหม่",
        "The file cannot be made into a PDF and may be damaged or hostile; scan or export it anew.",
    ),
}


def failure(code: str) -> DocumentError:
    """The error to raise for a failure code."""
    return DocumentError(code, thai=TEXTS[code].thai, english=TEXTS[code].english)
