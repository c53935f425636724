"""The emergency mark is believed when it is seen, never because something resembles it."""

from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFont

from pipeline.fonts import thai_font
from plugins.extract.marks import shows_emergency_mark
from schemas.page import Box, PageText

STACK = Path(__file__).parents[2] / "examples" / "stack.pdf"
LINE = Box(235, 380, 670, 460)


def page_text(number: int = 1) -> PageText:
    return PageText(number=number, width=1654, height=2339, dpi=200)


def test_scanned_mark_is_seen(tmp_path: Path) -> None:
    single = tmp_path / "page.pdf"
    with pikepdf.open(STACK) as stack, pikepdf.new() as pdf:
        pdf.pages.append(stack.pages[17])
        pdf.save(single)
    assert shows_emergency_mark(single, page_text(), LINE)


@pytest.mark.parametrize("mark", ["น", "ณ", "ถ", "ว", ""])
def test_look_alikes_are_not_it(tmp_path: Path, mark: str) -> None:
    sheet = Image.new("L", (2480, 3508), 255)
    font = ImageFont.truetype(str(thai_font()), 67, layout_engine=ImageFont.Layout.RAQM)
    ImageDraw.Draw(sheet).text((360, 600), f"ที่ ปท ๐๐๑๓ / {mark} ๐๐๑", font=font, fill=0)
    drawn = tmp_path / "drawn.pdf"
    sheet.save(drawn, resolution=300)
    pdf = pypdfium2.PdfDocument(drawn)
    assert len(pdf) == 1
    pdf.close()
    assert not shows_emergency_mark(drawn, page_text(), LINE)
