"""Cut the power in mid-run: what somebody was told is there afterwards, and the rest goes on."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event as database_event
from sqlalchemy import select

from pipeline import tables as t
from pipeline.app import Station
from pipeline.audit import verify_chains
from pipeline.hookspecs import hookimpl
from pipeline.receiving import receive
from pipeline.runner import holding, run_inline
from pipeline.station import make_station
from schemas.document import DocumentState
from schemas.event import Event
from tests.engine.conftest import DEFINITION
from tests.workers.disks import Disk, cuttable_disk, mounted
from tests.workers.invariants import violations

CUTS = 12
SOURCES = 6
LETTERS = ("plain", "!secret", "!top", "with a second page")
ROOT = Path(__file__).parents[2]
DRIVER = """
import sys
from pathlib import Path
from tests.workers.test_power_cut import work
work(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4])
"""

pytestmark = [pytest.mark.slow, pytest.mark.service]


@dataclass(frozen=True)
class Cut:
    """What the disk held at one moment, and the events that had been told before."""

    image: Path
    told: list[dict[str, Any]]


class Tells:
    """Tells every committed event to somebody beyond the disk."""

    def __init__(self, file: Path) -> None:
        self.descriptor = os.open(file, os.O_WRONLY | os.O_APPEND)

    @hookimpl
    def on_event(self, event: Event) -> None:
        told = {"document": str(event.document), "type": event.type, "leaf": event.leaf}
        os.write(self.descriptor, json.dumps(told).encode() + b"\n")


def work(folder: Path, inbox: Path, told: Path, reckless: str) -> None:
    """Receive and run source after source, in a process of its own."""
    station = Station.open(folder)
    if reckless == "files":
        os.fsync = lambda fd: None  # noqa: ARG005 - its name
    if reckless == "state":
        database_event.listen(
            station.state.engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF")
        )
        station.state.close()
    station.host.manager.register(Tells(told))
    with holding(station):
        for source in sorted(inbox.iterdir()):
            received = receive(station, str(source), station.definition())
            run_inline(station, received.batches)


@pytest.fixture(scope="module")
def disk() -> Iterator[Disk]:
    with cuttable_disk() as made:
        yield made


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    for number in range(SOURCES):
        lines: list[str] = []
        for name, manner in enumerate(LETTERS):
            lines += [f"letter-{number}-{name} {manner}", *(["more"] * (name == 3)), "---"]
        (folder / f"{number:02}.txt").write_text("\n".join(lines), "utf-8")
    return folder


@pytest.fixture
def cut_run(
    toy_plugin: None, disk: Disk, inbox: Path, tmp_path: Path
) -> Callable[[str], list[Cut]]:
    """Work on the disk until done or cut often enough; as recklessly as asked."""

    def run(reckless: str) -> list[Cut]:
        folder = disk.root / reckless
        make_toy_station(folder, tmp_path / "flags")
        subprocess.run(["sync", "--file-system", str(folder)], check=True)
        told = tmp_path / "told"
        told.touch()
        command = [sys.executable, "-c", DRIVER, str(folder), str(inbox), str(told), reckless]
        with subprocess.Popen(command, cwd=ROOT) as driver:
            try:
                return list(cut_while(driver, disk, told))
            finally:
                driver.kill()

    return run


def cut_while(driver: "subprocess.Popen[bytes]", disk: Disk, told: Path) -> Iterator[Cut]:
    """Cut right after something was told, again and again, evenly over the run."""
    every = SOURCES * len(LETTERS) * 5 // CUTS
    taken = 0
    while driver.poll() is None and taken < CUTS:
        *lines, _being_written = told.read_text().split("\n")
        if len(lines) > taken * every:
            yield Cut(disk.cut(taken), [json.loads(line) for line in lines])
            taken += 1
        time.sleep(0.002)


def make_toy_station(folder: Path, flags: Path) -> None:
    make_station(folder, code="CUT01", organisation="สำนักงานทดสอบ", agency="TST")
    flags.mkdir(exist_ok=True)
    (folder / "definitions" / "toy.toml").write_text(DEFINITION.format(flags=flags), "utf-8")
    settings = folder / "saraban.toml"
    text = settings.read_text("utf-8").replace('"standard"', '"toy"')
    text = text.replace("[runner]", "[runner]\nlargest_input_mib = 1")
    text += '\n[plugins]\nallow = ["toy"]\n[plugins.sees]\ntoy = "TOP_SECRET"\n'
    settings.write_text(text, "utf-8")


@contextmanager
def restarted(disk: Disk, cut: Cut, name: str) -> Iterator[Station]:
    """The station of ``name`` after the power came back."""
    root = disk.host.parent / "restarted"
    root.mkdir(exist_ok=True)
    with mounted(cut.image, root):
        station = Station.open(root / name)
        try:
            yield station
        finally:
            station.close()


def lost(station: Station, cut: Cut) -> list[str]:
    """What somebody was told before the cut, and is not so."""
    with station.state.read() as tx:
        leaves = set(tx.execute(select(t.event.c.leaf)).scalars())
        states = {row.id: row for row in tx.execute(select(t.document))}
        found = [f"broken chain: {one}" for one in verify_chains(tx)[1]]
    found += [f"lost event: {event}" for event in cut.told if event["leaf"] not in leaves]
    for identity in {e["document"] for e in cut.told if e["type"] == "document-finished"}:
        row = states.get(UUID(identity))
        if row is None or row.state != DocumentState.FINISHED:
            found.append(f"document {identity} is not finished any more")
        else:
            found += _archived_wrongly(station, row)
    return found


def _archived_wrongly(station: Station, row: Any) -> Iterator[str]:
    document = station.document(row.id)
    title: Any = document.facts["toy-title"]
    lines = Path(row.source).read_text("utf-8").splitlines()
    expected = "\n".join(lines[page - 1] for page in document.pages)
    archived = station.folder / "archive" / f"{title['text']}.txt"
    if not archived.exists() or archived.read_text("utf-8") != expected:
        yield f"{archived.name} is not whole in the archive"


def test_what_was_told_is_there_and_the_rest_goes_on(
    cut_run: Callable[[str], list[Cut]], disk: Disk, inbox: Path
) -> None:
    cuts = cut_run("careful")
    assert len(cuts) == CUTS
    finished = []
    for cut in cuts:
        with restarted(disk, cut, "careful") as station:
            assert lost(station, cut) == []
            finished.append(station.count_documents())
            with holding(station):
                received = receive(station, str(inbox), station.definition())
                run_inline(station, received.batches)
            assert lost(station, cut) == []
            assert violations(station, sorted(inbox.iterdir())) == []
        cut.image.unlink()
    assert finished[0] < finished[CUTS // 2] < finished[-1]


@pytest.mark.parametrize("reckless", ["files", "state"])
def test_a_run_that_does_not_sync_loses_what_it_told(
    cut_run: Callable[[str], list[Cut]], disk: Disk, reckless: str
) -> None:
    """So the test above can fail."""
    harmed = 0
    for cut in cut_run(reckless):
        try:
            with restarted(disk, cut, reckless) as station:
                harmed += bool(lost(station, cut))
        except Exception:  # noqa: BLE001 - a station that does not even open is harmed
            harmed += 1
        cut.image.unlink()
    assert harmed >= CUTS // 2
