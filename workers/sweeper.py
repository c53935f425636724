"""``saraban-sweeper``: tells the broker what is due, and finds what got lost on the way.

Holds no key and opens no document. Any number may run; two do no harm.
"""

import logging
import signal
import threading
import time
from typing import Any

from celery import Celery
from kombu import Connection
from kombu.exceptions import ChannelError
from sqlalchemy import ColumnElement, select, update

from pipeline import queue
from pipeline import tables as t
from pipeline.app import Station
from pipeline.cli.console import StationOption, program, spoken_errors, station_folder
from pipeline.errors import SarabanError, TransientError
from pipeline.sweep import sweep_doomed
from workers import metrics
from workers.broker import declare_all, make_app
from workers.health import Health, HealthOption, served
from workers.logs import log_as_json
from workers.node import MISSED, bury, silent_workers
from workers.relay import Relay
from workers.topology import declare, queue_name

BUSY, IDLE = 0.2, 1.0
"""Seconds between two looks into the outbox: after one that told something, and after none."""
SEARCH = 5.0
"""Seconds between two searches for what got lost; and how long a message may take to arrive."""

log = logging.getLogger("saraban.sweeper")


def run(station: StationOption = None, health: HealthOption = None) -> None:
    """Pass work on to the workers until told to stop. ส่งงานให้เครื่องทำงานจนกว่าจะสั่งหยุด"""
    with spoken_errors():
        log_as_json()
        opened = Station.open(station_folder(station), keyless=True)
        sweeper = Sweeper(opened)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: sweeper.stop())
        told = health or opened.settings.workers.health
        with served(told, sweeper.health()):
            sweeper.run()
        opened.close()


def main() -> None:
    """Entry point of the console script."""
    program("saraban-sweeper", run)()


class Sweeper:
    """Tells, searches, and deletes what commits doomed."""

    def __init__(self, station: Station) -> None:
        self.station = station
        self.state = station.state
        self.code = station.settings.station.code
        self.broker = str(station.settings.workers.broker)
        self.app: Celery = make_app(station)
        self.relay = Relay(self.app, station.state, self.code)
        self._stopping = threading.Event()
        self._silence = MISSED * station.settings.workers.heartbeat
        self._looked_at = self._answering_since = time.monotonic()
        self._searched_at = 0.0
        self._silent: frozenset[str] = frozenset()
        """Workers without a sign of life at the last search: a store that can be read and, on a
        full disk, not written takes none from the living either, until the next one."""

    def run(self) -> None:
        """Until :meth:`stop`. A store or broker that does not answer is waited for.

        Raises ConfigurationError when the broker refuses this station, or the way to the artifact
        store is not fit.
        """
        self._greet()
        pause = 0.0
        while not self._stopping.wait(pause):
            pause = IDLE
            if time.monotonic() - self._looked_at > self._silence:
                self._answering_since = time.monotonic()
            try:
                if time.monotonic() - self._searched_at > SEARCH:
                    self._search()
                    self._searched_at = time.monotonic()
                if self.relay.tell_all():
                    pause = BUSY
                self._looked_at = time.monotonic()
            except TransientError as error:
                self._answering_since = time.monotonic()
                self._silent = frozenset()
                log.warning("%s", error.code)

    def _greet(self) -> None:
        try:
            next(self.station.store.locators(), None)
            declare_all(self.app, self.station)
        except TransientError as error:
            log.warning("%s", error)
        else:
            log.info("passing on the work of %s", self.code)

    def stop(self) -> None:
        """Let :meth:`run` return after this look."""
        self._stopping.set()

    def health(self) -> Health:
        """Alive while it looks; ready while the state store answers."""

        def looking() -> bool:
            return time.monotonic() - self._looked_at < 10 * SEARCH

        def answering() -> bool:
            with self.state.read():
                return True

        return Health(
            alive=lambda: not self._stopping.is_set(),
            ready={"outbox": looking, "state": answering},
            metrics=lambda: metrics.of_state(self.state),
        )

    def _search(self) -> None:
        if time.monotonic() - self._answering_since > self._silence:
            silent = silent_workers(self.state, self.station.settings.workers.heartbeat)
            bury(self.state, silent & self._silent)
            self._silent = silent
        try:
            sweep_doomed(self.state, self.station.store)
        except (SarabanError, OSError) as error:
            log.warning("nothing is deleted: %s", getattr(error, "code", type(error).__name__))
        self._find_lost()

    def _find_lost(self) -> None:
        """Told work that nobody took although its queue at the broker is empty: tell it again."""
        lost = self._long_told()
        with self.state.read() as tx:
            lanes = tx.execute(
                select(t.work.c.queue, t.work.c.exposure).where(lost).distinct()
            ).all()
        if not lanes:
            return
        try:
            with self.app.connection_for_write() as connection:
                declare(self.code, connection, self.broker)
                empty = [lane for lane in lanes if not _depth(connection, self.code, *lane)]
        except Exception as error:  # noqa: BLE001 - a broker may fail in any way
            log.warning("the broker cannot be searched: %s", type(error).__name__)
            return
        for name, exposure in empty:
            lane = (t.work.c.queue == name) & (t.work.c.exposure == exposure)
            with self.state.write() as tx:
                again = tx.execute(update(t.work).where(lost, lane).values(told_at=None))
            log.warning("%d messages were lost; telling again", again.rowcount)

    def _long_told(self) -> ColumnElement[bool]:
        now = self.state.clock()
        due = queue.ready(now) | queue.overdue(now)
        return due & (t.work.c.told_at < now - SEARCH)


def _depth(connection: Connection, station: str, name: str, exposure: str) -> int:
    """Messages that wait in a queue; those that a worker has in hand do not count."""
    with connection.channel() as opened:
        channel: Any = opened
        try:
            found = channel.queue_declare(queue_name(station, name, exposure), passive=True)
        except ChannelError:  # Redis keeps no empty queue
            return 0
    return int(found.message_count)
