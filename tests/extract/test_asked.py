"""Of what a letter with surely read words is asked: years, urgency, pages partly scanned."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.testing.harness import Harness
from plugins.extract.answers import answered
from plugins.extract.stage import ExtractLetter, ExtractOptions
from schemas.artifact import Role
from schemas.letter import Urgency
from schemas.letterfacts import LetterFacts
from schemas.outcome import Done, Outcome, Suspend
from schemas.page import PageText, PageTexts
from tests.extract.typed import centred, typed

THIS_YEAR = datetime.now(UTC).year + 543
PROSE = "ด้วยจังหวัดตากได้รับแจ้งจากหน่วยงานที่เกี่ยวข้องว่ามีความจำเป็นต้องดำเนินการ"


def read(folder: Path, *pages: PageText, **options: Any) -> Outcome:
    """What becomes of pages of which there is no picture."""
    path = folder / "texts.json"
    path.write_text(PageTexts(pages=pages).model_dump_json(), "utf-8")
    stage = ExtractLetter(ExtractOptions(**{"ask_below": 0.5} | options))
    return Harness(folder).run(stage, {Role.PAGE_TEXT: path})[0]


def letter(year: int, mark: str = "") -> PageText:
    return typed(
        *([(3.0, 3.8, mark)] if mark else []),
        (3.0, 4.8, "ที่ ตก ๐๐๒๓.๓/ว ๐๐๒๖"),
        (13.0, 4.8, "ศาลากลางจังหวัดตาก"),
        (10.5, 6.6, f"๑๙ มกราคม {year}"),
        (3.0, 7.6, "เรื่อง การเตรียมความพร้อมป้องกันไฟป่า"),
        (3.0, 8.6, "เรียน นายอำเภอทุกอำเภอ"),
        (5.5, 10.0, PROSE),
        (11.5, 20.0, "ขอแสดงความนับถือ"),
    )


@pytest.mark.parametrize(
    ("year", "options", "asked"),
    [
        (THIS_YEAR, {}, False),
        (THIS_YEAR + 1, {}, False),
        (THIS_YEAR + 2, {}, True),
        (THIS_YEAR - 10, {}, False),
        (THIS_YEAR - 11, {}, True),
        (THIS_YEAR - 11, {"years": 60}, False),
        (THIS_YEAR - 1, {"years": 0}, True),
    ],
)
def test_a_year_to_come_or_long_past_is_asked_about(
    tmp_path: Path, year: int, options: dict[str, int], asked: bool
) -> None:
    outcome = read(tmp_path, letter(year), **options)
    assert isinstance(outcome, Suspend if asked else Done)
    if isinstance(outcome, Suspend):
        assert [exhibit.note for exhibit in outcome.question.exhibits] == ["วันที่ / date"]


@pytest.mark.parametrize(("mark", "asked"), [("ด่วนมาก", False), ("ด่วนพิเศษ", True), ("", False)])
def test_what_may_be_a_mark_of_urgency_is_asked_about(
    tmp_path: Path, mark: str, asked: bool
) -> None:
    outcome = read(tmp_path, letter(THIS_YEAR, mark))
    assert isinstance(outcome, Suspend if asked else Done)
    if isinstance(outcome, Suspend):
        assert [exhibit.note for exhibit in outcome.question.exhibits] == ["ชั้นความเร็ว / urgency"]
        facts = LetterFacts.model_validate(outcome.question.proposal)
        corrected = answered(facts, {"urgency": "ด่วนที่สุด"})
        assert corrected.urgency.value is Urgency.MOST_URGENT
        assert answered(facts, {"urgency": ""}).urgency.value is Urgency.NONE
        with pytest.raises(ValueError, match="not the fields"):
            answered(facts, {"urgency": "ช้ามาก"})


def test_a_page_that_was_scanned_in_behind_typed_ones_is_no_file_text(tmp_path: Path) -> None:
    typed_in = typed(
        centred(5.0, "คำสั่งจังหวัดตาก"),
        centred(5.8, "ที่ ๑๒๓๔/๒๕๖๙"),
        centred(6.6, "เรื่อง แต่งตั้งคณะกรรมการอำนวยการจัดงาน"),
        (5.5, 9.0, PROSE),
    ).model_copy(update={"born_digital": True})
    given = (8.0, 12.0, "สั่ง ณ วันที่ ๓ เมษายน พ.ศ. ๒๕๖๙")
    signed = typed((5.5, 4.0, PROSE), given, (10.0, 15.0, "(นายกิตติภูมิ ไพรวนารักษ์)"), number=2)
    scanned = read(tmp_path, typed_in, signed, ask_below=0.85)
    digital = signed.model_copy(update={"born_digital": True})
    assert isinstance(read(tmp_path, typed_in, digital, ask_below=0.85), Done)
    assert isinstance(scanned, Suspend)
