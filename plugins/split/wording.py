"""What doubts and cues are called, for the person who decides."""

from plugins.split.cues import Cue
from plugins.split.seen import Boundary
from schemas.cuts import CutReason

DOUBTS: dict[CutReason, tuple[str, str]] = {
    CutReason.UNCERTAIN_FIRST_PAGE: (
        "อาจเป็นหน้าแรกของหนังสือ แต่ไม่แน่ใจ",
        "may be the first page of a letter",
    ),
    CutReason.MIXED_CUES: (
        "คล้ายหน้าแรกของหนังสือ แต่มีลักษณะของหน้าต่อหรือสิ่งที่ส่งมาด้วย",
        "looks like a first page and like a later page or an attachment",
    ),
    CutReason.NO_FIRST_PAGE: (
        "เป็นหน้าแรกของชุด แต่ไม่คล้ายหน้าแรกของหนังสือ",
        "begins a piece but does not look like the first page of a letter",
    ),
    CutReason.SECOND_LETTER: (
        "พบหนังสืออีกเรื่องหนึ่งระหว่างแผ่นคั่นสองแผ่น",
        "another letter seems to begin between two separator sheets",
    ),
    CutReason.AFTER_CLOSING: (
        "อยู่หลังหน้าลงนาม และไม่มีข้อความบอกว่าเป็นสิ่งที่ส่งมาด้วยหรือหน้าต่อ",
        "follows a signed page, and nothing says that it belongs to that letter",
    ),
    CutReason.SEPARATOR_UNREADABLE: (
        "คล้ายแผ่นคั่น แต่อ่านรหัสไม่ได้",
        "looks like a separator sheet whose code cannot be read",
    ),
    CutReason.SEPARATOR_FORGED: (
        "รหัสบนแผ่นคั่นไม่ถูกต้องหรือขัดกันเอง",
        "the code of the separator sheet is wrong or contradicts itself",
    ),
    CutReason.SEPARATOR_FOREIGN: (
        "แผ่นคั่นของสถานีอื่นหรือชุดอื่น",
        "a separator sheet of another station or batch",
    ),
    CutReason.SEPARATOR_TEXT: (
        "มีรหัสแผ่นคั่น แต่มีข้อความอื่นอยู่ในหน้าเดียวกัน",
        "a separator code on a page that carries other text",
    ),
    CutReason.SEPARATOR_ORDER: (
        "ลำดับแผ่นคั่นไม่ต่อเนื่อง อาจมีหนังสือหรือแผ่นคั่นหายไป",
        "the sheet numbers do not follow; a sheet or a letter may be missing",
    ),
    CutReason.SEPARATOR_MISSING: (
        "ไม่มีแผ่นคั่นก่อนหน้านี้",
        "no separator sheet before this page",
    ),
    CutReason.SEPARATOR_EMPTY: (
        "ไม่มีหนังสือหลังแผ่นคั่นนี้",
        "no letter behind this separator sheet",
    ),
    CutReason.PAGE_GAP: (
        "เลขหน้าไม่ต่อเนื่อง อาจมีหน้าหายไปหรือสลับกัน",
        "the printed page numbers do not follow; pages may be missing or out of order",
    ),
    CutReason.CATCHWORD: (
        "ไม่ได้ขึ้นต้นด้วยคำต่อเนื่องของหน้าก่อน อาจมีหน้าหายไปหรือสลับกัน",
        "does not begin with the catchword of the page before; pages may be missing or swapped",
    ),
    CutReason.UNFINISHED: (
        "หนังสือก่อนหน้านี้ยังไม่จบ ไม่พบคำลงท้ายหรือการลงนาม หน้าท้ายอาจหายไป",
        "the letter before is not closed and signed; its last page may be missing",
    ),
    CutReason.STRAY_PAGE: (
        "เป็นหน้าต่อ แต่อยู่หลังหน้าที่ลงนามแล้ว อาจเป็นของหนังสือเรื่องอื่น",
        "a later page behind a signed one; it may belong to another letter",
    ),
    CutReason.OTHER_CLOSING: (
        "คำลงท้ายเป็นของหนังสือชนิดอื่น อาจเป็นของหนังสือเรื่องอื่น",
        "closing words of another kind of letter; it may belong to another letter",
    ),
    CutReason.UNEXPLAINED: (
        "ไม่มีเลขหน้าหรือคำต่อเนื่องที่บอกว่าเป็นหน้าต่อของหนังสือก่อนหน้า",
        "no page number or catchword says that it goes on with the letter before",
    ),
    CutReason.DOUBLED_PAGE: (
        "ข้อความแทบเหมือนหน้าก่อน อาจสแกนซ้ำ",
        "nearly the words of the page before; perhaps scanned twice",
    ),
    CutReason.MISPLACED: (
        "ขึ้นต้นด้วยคำต่อเนื่องของหน้าอื่น เสนอให้ย้ายไปต่อจากหน้านั้น",
        "begins with the catchword of another page; proposed to go behind that page",
    ),
    CutReason.LIST_UNMET: (
        "สิ่งที่ส่งมาด้วยของหนังสือก่อนหน้ายังไม่ครบ หน้านี้อาจเป็นสำเนาที่ส่งมาด้วย",
        "the letter before lists more things sent along; this may be a copy sent with it",
    ),
    CutReason.LABEL_ORDER: (
        "ลำดับหรือจำนวนสิ่งที่ส่งมาด้วยไม่ตรงกับหนังสือ อาจเป็นของหนังสือเรื่องอื่น",
        "the attachment's number does not fit the letter's list; it may belong to another letter",
    ),
    CutReason.COVER: (
        "คล้ายใบนำส่งโทรสาร",
        "looks like the cover sheet of a fax",
    ),
    CutReason.TOO_LONG: (
        "จำนวนหน้ามากกว่าที่กำหนดต่อหนึ่งเรื่อง",
        "more pages than the station allows for one letter",
    ),
    CutReason.BLANK_WITH_TEXT: (
        "คล้ายหน้าว่าง แต่มีตัวอักษร",
        "looks blank, yet words were read on it",
    ),
}
"""Thai and English for each reason that can be a doubt."""

CUES: dict[Cue, tuple[str, str]] = {
    Cue.EMBLEM_CENTRE: ("ตรากลางหน้า", "emblem in the middle"),
    Cue.EMBLEM_LEFT: ("ตราด้านซ้าย", "emblem at the left"),
    Cue.MEMO_TITLE: ("บันทึกข้อความ", "memo title"),
    Cue.OFFICE: ("ส่วนราชการ", "office"),
    Cue.SUBJECT: ("เรื่อง", "subject"),
    Cue.ADDRESSEE: ("เรียนหรือถึง", "addressee"),
    Cue.NUMBER: ("เลขที่หนังสือ", "letter number"),
    Cue.PROCLAIMED: ("ชื่อคำสั่งหรือประกาศ", "title of an order or announcement"),
    Cue.PAGE_NUMBER: ("เลขหน้าต่อ", "a later page's number"),
    Cue.ATTACHMENT: ("ป้ายสิ่งที่ส่งมาด้วย", "an attachment's label"),
    Cue.ANNEX: ("ชื่อเอกสารแนบท้าย", "title of an annex"),
    Cue.COVER: ("ใบนำส่งโทรสาร", "fax cover"),
    Cue.CALLED_FOR: ("คำต่อเนื่องจากหน้าก่อน", "the catchword of the page before"),
}
"""Thai and English for each cue."""


_BEGINS = ("เริ่มหนังสือที่หน้านี้", "a letter begins here")


def boundary_note(boundary: Boundary | None, reason: CutReason | None = None) -> str:
    """Why a page is doubtful, or begins a letter, with its score; Thai and English parted by /."""
    thai, english = DOUBTS[reason] if reason else _BEGINS
    if boundary is None:
        return f"{thai} / {english}"
    found = [CUES[cue] for cue in Cue if cue in boundary.cues.found]
    thai_found = ", ".join(words for words, _ in found) or "ไม่พบลักษณะใด"
    english_found = ", ".join(words for _, words in found) or "no sign found"
    score = f"{boundary.cues.score:g}"
    return (
        f"{thai} (คะแนนหน้าแรก {score}: {thai_found}) / "
        f"{english} (first-page score {score}: {english_found})"
    )
