"""The relay: tells the broker which work is due. The rows of due work are the outbox.

A row is marked as told before its message is sent and unmarked when sending fails, so no lock is
held while a broker takes its time. A process that dies in between leaves a mark without a message;
the sweeper finds it. A message too many does no harm: a claim answers it with nothing.
"""

import logging
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple
from uuid import UUID

from celery import Celery
from sqlalchemy import func, select, update

from pipeline import queue
from pipeline import tables as t
from pipeline.errors import UnavailableError
from pipeline.stage import Queue
from pipeline.state import State
from schemas.secrecy import Secrecy
from workers.broker import CONNECT_TIMEOUT
from workers.topology import queue_name

TASK = "saraban.run_step"
WINDOW = 200
"""Messages of one queue that may wait at the broker; the rest waits in the state store."""
SULK = 5.0
"""Seconds without another try after the broker did not answer."""

log = logging.getLogger("saraban.relay")


class _Due(NamedTuple):
    id: UUID
    queue: str
    exposure: str


class Relay:
    """Tells due work of one station. One per process."""

    def __init__(self, app: Celery, state: State, station: str) -> None:
        self.app = app
        self.state = state
        self.station = station
        self._silent_until = 0.0

    def tell(self, works: Sequence[UUID]) -> None:
        """Tell these works, as far as they are due and untold.

        Best effort: what could not be told stays in the outbox.
        """
        if works and not self._sulking():
            with suppress(UnavailableError):
                self._send_all(self._mark(works))

    def tell_all(self) -> int:
        """Tell what is due and untold, up to the window of each queue. Answers how many.

        Raises UnavailableError when the state store does not answer.
        """
        if self._sulking():
            return 0
        marked: list[_Due] = []
        for queue_class in Queue:
            for level in Secrecy:
                marked += self._mark_lane(queue_class, level)
        return self._send_all(marked)

    def _mark_lane(self, queue_class: Queue, level: Secrecy) -> list[_Due]:
        lane = (t.work.c.queue == queue_class) & (t.work.c.exposure == level)
        waiting = select(func.count()).where(
            lane, t.work.c.state == queue.READY, t.work.c.told_at.is_not(None)
        )
        untold = lane & t.work.c.told_at.is_(None)
        now = self.state.clock()
        with self.state.read() as tx:
            room = WINDOW - tx.execute(waiting).scalar_one()
            ids = [
                identity
                for when in (queue.ready(now), queue.overdue(now))
                for identity in tx.execute(
                    select(t.work.c.id)
                    .where(untold, when)
                    .order_by(t.work.c.step.desc(), t.work.c.created_at)
                    .limit(max(room, 0))
                ).scalars()
            ]
        if not ids:
            return []
        return self._mark(ids)

    def _mark(self, works: Sequence[UUID]) -> list[_Due]:
        now = self.state.clock()
        due = queue.ready(now) | queue.overdue(now)
        with self.state.write() as tx:
            marked = tx.execute(
                update(t.work)
                .where(t.work.c.id.in_(works), t.work.c.told_at.is_(None), due)
                .values(told_at=now)
                .returning(t.work.c.id, t.work.c.queue, t.work.c.exposure)
            )
            return [_Due(*row) for row in marked]

    def _send_all(self, marked: Sequence[_Due]) -> int:
        told = 0
        try:
            for row in marked:
                self._send(row)
                told += 1
        except Exception as error:  # noqa: BLE001 - a broker may fail in any way; nothing is lost
            self._silent_until = time.monotonic() + SULK
            log.warning("the broker takes no message: %s", type(error).__name__)
            self._unmark([row.id for row in marked[told:]])
        return told

    def _send(self, row: _Due) -> None:
        self.app.send_task(
            TASK,
            args=(str(row.id),),
            queue=queue_name(self.station, row.queue, row.exposure),
            retry=False,
            confirm_timeout=CONNECT_TIMEOUT,
        )

    def _sulking(self) -> bool:
        return time.monotonic() < self._silent_until

    def _unmark(self, ids: Sequence[UUID]) -> None:
        with self.state.write() as tx:
            tx.execute(update(t.work).where(t.work.c.id.in_(ids)).values(told_at=None))
