"""The same letter taken in twice: asked once, registered once, and nothing told across levels."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.app import Station
from pipeline.overview import DocumentRow, overview
from pipeline.receiving import receive
from pipeline.runner import holding, run_inline
from schemas.document import DocumentState
from schemas.letter import LetterNumber
from schemas.register import DuplicateOf
from tests.engine.conftest import CLASSIFIED, stored_content

Write = Callable[..., Path]

STEPS = (
    'name = "letters"'
    + CLASSIFIED
    + """[[steps]]
name = "extract"
uses = "toy-letter"
[[steps]]
name = "compare"
uses = "check-duplicate"
[[steps]]
name = "register"
uses = "register-receive"
"""
)


@pytest.fixture
def desk(station: Station) -> Station:
    (station.folder / "definitions" / "letters.toml").write_text(STEPS, "utf-8")
    return station


def take_in(desk: Station, file: Path) -> list[DocumentRow]:
    with holding(desk):
        receive(desk, str(file), desk.definition("letters"))
    return go_on(desk)


def go_on(desk: Station) -> list[DocumentRow]:
    with holding(desk):
        run_inline(desk)
    rows = overview(desk.state, [batch.id for batch in desk.batches()])
    return [found for row in rows for source in row.sources for found in source.documents]


def test_a_second_scan_waits_and_is_kept_beside_the_first(desk: Station, source: Write) -> None:
    (first,) = take_in(desk, source("7 one", name="a.txt"))
    take_in(desk, source("7 scanned again", "---", "8 other", name="b.txt"))
    (waiting,) = desk.questions()
    short = str(first.id)[:8]
    assert waiting.question.code == "same-letter"
    assert short in waiting.question.thai
    assert f"Document {short} (register received, 1/" in waiting.question.english
    desk.decide(waiting, "duplicate", by="somchai")
    (second,) = [d for d in go_on(desk) if d.id == waiting.document]
    assert (second.state, second.disposition) == (DocumentState.DIVERTED, "duplicate")
    document = desk.document(second.id)
    assert DuplicateOf.of(document.facts) == DuplicateOf(document=first.id)
    assert document.artifacts
    assert desk.questions() == []


def test_another_letter_of_the_same_number_is_registered(desk: Station, source: Write) -> None:
    take_in(desk, source("7 one", "---", "7 two"))
    (waiting,) = desk.questions()
    desk.decide(waiting, "another", by="somchai")
    assert {d.state for d in go_on(desk)} == {DocumentState.FINISHED}


def test_a_text_without_number_is_compared_within_its_batch(desk: Station, source: Write) -> None:
    notice = " ".join(f"ประกาศ{count}" for count in range(80))
    again = notice.replace("ประกาศ7 ", "ประกาค7 ")
    take_in(desk, source(notice, "---", again, "---", notice[::-1], name="a"))
    (waiting,) = desk.questions()
    assert "nearly the text" in waiting.question.english
    desk.decide(waiting, "duplicate", by="somchai")
    rows = go_on(desk)
    (second,) = [row for row in rows if row.disposition == "duplicate"]
    first = DuplicateOf.of(desk.document(second.id).facts)
    assert first is not None
    assert first.document in {row.id for row in rows} - {second.id}
    take_in(desk, source(again, name="b"))
    assert desk.questions() == []


def test_the_same_bytes_are_one_document(desk: Station, source: Write) -> None:
    take_in(desk, source("7 one", name="a.txt"))
    assert len(take_in(desk, source("7 one", name="b.txt"))) == 1
    assert desk.questions() == []


@pytest.mark.parametrize("order", [("7 open", "7 !secret"), ("7 !secret", "7 open")])
def test_levels_learn_nothing_of_one_another(
    desk: Station, source: Write, order: tuple[str, str]
) -> None:
    for name, text in zip("ab", order, strict=True):
        rows = take_in(desk, source(text, name=name))
    assert {d.state for d in rows} == {DocumentState.FINISHED}
    take_in(desk, source("7 !secret again", name="c"))
    (waiting,) = desk.questions()
    assert "register received-secret, 1/" in waiting.question.english


def test_the_state_store_does_not_tell_the_number(desk: Station, source: Write) -> None:
    take_in(desk, source("987654 one"))
    number = LetterNumber(prefix="ตก", code="0023", running="987654")
    content = stored_content(desk)
    assert b"letter" in content
    assert number.format().encode() not in content
    assert b"987654" not in content
    take_in(desk, source("ฉบับร่าง" * 40, name="b.txt"))
    assert b"letter-text" in stored_content(desk)
