"""Damage, full disks and wrong settings: one document stops, or the run does; nothing is lost."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, update

from pipeline import tables as t
from pipeline.app import Station
from pipeline.errors import ConfigurationError, NoSpaceError
from pipeline.overview import DocumentRow, overview
from pipeline.receiving import receive
from pipeline.runner import holding, run_embedded, run_inline
from schemas.document import DocumentState
from tests.engine.conftest import on_sqlite

Write = Callable[..., Path]


def documents(station: Station) -> list[DocumentRow]:
    rows = overview(station.state, [batch.id for batch in station.batches()])
    return [d for batch in rows for source in batch.sources for d in source.documents]


def codes(station: Station) -> list[object]:
    return [d.problem and d.problem["code"] for d in documents(station)]


def test_a_document_that_cannot_be_opened_stops_alone(station: Station, source: Write) -> None:
    with holding(station):
        for name in ("one.txt", "two.txt"):
            receive(station, str(source(name, name=name)), station.definition())
        with station.state.write() as tx:
            first = tx.execute(select(t.document.c.id).where(t.document.c.source.like("%one%")))
            victim = first.scalar_one()
            damaged = update(t.document).where(t.document.c.id == victim)
            tx.execute(damaged.values(body_sealed=b"damaged"))
        run_embedded(station)
    assert sorted(d.state for d in documents(station)) == [
        DocumentState.FINISHED,
        DocumentState.QUARANTINED,
    ]
    assert "bytes-altered" in codes(station)


def test_a_clean_up_spares_what_it_cannot_read(station: Station, source: Write) -> None:
    with holding(station):
        receive(station, str(source("a")), station.definition())
        with station.state.write() as tx:
            body = tx.execute(select(t.document.c.body_sealed)).scalar_one()
            tx.execute(update(t.document).values(body_sealed=b"damaged"))
    (station.folder / ".running").touch()
    with holding(station):
        pass
    with station.state.write() as tx:
        tx.execute(update(t.document).values(body_sealed=body))
    with holding(station):
        run_inline(station)
    assert codes(station) == [None]


@on_sqlite
def test_another_state_store_deletes_no_bytes(folder: Path, source: Write) -> None:
    def leave_unclean(station: Station) -> None:
        """Go away in the middle of a run."""
        with holding(station):
            receive(station, str(source("a")), station.definition())
            raise InterruptedError

    station = Station.open(folder)
    with holding(station):
        receive(station, str(source("b", name="b.txt")), station.definition())
    with pytest.raises(InterruptedError):
        leave_unclean(station)
    stored = set(station.store.locators())
    station.close()
    away = folder / "away"
    away.mkdir()
    for file in folder.glob("state.db*"):
        shutil.move(file, away)
    station = Station.open(folder)
    with pytest.raises(ConfigurationError, match="state-too-old"), holding(station):
        pass
    station.close()
    assert set(station.store.locators()) == stored


def test_missing_plugin_ends_the_run_and_uses_up_no_attempt(folder: Path, source: Write) -> None:
    station = Station.open(folder)
    with holding(station):
        receive(station, str(source("a")), station.definition())
    station.close()
    settings = folder / "saraban.toml"
    text = settings.read_text()
    settings.write_text(text.replace('allow = ["toy"]', "allow = []"))
    station = Station.open(folder)
    for run in (run_embedded, run_inline):
        with pytest.raises(ConfigurationError, match="toy-count"), holding(station):
            run(station)
    with station.state.read() as tx:
        assert tx.execute(select(t.work.c.state, t.work.c.attempt)).all() == [("ready", 0)]
    station.close()
    settings.write_text(text)
    station = Station.open(folder)
    with holding(station):
        run_inline(station)
    assert codes(station) == [None]
    station.close()


def test_wrong_settings_in_a_step_are_told_as_such(station: Station, source: Write) -> None:
    with holding(station):
        receive(station, str(source("a !config")), station.definition())
        run_inline(station)
    (stopped,) = documents(station)
    assert stopped.problem is not None
    assert (stopped.problem["code"], stopped.problem["exit_code"]) == ("toy-config", 5)


def test_full_scratch_is_tried_again_then_told(station: Station, source: Write) -> None:
    with holding(station):
        receive(station, str(source("a !scratch")), station.definition())
        run_inline(station)
    assert codes(station) == ["scratch-full"]
    with station.state.read() as tx:
        assert tx.execute(select(t.failure.c.attempt)).scalars().all() == [1, 2, 3]


@pytest.mark.parametrize("run", [run_inline, run_embedded])
def test_full_disk_stops_the_run_and_uses_up_no_attempt(
    station: Station, source: Write, tmp_path: Path, run: Callable[..., None]
) -> None:
    full = tmp_path / "flags" / "disk-full"
    full.touch()
    with holding(station):
        receive(station, str(source("a", "---", "b")), station.definition())
    for _ in range(2):
        with pytest.raises(NoSpaceError), holding(station):
            run(station)
    with station.state.read() as tx:
        assert set(tx.execute(select(t.work.c.attempt).where(t.work.c.step == 3)).scalars()) == {0}
    full.unlink()
    with holding(station):
        run(station)
    assert [d.state for d in documents(station)] == [DocumentState.FINISHED] * 2


def test_refused_outcomes_leave_no_bytes(station: Station, source: Write) -> None:
    with holding(station):
        receive(station, str(source("a", "!lose", "b")), station.definition())
        run_inline(station)
    (stopped,) = documents(station)
    assert sorted(a.locator for a in station.document(stopped.id).artifacts) == sorted(
        station.store.locators()
    )


def test_a_clock_set_back_holds_nothing_up(station: Station, source: Write) -> None:
    station.state.clock = lambda: time.time() + 1e8
    with holding(station):
        receive(station, str(source("a")), station.definition())
    station.state.clock = time.time
    with holding(station):
        assert station.engine("now").run_next()
