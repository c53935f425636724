"""The embedded runner: worker processes come and go, the work stays."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import insert

from pipeline import tables as t
from pipeline.app import Station
from pipeline.errors import BusyError, ConfigurationError
from pipeline.overview import overview
from pipeline.queue import pending
from pipeline.receiving import receive
from pipeline.runner import Progress, holding, run_embedded
from schemas.document import DocumentState

Write = Callable[..., Path]

DRIVER = """
import sys
from pathlib import Path
from pipeline.app import Station
from pipeline.receiving import receive
from pipeline.runner import holding, run_embedded
if __name__ == "__main__":
    station = Station.open(Path(sys.argv[1]))
    with holding(station):
        received = receive(station, sys.argv[2], station.definition())
        run_embedded(station, received.batches)
"""


def states(station: Station) -> list[DocumentState]:
    (batch,) = [row.id for row in station.batches()]
    return [d.state for d in overview(station.state, [batch])[0].sources[0].documents]


@pytest.mark.service
def test_killed_worker_is_replaced_and_poison_stops(station: Station, source: Write) -> None:
    file = source("a !kill-once", "---", "b !kill-always", "---", "c", "---", "d")
    with holding(station):
        received = receive(station, str(file), station.definition())
        run_embedded(station, received.batches)
    documents = overview(station.state, received.batches)[0].sources[0].documents
    assert [d.state for d in documents] == [
        DocumentState.FINISHED,
        DocumentState.QUARANTINED,
        DocumentState.FINISHED,
        DocumentState.FINISHED,
    ]
    problem = documents[1].problem
    assert problem is not None
    assert problem["code"] == "attempts-exhausted"


@pytest.mark.service
def test_killed_runner_leaves_no_process_and_resumes(
    station: Station, source: Write, tmp_path: Path
) -> None:
    file = source(*[line for n in range(40) for line in (f"n{n}", "---")])
    driver = tmp_path / "driver.py"
    driver.write_text(DRIVER)
    process = subprocess.Popen([sys.executable, str(driver), str(station.folder), str(file)])
    while not (station.folder / "archive").exists() and process.poll() is None:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    deadline = time.monotonic() + 10
    while _children_of_station(station) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert _children_of_station(station) == []
    assert any(pending(station.state))
    with holding(station):
        run_embedded(station)
    assert states(station) == [DocumentState.FINISHED] * 40
    assert len(list((station.folder / "archive").glob("*.txt"))) == 40
    assert not station.scratch.exists()


@pytest.mark.service
def test_killed_fork_server_takes_its_workers_with_it_and_is_replaced(
    station: Station, source: Write
) -> None:
    file = source(*[line for n in range(12) for line in (f"n{n}", "---")])
    killed: list[int] = []
    orphans: list[list[int]] = []

    def kill(progress: Progress) -> None:
        if not killed and progress.leased:
            server = _parent(_children_of_station(station)[0])
            killed.append(server)
            before = _children_of_station(station)
            os.kill(server, signal.SIGKILL)
            time.sleep(1)
            orphans.append(
                [pid for pid in before if _has_open(Path(f"/proc/{pid}"), station.folder)]
            )

    with holding(station):
        received = receive(station, str(file), station.definition())
        run_embedded(station, received.batches, kill)
    assert killed
    assert orphans == [[]]
    assert states(station) == [DocumentState.FINISHED] * 12


def _parent(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[1])


def test_one_runner_a_station(station: Station) -> None:
    with holding(station), pytest.raises(BusyError), holding(station):
        pass


def test_one_runner_a_database_on_many_machines(
    station: Station, store: str, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    other = replace(station, folder=elsewhere)
    with holding(station):
        if store == "postgresql":
            with pytest.raises(BusyError), holding(other):
                pass
    with holding(other):
        pass


def test_no_run_beside_workers(station: Station) -> None:
    now = station.state.clock()
    row = {"id": uuid4(), "name": "reader-7:41", "queues": "cpu", "clearance": "TOP_SECRET"}
    with station.state.write() as tx:
        tx.execute(insert(t.worker).values(**row, slots=2, started_at=now, beat_at=now))
    with pytest.raises(BusyError, match="reader-7:41"), holding(station):
        pass


@pytest.mark.service
def test_workers_that_cannot_start_end_the_run(
    station: Station, source: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    with holding(station):
        received = receive(station, str(source("a")), station.definition())
        key = station.folder / "keys" / "station.key"
        key.rename(key.with_suffix(".away"))
        with pytest.raises(ConfigurationError, match="workers-die"):
            run_embedded(station, received.batches)
        key.with_suffix(".away").rename(key)
        run_embedded(station, received.batches)
    assert states(station) == [DocumentState.FINISHED]


def _children_of_station(station: Station) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            opened = _has_open(entry, station.folder)
            if b"forkserver" in command and opened:
                found.append(int(entry.name))
    return found


def _has_open(process: Path, folder: Path) -> bool:
    try:
        return any(str(fd.readlink()).startswith(str(folder)) for fd in (process / "fd").iterdir())
    except OSError:
        return False
