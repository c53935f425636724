"""``saraban-worker``: runs the steps that a broker tells, within this machine's reach."""

import ctypes
import logging
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from celery import Celery, signals

from pipeline.agreement import agree
from pipeline.app import Station
from pipeline.cli.console import StationOption, program, spoken_errors, station_folder
from pipeline.errors import ConfigurationError
from pipeline.machine import usable_cores
from pipeline.queue import Reach
from pipeline.runner import beside_others
from pipeline.settings import WorkersSection
from pipeline.stage import Queue
from schemas.secrecy import Secrecy
from workers import metrics
from workers.broker import declare_all, make_app
from workers.consumer import StepConsumer
from workers.health import Health, HealthOption, served
from workers.logs import log_as_json
from workers.node import MISSED, Node
from workers.scratch import own_scratch
from workers.step import Place, RunStep
from workers.topology import queue_name

_PR_SET_PDEATHSIG = 1
LITTLE_SCRATCH = 256 << 20
"""Free bytes of scratch under which a worker is not ready."""

log = logging.getLogger("saraban.worker")


def run(
    station: StationOption = None,
    queues: Annotated[
        list[Queue] | None,
        typer.Option("--queue", "-q", help="Queue to take from; repeatable. คิวที่รับงาน ระบุซ้ำได้"),
    ] = None,
    clearance: Annotated[
        Secrecy | None, typer.Option(help="Highest secrecy that may come here. ชั้นความลับสูงสุดที่รับ")
    ] = None,
    slots: Annotated[
        int | None, typer.Option(min=0, help="Steps at the same time. จำนวนงานที่ทำพร้อมกัน")
    ] = None,
    health: HealthOption = None,
) -> None:
    """Run steps until told to stop. รับงานจากคิวมาทำจนกว่าจะสั่งหยุด

    What an option leaves open, [workers] of saraban.toml says.

    SIGTERM: finish the steps at hand, or give them back when the patience of the settings ends.
    """
    with spoken_errors():
        folder = station_folder(station)
        options = {"queues": queues, "clearance": clearance, "slots": slots, "health": health}
        log_as_json()
        raise typer.Exit(work(folder, {k: v for k, v in options.items() if v is not None}))


def main() -> None:
    """Entry point of the console script."""
    program("saraban-worker", run)()


def work(folder: Path, options: dict[str, Any]) -> int:
    """Be a worker of the station in ``folder``. Answers the exit status.

    Raises ConfigurationError when this machine differs from the station's others, or was given less
    than its queues need; UnavailableError when the broker or the state store does not answer.
    """
    station = Station.open(folder)
    settings = station.settings.workers.model_copy(update=options)
    reach = Reach(frozenset(settings.queues), settings.clearance, settings.margin)
    check_fitness(station, reach)
    app = make_app(station)
    declare_all(app, station)
    code, base = station.settings.station.code, station.scratch
    node = Node(station.state, reach, settings.slots or usable_cores(), settings.heartbeat)
    with ExitStack() as stack:
        stack.callback(station.close)
        scratch = stack.enter_context(own_scratch(base, node.id))
        stack.enter_context(metrics.shared_values(scratch / "metrics"))
        app.register_task(RunStep(Place(folder, node.id, reach, scratch), node.child_lost))
        worker = _celery_worker(app, code, reach, node)
        stack.enter_context(served(settings.health, _health(worker, node, station)))
        stack.enter_context(_patience(settings))
        with beside_others(station):  # from here on nobody gets it alone: a worker lives
            node.join()
        stack.callback(node.leave)
        node.keep_alive()
        log.info(
            "taking %s up to %s, %d at a time",
            ", ".join(sorted(reach.queues)),
            reach.clearance,
            node.slots,
        )
        worker.start()
    return int(worker.exitcode or 0)


def check_fitness(station: Station, reach: Reach) -> None:
    """Raises ConfigurationError or SecurityError unless this machine can take all that its reach
    covers: the same plugins as the others, keys, secrets, tools and a way to the artifact store.
    """
    log.info("plugin set %s", agree(station.state, station.host))
    station.state.keys.at(station.state.keys.level_for(reach.clearance))
    definition = station.definition()
    for stage in definition.stages:
        if stage.resources.queue in reach.queues:
            for name in stage.secrets:
                _check_secret(station, name, stage.name)
    station.ready(definition, reach.queues)
    next(station.store.locators(), None)


def _check_secret(station: Station, name: str, stage: str) -> None:
    reference = station.secrets.get(name)
    if reference is None:
        raise ConfigurationError(
            "secret-missing",
            thai=f"เครื่องนี้รับคิวของขั้นตอน {stage} ซึ่งต้องใช้ความลับ {name} ที่ไม่ได้กำหนดใน [secrets]",
            english=f"This machine takes the queue of {stage}, which needs the secret {name}; "
            "[secrets] of saraban.toml does not give it one.",
        )
    station.host.one("resolve_secret", name, reference=reference)


def _celery_worker(app: Celery, station: str, reach: Reach, node: Node) -> Any:
    names = [
        queue_name(station, queue, level)
        for queue in reach.queues
        for level in Secrecy
        if level <= reach.clearance
    ]
    signals.worker_process_init.connect(_die_with_parent, weak=False)
    worker: Any = app.Worker(
        hostname=f"saraban-{node.id}",
        concurrency=node.slots,
        pool="prefork",
        queues=names,
        consumer_cls=StepConsumer,
        without_gossip=True,
        without_mingle=True,
        quiet=True,
    )
    return worker


def _die_with_parent(**_: Any) -> None:
    """In a pool process: no orphan goes on when the worker itself is killed."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


@contextmanager
def _patience(settings: WorkersSection) -> Iterator[None]:
    """After a warm shutdown began, break off what is not finished in time."""

    def begin(how: str, **_: Any) -> None:
        if how == "Warm":
            timer = threading.Timer(settings.patience, os.kill, (os.getpid(), signal.SIGQUIT))
            timer.daemon = True
            timer.start()

    signals.worker_shutting_down.connect(begin, weak=False)
    try:
        yield
    finally:
        signals.worker_shutting_down.disconnect(begin)


def _health(worker: Any, node: Node, station: Station) -> Health:
    def fresh() -> bool:
        return time.monotonic() - node.last_beat < MISSED * node.beat

    def told() -> bool:
        connection = getattr(worker.consumer, "connection", None)
        return bool(connection and connection.connected)

    def roomy() -> bool:
        room = os.statvfs(station.scratch)
        return room.f_bavail * room.f_frsize > LITTLE_SCRATCH

    return Health(
        alive=lambda: True,
        ready={"state": fresh, "broker": told, "scratch": roomy},
        metrics=metrics.of_pool,
    )
