"""The one task: run this work, if it is still due."""

import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from billiard.exceptions import WorkerLostError
from celery import Celery, Task
from celery.worker.request import Request

from pipeline import queue
from pipeline.app import Station
from pipeline.engine import Engine
from pipeline.errors import ConfigurationError, SarabanError
from pipeline.queue import Reach
from workers.metrics import StepMetrics
from workers.relay import TASK, Relay
from workers.tracing import step_spans

REACH_STORE = 1.0
"""Seconds between two tries to reach the state store."""

UNOPENED = 5.0
"""Seconds that a pool process keeps still which could not open the station."""

log = logging.getLogger("saraban.worker")


@dataclass(frozen=True)
class Place:
    """Where the pool processes of one worker work: ``node`` is its id, ``scratch`` its own."""

    folder: Path
    node: UUID
    reach: Reach
    scratch: Path


@dataclass(frozen=True)
class Bench:
    """A pool process's own station and engine, opened after the fork."""

    station: Station
    engine: Engine

    @classmethod
    def open(cls, app: Celery, place: Place) -> "Bench":
        """Raises ConfigurationError as :meth:`pipeline.app.Station.open`."""
        station = Station.open(place.folder)
        for plugin in (StepMetrics(), *step_spans(station.settings)):
            station.host.manager.register(plugin)
        engine = station.engine(
            f"{place.node}:{os.getpid()}",
            reach=place.reach,
            pause=station.settings.workers.pause,
            scratch=place.scratch / str(os.getpid()),
        )
        engine.dispatch = Relay(app, station.state, station.settings.station.code).tell
        return cls(station, engine)

    def run(self, work: UUID) -> None:
        """Run the work. What stopped it without any document's fault is logged and waited out."""
        try:
            self.engine.run_work(work)
        except (SarabanError, ConfigurationError) as error:
            log.warning("work %s given back: %s", work, error.code)
            self._release()

    def _release(self) -> None:
        """Give up the lease, if it could not be given back, as soon as the state store takes it."""
        while True:
            try:
                queue.release(self.station.state, self.engine.holder, counted=False)
            except SarabanError:
                time.sleep(REACH_STORE)
            else:
                return


class StepRequest(Request):
    """A message at hand; knows, in the worker's main process, which child took it."""

    def on_failure(self, exc_info: Any, *args: Any, **kwargs: Any) -> Any:
        """Free the lease of a child that died, so that nobody waits until it runs out."""
        try:
            return super().on_failure(exc_info, *args, **kwargs)
        finally:
            if self.worker_pid and isinstance(_cause(exc_info), WorkerLostError):
                task = cast("RunStep", self.task)
                task.child_lost(int(str(self.worker_pid)))


class RunStep(Task[[str], None]):
    """``saraban.run_step(work_id)``. Never raises: outcomes and failures are rows."""

    name = TASK
    Request = StepRequest  # type: ignore[assignment]

    def __init__(self, place: Place, child_lost: Callable[[int], None]) -> None:
        self.place = place
        self.child_lost = child_lost
        self._bench: Bench | None = None

    def run(self, work_id: str) -> None:
        """In a pool process. One that cannot open the station leaves the work to others, slowly,
        so that it does not swallow their messages."""
        try:
            if self._bench is None:
                self._bench = Bench.open(self.app, self.place)
        except SarabanError as error:
            log.error("work %s left: %s", work_id, error.code)  # noqa: TRY400 - ids only
            time.sleep(UNOPENED)
        else:
            self._bench.run(UUID(work_id))


def _cause(exc_info: Any) -> BaseException:
    error: BaseException = exc_info.exception
    return getattr(error, "exc", error)
