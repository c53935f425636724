"""Archive names follow the rule, are safe, and differ when numbers differ."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue, ValidationError

from pipeline.errors import DocumentError
from pipeline.testing.harness import Harness
from plugins.naming.stage import NameByRule, NameOptions
from plugins.naming.stem import letter_stem, safe_stem
from plugins.naming.templates import Templates
from schemas.cuts import AttachmentMark
from schemas.decision import Decision
from schemas.document import Form
from schemas.filing import FileName
from schemas.letter import LetterKind, LetterNumber, OrderNumber, RegisterMark, ThaiDate
from schemas.letterfacts import LetterFacts, Reading
from schemas.outcome import Divert, Done, Outcome, Suspend

MARKS = {RegisterMark.CIRCULAR: "W", RegisterMark.EMERGENCY: "E"}
SECRET_SUBJECT = "แผนเผชิญเหตุ Operation-Lotus 77"
numbers = st.builds(
    LetterNumber,
    prefix=st.just("ตก"),
    code=st.from_regex(r"\A[0-9]{2,6}(\.[0-9]{1,3}){0,4}\Z"),
    mark=st.sampled_from([None, *RegisterMark]),
    running=st.text("0123456789", min_size=1, max_size=6),
)


def facts_of(
    number: LetterNumber | OrderNumber | None,
    kind: LetterKind = LetterKind.EXTERNAL,
    day: date | None = date(2026, 2, 5),
) -> LetterFacts:
    return LetterFacts(
        kind=Reading(value=kind, confidence=1),
        number=Reading(value=number, confidence=1),
        date=Reading(value=ThaiDate.of(day) if day else None, confidence=1),
        subject=Reading(value=SECRET_SUBJECT, confidence=1),
    )


def stem_of(facts: LetterFacts) -> str | None:
    return letter_stem(
        facts, templates=Templates(), agency="TAK", marks=MARKS, stable_id="0a1b2c3d"
    )


def named(
    root: Path,
    facts: LetterFacts,
    *,
    mark: AttachmentMark | None = None,
    decision: Decision | None = None,
    answers: tuple[Decision, ...] = (),
    options: NameOptions | None = None,
) -> Outcome:
    stage = NameByRule(options or NameOptions(agency="TAK"))
    outcome, _ = Harness(root).run(
        stage,
        facts=(facts, mark) if mark else (facts,),
        form=Form.ATTACHMENT if mark else Form.LETTER,
        decision=decision,
        answers=answers,
        identity=UUID(int=7),
    )
    return outcome


def taken(choice: str, content: JsonValue = None) -> Decision:
    return Decision(
        code="value-taken", choice=choice, content=content, by="tester", at=datetime.now(UTC)
    )


def stem_in(outcome: Outcome) -> str:
    assert isinstance(outcome, Done)
    name = FileName.of(outcome.facts)
    assert name is not None
    assert [(r.space, r.value) for r in outcome.reserve] == [("file-name", name.stem)]
    return name.stem


@pytest.mark.parametrize(
    ("number", "stem"),
    [
        ("ตก ๐๐๒๓.๓/ว ๐๐๒๖", "2569_TAK_0023_3_W0026"),
        ("ปท ๐๐๑๓ / ฉ ๐๐๑", "2569_TAK_0013_E001"),
        ("ตก 0017.2/84", "2569_TAK_0017_2_84"),
    ],
)
def test_external_letters_are_named_by_the_rule(tmp_path: Path, number: str, stem: str) -> None:
    assert stem_in(named(tmp_path, facts_of(LetterNumber.parse(number)))) == stem


def test_an_attachment_adds_its_ordinal_to_the_letters_name(tmp_path: Path) -> None:
    facts = facts_of(LetterNumber.parse("ตก ๐๐๒๓.๓/ว ๐๐๒๖"))
    mark = AttachmentMark(ordinal=2, title="แบบรายงาน", letter_pages=1)
    assert stem_in(named(tmp_path, facts, mark=mark)) == "2569_TAK_0023_3_W0026_A2"


def test_an_attachment_without_its_mark_is_refused(tmp_path: Path) -> None:
    stage = NameByRule(NameOptions(agency="TAK"))
    with pytest.raises(DocumentError, match="attachment-unmarked"):
        Harness(tmp_path).run(stage, facts=(facts_of(None),), form=Form.ATTACHMENT)


def test_orders_take_the_year_of_their_number(tmp_path: Path) -> None:
    facts = facts_of(OrderNumber(running="1234", year_be=2568), LetterKind.ORDER)
    assert stem_in(named(tmp_path, facts)) == "2568_TAK_ORDER_1234"


def test_orders_of_an_agency_with_letters_of_its_own_are_told_apart(tmp_path: Path) -> None:
    numbers = ("สป 123/2569", "สป 456/2569")
    facts = [facts_of(OrderNumber.parse(number), LetterKind.ORDER) for number in numbers]
    stems = [stem_in(named(tmp_path, one)) for one in facts]
    assert stems == ["2569_TAK_ORDER_123", "2569_TAK_ORDER_456"]


def test_letters_without_a_number_get_day_kind_and_a_stable_id(tmp_path: Path) -> None:
    facts = facts_of(None, LetterKind.ANNOUNCEMENT)
    first, again = (stem_in(named(tmp_path, facts)) for _ in range(2))
    assert first == again == "25690205_TAK_announcement_00000000"


def test_senders_may_have_codes_of_their_own(tmp_path: Path) -> None:
    options = NameOptions(agency="TAK", agency_of_prefix={"ปท": "PTE"})
    facts = facts_of(LetterNumber.parse("ปท 0013 / ฉ 001"))
    assert stem_in(named(tmp_path, facts, options=options)) == "2569_PTE_0013_E001"
    by_committee = facts_of(LetterNumber.parse("ปท. (กวจ) 0013/ว 1"))
    assert stem_in(named(tmp_path, by_committee, options=options)) == "2569_PTE_0013_W1"


def test_a_taken_name_is_numbered_or_the_document_diverted(tmp_path: Path) -> None:
    facts = facts_of(LetterNumber.parse("ตก 0017.2/84"))
    again = named(tmp_path, facts, decision=taken("keep-both", 3))
    assert stem_in(again) == "2569_TAK_0017_2_84_D3"
    unnumbered = named(tmp_path, facts, decision=taken("keep-both"))
    assert stem_in(unnumbered) == "2569_TAK_0017_2_84_D2"
    diverted = named(tmp_path, facts, decision=taken("duplicate"))
    assert isinstance(diverted, Divert)
    assert (diverted.disposition, diverted.erase) == ("duplicate", False)
    assert [wish.value for wish in diverted.duplicate_of] == ["2569_TAK_0017_2_84"]


def test_a_name_with_a_gap_is_asked_for(tmp_path: Path) -> None:
    facts = facts_of(LetterNumber.parse("ตก 0017.2/84"), day=None)
    asked = named(tmp_path, facts)
    assert isinstance(asked, Suspend)
    assert asked.question.code == "confirm-name"

    def answer(content: JsonValue) -> Outcome:
        decision = Decision(
            code="confirm-name", choice="accept", content=content, by="t", at=datetime.now(UTC)
        )
        return named(tmp_path, facts, decision=decision)

    assert stem_in(answer("2569 TAK/0017.2/84")) == "2569_TAK_0017_2_84"
    for useless in ("เรื่องลับ", "", None, 5, "a" * 300):
        assert isinstance(answer(useless), Suspend)


def test_a_confirmed_name_that_is_taken_is_numbered_not_asked_for_again(tmp_path: Path) -> None:
    confirmed = Decision(
        code="confirm-name", choice="accept", content="2569_TAK_77", by="t", at=datetime.now(UTC)
    )
    facts = facts_of(None, day=None)
    outcome = named(tmp_path, facts, decision=taken("keep-both"), answers=(confirmed,))
    assert stem_in(outcome) == "2569_TAK_77_D2"


@given(numbers)
def test_names_are_safe_short_and_free_of_the_subject(number: LetterNumber) -> None:
    for kind in LetterKind:
        stem = stem_of(facts_of(number, kind))
        assert stem is not None
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", stem)
        assert "__" not in stem
        assert len(f"{stem}_A99_D99.json.p7m".encode()) <= 255
        assert "Lotus" not in stem
        assert "77" not in stem.replace(number.code, "").split("_") or "77" in str(number)


@given(st.lists(numbers, min_size=2, max_size=6, unique=True))
def test_different_numbers_have_different_names(different: list[LetterNumber]) -> None:
    stems = {stem_of(facts_of(number)) for number in different}
    assert len(stems) == len(different)


@pytest.mark.parametrize("name", ["CON", "nul", "Com1", "LPT9"])
def test_device_names_are_never_used(name: str) -> None:
    assert safe_stem(name).upper() != name.upper()


@pytest.mark.parametrize(
    "template",
    ["{subject}", "{year.real}", "{code!r}", "{year:>900}", "../{year}", "", "{year}/x", "{0}"],
)
def test_templates_that_leak_or_escape_are_refused(template: str) -> None:
    with pytest.raises(ValidationError):
        Templates(external=template)


def test_options_need_an_agency_and_two_marks() -> None:
    with pytest.raises(ValidationError):
        NameOptions.model_validate({})
    with pytest.raises(ValidationError, match="different marks"):
        NameOptions(agency="TAK", circular="X", emergency="X")


def test_every_option_explains_itself() -> None:
    for options in (NameOptions, Templates):
        assert all(field.description for field in options.model_fields.values())
