"""Receive stamps filled in by pen: known by their labels, and no cover for a mark."""

from pathlib import Path

import numpy as np
import pytest

from bench.reading.stamps import INKS, Pixels, Stamp, lay, receipt
from pipeline.pageview import PageView
from plugins.classify.notes import Note
from plugins.classify.phrases import Sense, read_run
from plugins.classify.receipts import are_of_a_receipt, labels_of, stamped_receipts
from plugins.classify.verdict import Reason, Rules, judge
from schemas.evidence import Finding
from schemas.page import Box, Line, PageText, Word
from schemas.secrecy import THAI_MARKS, Secrecy
from tests.classify.paper import typed_page
from tests.classify.test_hostile import DPI, cleared, looked, stamp

PLACE = (960, 130)
ROWS = (
    *("สำนักงานสารบรรณกลาง", "เลขรับ ....................", "วันที่ ...................."),
    "เวลา ............ น.",
)
INKS_AND_PENS = [("blue", "red"), ("violet", "red"), ("red", "blue")]


@pytest.fixture(scope="module")
def typed() -> Pixels:
    return typed_page(5, length=2)


def filled_in(typed: Pixels, ink: str, pen: str) -> Pixels:
    """A page with a receive stamp whose rows somebody filled in."""
    sheet, rng = typed.copy(), np.random.default_rng(0)
    lay(sheet, receipt(ROWS, "Loma", DPI, rng), PLACE, INKS[ink])
    for row, text in enumerate(("๒๖๔๘", "๒๓ ส.ค. ๖๙", "๑๓.๕๐")):
        written = Stamp(text, "Purisa", rng.uniform(13, 18), INKS[pen], turn=rng.uniform(-5, 5))
        centre = PLACE[0] + rng.uniform(-10, 40), PLACE[1] - 18 + row * 30
        lay(sheet, written.stencil(DPI, rng), centre, written.colour)
    return sheet


@pytest.mark.parametrize(("ink", "pen"), INKS_AND_PENS)
def test_what_a_pen_filled_in_is_no_mark_and_a_mark_upon_it_is_one(
    tmp_path: Path, typed: Pixels, ink: str, pen: str
) -> None:
    sheet = filled_in(typed, ink, pen)
    evidence = looked(tmp_path, sheet)
    assert {piece.finding for piece in evidence} == {Finding.CLEAR, Finding.UNLIKE}
    mark = stamp("ลับ", ink, 30)
    lay(sheet, mark.stencil(DPI, np.random.default_rng(1)), PLACE, mark.colour)
    assert not cleared(tmp_path, sheet)


def test_the_cautious_are_shown_the_level_that_was_read_like(tmp_path: Path, typed: Pixels) -> None:
    evidence = looked(tmp_path, filled_in(typed, "blue", "red"))
    (like,) = (piece for piece in evidence if piece.note == Note.LIKE_A_MARK)
    assert (like.finding, like.level) == (Finding.UNLIKE, Secrecy.TOP_SECRET)
    cautious = Rules(sure=0.75, detectors=1, declared=None, cautious=True)
    verdict = judge(evidence, [like.page], Secrecy.NORMAL, cautious)
    assert verdict.level is Secrecy.TOP_SECRET
    assert Reason.DOUBT in verdict.reasons


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("เลขรับ ๒๖๔", "เลขรับ"),
        ("เลขทเบียนรับ....", "เลขทะเบียนรับ"),
        ("วันกี ๑๐ ส.ค. ๖๖", "วันที่"),
        ("เวลส. ๑๓.๕๒ น.", "เวลา"),
        ("(รับที่", "รับที่"),
        ("รับที่ 2648", "รับที่"),
        ("ด่วนที่สุด", None),
        *((mark, None) for mark in THAI_MARKS.values()),
    ],
)
def test_labels_are_known_by_how_rows_begin(text: str, label: str | None) -> None:
    assert labels_of(text) == ({label} if label else set())


def test_one_row_that_may_be_either_label_tells_nothing() -> None:
    assert labels_of("วับที่") == {"รับที่", "วันที่"}
    assert not are_of_a_receipt(["วับที่", "๒๕๖๙"])
    assert are_of_a_receipt(["วับที่", "เวลา ๑๓.๕๐"])
    assert are_of_a_receipt(["เลขทะเบียนรับ ๒๑"])
    assert not are_of_a_receipt(["รับที่ ๒๑"])


def rows(*places: tuple[str, int, int], stamped: bool) -> PageView:
    lines = tuple(
        Line(
            words=(Word(text=text, box=Box(left, top, left + 60, top + 24), confidence=0.5),),
            box=Box(left, top, left + 60, top + 24),
            stamped=stamped,
        )
        for text, left, top in places
    )
    return PageView(
        Path("page.pdf"), 0, PageText(number=1, width=1240, height=1754, dpi=DPI, lines=lines)
    )


def test_stamped_labels_beneath_one_another_are_a_receive_stamp() -> None:
    first, second, far = ("รับที่", 800, 100), ("วันที่", 804, 140), ("วันที่", 804, 400)
    (found,) = stamped_receipts(rows(first, second, stamped=True))
    assert found.left < 800
    assert found.top < 100
    assert found.bottom > 164
    assert not stamped_receipts(rows(first, second, stamped=False))
    assert not stamped_receipts(rows(first, far, stamped=True))
    assert not stamped_receipts(rows(first, ("วันที่", 1000, 140), stamped=True))


@pytest.mark.parametrize("text", ["๒๓ ส.ค. ๒๕๖๙", "2 ส.ค. 69", ".๑๑ ส.ค.", "..๑๑ ส.ค. ๖๙.."])
def test_a_date_is_no_piece_of_a_mark(text: str) -> None:
    assert read_run(text).sense is Sense.BENIGN
    assert read_run("ส.ค.").sense is not Sense.BENIGN
