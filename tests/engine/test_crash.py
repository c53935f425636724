"""Kill the process at every durable act in turn: nothing is lost, nothing is doubled."""

import json
import os
import shutil
import signal
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from pipeline import tables as t
from pipeline.app import Station
from pipeline.audit import verify_chains
from pipeline.receiving import receive
from pipeline.runner import holding, run_inline
from pipeline.testing.faults import FaultPoints
from tests.engine.conftest import on_sqlite

SURVIVED = 0


def in_child(work: Callable[[], None]) -> int:
    """Run ``work`` in a forked process; its wait status."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:  # noqa: BLE001 - the parent must see any failure as one
            traceback.print_exc()
            os._exit(1)
        os._exit(SURVIVED)
    return os.waitpid(child, 0)[1]


def work(folder: Path, file: Path, at: int | None, names: Path) -> None:
    station = Station.open(folder)
    points = FaultPoints(at)
    points.watch(station)
    with holding(station):
        received = receive(station, str(file), station.definition())
        run_inline(station, received.batches)
    if at is None:
        names.write_text(json.dumps(points.names))


def snapshot(folder: Path) -> dict[str, Any]:
    """Everything that must come out the same, however often the process died."""
    station = Station.open(folder)
    with station.state.read() as tx:
        assert verify_chains(tx)[1] == []
        documents = tx.execute(
            select(
                t.document.c.form,
                t.document.c.ordinal,
                t.document.c.state,
                t.document.c.secrecy,
                t.document.c.page_count,
            )
        ).all()
        events = Counter(tx.execute(select(t.event.c.type)).scalars())
        lines = tx.execute(select(t.register_line.c.register_name, t.register_line.c.number)).all()
        pages = tx.execute(select(t.page.c.number, t.page.c.fate)).all()
        doomed = tx.execute(select(t.doomed)).all()
        left = tx.execute(select(t.work.c.state).distinct()).scalars().all()
    stored = len(list(station.store.locators()))
    station.close()
    archive = {f.name: f.read_text() for f in (folder / "archive").rglob("*") if f.is_file()}
    assert doomed == []
    assert set(left) == {"finished"}
    return {
        "documents": sorted(map(tuple, documents)),
        "events": events,
        "lines": sorted(map(tuple, lines)),
        "pages": sorted(map(tuple, pages)),
        "archive": archive,
        "stored": stored,
        "scratch": sorted(p.name for p in folder.glob("scratch/*")),
    }


SHARES = 3
"""The points are dealt out to as many tests, which may run at the same time."""


@on_sqlite
@pytest.mark.slow
@pytest.mark.service
@pytest.mark.parametrize("share", range(SHARES))
def test_kill_at_every_point(
    folder: Path, source: Callable[..., Path], tmp_path: Path, share: int
) -> None:
    settings = folder / "saraban.toml"
    text = settings.read_text().replace("[runner]", '[runner]\nscratch = "scratch"')
    settings.write_text(text)
    (folder / "archive").mkdir()
    file = source("a one", "blank", "a two", "---", "b !secret", "---", "c !top")
    names = tmp_path / "names.json"
    fresh = tmp_path / "fresh"
    shutil.copytree(folder, fresh)
    assert in_child(lambda: work(folder, file, None, names)) == SURVIVED
    expected = snapshot(folder)
    points = json.loads(names.read_text())
    assert {"commit", "before toy-archive", "after toy-archive", "os.link", "os.rename"} <= set(
        points
    )
    for at in range(1 + share, len(points) + 1, SHARES):
        shutil.rmtree(folder)
        shutil.copytree(fresh, folder)
        status = in_child(lambda at=at: work(folder, file, at, names))  # type: ignore[misc]
        assert os.WIFSIGNALED(status), f"point {at} was not reached"
        assert os.WTERMSIG(status) == signal.SIGKILL
        assert in_child(lambda: work(folder, file, None, names)) == SURVIVED, points[at - 1]
        assert snapshot(folder) == expected, f"died at {at}: {points[at - 1]}"
