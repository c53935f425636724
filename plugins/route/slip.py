"""Prints the paper-routing slip: where the letter lies and what staff must do.

It holds nothing of the letter's content.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from pipeline.fonts import thai_font
from schemas.letter import ThaiDate
from schemas.secrecy import Secrecy
from schemas.thaitext import thai_digits

_LEFT, _WIDTH = 25.0, 160.0
_LABEL_WIDTH = 52.0
_INDENT = 9.0
_ONE_LINE = 42
_POINT = 0.3528
_RED = (180, 0, 0)

_STEPS = (
    "หยิบหนังสือฉบับนี้ออกจากปึกตามหน้าที่ระบุข้างต้น โดยไม่ให้ผู้ไม่มีหน้าที่เห็น",
    "บรรจุซองทึบแสงสองชั้น แล้วส่งด้วยมือถึงนายทะเบียนลับทันที",
    "นายทะเบียนลงทะเบียนรับด้วยกระดาษ ห้ามสแกนหรือถ่ายภาพซ้ำ",
    "ลบภาพที่ค้างอยู่ในเครื่องสแกนและคอมพิวเตอร์ของสถานี",
    "ลงชื่อด้านล่าง แล้วเก็บใบนำส่งนี้ไว้เป็นหลักฐาน",
)
_SIGNED = (
    "ลงชื่อ ........................................",
    "(........................................)",
    "วันที่ ...../...../.....  เวลา ........... น.",
)
_ROLES = ("ผู้ส่ง (เจ้าหน้าที่สถานีสแกน)", "ผู้รับ (นายทะเบียนลับ)")


@dataclass(frozen=True)
class Slip:
    """What a slip says. ``pages`` are sheet sides of the scanned stack, 1-based."""

    number: str
    batch: str
    station: str
    pages: tuple[int, ...]
    at: datetime


def ranges(pages: Sequence[int]) -> str:
    """``(3, 4, 5, 8)`` as ``๓–๕, ๘``."""
    if not pages:
        return "-"
    starts = [pages[0], *(b for a, b in pairwise(pages) if b != a + 1)]
    ends = [*(a for a, b in pairwise(pages) if b != a + 1), pages[-1]]
    spans = (f"{a}" if a == b else f"{a}–{b}" for a, b in zip(starts, ends, strict=True))
    return thai_digits(", ".join(spans))


def print_slip(slip: Slip) -> bytes:
    """One A4 page as PDF. Raises ConfigurationError when the Thai font is missing."""
    from fpdf import FPDF

    pdf: Any = FPDF(format="A4", unit="mm")
    pdf.set_auto_page_break(auto=False)
    pdf.set_margins(_LEFT, 20, _LEFT)
    pdf.set_title(f"ใบนำส่งหนังสือลับที่สุด {slip.number}")
    pdf.set_lang("th")
    pdf.add_font("thai", "", str(thai_font()))
    pdf.add_font("thai", "B", str(thai_font(bold=True)))
    pdf.set_text_shaping(use_shaping_engine=True, script="thai", language="tha")
    pdf.add_page()
    _heading(pdf)
    _fields(pdf, slip)
    _instructions(pdf)
    _signatures(pdf)
    return bytes(pdf.output())


def _heading(pdf: Any) -> None:
    pdf.set_text_color(*_RED)
    _line(pdf, 40, Secrecy.TOP_SECRET.thai, bold=True)
    pdf.set_text_color(0)
    _line(pdf, 24, "ใบนำส่งหนังสือด้วยกระดาษ", bold=True)
    _line(pdf, 15, "ห้ามเก็บหรือส่งทางอิเล็กทรอนิกส์")
    pdf.ln(5)


def _fields(pdf: Any, slip: Slip) -> None:
    day = ThaiDate.of(slip.at.date()).format(thai=True)
    fields = (
        ("เลขที่ใบนำส่ง", slip.number),
        ("สถานีสแกน", slip.station),
        ("ชุดเอกสาร", slip.batch),
        ("หน้าในปึกที่สแกน", f"{ranges(slip.pages)} (รวม {thai_digits(str(len(slip.pages)))} หน้า)"),
        ("วันและเวลาที่พบ", f"{day} เวลา {thai_digits(slip.at.strftime('%H.%M'))} น."),
    )
    for label, value in fields:
        _field(pdf, label, value)
    pdf.ln(6)


def _field(pdf: Any, label: str, value: str) -> None:
    """A ruled row; a value too long for one line is set smaller on several."""
    top = pdf.get_y()
    points, feed = (17, 10.0) if len(value) <= _ONE_LINE else (10, 5.0)
    pdf.set_font("thai", "", points)
    pdf.set_xy(_LEFT + _LABEL_WIDTH, top)
    pdf.multi_cell(w=_WIDTH - _LABEL_WIDTH, h=feed, text=value, border=1, align="L", new_y="NEXT")
    bottom = pdf.get_y()
    pdf.set_font("thai", "B", 17)
    pdf.set_xy(_LEFT, top)
    pdf.cell(w=_LABEL_WIDTH, h=bottom - top, text=label, border=1)
    pdf.set_xy(_LEFT, bottom)


def _instructions(pdf: Any) -> None:
    pdf.set_font("thai", "B", 17)
    for text in (
        f"หนังสือตามหน้าข้างต้นของปึกนี้มีเครื่องหมาย {Secrecy.TOP_SECRET.thai}",
        "สำเนาดิจิทัลทั้งหมดถูกทำลายแล้ว เหลือแต่ต้นฉบับกระดาษ",
    ):
        pdf.multi_cell(w=_WIDTH, h=8.5, text=text, align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(3)
    pdf.set_font("thai", "", 16)
    for number, step in enumerate(_STEPS, 1):
        pdf.cell(w=_INDENT, h=8, text=f"{thai_digits(str(number))}.")
        pdf.multi_cell(w=_WIDTH - _INDENT, h=8, text=step, align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(10)


def _signatures(pdf: Any) -> None:
    column, top = _WIDTH / 2, pdf.get_y()
    pdf.set_font("thai", "", 15)
    for place, role in enumerate(_ROLES):
        pdf.set_xy(_LEFT + place * column, top)
        for text in (*_SIGNED[:2], role, _SIGNED[2]):
            pdf.cell(w=column, h=11, text=text, align="C", new_x="LEFT", new_y="NEXT")


def _line(pdf: Any, points: float, text: str, *, bold: bool = False) -> None:
    pdf.set_font("thai", "B" if bold else "", points)
    height = points * _POINT * 1.25
    pdf.cell(w=_WIDTH, h=height, text=text, align="C", new_x="LMARGIN", new_y="NEXT")
