"""A separator sheet is told from a page of a letter that bears a separator's code."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from plugins.split.cutting import Cutting, cut_stack
from plugins.split.looking import look
from plugins.split.seen import Expected, Limits
from plugins.split.sheets import separator_sheets
from schemas.cuts import CutReason
from schemas.page import PageTexts
from tests.split.paper import line, page

LIMITS = Limits()
SHEET = (
    "แผ่นคั่นเอกสาร (separator)",
    "๗",
    "สถานี DISTRICT-OFFICE-01 ชุดที่ BATCH.2569_01-OF-MARCH.1",
    "วางหน้าหนังสือแต่ละเรื่อง ห้ามนำออกก่อนสแกน",
)
ENGLISH = "The Ministry of Foreign Affairs presents its compliments and has the honour"
FIGURES = "2566 1,234,567 2567 2,345,678 2568 3,456,789 2569 4,567,890"
BATCHES = "วัสดุชุดที่ ๑ ส่งแล้ว วัสดุชุดที่ ๒ จะส่งได้ทันในเดือนหน้า"


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sheet") / "sheet.pdf"
    path.write_bytes(separator_sheets("TAK01", "69000001", 7, 1))
    return path


def cut(sheet: Path, texts: Sequence[str]) -> Cutting:
    """A page with a separator's code on which ``texts`` were read."""
    lines = [line(text, 0.1, 0.04 + 0.04 * n) for n, text in enumerate(texts)]
    seen = look(sheet, PageTexts(pages=(page(1, *lines),)), LIMITS.most_letters, lambda: None)
    assert seen[0].code
    return cut_stack(seen, LIMITS, Expected())


@pytest.mark.parametrize("texts", [(), SHEET, SHEET[1:], (*SHEET, "เรื่องด่วน โทรแจ้ง ๗๗๒๒")])
def test_a_sheet_is_set_aside(sheet: Path, texts: Sequence[str]) -> None:
    cutting = cut(sheet, texts)
    assert len(cutting.set_aside) == 1
    assert cutting.cuts == ()


@pytest.mark.parametrize("text", [ENGLISH, FIGURES, BATCHES])
@pytest.mark.parametrize("beside", [(), SHEET])
def test_a_page_with_text_of_its_own_is_kept_and_asked_about(
    sheet: Path, text: str, beside: Sequence[str]
) -> None:
    cutting = cut(sheet, (*beside, *[text] * 4))
    assert cutting.set_aside == ()
    assert [piece.pages for piece in cutting.cuts] == [(1,)]
    assert CutReason.SEPARATOR_TEXT in {doubt.reason for doubt in cutting.doubts}
