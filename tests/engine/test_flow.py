"""One document through every kind of outcome."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select

from pipeline import tables as t
from pipeline.app import Station
from pipeline.audit import verify_chains
from pipeline.errors import ExitCode
from pipeline.overview import BatchRow, DocumentRow, exit_code, overview
from pipeline.receiving import receive
from pipeline.registers import register_rows
from pipeline.runner import holding, run_inline
from schemas.document import DocumentState
from schemas.secrecy import Secrecy
from tests.engine.conftest import stored_content

Write = Callable[..., Path]


def run(station: Station, file: Path) -> BatchRow:
    with holding(station):
        received = receive(station, str(file), station.definition())
        run_inline(station, received.batches)
    return overview(station.state, received.batches)[0]


def by_state(row: BatchRow) -> dict[DocumentState, list[DocumentRow]]:
    found: dict[DocumentState, list[DocumentRow]] = {}
    for document in row.sources[0].documents:
        found.setdefault(document.state, []).append(document)
    return found


def test_pages_are_accounted_for_and_archived(station: Station, source: Write) -> None:
    row = run(station, source("a one", "a two", "blank", "---", "b !secret", "---", "c"))
    pages = row.sources[0].pages
    assert (pages.total, pages.documents, pages.blank, pages.separator) == (7, 4, 1, 2)
    assert row.released
    assert exit_code([row]) is ExitCode.OK
    files = {f.name: f.read_text() for f in (station.folder / "archive").glob("*.txt")}
    assert files == {"a.txt": "a one\na two", "b.txt": "b !secret", "c.txt": "c"}
    assert [r.number for r in register_rows(station.state, "received", 2569)] == [1, 2, 3]


def test_second_run_repeats_nothing(station: Station, source: Write) -> None:
    file = source("a", "---", "b")
    first = run(station, file)
    with station.state.read() as tx:
        events = tx.execute(select(t.event)).all()
    assert run(station, file) == first
    with station.state.read() as tx:
        assert tx.execute(select(t.event)).all() == events


def test_question_suspends_one_document_only(station: Station, source: Write) -> None:
    row = run(station, source("a?", "---", "b"))
    states = by_state(row)
    assert len(states[DocumentState.SUSPENDED]) == len(states[DocumentState.FINISHED]) == 1
    assert exit_code([row]) is ExitCode.PERSON_NEEDED
    (waiting,) = station.questions()
    station.decide(waiting, "SECRET", by="somchai")
    with holding(station):
        run_inline(station)
    row = overview(station.state, [row.id])[0]
    assert {d.secrecy for d in row.sources[0].documents} == {Secrecy.SECRET, Secrecy.NORMAL}
    assert row.released


def test_failures_stop_one_document_only(station: Station, source: Write) -> None:
    row = run(station, source("a !bug", "---", "b !flaky", "---", "c"))
    states = by_state(row)
    assert [d.problem and d.problem["code"] for d in states[DocumentState.QUARANTINED]] == ["bug"]
    assert len(states[DocumentState.FINISHED]) == 2
    assert exit_code([row]) is ExitCode.QUARANTINE
    assert b"canary-in-a-traceback" not in stored_content(station)


def test_lost_page_stops_the_cut(station: Station, source: Write) -> None:
    row = run(station, source("a", "!lose", "b"))
    (stopped,) = row.sources[0].documents
    assert stopped.problem is not None
    assert stopped.problem["code"] == "pages-unaccounted"
    assert row.sources[0].pages.waiting == 3


def test_taken_name_asks(station: Station, source: Write) -> None:
    row = run(station, source("a", "---", "a", "---", "a"))
    waiting = station.questions()
    assert [w.question.code for w in waiting] == ["value-taken"] * 2
    station.decide(waiting[0], "keep-both", by="somchai")
    station.decide(waiting[1], "duplicate", by="somchai")
    with holding(station):
        run_inline(station)
    assert sorted(f.name for f in (station.folder / "archive").glob("*.txt")) == [
        "a.txt",
        "a_2.txt",
    ]
    states = by_state(overview(station.state, [row.id])[0])
    assert [d.disposition for d in states[DocumentState.DIVERTED]] == ["duplicate"]


def test_erased_document_cannot_be_read_again(station: Station, source: Write) -> None:
    canary = "พญานาคศิลา"
    run(station, source("a", "---", f"b !top {canary}", "---", "c"))
    with station.state.read() as tx:
        diverted = tx.execute(select(t.document).where(t.document.c.disposition == "paper")).one()
        root = tx.execute(select(t.document).where(t.document.c.id == diverted.root)).one()
        keys = set(tx.execute(select(t.document_key.c.document)).scalars())
        events = [
            e.type for e in tx.execute(select(t.event).where(t.event.c.document == diverted.id))
        ]
    assert root.id not in keys
    assert root.body_sealed is None
    assert {a.role for a in station.document(diverted.id).artifacts} == {"slip"}
    assert station.document(diverted.id).facts.keys() == {"registered"}
    assert events.count("erasure-certified") == 1
    stored = list(station.store.locators())
    assert not [s for s in stored if root.id.hex in s]
    assert len([s for s in stored if diverted.id.hex in s]) == 1
    assert canary.encode() not in stored_content(station)
    for file in station.folder.rglob("*"):
        if file.is_file() and file.parent.name != "archive":
            assert canary.encode() not in file.read_bytes(), file


def test_audit_chain_shows_every_change(station: Station, source: Write) -> None:
    run(station, source("a", "---", "b"))
    with station.state.read() as tx:
        checked, breaks = verify_chains(tx)
    assert checked > 10
    assert not breaks
    with station.state.write() as tx:
        victim = tx.execute(select(t.event).where(t.event.c.type == "document-cut")).first()
        assert victim is not None
        tx.execute(t.event.update().where(t.event.c.id == victim.id).values(agent="mallory"))
    with station.state.read() as tx:
        assert len(verify_chains(tx)[1]) == 1
    with station.state.write() as tx:
        tx.execute(t.event.delete().where(t.event.c.type == "document-finished"))
    with station.state.read() as tx:
        reasons = {b.reason for b in verify_chains(tx)[1]}
    assert "the last events are missing" in reasons
