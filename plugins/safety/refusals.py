"""Why a file is not let in: what is wrong, where, and what to do, in both languages."""

from typing import Final, NamedTuple

from pipeline.errors import DocumentError, SecurityError, StageError
from plugins.safety.limits import Limits


class Refused(Exception):  # noqa: N818 - a verdict of an inspection, turned into a StageError
    """The file may not come in; ``code`` is a key of :data:`TEXTS`, ``page`` is 1-based."""

    def __init__(self, code: str, page: int | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.page = page


class Text(NamedTuple):
    thai: str
    english: str


TEXTS: Final[dict[str, Text]] = {
    "empty-file": Text(
        "ไฟล์ว่างเปล่า ให้ส่งหรือสแกนใหม่",
        "The file is empty; send or scan it again.",
    ),
    "file-too-large": Text(
        "ไฟล์ใหญ่เกิน {limits.max_bytes:,} ไบต์ ให้แบ่งเป็นหลายไฟล์",
        "The file is larger than {limits.max_bytes:,} bytes; divide it into several files.",
    ),
    "type-not-accepted": Text(
        "ไม่รับไฟล์ชนิดนี้ (ดูจากเนื้อไฟล์ ไม่ใช่นามสกุล) ให้บันทึกเป็น PDF, DOC, DOCX, TXT, JPEG, PNG หรือ TIFF",
        "This type of file is not accepted (told by its content, not its name); save it as PDF, "
        "DOC, DOCX, TXT, JPEG, PNG or TIFF.",
    ),
    "not-as-named": Text(
        "ไฟล์มีแต่ข้อความ ไม่ใช่ชนิดตามนามสกุล (อาจเป็นข้อความแจ้งข้อผิดพลาดแทนเอกสารจริง) ให้ส่งใหม่",
        "The file holds only text, not what its name says (perhaps an error message instead of the "
        "document); send it again.",
    ),
    "text-charset-unknown": Text(
        "อ่านรหัสอักขระของไฟล์ข้อความไม่ได้ ให้บันทึกใหม่เป็น UTF-8 หรือ TIS-620",
        "The character set of the text file cannot be told; save it as UTF-8 or TIS-620.",
    ),
    "password-protected": Text(
        "ไฟล์มีรหัสผ่าน ให้เปิดด้วยรหัสผ่านแล้วบันทึกแบบไม่มีรหัส จากนั้นส่งใหม่",
        "The file needs a password; open it with the password, save it without, and send it again.",
    ),
    "encrypted-for-others": Text(
        "ไฟล์ถูกเข้ารหัสด้วยใบรับรองหรือวิธีที่ระบบไม่มีกุญแจ ให้ผู้ส่งส่งฉบับที่ไม่เข้ารหัส",
        "The file is encrypted to a certificate, or in a way, that we have no key for; ask the "
        "sender for a copy in the clear.",
    ),
    "pdf-damaged": Text(
        "โครงสร้าง PDF เสียหายจนเชื่อไม่ได้ว่าหน้าครบ ให้สแกนหรือส่งออกไฟล์ใหม่",
        "The PDF is damaged so that no one can say its pages are complete; scan or export it anew.",
    ),
    "page-damaged": Text(
        "เนื้อหาหน้า {page} ของ PDF เสียหาย อ่านได้ไม่ครบ ให้สแกนหรือส่งออกไฟล์ใหม่",
        "The content of page {page} of the PDF is damaged and cannot be read in full; scan or "
        "export it anew.",
    ),
    "pdf-truncated": Text(
        "ไฟล์ PDF ขาดตอนท้าย อาจส่งมาไม่ครบ ให้ส่งหรือสแกนใหม่",
        "The PDF breaks off before its end, as after a broken transfer; send or scan it again.",
    ),
    "no-pages": Text(
        "PDF ไม่มีหน้าเลย ให้ตรวจไฟล์ต้นทางแล้วส่งใหม่",
        "The PDF has no pages; look at its origin and send it again.",
    ),
    "pages-missing": Text(
        "บางหน้าของ PDF หายไป ให้สแกนหรือส่งออกไฟล์ใหม่",
        "Some pages of the PDF are missing from it; scan or export it anew.",
    ),
    "too-many-pages": Text(
        "มีหน้าเกิน {limits.max_pages:,} หน้า ให้แบ่งเป็นหลายไฟล์",
        "There are more than {limits.max_pages:,} pages; divide it into several files.",
    ),
    "page-too-large": Text(
        "หน้า {page} มีขนาดกระดาษใหญ่ผิดปกติ (เกิน {limits.max_megapixels:g} ล้านจุดที่ 300 dpi) ให้ส่งออกใหม่",
        "Page {page} is unusually large (over {limits.max_megapixels:g} megapixels at 300 dpi); "
        "export it anew.",
    ),
    "picture-too-large": Text(
        "ภาพในไฟล์ใหญ่เกิน {limits.max_megapixels:g} ล้านจุด ให้สแกนใหม่ที่ 300 dpi",
        "A picture in the file has over {limits.max_megapixels:g} megapixels; scan it at 300 dpi.",
    ),
    "picture-damaged": Text(
        "ไฟล์ภาพเสียหายหรือขาดตอนท้าย ให้ส่งหรือสแกนใหม่",
        "The picture is damaged or breaks off before its end; send or scan it again.",
    ),
    "picture-unsupported": Text(
        "รูปแบบการบีบอัดของภาพนี้ใส่ใน PDF ไม่ได้ ให้บันทึกเป็น JPEG หรือ PNG ธรรมดา",
        "This kind of picture cannot be put into a PDF; save it as an ordinary JPEG or PNG.",
    ),
    "dynamic-form": Text(
        "เป็นแบบฟอร์ม XFA ที่เนื้อหาไม่ได้อยู่ในหน้า PDF ให้เปิดใน Acrobat แล้วพิมพ์เป็น PDF",
        "This is a dynamic XFA form, whose content is not in its pages; open it in Acrobat and "
        "print it to PDF.",
    ),
    "portfolio": Text(
        "เป็น PDF portfolio ที่เอกสารจริงเป็นไฟล์แนบข้างใน ให้แยกออกแล้วส่งทีละไฟล์",
        "This is a PDF portfolio, whose documents are files inside it; take them out and send "
        "each on its own.",
    ),
    "office-damaged": Text(
        "ไฟล์ Word เสียหายหรือไม่ครบ ให้เปิดแล้วบันทึกใหม่ หรือส่งเป็น PDF",
        "The Word file is damaged or incomplete; open and save it anew, or send a PDF.",
    ),
    "office-bomb": Text(
        "ไฟล์ Word คลายแล้วใหญ่ผิดปกติ (เกิน {limits.max_unpacked_mib:,} MiB หรือส่วนซ้อนทับกัน) ให้ส่งเป็น PDF",
        "The Word file unpacks to an abnormal size (over {limits.max_unpacked_mib:,} MiB, or its "
        "parts overlap); send a PDF.",
    ),
    "unreadable": Text(
        "ระบบอ่านไฟล์นี้ไม่ได้ ไฟล์อาจเสียหายหรือเป็นอันตราย ให้สแกนหรือส่งออกใหม่",
        "The file cannot be read and may be damaged or hostile; scan or export it anew.",
    ),
    "signature-broken": Text(
        "ลายมือชื่อดิจิทัลใน PDF ไม่ตรงกับเนื้อหา ไฟล์ถูกแก้หลังลงนาม ให้ขอฉบับใหม่จากผู้ส่ง",
        "A digital signature does not match the PDF, which was changed after signing; ask the "
        "sender for it again.",
    ),
    "signature-unverifiable": Text(
        "PDF มีลายมือชื่อดิจิทัลที่ตรวจไม่ได้ ให้ขอฉบับใหม่จากผู้ส่ง หรือให้เจ้าหน้าที่ตรวจเอง",
        "The PDF holds a digital signature that cannot be checked; ask the sender for it again, or "
        "have a person examine it.",
    ),
}

WEAKENS_PROTECTION = frozenset({"signature-broken", "signature-unverifiable"})


def refusal(code: str, limits: Limits, page: int | None = None) -> StageError:
    """The error to raise for a refusal code."""
    kind = SecurityError if code in WEAKENS_PROTECTION else DocumentError
    text = TEXTS[code]
    return kind(
        code,
        thai=text.thai.format(limits=limits, page=page),
        english=text.english.format(limits=limits, page=page),
    )
