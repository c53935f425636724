"""Which typed words explain the print among them."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.pageview import PageView
from plugins.classify.ink import inks
from plugins.classify.typed import sure_words
from schemas.page import Box, Line, PageText, Word

PLACE = Box(200, 400, 500, 440)


def explains(text: str, *, born_digital: bool = False) -> bool:
    """Whether a typed word that was read surely explains its print."""
    sheet = np.full((1754, 1240, 3), 250, np.uint8)
    sheet[PLACE.top + 8 : PLACE.bottom - 8, PLACE.left : PLACE.right : 6] = 20
    line = Line(words=(Word(text=text, box=PLACE, confidence=0.93),), box=PLACE)
    page = PageText(
        number=1, width=1240, height=1754, dpi=150, born_digital=born_digital, lines=(line,)
    )
    return bool(sure_words(PageView(Path("never-opened.pdf"), 0, page), inks(sheet)))


@pytest.mark.parametrize(
    "text",
    [
        "จังหวัดตาก",
        "ซึ่งถือเป็นข้อมูลอันเป็นความลับ",
        "เอกสารเกี่ยวกับความลับของทางราชการ",
        "ลำดับที่",
        "ลงคะแนนโดยตรงและลับ",
    ],
)
def test_prose_explains_its_print(text: str) -> None:
    assert explains(text)
    assert not explains(text, born_digital=True)


@pytest.mark.parametrize(
    "text",
    [
        "ลับมาก",
        "เอกสารลับ",
        "เอกสารลับมาก",
        "หนังสือราชการลับมาก",
        "เอกสารลับที่สุด",
        "เอกสารลบทสุด",
        "ลับที่สุด/ด่วน",
    ],
)
def test_a_word_that_ends_as_a_mark_does_explains_nothing(text: str) -> None:
    assert not explains(text)
