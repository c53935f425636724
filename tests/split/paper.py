"""Hand-built pages: lines at places, and small PDFs to cut."""

from collections.abc import Sequence
from pathlib import Path

import pikepdf

from schemas.page import Box, Line, PagesRead, PageText, PageTexts, Word

WIDTH, HEIGHT, DPI = 1240, 1754, 150.0


def line(text: str, left: float, top: float, right: float = 0.9) -> Line:
    """A line at shares of the page."""
    box = Box(int(left * WIDTH), int(top * HEIGHT), int(right * WIDTH), int((top + 0.02) * HEIGHT))
    words = tuple(Word(text=word, box=box, confidence=0.9) for word in text.split())
    return Line(words=words, box=box)


def page(number: int, *lines: Line, blank: bool = False) -> PageText:
    return PageText(number=number, width=WIDTH, height=HEIGHT, dpi=DPI, lines=lines, blank=blank)


LETTER = (
    line("ที่ ตก ๐๐๒๓.๓/ว ๒๖ ศาลากลางจังหวัดตาก", 0.14, 0.16),
    line("เรื่อง การทดสอบ", 0.14, 0.25, 0.5),
    line("เรียน นายอำเภอ", 0.14, 0.3, 0.5),
)
MEMO = (
    line("บันทึกข้อความ", 0.35, 0.07, 0.65),
    line("ส่วนราชการ สำนักงานจังหวัด", 0.14, 0.13),
    line("เรื่อง การทดสอบ", 0.14, 0.2, 0.5),
)
ORDER = (
    line("คำสั่งจังหวัดตาก", 0.4, 0.16, 0.6),
    line("ที่ ๑๒๓๔/๒๕๖๙", 0.4, 0.18, 0.6),
    line("เรื่อง แต่งตั้งคณะกรรมการ", 0.2, 0.2, 0.8),
)
PROSE = line("จึงขอให้ดำเนินการให้แล้วเสร็จภายในกำหนด", 0.14, 0.4)
CLOSING = line("ขอแสดงความนับถือ", 0.5, 0.6, 0.7)


def numbered(text: str) -> Line:
    """A page number at the top middle."""
    return line(text, 0.47, 0.05, 0.53)


def headed(text: str = "สิ่งที่ส่งมาด้วย ๑") -> Line:
    """An attachment's head at the top right."""
    return line(text, 0.72, 0.06)


def write_pdf(path: Path, words: Sequence[str]) -> Path:
    """One page a word; every page links to the next one and shares one resource dictionary."""
    with pikepdf.new() as pdf:
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
        pictures = {f"/Im{n}": _picture(pdf, n) for n in range(len(words))}
        shared = pdf.make_indirect(
            pikepdf.Dictionary(Font={"/F1": font}, XObject=pikepdf.Dictionary(pictures))
        )
        for number, word in enumerate(words):
            pdf.add_blank_page(page_size=(595, 842))
            content = f"q 9 0 0 9 0 0 cm /Im{number} Do Q BT /F1 12 Tf 72 700 Td ({word}) Tj ET"
            pdf.pages[-1].obj.Contents = pikepdf.Stream(pdf, content.encode())
            pdf.pages[-1].obj.Resources = shared
        for number, leaf in enumerate(pdf.pages):
            leaf.obj.Annots = pikepdf.Array([_link(pdf, (number + 1) % len(words))])
        pdf.save(path, compress_streams=False)
    return path


def _picture(pdf: pikepdf.Pdf, number: int) -> pikepdf.Stream:
    picture = pikepdf.Stream(pdf, bytes([number]) * 10_000)
    picture.Type, picture.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    picture.Width = picture.Height = 100
    picture.BitsPerComponent, picture.ColorSpace = 8, pikepdf.Name.DeviceGray
    return picture


def _link(pdf: pikepdf.Pdf, target: int) -> pikepdf.Object:
    where = pikepdf.Array([pdf.pages[target].obj, pikepdf.Name.Fit])
    return pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], Dest=where
        )
    )


def write_texts(path: Path, *pages: PageText) -> Path:
    path.write_text(PageTexts(pages=pages).model_dump_json(), encoding="utf-8")
    return path


def read_fact(count: int) -> PagesRead:
    return PagesRead(engine="test", count=count)
