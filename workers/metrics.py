"""Metrics for Prometheus: stage names, queues and counts; never ids, names or text."""

import os
import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, values
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from pipeline import queue
from pipeline import tables as t
from pipeline.hookspecs import hookimpl
from pipeline.stage import Stage, StageContext
from pipeline.state import State
from schemas.event import Event
from schemas.outcome import Outcome

SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""Where prometheus-client keeps the values of all pool processes; it reads this itself."""
SECONDS = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300)
OPEN_STATES = (queue.READY, queue.LEASED, queue.SUSPENDED, queue.FAILED)


class StepMetrics:
    """Counts and times every step and event of a pool process, as a plugin of its host."""

    def __init__(self) -> None:
        registry = CollectorRegistry()
        self.seconds = Histogram(
            "saraban_step_seconds",
            "Wall clock of stage runs.",
            ["stage", "outcome"],
            registry=registry,
            buckets=SECONDS,
        )
        self.events = Counter("saraban_events", "Committed events.", ["type"], registry=registry)

    @hookimpl(wrapper=True)
    def run_stage(
        self, stage: Stage[Any], context: StageContext
    ) -> Generator[None, Outcome, Outcome]:
        del context
        began, ended = time.perf_counter(), "failed"
        try:
            outcome = yield
            ended = type(outcome).__name__.lower()
            return outcome
        finally:
            self.seconds.labels(stage.name, ended).observe(time.perf_counter() - began)

    @hookimpl
    def on_event(self, event: Event) -> None:
        self.events.labels(event.type).inc()


class StateCollector(Collector):
    """What waits in the state store, counted when somebody asks."""

    def __init__(self, state: State) -> None:
        self.state = state

    def collect(self) -> Iterable[Metric]:
        """Raises UnavailableError when the state store does not answer."""
        work = GaugeMetricFamily(
            "saraban_work", "Steps by state.", labels=["state", "queue", "exposure"]
        )
        oldest = GaugeMetricFamily(
            "saraban_oldest_ready_seconds", "Age of the step that waits longest.", labels=["queue"]
        )
        workers = GaugeMetricFamily("saraban_worker_slots", "Slots of living workers.")
        columns = (t.work.c.state, t.work.c.queue, t.work.c.exposure)
        now = self.state.clock()
        with self.state.read() as tx:
            for row in tx.execute(
                select(*columns, func.count())
                .where(t.work.c.state.in_(OPEN_STATES))
                .group_by(*columns)
            ):
                work.add_metric([row[0], row[1], row[2].lower()], row[3])
            for row in tx.execute(
                select(t.work.c.queue, func.min(t.work.c.not_before))
                .where(t.work.c.state == queue.READY)
                .group_by(t.work.c.queue)
            ):
                oldest.add_metric([row[0]], max(0.0, now - row[1]))
            slots = tx.execute(select(func.coalesce(func.sum(t.worker.c.slots), 0))).scalar_one()
        workers.add_metric([], slots)
        return [work, oldest, workers]


@contextmanager
def shared_values(folder: Path) -> Iterator[None]:
    """Let this process and its children keep their values in ``folder``.

    The library chooses when it is imported where values are kept; here it chooses again.
    """
    folder.mkdir(mode=0o700)
    os.environ[SHARED] = str(folder)
    values.ValueClass = values.get_value_class()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        del os.environ[SHARED]
        values.ValueClass = values.get_value_class()  # type: ignore[no-untyped-call]


def of_pool() -> bytes:
    """The values of all pool processes, in Prometheus' text format."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def of_state(state: State) -> bytes:
    """What waits in the state store, in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(StateCollector(state))
    return generate_latest(registry)
