"""Kill the real pipeline after each stage, before its outcome is committed; then resume."""

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from pipeline import tables as t
from pipeline.app import Station
from pipeline.audit import verify_chains
from pipeline.overview import overview
from pipeline.receiving import receive
from pipeline.runner import holding, run_inline
from pipeline.station import make_station
from pipeline.testing.faults import FaultPoints
from tests.letters import Item, Kind, Level, StackSpec, make_letter, make_stack

pytestmark = [pytest.mark.slow, pytest.mark.service]

DRIVER = """
import sys
from pathlib import Path
from tests.stack.test_crash import work
work(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
"""


def work(folder: Path, file: Path, at: str) -> None:
    """Receive and run in this process; die at the fault point ``at``, if it names one."""
    station = Station.open(folder)
    FaultPoints(at).watch(station)
    with holding(station):
        received = receive(station, str(file), station.definition())
        run_inline(station, received.batches)


def run(folder: Path, file: Path, at: str) -> int:
    """A fresh process; its exit status."""
    command = [sys.executable, "-c", DRIVER, str(folder), str(file), at]
    root = Path(__file__).parents[2]
    return subprocess.run(
        command, cwd=root, env={**os.environ, "OMP_THREAD_LIMIT": "1"}, check=False
    ).returncode


def snapshot(folder: Path) -> dict[str, Any]:
    """What must come out the same, however often the process died."""
    station = Station.open(folder)
    (batch,) = [row.id for row in station.batches()]
    (row,) = overview(station.state, [batch])
    with station.state.read() as tx:
        assert verify_chains(tx)[1] == []
        events = Counter(tx.execute(select(t.event.c.type)).scalars())
        numbers = tx.execute(select(t.register_line.c.number)).scalars().all()
        assert tx.execute(select(t.doomed)).all() == []
    stored = len(list(station.store.locators()))
    station.close()
    archive = sorted(
        str(f.relative_to(folder)) for f in (folder / "archive").rglob("*") if f.is_file()
    )
    assert row.released
    return {
        "documents": [(d.state, d.pages, d.secrecy, d.file_name) for d in row.sources[0].documents],
        "events": events,
        "numbers": numbers,
        "archive": archive,
        "stored": stored,
    }


def stages(folder: Path) -> list[str]:
    station = Station.open(folder)
    names = [stage.name for stage in station.definition().stages]
    station.close()
    return names


SHARES = 3
"""The stages are dealt out to as many tests, which may run at the same time."""


@pytest.mark.parametrize("share", range(SHARES))
def test_kill_after_every_stage(tmp_path: Path, share: int) -> None:
    letter = make_letter(seed=11, kind=Kind.ORDER, level=Level.CONFIDENTIAL)
    pdf, _ = make_stack(StackSpec(items=(Item(letter, separator=False),), profile="fast"), seed=11)
    file = tmp_path / "letter.pdf"
    file.write_bytes(pdf)

    def fresh(name: str) -> Path:
        make_station(tmp_path / name, code="TAK01", organisation="จังหวัดตาก", agency="TAK")
        return tmp_path / name

    calm = fresh("calm")
    assert run(calm, file, "never") == 0
    expected = snapshot(calm)
    assert [name.rsplit(".", 1)[-1] for name in expected["archive"]].count("p7m") == 2
    for stage in stages(calm)[share::SHARES]:
        folder = fresh(stage)
        assert run(folder, file, f"after {stage}") == -signal.SIGKILL, stage
        assert run(folder, file, "never") == 0, stage
        assert snapshot(folder) == expected, stage
