"""A station's state moves to another database, and the work goes on there."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import insert

from pipeline import tables as t
from pipeline.app import Station
from pipeline.audit import verify_chains
from pipeline.errors import BusyError, ConfigurationError, SecurityError
from pipeline.moving import move_state
from pipeline.overview import overview
from pipeline.receiving import receive
from pipeline.registers import register_rows
from pipeline.runner import holding, run_inline
from pipeline.state import State
from schemas.document import DocumentState
from tests.engine.conftest import on_sqlite
from tests.services.postgres import PostgresServer

pytestmark = on_sqlite
Write = Callable[..., Path]


@pytest.fixture
def worked(station: Station, source: Write) -> Station:
    """One letter finished, one waiting, one in quarantine, one erased."""
    with holding(station):
        file = source("a", "---", "b ?", "---", "c !bug", "---", "d !top")
        received = receive(station, str(file), station.definition())
        run_inline(station, received.batches)
    return station


def states(station: Station) -> list[DocumentState]:
    (batch,) = [row.id for row in station.batches()]
    return [d.state for d in overview(station.state, [batch])[0].sources[0].documents]


@pytest.mark.parametrize("back", [False, True], ids=["there", "and back"])
def test_work_goes_on_after_the_move(
    worked: Station, source: Write, postgres_server: PostgresServer, back: bool
) -> None:
    before = states(worked)
    target = State(postgres_server.database(f"m{uuid.uuid4().hex}"), worked.state.keys)
    assert move_state(worked.state, target) > 30
    if back:
        again = State(f"sqlite:///{worked.folder / 'again.db'}", worked.state.keys)
        move_state(target, again)
        target = again
    moved = replace(worked, state=target)
    assert states(moved) == before
    (waiting,) = moved.questions()
    moved.decide(waiting, "NORMAL")
    with holding(moved):
        known = receive(
            moved,
            str(source("a", "---", "b ?", "---", "c !bug", "---", "d !top")),
            moved.definition(),
        )
        assert (known.new, known.known) == (0, 1)
        run_inline(moved)
    assert states(moved)[1] is DocumentState.FINISHED
    assert [row.number for row in register_rows(target, "received", 2569)] == [1, 2]
    with target.read() as tx:
        assert verify_chains(tx)[1] == []


def test_nothing_is_written_over(worked: Station, postgres_server: PostgresServer) -> None:
    target = State(postgres_server.database(f"m{uuid.uuid4().hex}"), worked.state.keys)
    move_state(worked.state, target)
    with pytest.raises(ConfigurationError, match="target-not-empty"):
        move_state(worked.state, target)


def test_an_altered_history_is_not_moved(worked: Station) -> None:
    with worked.state.write() as tx:
        tx.execute(t.event.update().where(t.event.c.id == 3).values(agent="somebody"))
    target = State(f"sqlite:///{worked.folder / 'new.db'}", worked.state.keys)
    with pytest.raises(SecurityError, match="chain-broken"):
        move_state(worked.state, target)


def test_running_workers_are_named(worked: Station) -> None:
    now = worked.state.clock()
    with worked.state.write() as tx:
        tx.execute(
            insert(t.worker).values(
                id=uuid.uuid4(),
                name="reader-7:41",
                queues="cpu",
                clearance="TOP_SECRET",
                slots=2,
                started_at=now,
                beat_at=now,
            )
        )
    with pytest.raises(BusyError, match="reader-7:41"):
        move_state(worked.state, worked.state)
