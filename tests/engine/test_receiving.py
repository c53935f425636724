"""Sources that cannot be taken in: told once, never half, and forgotten when they come whole."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from pipeline import tables as t
from pipeline.app import Station
from pipeline.intake import Source
from pipeline.overview import exit_code, overview
from pipeline.receiving import Received, receive
from pipeline.room import check_room
from pipeline.runner import holding, run_inline
from schemas.document import DocumentState

Write = Callable[..., Path]


def take(station: Station, address: Path) -> Received:
    with holding(station):
        received = receive(station, str(address), station.definition())
        run_inline(station, received.batches)
    return received


def refusals(station: Station) -> list[tuple[str, str]]:
    with station.state.read() as tx:
        query = select(t.document.c.state, t.failure.c.code).join(t.failure)
        return [(row.state, row.code) for row in tx.execute(query)]


def test_a_file_that_is_still_written_is_refused_and_the_rest_goes_on(
    station: Station, tmp_path: Path
) -> None:
    folder = tmp_path / "scans"
    folder.mkdir()
    growing = folder / "a.txt"
    growing.write_bytes(b"x" * (16 << 20))
    (folder / "b.txt").write_text("b")
    done = threading.Event()

    def scan() -> None:
        with growing.open("ab") as stream:
            while not done.is_set():
                stream.write(b"y")
                stream.flush()

    writer = threading.Thread(target=scan)
    writer.start()
    try:
        for _ in range(2):
            assert take(station, folder).refused == 1
    finally:
        done.set()
        writer.join()
    assert refusals(station) == [(DocumentState.QUARANTINED, "source-changing")]
    assert take(station, folder).new == 1
    with station.state.read() as tx:
        sizes = tx.execute(select(t.event.c.detail).where(t.event.c.type == "document-received"))
        assert sum(f'"size": {growing.stat().st_size}' in detail for detail in sizes.scalars()) == 1


def test_a_batch_that_grows_is_open_again(
    station: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers may have ended its first source before its second is taken in."""
    folder = tmp_path / "scans"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.txt").write_text(name)

    def first_run_what_is_there(station: Station, source: Source) -> None:
        run_inline(station)
        check_room(station, source)

    with holding(station):
        monkeypatch.setattr("pipeline.receiving.check_room", first_run_what_is_there)
        received = receive(station, str(folder), station.definition())
        assert [row.released_at for row in station.batches()] == [None]
        run_inline(station, received.batches)
    assert all(row.released_at is not None for row in station.batches())


def test_a_refusal_is_closed_when_the_source_can_be_read(station: Station, source: Write) -> None:
    file = source("a")
    file.unlink()
    assert take(station, file).refused == 1
    assert take(station, file).known == 1
    file.write_text("a")
    assert take(station, file).new == 1
    assert refusals(station) == [(DocumentState.DIVERTED, "source-unreadable")]
    rows = overview(station.state, [batch.id for batch in station.batches()])
    assert all(row.released for row in rows)
    assert exit_code(rows) == 0
    file.unlink()
    assert take(station, file).refused == 1
