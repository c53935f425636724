"""What many machines cost: steps on Celery against the embedded runner, two slots against one, and
whether the ten-thousandth document costs what the first did.

    python -m bench.workers [steps|scale|flat] [--documents N] [--json]

``steps``: CPU of a step, embedded and on both pairs of broker and state store. ``scale``: wall
clock of OCR work with one slot and with two. ``flat``: CPU of the last tenth of many tiny documents
against the first, and peak memory of every process.
"""

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select

from bench.engine import STEPS, TOY
from pipeline import queue
from pipeline import tables as t
from pipeline.app import Station
from pipeline.receiving import receive
from pipeline.runner import holding, run_embedded
from pipeline.station import make_station
from tests.services.fixtures import started
from tests.services.postgres import PostgresServer
from tests.services.rabbitmq import RabbitServer
from tests.services.redis import RedisServer
from tests.workers.fleet import Fleet, Started

STACK = Path(__file__).resolve().parents[1] / "examples" / "stack.pdf"
LOOK = 0.25
"""Seconds between two samples."""
TICKS = os.sysconf("SC_CLK_TCK")
Figures = dict[str, float]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="*", default=["steps", "scale", "flat"])
    parser.add_argument("--documents", type=int, default=500)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    os.environ["PYTHONPATH"] = os.pathsep.join([str(TOY), os.environ.get("PYTHONPATH", "")])
    sys.path.insert(0, str(TOY))
    found: Figures = {}
    for what in asked.what:
        measure = {"steps": steps, "scale": scale, "flat": flat}[what]
        found |= measure(asked.documents)
    if asked.json:
        print(json.dumps(found, indent=1))
        return
    for name, value in found.items():
        print(f"{name:64} {value:10.2f}")


def steps(documents: int) -> Figures:
    """Milliseconds of CPU a step; servers not counted."""
    found: Figures = {}
    with ExitStack() as stack:
        redis, rabbit = (stack.enter_context(started(s())) for s in (RedisServer, RabbitServer))
        postgres = stack.enter_context(started(PostgresServer()))
        places = {
            "embedded, SQLite": ("sqlite:///state.db", None),
            "Celery, Redis, SQLite": ("sqlite:///state.db", redis.url),
            "Celery, RabbitMQ, PostgreSQL": (postgres.database("bench"), rabbit.url),
        }
        for name, (state, broker) in places.items():
            with _station(state, broker) as station:
                watch = _work(station, documents)
            found[f"{name}: ms CPU a step"] = 1000 * watch.cpu() / (documents * len(STEPS))
            found[f"{name}: ms wall a step"] = 1000 * watch.wall() / (documents * len(STEPS))
    return found


def scale(_documents: int) -> Figures:
    """Wall clock of the standard pipeline over eight stacks, by workers of one core each."""
    took: dict[int, float] = {}
    with started(RedisServer()) as redis:
        for count in (1, 2):
            with _station("sqlite:///state.db", redis.url, toy=False, slots=1) as station:
                took[count] = _work(station, 8, source=_copies_of_stack, pinned=count).wall()
    return {
        "eight stacks, one worker on one core: s": took[1],
        "eight stacks, two workers on two cores: s": took[2],
        "two workers against one": took[1] / took[2],
    }


def flat(documents: int) -> Figures:
    """CPU of the last tenth against the first, and peak memory, on RabbitMQ and PostgreSQL."""
    with (
        started(RabbitServer()) as rabbit,
        started(PostgresServer()) as postgres,
        _station(postgres.database("bench"), rabbit.url) as station,
    ):
        watch = _work(station, documents)
        servers = {
            "RabbitMQ": sum(_cpu_of(pid) for pid in rabbit.pids()),
            "PostgreSQL": sum(_cpu_of(pid) for pid in postgres.pids()),
        }
    tenth = max(1, documents // 10)
    took = [watch.cpu_between(n * tenth, (n + 1) * tenth) for n in range(10)]
    found = {
        f"{documents} documents: ms CPU a document, tenth {n}": 1000 * cpu / tenth
        for n, cpu in enumerate(took, 1)
    }
    found[f"{documents} documents: last tenth against the first"] = took[-1] / took[0]
    for name, cpu in servers.items():
        found[f"{documents} documents: ms CPU a step, {name}"] = (
            1000 * cpu / (documents * len(STEPS))
        )
    for name, peak in watch.peaks.items():
        found[f"{documents} documents: MiB peak, {name}"] = peak / 1024
    return found


@dataclass
class Watch:
    """CPU seconds by finished documents, and peak memory (KiB) by kind of process."""

    samples: list[tuple[float, int, float]] = field(default_factory=list)
    """(time, documents finished, CPU seconds so far)"""
    peaks: dict[str, int] = field(default_factory=dict)

    def cpu(self) -> float:
        return self.samples[-1][2] - self.samples[0][2]

    def wall(self) -> float:
        return self.samples[-1][0] - self.samples[0][0]

    def cpu_between(self, first: int, last: int) -> float:
        """CPU seconds spent while the finished went from ``first`` to ``last``, interpolated."""
        return self._cpu_at(last) - self._cpu_at(first)

    def _cpu_at(self, finished: int) -> float:
        before = max((s for s in self.samples if s[1] <= finished), key=lambda s: s[0])
        after = min((s for s in self.samples if s[1] >= finished), key=lambda s: s[0])
        if after[1] == before[1]:
            return min(before[2], after[2]) if finished else before[2]
        share = (finished - before[1]) / (after[1] - before[1])
        return before[2] + share * (after[2] - before[2])


def _work(
    station: Station,
    documents: int,
    source: Callable[[Path, int], None] | None = None,
    pinned: int = 0,
) -> Watch:
    """Take the documents in, then run them; only the run is watched.

    By one worker, or by ``pinned`` workers with a core each.
    """
    inbox = station.folder.parent / "inbox"
    inbox.mkdir()
    (source or _tiny)(inbox, documents)
    if station.settings.workers.broker is None:
        return _embedded(station, inbox)
    receive(station, str(inbox), station.definition())
    logs = station.folder.parent / "logs"
    logs.mkdir()
    fleet = Fleet(station.folder, logs)
    try:
        processes = {"sweeper": fleet.sweeper()}
        for number in range(pinned or 1):
            processes[f"worker {number}"] = fleet.worker()
            if pinned:
                os.sched_setaffinity(processes[f"worker {number}"].process.pid, {number})
        _wait_for_workers(station, pinned or 1)
        return _watched(station, lambda: _pids(processes))
    finally:
        fleet.end()


def _embedded(station: Station, inbox: Path) -> Watch:
    with holding(station):
        received = receive(station, str(inbox), station.definition())
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        run_embedded(station, received.batches)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Watch([(0.0, 0, 0.0), (time.perf_counter() - began, received.new, cpu)])


def _wait_for_workers(station: Station, count: int) -> None:
    """Starting Python is not what is measured."""
    here = select(func.count()).select_from(t.worker)
    while True:
        with station.state.read() as tx:
            if tx.execute(here).scalar_one() == count:
                return
        time.sleep(LOOK)


def _watched(station: Station, pids: Callable[[], dict[int, str]]) -> Watch:
    watch = Watch()
    while True:
        processes = pids()
        cpu = sum(_cpu_of(pid) for pid in processes)
        for pid, name in processes.items():
            watch.peaks[name] = max(watch.peaks.get(name, 0), _peak_of(pid))
        watch.samples.append((time.perf_counter(), _finished(station), cpu))
        if not any(queue.pending(station.state)):
            return watch
        time.sleep(LOOK)


def _finished(station: Station) -> int:
    with station.state.read() as tx:
        ended = select(func.count()).where(t.event.c.type == "document-finished")
        count: int = tx.execute(ended).scalar_one()
        return count


def _pids(processes: dict[str, Started]) -> dict[int, str]:
    found = {}
    for name, one in processes.items():
        found[one.process.pid] = name
        found |= dict.fromkeys(one.children(), f"{name}, pool process")
    return found


def _cpu_of(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(fields[n]) for n in (11, 12, 13, 14)) / TICKS


def _peak_of(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return int(status.partition("VmHWM:")[2].split()[0])


def _tiny(inbox: Path, count: int) -> None:
    for number in range(count):
        (inbox / f"{number:06}.txt").write_text(f"letter-{number}")


def _copies_of_stack(inbox: Path, count: int) -> None:
    content = STACK.read_bytes()
    for number in range(count):
        (inbox / f"{number}.pdf").write_bytes(content + b"\n%" + str(number).encode())


@contextmanager
def _station(
    state: str, broker: str | None, *, toy: bool = True, slots: int = 2
) -> Iterator[Station]:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "station"
        make_station(folder, code="BENCH", organisation="bench", agency="TAK")
        text = (folder / "saraban.toml").read_text("utf-8")
        text = text.replace("sqlite:///state.db", state)
        if toy:
            lines = "".join(f'[[steps]]\nname = "{name}"\nuses = "{name}"\n' for name in STEPS)
            lines += 'with = { root = "archive" }\n'
            (folder / "definitions" / "toy.toml").write_text(f'name = "toy"\n{lines}')
            text = text.replace('"standard"', '"toy"')
            text += '\n[plugins]\nallow = ["toy"]\n[plugins.sees]\ntoy = "TOP_SECRET"\n'
        if broker:
            text += f'\n[workers]\nbroker = "{broker}"\nslots = {slots}\n'
        (folder / "saraban.toml").write_text(text, "utf-8")
        station = Station.open(folder)
        try:
            yield station
        finally:
            station.close()


if __name__ == "__main__":
    main()
