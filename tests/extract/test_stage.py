"""The stage on scanned letters, read by the real recogniser."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from pydantic import JsonValue

from pipeline.linework import without_leaders
from pipeline.testing.harness import Harness
from plugins.extract.stage import ExtractLetter, ExtractOptions
from plugins.ocr.by_tesserocr import OcrTesserocr
from schemas.artifact import Role
from schemas.decision import Decision, Question
from schemas.document import Form
from schemas.letter import LetterKind
from schemas.letterfacts import LetterFacts
from schemas.outcome import Done, Outcome, Suspend
from schemas.page import PageText, PageTexts
from tests.letters.degrade import PROFILES, encode
from tests.letters.example import CIRCULAR, EMERGENCY, MEMO
from tests.letters.pages import letter_pages
from tests.letters.spec import Kind, Letter
from tests.letters.stack import page_image, to_pdf

STAMPED = replace(EMERGENCY, kind=Kind.STAMPED, number="ปท ๐๐๑๓/๔๗๑", dated=date(2026, 5, 21))


class Scanned(NamedTuple):
    """One letter's first page after recognition."""

    text: Path
    picture: Path

    @property
    def inputs(self) -> dict[str, Path]:
        return {Role.PAGE_TEXT: self.text, Role.SEARCHABLE: self.picture}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("letters")


def scanned(letter: Letter, folder: Path) -> Scanned:
    art = letter_pages(letter, np.random.default_rng(3))[0][0]
    source = folder / f"{letter.kind}.pdf"
    source.write_bytes(to_pdf([encode(page_image(art, "office", 3), PROFILES["office"])]))
    stage = OcrTesserocr(OcrTesserocr.Options())
    outcome, workdir = Harness(folder).run(stage, {Role.PDF: source})
    assert isinstance(outcome, Done)
    kept = {artifact.role: workdir / artifact.path for artifact in outcome.artifacts}
    return Scanned(kept[Role.PAGE_TEXT], kept[Role.SEARCHABLE])


@pytest.fixture(scope="module")
def circular(folder: Path) -> Scanned:
    return scanned(replace(CIRCULAR, subject="การสำรวจแหล่งน้ำเพื่อการเกษตร"), folder)


def extracted(
    folder: Path, inputs: Mapping[str, Path], content: JsonValue = None, *, decided: bool = False
) -> Outcome:
    decision = Decision(
        code="confirm-letter", choice="accept", content=content, by="t", at=datetime.now(UTC)
    )
    outcome, _ = Harness(folder).run(
        ExtractLetter(ExtractOptions()),
        inputs,
        form=Form.SET,
        decision=decision if decided else None,
    )
    return outcome


def facts_in(outcome: Outcome) -> LetterFacts:
    assert isinstance(outcome, Done)
    facts = LetterFacts.of(outcome.facts)
    assert facts is not None
    return facts


def asked(outcome: Outcome) -> Question:
    assert isinstance(outcome, Suspend)
    assert outcome.question.code == "confirm-letter"
    return outcome.question


def with_text(scan: Scanned, old: str, new: str, folder: Path) -> dict[str, Path]:
    """The same scan, with a word of the recognised text replaced."""
    text = scan.text.read_text(encoding="utf-8")
    assert old in text
    altered = folder / "altered.json"
    altered.write_text(text.replace(old, new), encoding="utf-8")
    return {Role.PAGE_TEXT: altered, Role.SEARCHABLE: scan.picture}


def test_a_scanned_circular_is_read_without_a_question(folder: Path, circular: Scanned) -> None:
    facts = facts_in(extracted(folder, circular.inputs))
    assert facts.kind.value is LetterKind.EXTERNAL
    assert str(facts.number.value) == "ตก 0023.3/ว 0026"
    assert facts.date.value is not None
    assert facts.date.value.to_date() == CIRCULAR.dated
    assert min(facts.number.confidence, facts.date.confidence) >= 0.85
    assert not facts.by_person
    assert facts.number.box is not None


def test_a_memo_is_read_through_its_dotted_lines(folder: Path) -> None:
    facts = facts_in(extracted(folder, scanned(MEMO, folder).inputs))
    assert facts.kind.value is LetterKind.INTERNAL
    assert str(facts.number.value) == "ตก 0017.1/689"
    assert facts.date.value is not None
    assert facts.date.value.to_date() == MEMO.dated


def test_a_day_under_a_red_seal_is_read(folder: Path) -> None:
    facts = facts_in(extracted(folder, scanned(STAMPED, folder).inputs))
    assert facts.kind.value is LetterKind.STAMPED
    assert facts.date.value is not None
    assert facts.date.value.to_date() == STAMPED.dated


def test_a_digit_that_the_picture_does_not_show_is_asked_about(
    folder: Path, circular: Scanned
) -> None:
    question = asked(extracted(folder, with_text(circular, "๐๐๒๖", "๐๐๒๐", folder)))
    assert [exhibit.note for exhibit in question.exhibits] == ["เลขที่หนังสือ / number"]
    assert question.exhibits[0].box is not None
    question = asked(extracted(folder, with_text(circular, "กุมภาพันธ์", "มีนาคม", folder)))
    assert [exhibit.note for exhibit in question.exhibits] == ["วันที่ / date"]


def test_without_the_picture_nothing_is_sure(folder: Path, circular: Scanned) -> None:
    question = asked(extracted(folder, {"page-text": circular.text}))
    proposal = LetterFacts.model_validate(question.proposal)
    assert str(proposal.number.value) == "ตก 0023.3/ว 0026"
    assert "0026" not in question.english
    assert str(proposal.subject.value) not in question.thai


def test_an_accepted_proposal_is_sure_and_a_persons(folder: Path, circular: Scanned) -> None:
    inputs = {str(Role.PAGE_TEXT): circular.text}
    facts = facts_in(extracted(folder, inputs, decided=True))
    assert facts.by_person
    assert facts.number.confidence == 1.0


def test_corrections_replace_what_was_read(folder: Path, circular: Scanned) -> None:
    corrections: JsonValue = {
        "number": "ตก ๐๐๒๓.๓/ว ๐๐๒๗",
        "date": "๖ มีนาคม ๒๕๖๙",
        "subject": "เรื่องใหม่",
        "kind": "stamped",
    }
    facts = facts_in(extracted(folder, circular.inputs, corrections, decided=True))
    assert str(facts.number.value) == "ตก 0023.3/ว 0027"
    assert str(facts.date.value) == "6 มีนาคม 2569"
    assert (facts.subject.value, facts.kind.value) == ("เรื่องใหม่", LetterKind.STAMPED)
    assert facts.addressee.value, "what was not corrected stays"


@pytest.mark.parametrize(
    "content",
    [{"number": "none"}, {"date": "31 กุมภาพันธ์ 2569"}, {"nonsense": 1}, ["x"], "x"],
)
def test_useless_corrections_are_asked_again(
    folder: Path, circular: Scanned, content: JsonValue
) -> None:
    question = asked(extracted(folder, {Role.PAGE_TEXT: circular.text}, content, decided=True))
    assert question.thai.startswith("คำตอบก่อนหน้าใช้ไม่ได้")
    assert question.english.startswith("The answer before is of no use")


def test_a_letter_without_its_number_is_asked_about(folder: Path) -> None:
    bare = replace(CIRCULAR, number="", kind=Kind.EXTERNAL, subject="ทดสอบ")
    question = asked(extracted(folder, scanned(bare, folder).inputs))
    assert "เลขที่หนังสือ / number" in [exhibit.note for exhibit in question.exhibits]


def test_pages_with_nothing_on_them_are_asked_about(folder: Path) -> None:
    empty = folder / "empty.json"
    page = PageText(number=1, width=2480, height=3508, dpi=300, blank=True)
    empty.write_text(PageTexts(pages=(page,)).model_dump_json(), encoding="utf-8")
    question = asked(extracted(folder, {Role.PAGE_TEXT: empty}))
    assert LetterFacts.model_validate(question.proposal).kind.value is None


def test_leader_dots_go_and_full_stops_stay() -> None:
    page = np.full((300, 1200), 255, np.uint8)
    for left in range(20, 24):
        page[148:153, left:1180:16] = 0
    page[60:66, 600:606] = 0
    page[40:66, 560:580] = 0
    cleared = without_leaders(page, 300.0)
    assert (cleared[140:160] == 255).all()
    assert (cleared[:100] == page[:100]).all()


def test_a_station_without_the_model_is_told_before_any_letter(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert ExtractLetter(ExtractOptions()).preflight() == []
    monkeypatch.setattr("pipeline.models.__file__", str(tmp_path / "__init__.py"))
    assert [p.code for p in ExtractLetter(ExtractOptions()).preflight()] == ["model-missing"]
    assert ExtractLetter(ExtractOptions(reread=False)).preflight() == []


def test_every_option_explains_itself() -> None:
    assert all(field.description for field in ExtractOptions.model_fields.values())
