"""Prints the slip of a letter that must be scanned again: which pages, and why.

It holds nothing of the letter's content.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline.fonts import thai_font
from plugins.scan.faults import ScanFault
from plugins.scan.wording import FAULTS, listed
from schemas.letter import ThaiDate
from schemas.thaitext import thai_digits

_LEFT, _WIDTH, _LABEL = 25.0, 160.0, 52.0
_STEPS = (
    "หยิบหนังสือทั้งเรื่องออกจากกองตามหน้าข้างต้น",
    "แก้เหตุที่ระบุไว้ แล้วสแกนใหม่ทั้งเรื่อง ไม่ใช่เฉพาะหน้าที่เสีย",
    "นำไฟล์ใหม่เข้าระบบตามปกติ ภาพเดิมยังเก็บไว้และไม่ถูกส่งต่อ",
)


@dataclass(frozen=True)
class RescanSlip:
    """``pages`` of the letter and the keys of ``faults`` are sides of the stack, 1-based."""

    number: str
    batch: str
    station: str
    pages: tuple[int, ...]
    faults: Mapping[int, tuple[ScanFault, ...]]
    at: datetime


def print_slip(slip: RescanSlip) -> bytes:
    """One A4 page or more as PDF. Raises ConfigurationError when the Thai font is missing."""
    from fpdf import FPDF

    pdf: Any = FPDF(format="A4", unit="mm")
    pdf.set_margins(_LEFT, 20, _LEFT)
    pdf.set_auto_page_break(auto=True, margin=20)
    pdf.set_title(f"ใบขอสแกนใหม่ {slip.number}")
    pdf.set_lang("th")
    pdf.add_font("thai", "", str(thai_font()))
    pdf.add_font("thai", "B", str(thai_font(bold=True)))
    pdf.set_text_shaping(use_shaping_engine=True, script="thai", language="tha")
    pdf.add_page()
    pdf.set_font("thai", "B", 24)
    pdf.cell(w=_WIDTH, h=14, text="ใบขอสแกนใหม่ / Rescan request", align="C", new_y="NEXT")
    pdf.ln(4)
    for label, value in _fields(slip):
        _row(pdf, label, value)
    pdf.ln(6)
    for number, step in enumerate(_STEPS, 1):
        pdf.set_font("thai", "", 16)
        pdf.set_x(_LEFT)
        pdf.multi_cell(w=_WIDTH, h=8, text=f"{thai_digits(str(number))}. {step}", align="L")
    return bytes(pdf.output())


def _fields(slip: RescanSlip) -> list[tuple[str, str]]:
    day = ThaiDate.of(slip.at.date()).format(thai=True)
    fields = [
        ("เลขที่เอกสาร", slip.number),
        ("สถานีสแกน", slip.station),
        ("ชุดเอกสาร", slip.batch),
        ("หน้าของเรื่องนี้ในกอง", thai_digits(listed(slip.pages))),
        ("วันที่ขอ", day),
    ]
    for page, faults in slip.faults.items():
        thai, english = zip(*(FAULTS[fault] for fault in faults), strict=True)
        fields.append((f"หน้า {thai_digits(str(page))}", f"{', '.join(thai)}\n{', '.join(english)}"))
    return fields


def _row(pdf: Any, label: str, value: str) -> None:
    """A ruled row as high as its value."""
    pdf.set_font("thai", "", 14)
    rows = pdf.multi_cell(
        w=_WIDTH - _LABEL, h=8, text=value, align="L", dry_run=True, output="LINES"
    )
    height = 8 * len(rows)
    if pdf.will_page_break(height):
        pdf.add_page()
    top = pdf.get_y()
    pdf.set_xy(_LEFT + _LABEL, top)
    pdf.multi_cell(w=_WIDTH - _LABEL, h=8, text=value, border=1, align="L")
    pdf.set_font("thai", "B", 14)
    pdf.set_xy(_LEFT, top)
    pdf.cell(w=_LABEL, h=height, text=label, border=1)
    pdf.set_xy(_LEFT, top + height)
