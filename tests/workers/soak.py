"""Random kills for a long time, over a stream of toy documents, and what is left in the end.

    python -m tests.workers.soak [--kills N] [--seconds S] [--seed N] [--backend NAME] [--json]

Ends after N kills or S seconds on each backend, once all work is done. Exit status 1 when an
invariant (:mod:`tests.workers.invariants`) does not hold or work is left over.
"""

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from kombu import Connection
from sqlalchemy import Integer, cast, func, select

from pipeline import tables as t
from pipeline.app import Station
from pipeline.queue import LEASED, pending
from pipeline.stage import Queue
from schemas.secrecy import Secrecy
from tests.engine.conftest import TOY
from tests.services.fixtures import started
from tests.services.postgres import PostgresServer
from tests.services.rabbitmq import RabbitServer
from tests.services.redis import RedisServer
from tests.services.server import Server
from tests.workers.conftest import Backend, make_toy_station
from tests.workers.fleet import Fleet, Started, submit, wait_until
from tests.workers.invariants import violations
from workers.topology import declare, queue_name

BACKENDS = ("rabbitmq-postgresql", "redis-sqlite")
WORKERS = 2
BACKLOG = 40
"""Due steps under which more documents are sent, so that every kill meets work."""
LETTERS = 10
"""Letters of one source."""
PAUSES = (0.05, 1.0)
"""Seconds between two kills, at least and at most."""
FREEZE = (0.2, 8.0)
"""Seconds that a frozen worker stays so: up to more than its lease and its missed beats."""
DOWN = (0.0, 5.0)
"""Seconds that a broker or database stays away, besides its start."""
SOON = 3.0
"""Seconds that a kill of a busy process waits for one."""
SETTLE = 300.0
"""Seconds that all work may take to end once the kills are over."""
MANNERS = (
    "",
    "",
    "",
    " !slow",
    " !slow",
    " !secret",
    " !top",
    " !flaky",
    " !kill-once",
    " !bug",
    "?",
)
"""What a letter is, each as likely."""
PATIENT = "retry = { attempts = 50, backoff = 0.01 }"
"""Of every step: kills hit documents that are no poison."""


@dataclass
class Soak:
    """A station under fire. ``kills`` counts what was done to it, by kind."""

    station: Station
    fleet: Fleet
    broker: Server
    database: Server | None
    inbox: Path
    chance: random.Random
    kills: Counter[str] = field(default_factory=Counter)
    sources: list[Path] = field(default_factory=list)
    letters: int = 0

    def run(self, kills: int, seconds: float) -> list[str]:
        """Kill until one of the bounds is met, let all work end, answer what is wrong."""
        self.fleet.sweeper()
        for _ in range(WORKERS):
            self.fleet.worker()
        until = time.monotonic() + seconds
        acts = self._acts()
        while self.kills.total() < kills and time.monotonic() < until:
            self._revive()
            self._feed()
            (name,) = self.chance.choices(list(acts), [weight for weight, _ in acts.values()])
            self.kills[name] += acts[name][1]()
            self._answer()
            time.sleep(self.chance.uniform(*PAUSES))
        wait_until(self._settled, SETTLE, "work is left over", self.fleet)
        return [*violations(self.station, self.sources), *self._wrongly_stopped()]

    def _acts(self) -> dict[str, tuple[float, Callable[[], bool]]]:
        """Weight and deed of each kind of kill; a deed answers whether it met anything."""
        acts: dict[str, tuple[float, Callable[[], bool]]] = {
            "pool child": (50, self._kill_child),
            "worker and pool": (12, self._kill_worker),
            "all workers": (3, self._kill_workers),
            "sweeper": (12, self._kill_sweeper),
            "freeze and wake": (10, self._freeze),
            "queues purged": (8, self._purge),
            "broker": (3, partial(self._restart, self.broker)),
        }
        if self.database:
            acts["database"] = (3, partial(self._restart, self.database))
        return acts

    def _workers(self) -> list[Started]:
        return [worker for worker in self.fleet.workers if worker.alive]

    def _busy(self) -> tuple[Started, int]:
        """A worker and one of its pool processes, in the middle of a step if one soon is."""
        until = time.monotonic() + SOON
        while True:
            pools = {child: worker for worker in self._workers() for child in worker.children()}
            with self.station.state.read() as tx:
                leased = select(t.work.c.holder).where(
                    t.work.c.state == LEASED, t.work.c.holder.is_not(None)
                )
                holders = {int(row.holder.rpartition(":")[2]) for row in tx.execute(leased)}
            if found := sorted(pools.keys() & holders) or (time.monotonic() > until and [*pools]):
                child = self.chance.choice(found)
                return pools[child], child
            time.sleep(0.01)
            self._revive()

    def _kill_child(self) -> bool:
        _, child = self._busy()
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
            return True
        return False

    def _kill_worker(self) -> bool:
        self.chance.choice(self._workers()).kill()
        return True

    def _kill_workers(self) -> bool:
        for worker in self._workers():
            worker.kill()
        return True

    def _kill_sweeper(self) -> bool:
        self.fleet.sweepers[-1].kill()
        return True

    def _freeze(self) -> bool:
        worker, _ = self._busy()
        worker.send(signal.SIGSTOP, group=True)
        time.sleep(self.chance.uniform(*FREEZE))
        worker.send(signal.SIGCONT, group=True)
        return True

    def _purge(self) -> bool:
        code = self.station.settings.station.code
        with Connection(self.broker.url) as connection:
            declare(code, connection, self.broker.url)
            channel: Any = connection.default_channel
            dropped = [
                channel.queue_purge(queue_name(code, queue, level))
                for queue in Queue
                for level in Secrecy
            ]
        return any(dropped)

    def _restart(self, server: Server) -> bool:
        with server.down():
            time.sleep(self.chance.uniform(*DOWN))
        return True

    def _revive(self) -> None:
        for _ in range(WORKERS - len(self._workers())):
            self.fleet.worker()
        if not self.fleet.sweepers[-1].alive:
            self.fleet.sweeper()

    def _feed(self) -> None:
        if sum(pending(self.station.state)) >= BACKLOG:
            return
        file = self.inbox / f"{len(self.sources):05}.txt"
        lines: list[str] = []
        for _ in range(LETTERS):
            self.letters += 1
            lines += [f"letter-{self.letters}{self.chance.choice(MANNERS)}"]
            lines += [*self.chance.choice(([], ["second page"], ["blank"])), "---"]
        file.write_text("\n".join(lines), "utf-8")
        submit(self.station, file)
        self.sources.append(file)

    def _answer(self) -> None:
        for waiting in self.station.questions():
            level = self.chance.choice((Secrecy.NORMAL, Secrecy.SECRET))
            self.station.decide(waiting, level.value, by="soak")

    def _wrongly_stopped(self) -> list[str]:
        """Kills are no fault of a document: only the letters with a bug may stop."""
        codes = select(t.failure.c.document, t.failure.c.code).where(
            t.failure.c.final, t.failure.c.code != "bug"
        )
        with self.station.state.read() as tx:
            return [f"document {row.document} stopped: {row.code}" for row in tx.execute(codes)]

    def _settled(self) -> bool:
        self._revive()
        self._answer()
        with self.station.state.read() as tx:
            doomed = select(func.count()).where(t.doomed.c.waits_for.is_(None))
            return not tx.execute(doomed).scalar_one() and not any(pending(self.station.state))


def soak(backend: str, place: Path, *, kills: int, seconds: float, seed: int) -> dict[str, Any]:
    """Figures of one backend: what was done, what came of it, ``violations``."""
    chance = random.Random(seed)
    began = time.monotonic()
    with ExitStack() as stack:
        broker: Server
        database = None
        state = "sqlite:///state.db"
        if backend == "rabbitmq-postgresql":
            broker = stack.enter_context(started(RabbitServer()))
            database = stack.enter_context(started(PostgresServer()))
            state = database.database("soak")
        else:
            broker = stack.enter_context(started(RedisServer()))
        folder = make_toy_station(place, Backend(state, broker.url))
        _be_patient(folder / "definitions" / "toy.toml")
        for name in ("inbox", "logs"):
            (place / name).mkdir()
        station = Station.open(folder)
        stack.callback(station.close)
        fleet = Fleet(folder, place / "logs")
        stack.callback(fleet.end)
        fire = Soak(station, fleet, broker, database, place / "inbox", chance)
        wrong = fire.run(kills, seconds)
        return {
            "backend": backend,
            "seed": seed,
            "seconds": round(time.monotonic() - began),
            "kills": fire.kills.total(),
            "by_kind": dict(sorted(fire.kills.items())),
            "letters": fire.letters,
            **_came_of(station),
            "fenced": _count(fleet, "lease of work"),
            "buried": _count(fleet, "shows no sign of life"),
            "lost_messages": _count(fleet, "messages were lost"),
            "violations": wrong,
        }


def _be_patient(definition: Path) -> None:
    lines = [line for line in definition.read_text("utf-8").splitlines() if "retry" not in line]
    lines = [f"{line}\n{PATIENT}" if line.startswith("uses") else line for line in lines]
    definition.write_text("\n".join(lines), "utf-8")


def _came_of(station: Station) -> dict[str, Any]:
    with station.state.read() as tx:
        states = tx.execute(
            select(t.document.c.state, func.count()).group_by(t.document.c.state)
        ).all()
        steps, again, most = tx.execute(
            select(
                func.count(),
                func.sum(cast(t.work.c.attempt > 1, Integer)),
                func.max(t.work.c.attempt),
            )
        ).one()
        stopped = tx.execute(
            select(t.failure.c.code, func.count())
            .where(t.failure.c.final)
            .group_by(t.failure.c.code)
        ).all()
    return {
        "documents": dict(sorted(map(tuple, states))),
        "stopped_by": dict(map(tuple, stopped)),
        "steps": steps,
        "tried_again": again,
        "most_attempts": most,
    }


def _count(fleet: Fleet, words: str) -> int:
    return sum(log.read_text("utf-8", "replace").count(words) for log in fleet.logs.iterdir())


def table(found: list[dict[str, Any]]) -> str:
    """The figures side by side, a line each."""
    rows = []
    for name in found[0]:
        values = [one[name] for one in found]
        if isinstance(values[0], dict):
            parts = sorted({key for value in values for key in value})
            rows += [(f"{name}: {part}", *(str(v.get(part, 0)) for v in values)) for part in parts]
        else:
            rows.append((name, *(str(v if v != [] else "none") for v in values)))
    return "\n".join(f"{row[0]:28}" + "".join(f"{cell:>22}" for cell in row[1:]) for row in rows)


def main() -> int:
    """Soak and print. Answers the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=300, help="on each backend")
    parser.add_argument("--seconds", type=float, default=1500.0, help="at most, on each backend")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--backend", choices=BACKENDS, action="append")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.path.insert(0, str(TOY))
    os.environ["PYTHONPATH"] = os.pathsep.join([str(TOY), os.environ.get("PYTHONPATH", "")])
    found = []
    for backend in asked.backend or BACKENDS:
        with tempfile.TemporaryDirectory(prefix="saraban-soak-") as place:
            bounds = {"kills": asked.kills, "seconds": asked.seconds, "seed": asked.seed}
            found.append(soak(backend, Path(place), **bounds))
    print(json.dumps(found, indent=1) if asked.json else table(found))  # noqa: T201
    return int(any(one["violations"] for one in found))


if __name__ == "__main__":
    sys.exit(main())
