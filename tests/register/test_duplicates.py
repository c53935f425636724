"""What makes two letters the same one, and what the answers do."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.errors import DocumentError
from pipeline.stage import StageOptions
from pipeline.testing.conformance import check_run
from pipeline.testing.harness import Harness
from plugins.register.duplicates import QUESTION, SPACE, CheckDuplicate
from schemas.decision import Decision
from schemas.document import Form
from schemas.letter import LetterKind, LetterNumber, ThaiDate
from schemas.letterfacts import LetterFacts, Reading
from schemas.outcome import Divert, Done, Outcome
from tests.register.test_register import FACTS


def compared(root: Path, facts: LetterFacts | None, choice: str | None = None) -> Outcome:
    decision = choice and Decision(code=QUESTION, choice=choice, by="a", at=datetime.now(UTC))
    outcome, _ = check_run(
        Harness(root),
        CheckDuplicate(StageOptions()),
        facts=(facts,) if facts else (),
        form=Form.SET,
        classified=True,
        decision=decision or None,
    )
    return outcome


def value(root: Path, **changes: object) -> str:
    outcome = compared(root, FACTS.model_copy(update=changes))
    assert isinstance(outcome, Done)
    (wish,) = outcome.reserve
    assert (wish.space, wish.keyed) == (SPACE, True)
    return wish.value


def test_number_and_date_make_a_letter_and_nothing_that_is_read_less_surely(tmp_path: Path) -> None:
    same = value(tmp_path, subject=Reading(value="ซักซอมแนวทาง"), sender=Reading[str]())
    assert same == value(tmp_path)
    other: object = Reading(value=LetterNumber.parse("ตก 0023.3/ว 0027"))
    later: object = Reading(value=ThaiDate(year_be=2568, month=12, day=31))
    assert len({same, value(tmp_path, number=other), value(tmp_path, date=later)}) == 3


@pytest.mark.parametrize("missing", ["number", "date"])
def test_a_letter_without_number_or_date_passes(tmp_path: Path, missing: str) -> None:
    assert compared(tmp_path, FACTS.model_copy(update={missing: Reading()})) == Done()


def test_a_person_says_what_it_is(tmp_path: Path) -> None:
    assert compared(tmp_path, FACTS, "another") == Done()
    second = compared(tmp_path, FACTS, "duplicate")
    assert isinstance(second, Divert)
    assert (second.disposition, second.erase) == ("duplicate", False)
    asked = compared(tmp_path, FACTS)
    assert isinstance(asked, Done)
    assert second.duplicate_of == asked.reserve[0]


def test_an_unread_letter_is_stopped(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="extract-letter"):
        compared(tmp_path, None)


def test_the_question_shows_the_page_of_the_number(tmp_path: Path) -> None:
    facts = LetterFacts(
        kind=Reading(value=LetterKind.EXTERNAL),
        number=FACTS.number.model_copy(update={"page": 2}),
        date=FACTS.date,
    )
    outcome = compared(tmp_path, facts)
    assert isinstance(outcome, Done)
    question = outcome.reserve[0].question
    assert question is not None
    assert [exhibit.page for exhibit in question.exhibits] == [2]
    assert {choice.value for choice in question.choices} == {"duplicate", "another"}
