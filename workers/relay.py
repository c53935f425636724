"""The relay: tells the broker which work is due. The rows of due work are the outbox.

A row is marked as told before its message is sent and unmarked when sending fails, so no lock is
held while a broker takes its time. A process that dies in between leaves a mark without a message;
the sweeper finds it. A message too many does no harm: a claim answers it with nothing.
"""

import logging
import time
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from celery import Celery
from sqlalchemy import func, select, update

from pipeline import queue
from pipeline import tables as t
from pipeline.state import State
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

    def tell(self) -> int:
        """Tell what is due and untold, up to the window. Answers how many were told.

        Never raises for the broker's sake: what could not be told stays in the outbox. Raises
        UnavailableError when the state store does not answer.
        """
        if time.monotonic() < self._silent_until:
            return 0
        marked = self._mark()
        told = 0
        try:
            for row in marked:
                self._send(row)
                told += 1
        except self.app.connection_for_write().recoverable_connection_errors as error:
            self._sulk(error)
        except Exception as error:  # noqa: BLE001 - a broker may fail in any way; nothing is lost
            self._sulk(error)
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

    def _sulk(self, error: Exception) -> None:
        self._silent_until = time.monotonic() + SULK
        log.warning("the broker takes no message: %s", type(error).__name__)

    def _mark(self) -> list[_Due]:
        now = self.state.clock()
        untold = queue.due(now) & t.work.c.told_at.is_(None)
        with self.state.read() as tx:
            if tx.execute(select(t.work.c.id).where(untold).limit(1)).one_or_none() is None:
                return []
        with self.state.write() as tx:
            waiting = self._waiting(tx)
            rows: list[_Due] = []
            for name, exposure in self._lanes(tx, untold):
                room = WINDOW - waiting.get((name, exposure), 0)
                if room > 0:
                    lane = (t.work.c.queue == name) & (t.work.c.exposure == exposure)
                    rows += [
                        _Due(*row)
                        for row in tx.execute(
                            select(t.work.c.id, t.work.c.queue, t.work.c.exposure)
                            .where(untold, lane)
                            .order_by(t.work.c.step.desc(), t.work.c.created_at, t.work.c.id)
                            .limit(room)
                            .with_for_update(skip_locked=True)
                        )
                    ]
            ids = [row.id for row in rows]
            tx.execute(update(t.work).where(t.work.c.id.in_(ids)).values(told_at=now))
        return rows

    @staticmethod
    def _lanes(tx: Any, untold: Any) -> list[tuple[str, str]]:
        rows = tx.execute(select(t.work.c.queue, t.work.c.exposure).where(untold).distinct())
        return [(row.queue, row.exposure) for row in rows]

    @staticmethod
    def _waiting(tx: Any) -> dict[tuple[str, str], int]:
        rows = tx.execute(
            select(t.work.c.queue, t.work.c.exposure, func.count())
            .where(t.work.c.state == queue.READY, t.work.c.told_at.is_not(None))
            .group_by(t.work.c.queue, t.work.c.exposure)
        )
        return {(row[0], row[1]): row[2] for row in rows}

    def _unmark(self, ids: Sequence[UUID]) -> None:
        if ids:
            with self.state.write() as tx:
                tx.execute(update(t.work).where(t.work.c.id.in_(ids)).values(told_at=None))
