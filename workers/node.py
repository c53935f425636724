"""A worker's entry in the state store: what it takes, and that it is alive."""

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, select, update

from pipeline import queue
from pipeline import tables as t
from pipeline.errors import TransientError
from pipeline.queue import Reach
from pipeline.state import State

MISSED = 6
"""Beats without which a worker counts as dead."""

log = logging.getLogger("saraban.worker")

_forking = threading.Lock()
"""Held while a pool process is forked, and while this process talks to the state store."""
os.register_at_fork(
    before=_forking.acquire, after_in_parent=_forking.release, after_in_child=_forking.release
)


@dataclass
class Node:
    """One worker. Its pool processes hold leases as ``<id>:<process id>``.

    ``beat``: seconds between two signs of life.
    """

    state: State
    reach: Reach
    slots: int
    beat: float
    id: UUID = field(default_factory=uuid4)
    last_beat: float = 0.0
    """:func:`time.monotonic` of the last sign of life that the state store took."""
    _stopping: threading.Event = field(default_factory=threading.Event)

    def join(self) -> None:
        """Become known. Raises UnavailableError."""
        now = self.state.clock()
        with self._alone(), self.state.write() as tx:
            tx.execute(
                insert(t.worker).values(
                    id=self.id,
                    name=f"{socket.gethostname()}:{os.getpid()}",
                    queues=",".join(sorted(self.reach.queues)),
                    clearance=self.reach.clearance.value,
                    slots=self.slots,
                    started_at=now,
                    beat_at=now,
                )
            )
        self.last_beat = time.monotonic()

    def keep_alive(self) -> None:
        """Beat until :meth:`leave`, in a thread of its own."""
        threading.Thread(target=self._beat_on, name="heartbeat", daemon=True).start()

    def leave(self) -> None:
        """Stop beating and give back what is still leased, not counted against any document."""
        self._stopping.set()
        with suppress(TransientError), self._alone():
            queue.release(self.state, f"{self.id}:", counted=False)
            with self.state.write() as tx:
                tx.execute(delete(t.worker).where(t.worker.c.id == self.id))

    def child_lost(self, process: int) -> None:
        """A pool process died: what it held is due again, and the attempt counts."""
        with suppress(TransientError), self._alone():
            freed = queue.release(self.state, f"{self.id}:{process}")
            log.warning("process %d was lost; %d steps freed", process, freed)

    def _beat_on(self) -> None:
        while not self._stopping.wait(self.beat):
            try:
                self._beat_once()
                self._kill_late()
            except Exception as error:  # noqa: BLE001 - whatever it was, the next beat may be heard
                log.warning("no sign of life: %s", type(error).__name__)

    def _beat_once(self) -> None:
        with self._alone(), self.state.write() as tx:
            known = tx.execute(
                update(t.worker).where(t.worker.c.id == self.id).values(beat_at=self.state.clock())
            )
        if known.rowcount:
            self.last_beat = time.monotonic()
        else:
            log.warning("was taken for dead; joining again")
            self.join()

    def _kill_late(self) -> None:
        """A step past its lease is somebody else's by now: its process is of no use any more."""
        with self._alone():
            late = queue.late_holders(self.state, self.beat)
        for holder in late:
            node, _, process = holder.partition(":")
            if node == str(self.id) and is_child(int(process)):
                with suppress(ProcessLookupError):
                    os.kill(int(process), signal.SIGKILL)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """No pool process is forked meanwhile, and none inherits an open connection.

        SQLite keeps its locks by process: a child that inherits one would find it held for ever
        (https://www.sqlite.org/howtocorrupt.html, section 2.6).
        """
        with _forking:
            try:
                yield
            finally:
                self.state.close()


def is_child(process: int) -> bool:
    """Whether this process started it and it was not waited for yet (proc(5), fields 3 and 4)."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text("utf-8", "replace")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return int(stat.rpartition(")")[2].split()[1]) == os.getpid()


def silent_workers(state: State, beat: float) -> frozenset[str]:
    """Those that showed no sign of life for long.

    The caller knows that the state store answered all the while: else their silence is not theirs.
    """
    last = state.clock() - MISSED * beat
    with state.read() as tx:
        found = tx.execute(select(t.worker.c.id).where(t.worker.c.beat_at < last))
        return frozenset(found.scalars())


def bury(state: State, dead: Iterable[str]) -> None:
    """Free what dead workers hold."""
    for identity in dead:
        freed = queue.release(state, f"{identity}:")
        with state.write() as tx:
            tx.execute(delete(t.worker).where(t.worker.c.id == identity))
        log.warning("worker %s shows no sign of life; %d steps freed", identity, freed)
