"""What makes two letters the same one, and what the answers do."""

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.errors import DocumentError
from pipeline.stage import StageOptions
from pipeline.testing.conformance import check_run
from pipeline.testing.harness import Harness
from plugins.register.duplicates import BY_NUMBER, BY_TEXT, QUESTION, CheckDuplicate
from plugins.register.likeness import BANDS, LEAST_LETTERS, bands
from schemas.artifact import Role
from schemas.decision import Decision
from schemas.document import Form
from schemas.letter import LetterKind, LetterNumber, ThaiDate
from schemas.letterfacts import LetterFacts, Reading
from schemas.outcome import Divert, Done, Outcome
from schemas.page import PageText, PageTexts
from tests.extract.typed import typed
from tests.letters.text import body
from tests.register.test_register import FACTS


def page(text: str) -> PageText:
    """A page that says ``text``, 60 letters a line."""
    rows = [text[at : at + 60] for at in range(0, len(text), 60)]
    return typed(*((3.0, 3.0 + 0.8 * row, line) for row, line in enumerate(rows)))


def misread(text: str, share: float, seed: int) -> str:
    """``text`` with ``share`` of its letters read as others."""
    rng = random.Random(seed)
    return "".join(rng.choice("กนมรลวส") if rng.random() < share else char for char in text)


TEXT = " ".join(body("villages")[:2] + body("circular"))
OTHER = " ".join(body("memo"))


def compared(
    root: Path, facts: LetterFacts | None, choice: str | None = None, text: str = TEXT
) -> Outcome:
    words = root / "page-text.json"
    words.write_text(PageTexts(pages=(page(text),)).model_dump_json(), "utf-8")
    decision = choice and Decision(code=QUESTION, choice=choice, by="a", at=datetime.now(UTC))
    outcome, _ = check_run(
        Harness(root),
        CheckDuplicate(StageOptions()),
        {Role.PAGE_TEXT: words},
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
    assert (wish.space, wish.keyed) == (BY_NUMBER, True)
    return wish.value


def test_number_and_date_make_a_letter_and_nothing_that_is_read_less_surely(tmp_path: Path) -> None:
    same = value(tmp_path, subject=Reading(value="ซักซอมแนวทาง"), sender=Reading[str]())
    assert same == value(tmp_path)
    other: object = Reading(value=LetterNumber.parse("ตก 0023.3/ว 0027"))
    later: object = Reading(value=ThaiDate(year_be=2568, month=12, day=31))
    assert len({same, value(tmp_path, number=other), value(tmp_path, date=later)}) == 3


@pytest.mark.parametrize("missing", ["number", "date"])
def test_a_letter_without_number_or_date_is_compared_by_its_text(
    tmp_path: Path, missing: str
) -> None:
    facts = FACTS.model_copy(update={missing: Reading()})
    outcome = compared(tmp_path, facts)
    assert isinstance(outcome, Done)
    assert len(outcome.reserve) == BANDS
    assert {(wish.space, wish.keyed) for wish in outcome.reserve} == {(BY_TEXT, True)}
    assert compared(tmp_path, facts, text="ขอให้") == Done()


@pytest.mark.parametrize("seed", range(5))
def test_two_scans_of_a_text_share_a_band_and_two_texts_do_not(seed: int) -> None:
    first = set(bands([page(misread(TEXT, 0.01, seed))]))
    again = set(bands([page(misread(TEXT, 0.01, seed + 100))]))
    other = set(bands([page(misread(OTHER, 0.01, seed))]))
    assert first & again
    assert not first & other


def test_where_the_lines_of_a_text_break_does_not_matter() -> None:
    assert bands([page(TEXT)]) == bands([page(TEXT[:300]), page(TEXT[300:])])
    assert bands([page("ก" * (LEAST_LETTERS - 1))]) == ()


def test_a_person_says_what_it_is(tmp_path: Path) -> None:
    assert compared(tmp_path, FACTS, "another") == Done()
    second = compared(tmp_path, FACTS, "duplicate")
    assert isinstance(second, Divert)
    assert (second.disposition, second.erase) == ("duplicate", False)
    asked = compared(tmp_path, FACTS)
    assert isinstance(asked, Done)
    assert second.duplicate_of == asked.reserve


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
