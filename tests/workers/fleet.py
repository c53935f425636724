"""A station whose work is done by real ``saraban-worker`` and ``saraban-sweeper`` processes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.app import Station
from pipeline.queue import pending
from pipeline.receiving import Received, receive

WORKERS = {
    "saraban-worker": "from workers.worker import main; main()",
    "saraban-sweeper": "from workers.sweeper import main; main()",
}
"""The console scripts; started through Python, whatever is installed."""
DYING = ("setpriv", "--pdeathsig", "KILL", "--")


class Started:
    """One process of the fleet in a session of its own; logs to ``log``; dies with the test."""

    def __init__(self, kind: str, folder: Path, log: Path, *options: str) -> None:
        self.log = log
        with log.open("ab") as stream:
            self.process = subprocess.Popen(
                [*DYING, sys.executable, "-c", WORKERS[kind], "--station", str(folder), *options],
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                start_new_session=True,
            )

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def children(self) -> list[int]:
        """Process ids of the pool."""
        tasks = Path(f"/proc/{self.process.pid}/task")
        found: list[int] = []
        for task in tasks.glob("*/children"):
            found += [int(word) for word in task.read_text().split()]
        return found

    def send(self, number: signal.Signals, *, group: bool = False) -> None:
        """A signal to the process, or to it and all that it started."""
        (os.killpg if group else os.kill)(self.process.pid, number)

    def stop(self, timeout: float = 60.0) -> int:
        """Warm shutdown. Answers the exit status."""
        if self.alive:
            self.send(signal.SIGTERM)
        return self.process.wait(timeout)

    def kill(self, *, group: bool = True) -> None:
        """``kill -9``."""
        if self.alive:
            self.send(signal.SIGKILL, group=group)
        self.process.wait()


@dataclass
class Fleet:
    """All processes of a station; ends with the test."""

    folder: Path
    logs: Path
    workers: list[Started] = field(default_factory=list)
    sweepers: list[Started] = field(default_factory=list)

    def worker(self, *options: str, folder: Path | None = None) -> Started:
        """Start a worker, on a machine of its own if it has another folder.

        It may take a second until it takes work.
        """
        log = self.logs / f"worker-{len(self.workers)}.log"
        self.workers.append(Started("saraban-worker", folder or self.folder, log, *options))
        return self.workers[-1]

    def sweeper(self, *options: str) -> Started:
        log = self.logs / f"sweeper-{len(self.sweepers)}.log"
        self.sweepers.append(Started("saraban-sweeper", self.folder, log, *options))
        return self.sweepers[-1]

    def end(self) -> None:
        """Kill whatever still runs."""
        for started in [*self.workers, *self.sweepers]:
            started.kill()

    def stop(self) -> None:
        """Warm shutdown of all that live; nothing of them may be left."""
        living = [started for started in [*self.workers, *self.sweepers] if started.alive]
        for started in living:
            started.send(signal.SIGTERM)
        statuses = [started.process.wait(60) for started in living]
        assert not any(statuses), self.told()
        wait_until(lambda: not self.processes(), 5, "processes are left over", self)

    def processes(self) -> list[int]:
        """Whoever runs for this station, by command line."""
        wanted = f"--station\0{self.folder.parent}/".encode()
        return [
            int(entry.name)
            for entry in Path("/proc").iterdir()
            if entry.name.isdigit() and wanted in _command_line(entry)
        ]

    def told(self) -> str:
        """What all processes wrote, for a failing test."""
        return "\n".join(f"== {log.name}\n{log.read_text()[-4000:]}" for log in self.logs.iterdir())


def _command_line(entry: Path) -> bytes:
    try:
        return (entry / "cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def submit(station: Station, *sources: Path) -> Received:
    """Take sources in, as ``saraban submit`` does."""
    received = Received()
    for source in sources:
        one = receive(station, str(source), station.definition())
        received.batches += one.batches
    return received


def wait_until(true: Callable[[], bool], timeout: float, what: str, fleet: Fleet) -> None:
    """Raises AssertionError with all logs when it does not come true in time."""
    deadline = time.monotonic() + timeout
    while not true():
        assert time.monotonic() < deadline, f"{what}\n{fleet.told()}"
        time.sleep(0.1)


def wait_done(station: Station, fleet: Fleet, timeout: float = 120.0) -> None:
    """Until nothing is left but what people must see to."""
    wait_until(lambda: not any(pending(station.state)), timeout, "work is left over", fleet)
