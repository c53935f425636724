"""The embedded runner: worker processes on this machine, nothing else.

Workers are forked from one small process that has imported what their stages need, and nothing
else: no file is open in it and no key. Survives ``kill -9`` of a worker (its lease is freed, a new
one starts), of that process, and of itself (workers die with it; the next run resumes from the
state store).
"""

import fcntl
import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext, ForkServerProcess
from multiprocessing.sharedctypes import SynchronizedArray
from multiprocessing.synchronize import Event as StopSignal
from pathlib import Path
from typing import Any
from uuid import UUID

from pipeline import queue
from pipeline.app import Station
from pipeline.audit import last_event
from pipeline.durable import write_durably
from pipeline.errors import BusyError, ConfigurationError, NoSpaceError, UnavailableError
from pipeline.forking import die_with_parents, fork_server, settle
from pipeline.journal import log_to_file
from pipeline.machine import usable_cores
from pipeline.stage import Stage
from pipeline.state import State
from pipeline.sweep import check_still, sweep_doomed, sweep_orphans

POLL = 0.1
"""Seconds between two looks, of the runner and of an idle worker."""
PATIENCE = 10.0
"""Seconds that a worker has to finish its step when the run is stopped."""
GRACE = 5.0
"""Seconds a lease may be overdue before its process is killed."""
_NO_SPACE, _UNAVAILABLE = 70, 69
"""Exit statuses of a worker that could not commit: no room, or a store that does not answer."""


@dataclass(frozen=True)
class Progress:
    """``ready`` and ``leased`` steps; ``pages`` = (done, all) within the steps that tell."""

    ready: int
    leased: int
    pages: tuple[int, int]


def run_inline(station: Station, batches: Collection[UUID] | None = None) -> None:
    """Run everything that is due in this process, until only people or errors are left."""
    engine = station.engine(f"embedded:{os.getpid()}")
    while True:
        if not engine.run_next(batches):
            if not any(queue.pending(station.state, batches)):
                return
            time.sleep(POLL)


def run_embedded(
    station: Station,
    batches: Collection[UUID] | None = None,
    report: Callable[[Progress], None] = lambda _progress: None,
) -> None:
    """Run everything that is due in worker processes, one a core unless set otherwise.

    The caller holds the station (:func:`holding`). Raises NoSpaceError when a disk is full,
    ConfigurationError when a batch's definition cannot be loaded or workers cannot start.
    """
    engine = station.engine("embedded")
    stages: set[type[Stage[Any]]] = set()
    for batch in queue.unfinished_batches(station.state, batches):
        stages |= {type(stage) for stage in engine.definition_of(batch).stages}
    with fork_server(_modules(stages)) as context:
        crew = _Crew(station, batches, context)
        try:
            crew.run(report)
        finally:
            crew.stop()


@contextmanager
def holding(station: Station) -> Iterator[None]:
    """Hold the station alone, to receive and to run; clean up what a crash left.

    However it ends, no plaintext stays in the scratch folder. Raises BusyError when another process
    holds the station or workers live, ConfigurationError when the state store is older than the run
    that broke off.
    """
    settle()
    with _locked(station), _interrupted_by_signals():
        check_still(station.state)
        mark = station.folder / ".running"
        shutil.rmtree(station.scratch, ignore_errors=True)
        if mark.exists():
            _check_age(station.state, mark)
        queue.release_all(station.state)
        sweep_doomed(station.state, station.store)
        if mark.exists():
            sweep_orphans(station.state, station.store)
        write_durably(mark, [str(last_event(station.state)).encode()])
        temporary = tempfile.tempdir, os.environ.get("TMPDIR")
        try:
            yield
        finally:
            shutil.rmtree(station.scratch, ignore_errors=True)
            _restore_temporary(*temporary)
        mark.unlink()


@contextmanager
def beside_others(station: Station) -> Iterator[None]:
    """Store bytes while others may, too, and nobody holds the station alone.

    Who cleans up takes bytes that no row names yet for orphans. Raises BusyError.
    """
    with _locked(station, shared=True):
        yield


@contextmanager
def _locked(station: Station, *, shared: bool = False) -> Iterator[None]:
    """By a lock on the folder, and on the database where other machines may use it too."""
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    with (
        (station.folder / ".lock").open("w") as lock,
        station.state.held(shared=shared) as database,
    ):
        try:
            fcntl.flock(lock, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            folder = False
        else:
            folder = True
        if not (folder and database):
            raise BusyError(
                "station-busy",
                thai="สถานีนี้กำลังทำงานอยู่ในอีกหน้าต่างหนึ่ง โปรดรอให้เสร็จก่อน",
                english="Another run holds this station. Wait until it has finished.",
            )
        yield


def _restore_temporary(folder: str | None, variable: str | None) -> None:
    """Engines point both to the scratch folder, which is gone."""
    tempfile.tempdir = folder
    os.environ.pop("TMPDIR", None)
    if variable is not None:
        os.environ["TMPDIR"] = variable


@contextmanager
def _interrupted_by_signals() -> Iterator[None]:
    """Let a closed terminal or a service manager stop a run as Ctrl-C does, with a clean-up."""
    changed = []
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, signal.default_int_handler)
                changed.append(number)
    try:
        yield
    finally:
        for number in changed:
            signal.signal(number, signal.SIG_DFL)


def _check_age(state: State, mark: Path) -> None:
    """A store from before the run that left ``mark`` does not know the bytes stored since."""
    known = mark.read_text() or "0"
    if last_event(state) < int(known):
        raise ConfigurationError(
            "state-too-old",
            thai="ฐานข้อมูลสถานะเก่ากว่างานครั้งล่าสุด (สำเนาสำรอง หรือดิสก์ยังไม่ได้ต่อ?) "
            f"จึงยังไม่ล้างข้อมูลใด โปรดนำฐานข้อมูลล่าสุดกลับมา หรือลบ {mark} หากตั้งใจใช้ฐานข้อมูลนี้",
            english="The state store is older than the last run (a backup, a disk not mounted?); "
            f"nothing was cleaned up. Bring the newest one back, or remove {mark} "
            "if this one is meant.",
        )


def _modules(stages: Collection[type[Stage[Any]]]) -> list[str]:
    """What a worker with these stages would import, in an order that is always the same."""
    named = {name for stage in stages for name in (stage.__module__, *stage.libraries)}
    return ["pipeline.runner", *sorted(named)]


class _Crew:
    """The worker processes and what the runner knows of them."""

    def __init__(
        self, station: Station, batches: Collection[UUID] | None, context: ForkServerContext
    ) -> None:
        self.station = station
        self.batches = None if batches is None else tuple(batches)
        self.context = context
        self.stopping: StopSignal = self.context.Event()
        self.size = station.settings.runner.workers or usable_cores()
        self.pages: SynchronizedArray[int] = self.context.Array("i", 2 * self.size)
        self.workers: dict[int, ForkServerProcess] = {}
        self.quick_deaths = 0

    def run(self, report: Callable[[Progress], None]) -> None:
        state = self.station.state
        while True:
            ready, leased = queue.pending(state, self.batches)
            report(Progress(ready, leased, self._pages()))
            if not ready and not leased:
                return
            self._fill(min(self.size, max(ready + leased, 1)))
            for holder in queue.late_holders(state, GRACE):
                self._kill(holder)
            time.sleep(POLL)

    def stop(self) -> None:
        """Let workers finish their step, then make sure that they are gone."""
        self.stopping.set()
        for worker in self.workers.values():
            worker.join(timeout=PATIENCE)
            if worker.is_alive():
                worker.kill()
                worker.join()
                queue.release(self.station.state, f"embedded:{worker.pid}", counted=False)

    def _fill(self, wanted: int) -> None:
        for slot, worker in list(self.workers.items()):
            if not worker.is_alive():
                self._bury(slot, worker)
        for slot in range(self.size):
            if slot not in self.workers and len(self.workers) < wanted:
                worker = self.context.Process(
                    target=_work,
                    args=(
                        *(self.station.folder, self.batches, self.stopping),
                        *(self.pages, slot, dict(os.environ)),
                    ),
                )
                worker.start()
                self.workers[slot] = worker

    def _bury(self, slot: int, worker: ForkServerProcess) -> None:
        del self.workers[slot]
        freed = queue.release(self.station.state, f"embedded:{worker.pid}")
        if worker.exitcode == _NO_SPACE:
            raise NoSpaceError(
                "no-space",
                thai="พื้นที่ดิสก์เต็ม งานหยุดไว้ก่อน ไม่มีเอกสารสูญหาย โปรดเพิ่มพื้นที่แล้วสั่ง --resume",
                english="The disk is full. Nothing is lost: make room, then --resume.",
            )
        if worker.exitcode == _UNAVAILABLE:
            raise UnavailableError(
                "store-unavailable",
                thai="ฐานข้อมูลหรือที่เก็บไฟล์ไม่ตอบ งานหยุดไว้ก่อน ไม่มีเอกสารสูญหาย โปรดแก้แล้วสั่ง --resume",
                english="A store does not answer. Nothing is lost: mend it, then --resume.",
            )
        self.quick_deaths = 0 if freed else self.quick_deaths + 1
        if self.quick_deaths >= 2 * self.size + 1:
            raise ConfigurationError(
                "workers-die",
                thai="โพรเซสทำงานเริ่มไม่ได้ โปรดสั่ง `saraban doctor` และดู saraban.log",
                english="Worker processes die when they start. See `saraban doctor`.",
            )

    def _kill(self, holder: str) -> None:
        for worker in self.workers.values():
            if holder == f"embedded:{worker.pid}":
                worker.kill()

    def _pages(self) -> tuple[int, int]:
        numbers: list[int] = self.pages[:]
        return sum(numbers[::2]), sum(numbers[1::2])


def _work(
    folder: Path,
    batches: tuple[UUID, ...] | None,
    stopping: StopSignal,
    pages: "SynchronizedArray[int]",
    slot: int,
    environment: dict[str, str],
) -> None:
    """One worker process: open the station, run what is due, leave when told."""
    die_with_parents()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.clear()
    os.environ.update(environment)
    log_to_file(folder)
    station = Station.open(folder)

    def show(done: int, total: int) -> None:
        pages[2 * slot], pages[2 * slot + 1] = done, total

    engine = station.engine(f"embedded:{os.getpid()}", show)
    while not stopping.is_set():
        try:
            busy = engine.run_next(batches)
        except NoSpaceError:
            os._exit(_NO_SPACE)
        except UnavailableError:
            os._exit(_UNAVAILABLE)
        show(0, 0)
        if not busy:
            time.sleep(POLL)
    station.close()
