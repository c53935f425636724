"""Tables: their rules are erased and all of their cells read."""

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from pipeline.linework import without_leaders, without_rules
from pipeline.models import LANGUAGE
from pipeline.pixels import Gray
from plugins.ocr.linecut import Row
from plugins.ocr.raster import clear
from plugins.ocr.strays import with_strays
from plugins.ocr.tesseract import Tesseract
from schemas.page import Box
from tests.letters.fonts import find_font

DPI = 200.0
LAKSAMAN = "/usr/share/fonts/truetype/tlwg/Laksaman.ttf"
TABLE = (
    ("๑", "ห้องประชุมชั้นสอง", "๒๒", "๑๙๖"),
    ("๒", "ห้องสมุดประชาชน", "๑๑", "๘,๗๐๐"),
    ("๓", "อาคารเอนกประสงค์", "๙๖", "๕๙"),
    ("๔", "ลานกีฬากลางแจ้ง", "๗", "๒๓๓"),
)
COLUMNS = (100, 170, 620, 760, 940)


def _table(slant: float) -> Gray:
    """A ruled table at 200 dpi, turned by ``slant`` degrees."""
    page = Image.new("L", (1100, 500), 255)
    pen = ImageDraw.Draw(page)
    font = ImageFont.truetype(LAKSAMAN, 40, layout_engine=ImageFont.Layout.RAQM)
    for number, cells in enumerate(TABLE):
        for left, text in zip(COLUMNS[:-1], cells, strict=True):
            pen.text((left + 8, 100 + 80 * number), text, 0, font, "ls", language="th")
        pen.line((COLUMNS[0], 120 + 80 * number, COLUMNS[-1], 120 + 80 * number), 0, 3)
    for column in COLUMNS:
        pen.line((column, 40, column, 360), 0, 4)
    matrix = cv2.getRotationMatrix2D((550, 250), slant, 1.0)
    turned = cv2.warpAffine(np.asarray(page), matrix, (1100, 500), borderValue=255)
    return np.asarray((turned > 128) * np.uint8(255), np.uint8)


@pytest.mark.parametrize("slant", [0.0, 0.15, -0.15])
def test_every_cell_of_a_table_is_read(slant: float) -> None:
    lines = Tesseract((LANGUAGE,), 4).read(_table(slant), DPI, 60)
    assert [line.text for line in lines] == [" ".join(cells) for cells in TABLE]


def test_words_among_leader_dots_are_read() -> None:
    page = Image.new("L", (1500, 240), 255)
    pen = ImageDraw.Draw(page)
    font = ImageFont.truetype(LAKSAMAN, 44, layout_engine=ImageFont.Layout.RAQM)
    dots = "." * 34
    for number, words in enumerate((("ชื่อหน่วยงาน", "อำเภอ"), ("รายงาน ณ วันที่", "ผู้รายงาน"))):
        text = f"{words[0]} {dots} {words[1]} {dots}"
        pen.text((60, 90 + 80 * number), text, 0, font, "ls", language="th")
    picture = np.asarray((np.asarray(page) > 128) * np.uint8(255), np.uint8)
    lines = Tesseract((LANGUAGE,), 4).read(picture, DPI, 60)
    assert [line.text for line in lines] == ["ชื่อหน่วยงาน อำเภอ", "รายงาน ณ วันที่ ผู้รายงาน"]


def test_a_few_dots_and_those_of_letters_stay() -> None:
    page = np.full((400, 900), 255, np.uint8)
    for left in (100, 110, 120, 130, 140, 150, 300, 500, 700):
        page[200:205, left : left + 5] = 0
    assert np.array_equal(without_leaders(page, DPI), page)
    page[200:205, 160:165] = 0
    cleared = without_leaders(page, DPI)
    assert (cleared[:, :200] == 255).all()
    assert np.array_equal(cleared[:, 200:], page[:, 200:])


def test_letters_stay_and_rules_go() -> None:
    page = _table(0.0)
    cleaned = without_rules(page, DPI)
    for column in COLUMNS:
        assert np.mean(cleaned[40:360, column] == 0) < 0.02
    inside = np.s_[60:115, COLUMNS[1] + 6 : COLUMNS[2] - 6]
    assert np.array_equal(cleaned[inside], page[inside])


@pytest.mark.parametrize("family", ["Loma", "Garuda", "Laksaman"])
@pytest.mark.parametrize("points", [12, 16])
def test_digits_that_touch_are_no_rule(family: str, points: int) -> None:
    font = ImageFont.truetype(str(find_font(family)), round(points * DPI / 72))
    drawn = Image.new("L", (900, 400), 255)
    ImageDraw.Draw(drawn).text((100, 100), "โทร. ๐ ๕๕๕๑ ๗๗๒๒ ๒๒๒๒๒๒", font=font, fill=0)
    page = clear(np.asarray(drawn, np.uint8))
    assert np.array_equal(without_rules(page, DPI), page)


def test_a_page_without_rules_stays_as_it_is() -> None:
    page = np.full((400, 900), 255, np.uint8)
    page[100:160, 200:208] = 0
    page[200:260, 300:420] = 0
    assert without_rules(page, DPI) is page


def test_a_number_beside_one_row_only_is_no_column() -> None:
    page = np.full((400, 900), 255, np.uint8)
    rows = []
    for baseline in (100, 200):
        page[baseline - 30 : baseline, 300:600] = 0
        rows.append(Row(Box(300, baseline - 30, 600, baseline), float(baseline), 30.0))
    page[70:100, 200:220] = 0
    assert with_strays(page, rows) == rows
    page[170:200, 205:225] = 0
    assert [row.box.left for row in with_strays(page, rows)] == [200, 205]
