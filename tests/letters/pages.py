"""The page kinds: how each sort of official letter is laid out."""

import hashlib

import numpy as np
import segno
from PIL import Image

from .attachments import attachment_sheets
from .flow import LEFT, MIDDLE, RIGHT, Flow
from .numbers import thai, thai_date
from .spec import Agency, Kind, Letter
from .stamps import (
    RECEIVED_AT,
    RED,
    emblem,
    receive_stamp,
    seal,
    secrecy_marks,
    signature,
    stamp_text,
)
from .typeset import PAGE_SIZE, PageArt, Sheet, Style, cm

HEAD_BASELINE = cm(5.5)
SIGNATURE_X = PAGE_SIZE[0] * 0.62


def letter_pages(letter: Letter, rng: np.random.Generator) -> list[list[PageArt]]:
    """The pages of a letter and, after them, of each attachment; marked, stamped and signed."""
    sets = [_LAYOUTS[letter.kind](letter, rng).sheets]
    count = len(letter.attachments)
    for ordinal, attachment in enumerate(letter.attachments, 1):
        sets.append(attachment_sheets(attachment, ordinal, count, letter.style))
    if letter.level.mark:
        for sheet in (sheet for sheets in sets for sheet in sheets):
            secrecy_marks(sheet, letter.level.mark, rng)
    return [[sheet.art() for sheet in sheets] for sheets in sets]


def _letterhead(sheet: Sheet, agency: Agency, y: float) -> float:
    """Name and address at the top right, one left edge; the last baseline."""
    rows = (agency.name, *agency.address)
    x = RIGHT - max(cm(5.5), *(sheet.width(row) for row in rows))
    for i, row in enumerate(rows):
        sheet.write(x, y + i * sheet.style.feed, row)
    return y + (len(rows) - 1) * sheet.style.feed


def _urgency(
    flow: Flow, letter: Letter, centre: tuple[float, float], rng: np.random.Generator
) -> None:
    if letter.urgency:
        words = letter.urgency.value
        stamp_text(flow.sheet, words, centre, rng, colour=RED, points=34)


def _receipt(flow: Flow, letter: Letter, rng: np.random.Generator) -> None:
    if letter.receipt:
        rows = (
            f"เลขรับ {letter.receipt}",
            f"วันที่ {thai_date(letter.dated)}",
            f"เวลา {thai(9 + int(rng.integers(0, 6)))}.{thai(int(rng.integers(10, 59)))} น.",
        )
        centre = RECEIVED_AT
        if letter.over_text:
            over = HEAD_BASELINE + rng.uniform(0, cm(4))
            centre = (RECEIVED_AT[0] - rng.uniform(0, cm(5)), over)
        receive_stamp(flow.sheet, "สำนักงานสารบรรณกลาง", rows, rng, centre)


def _head(letter: Letter, rng: np.random.Generator) -> Flow:
    flow = Flow(letter.style, HEAD_BASELINE)
    emblem(flow.sheet, MIDDLE, cm(1.95), cm(3.0))
    _urgency(flow, letter, (LEFT + cm(2), HEAD_BASELINE - cm(1.75)), rng)
    _receipt(flow, letter, rng)
    return flow


def _opening(flow: Flow, letter: Letter) -> None:
    """เรื่อง, เรียน, อ้างถึง, สิ่งที่ส่งมาด้วย."""
    width = flow.sheet.width
    flow.hanging("เรื่อง", letter.subject, width("เรื่อง  "), gap=0.4)
    flow.hanging("เรียน", letter.to, width("เรียน  "))
    hang = width("อ้างถึง  ")
    for i, reference in enumerate(letter.references, 1):
        text = f"{thai(i)}. {reference}" if len(letter.references) > 1 else reference
        flow.hanging("อ้างถึง" if i == 1 else "", text, hang, 0.25 if i == 1 else 0.0)
    hang = width("สิ่งที่ส่งมาด้วย  ")
    for i, sent in enumerate(letter.attachments, 1):
        text = f"{sent.label} {sent.amount}"
        text = f"{thai(i)}. {text}" if len(letter.attachments) > 1 else text
        flow.hanging("สิ่งที่ส่งมาด้วย" if i == 1 else "", text, hang, 0.25 if i == 1 else 0.0)


def _signed(flow: Flow, letter: Letter, rng: np.random.Generator, closing: str) -> None:
    """Closing words, signature, name, position."""
    rows = (f"({letter.signer.name})", *letter.signer.position)
    owner = len(_owner_rows(letter.agency)) + 0.6 if letter.kind is Kind.EXTERNAL else 0
    flow.need((3.8 if closing else 2.8) + len(rows) + owner, last=True)
    flow.advance(0.4)
    if closing:
        flow.line(closing, SIGNATURE_X, "m")
    flow.advance(2.4)
    low = rng.uniform(0.2, 1.0) if letter.over_text else -0.5
    signature(flow.sheet, (SIGNATURE_X, flow.y + flow.style.feed * low), rng)
    for row in rows:
        flow.line(row, SIGNATURE_X, "m")


def _owner_rows(agency: Agency) -> tuple[str, ...]:
    mail = (f"ไปรษณีย์อิเล็กทรอนิกส์ {agency.email}",) if agency.email else ()
    return (*agency.unit, f"โทร. {agency.phone}", *mail)


def _owner(flow: Flow, agency: Agency) -> None:
    """The unit that owns the letter and its telephone, bottom left."""
    rows = _owner_rows(agency)
    lowest = PAGE_SIZE[1] - cm(2.2) - flow.style.feed * len(rows)
    flow.y = max(flow.y + 0.6 * flow.style.feed, min(lowest, flow.y + 2.5 * flow.style.feed))
    for row in rows:
        flow.line(row)


def _external(letter: Letter, rng: np.random.Generator) -> Flow:
    flow = _head(letter, rng)
    flow.sheet.write(LEFT, HEAD_BASELINE, f"ที่ {letter.number}")
    flow.y = _letterhead(flow.sheet, letter.agency, HEAD_BASELINE)
    flow.advance(0.3)
    flow.line(thai_date(letter.dated), MIDDLE)
    _opening(flow, letter)
    for text in letter.paragraphs:
        flow.paragraph(text)
    _signed(flow, letter, rng, letter.closing)
    _owner(flow, letter.agency)
    return flow


def _memo(letter: Letter, rng: np.random.Generator) -> Flow:
    flow = Flow(letter.style, cm(4.6))
    emblem(flow.sheet, LEFT + cm(0.75), cm(1.6), cm(1.6))
    flow.sheet.write(MIDDLE, cm(3.1), "บันทึกข้อความ", points=29, bold=True, align="m")
    _urgency(flow, letter, (LEFT + cm(3.4), cm(1.3)), rng)
    agency = letter.agency
    flow.advance()
    office = " ".join((agency.name, *agency.unit, f"โทร. {agency.phone}"))
    _blank_filled(flow, "ส่วนราชการ", office, LEFT, RIGHT)
    flow.advance(1.3)
    _blank_filled(flow, "ที่", letter.number, LEFT, MIDDLE - cm(0.3))
    _blank_filled(flow, "วันที่", thai_date(letter.dated), MIDDLE, RIGHT)
    flow.advance(1.3)
    _blank_filled(flow, "เรื่อง", letter.subject, LEFT, RIGHT)
    flow.hanging("เรียน", letter.to, flow.sheet.width("เรียน  "), gap=0.5)
    for text in letter.paragraphs:
        flow.paragraph(text)
    _signed(flow, letter, rng, "")
    return flow


def _blank_filled(flow: Flow, label: str, text: str, x0: float, x1: float) -> None:
    """A printed label with dots behind it and a text typed onto the dots."""
    sheet = flow.sheet
    value = sheet.write(x0, flow.y, label, points=20, bold=True) + cm(0.25)
    lines = sheet.wrap(text, x1 - value)
    for i, line in enumerate(lines):
        if i:
            flow.advance()
        sheet.rule(value, x1, flow.y + 24, dotted=True)
        sheet.write(value + cm(0.15), flow.y, line)


def _proclaimed(letter: Letter, rng: np.random.Generator, title: str, given: str) -> Flow:
    """Orders and announcements: centred head, text, day, signature."""
    flow = _head(letter, rng)
    flow.centred(f"{title}{letter.agency.name}")
    if letter.number:
        flow.centred(f"ที่ {letter.number}")
    flow.centred(f"เรื่อง {letter.subject}")
    flow.sheet.rule(MIDDLE - cm(2.5), MIDDLE + cm(2.5), flow.y + flow.style.feed * 0.6)
    flow.advance(0.9)
    for text in letter.paragraphs:
        flow.paragraph(text)
    flow.need(5.2 + len(letter.signer.position), last=True)
    flow.advance(0.4)
    flow.line(f"{given} ณ วันที่ {thai_date(letter.dated, era=True)}", LEFT + cm(4))
    _signed(flow, letter, rng, "")
    return flow


def _order(letter: Letter, rng: np.random.Generator) -> Flow:
    return _proclaimed(letter, rng, "คำสั่ง", "สั่ง")


def _announcement(letter: Letter, rng: np.random.Generator) -> Flow:
    return _proclaimed(letter, rng, "ประกาศ", "ประกาศ")


def _stamped(letter: Letter, rng: np.random.Generator) -> Flow:
    flow = _head(letter, rng)
    flow.line(f"ที่ {letter.number}")
    flow.hanging("ถึง", letter.to, flow.sheet.width("ถึง  "), gap=0.5)
    for text in letter.paragraphs:
        flow.paragraph(text)
    flow.need(8, last=True)
    flow.advance(3)
    seal(flow.sheet, (SIGNATURE_X, flow.y + flow.style.feed * 0.4), letter.agency.name)
    flow.line(letter.agency.name, SIGNATURE_X, "m")
    flow.line(thai_date(letter.dated), SIGNATURE_X, "m")
    flow.advance(1)
    _owner(flow, letter.agency)
    return flow


def _certificate(letter: Letter, rng: np.random.Generator) -> Flow:
    flow = _head(letter, rng)
    flow.sheet.write(LEFT, HEAD_BASELINE, f"เลขที่ {letter.number}")
    flow.y = _letterhead(flow.sheet, letter.agency, HEAD_BASELINE)
    flow.advance(1)
    for text in letter.paragraphs:
        flow.paragraph(text)
    flow.need(5.2 + len(letter.signer.position), last=True)
    flow.advance(0.4)
    flow.line(f"ให้ไว้ ณ วันที่ {thai_date(letter.dated, era=True)}", LEFT + cm(4))
    _signed(flow, letter, rng, "")
    return flow


_LAYOUTS = {
    Kind.EXTERNAL: _external,
    Kind.INTERNAL: _memo,
    Kind.STAMPED: _stamped,
    Kind.ORDER: _order,
    Kind.ANNOUNCEMENT: _announcement,
    Kind.EVIDENCE: _certificate,
}


def separator_payload(station: str, batch: str, ordinal: int) -> str:
    """What the codes of a separator sheet say."""
    body = f"SRB1|{station}|{batch}|{ordinal}"
    return f"{body}|{hashlib.sha256(body.encode()).hexdigest()[:8].upper()}"


def separator_page(batch: str, ordinal: int, station: str = "TAK01") -> PageArt:
    """The sheet that lies before a letter: three codes, so that one survives bad feeding."""
    sheet = Sheet(Style("Laksaman"))
    payload = separator_payload(station, batch, ordinal)
    size, small = cm(6), cm(3)
    _code(sheet, payload, size, (round(MIDDLE - size / 2), cm(7.3)))
    _code(sheet, payload, small, (cm(1.8), cm(1.8)))
    _code(sheet, payload, small, (PAGE_SIZE[0] - cm(1.8) - small, PAGE_SIZE[1] - cm(1.8) - small))
    sheet.write(MIDDLE, cm(6.2), "แผ่นคั่นเอกสาร (separator)", points=28, bold=True, align="m")
    sheet.write(MIDDLE, cm(18.8), thai(ordinal), points=150, bold=True, align="m")
    sheet.write(MIDDLE, cm(21.5), f"สถานี {station} ชุดที่ {thai(batch)}", points=22, align="m")
    sheet.write(MIDDLE, cm(22.8), "วางหน้าหนังสือแต่ละเรื่อง ห้ามนำออกก่อนสแกน", points=18, align="m")
    return sheet.art()


def _code(sheet: Sheet, payload: str, size: int, corner: tuple[int, int]) -> None:
    rows = segno.make_qr(payload, error="q").matrix_iter(scale=1, border=0)
    modules = np.array([list(row) for row in rows], dtype=np.uint8)
    picture = Image.fromarray(np.where(modules, 0, 255).astype(np.uint8))
    sheet.image.paste(picture.resize((size, size), Image.Resampling.NEAREST), corner)
