"""A stack of letters, worked by a fleet that a test strikes, and what came of it."""

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from celery import Celery
from sqlalchemy import Row, func, select

from pipeline import tables as t
from pipeline.app import Station
from pipeline.queue import pending
from pipeline.suspensions import UNCLEAR
from schemas.document import DocumentState
from tests.engine.conftest import CLASSIFIED
from tests.services.server import Server
from tests.workers.fleet import Fleet, submit, wait_until
from tests.workers.invariants import violations
from workers.relay import TASK
from workers.topology import queue_name

DEFINITION = (
    'name = "toy"'
    + CLASSIFIED
    + """[[steps]]
name = "misbehave"
uses = "toy-misbehave"
with = {{ flags = "{flags}/misbehave" }}
retry = {{ attempts = 3, backoff = 0.01 }}
[[steps]]
name = "name"
uses = "toy-name"
[[steps]]
name = "archive"
uses = "toy-archive"
with = {{ root = "archive" }}
[[steps]]
name = "once"
uses = "toy-once"
with = {{ flags = "{flags}/once" }}
"""
)
COUNTING = ("misbehave", "once")
"""Folders in which stages count their runs of each document."""
MISBEHAVING = 3
"""Index of the step that may misbehave."""
LETTERS = 25
ADDED = {"attempt-failed", "document-suspended", "decision-recorded"}
"""Events that a fault may add."""


def stack(letters: int = LETTERS, **extra: str) -> list[str]:
    """Pages of a stack: a secret letter now and then, one for paper, some of two pages.

    ``extra`` appends a command to a letter's title: ``stack(n3="!long")``.
    """
    pages: list[str] = []
    for number in range(letters):
        level = {4: " !secret", 9: " !top"}.get(number % 12, "")
        command = extra.get(f"n{number}")
        pages += [f"letter-{number}{level}" + (f" {command}" if command else "")]
        pages += ["more", "blank"] if number % 5 == 0 else []
        pages += ["---"]
    return pages


@dataclass
class Scene:
    """A station with its fleet. ``broker`` and ``database`` are servers to strike."""

    station: Station
    fleet: Fleet
    broker: Server
    database: Server | None
    place: Path

    def set(self, old: str, new: str) -> None:
        """Change a line of the settings, for processes that start later and for this one."""
        file = self.station.folder / "saraban.toml"
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new), "utf-8")
        self.station.close()
        self.station = Station.open(self.station.folder)

    def submit(self, pages: list[str], name: str = "stack.txt") -> Path:
        """Take a stack in."""
        file = self.place / name
        file.write_text("\n".join(pages), "utf-8")
        submit(self.station, file)
        return file

    def start(self, workers: int = 1) -> None:
        """A sweeper and so many workers."""
        self.fleet.sweeper()
        for _ in range(workers):
            self.fleet.worker()

    def wait_for(self, count: int, type_: str = "step-finished") -> None:
        """Until so many events of a type were committed: the work is in full swing."""
        wait_until(
            lambda: self.events()[type_] >= count, 60, f"{count} {type_} never came", self.fleet
        )

    def events(self) -> Counter[str]:
        """How many events of each type."""
        with self.station.state.read() as tx:
            return Counter(tx.execute(select(t.event.c.type)).scalars())

    def runs(self, name: str) -> int:
        """How often ``toy-misbehave`` began with the letter whose title begins with this word."""
        for flag in (self.flags / "misbehave").iterdir():
            if self.name(UUID(flag.name)) == name:
                return len(flag.read_text())
        return 0

    def attempts(self, name: str) -> int:
        """Attempts of the step that may misbehave."""
        with self.station.state.read() as tx:
            rows = tx.execute(select(t.work).where(t.work.c.step == MISBEHAVING)).all()
        return next(int(row.attempt) for row in rows if self.name(row.document) == name)

    def living(self) -> int:
        """Workers that are known and have not left."""
        with self.station.state.read() as tx:
            return int(tx.execute(select(func.count()).select_from(t.worker)).scalar_one())

    def most_attempts(self) -> int:
        """Of the step that was tried most often."""
        with self.station.state.read() as tx:
            return int(tx.execute(select(func.max(t.work.c.attempt))).scalar_one())

    @contextmanager
    def held_still(self) -> Iterator[None]:
        """No process is inside a transaction that writes work meanwhile."""
        with self.station.state.write() as tx:
            if tx.dialect.name == "postgresql":
                tx.exec_driver_sql("LOCK TABLE work IN EXCLUSIVE MODE")
            yield

    def name(self, document: UUID) -> str:
        """The first word of a letter."""
        title: Any = self.station.document(document).facts.get("toy-title")
        return str(title["text"]).split()[0] if title else ""

    def deliver_again(self, app: Celery, times: int, chance: random.Random) -> None:
        """Send messages for all work there ever was, in any order."""
        with self.station.state.read() as tx:
            rows = tx.execute(select(t.work.c.id, t.work.c.queue, t.work.c.exposure)).all()
        messages = [*rows] * times
        chance.shuffle(messages)
        for row in messages:
            lane = queue_name(self.station.settings.station.code, row.queue, row.exposure)
            app.send_task(TASK, args=(str(row.id),), queue=lane)

    def settle(self, timeout: float = 90.0) -> None:
        """Until nothing is left to do; unclear effects are looked up, as a person would."""
        wait_until(self._settled, timeout, "work is left over", self.fleet)

    def _settled(self) -> bool:
        for waiting in self.station.questions():
            assert waiting.question.code == UNCLEAR
            happened = (self.flags / "once" / waiting.document.hex).exists()
            self.station.decide(waiting, "yes" if happened else "no", by="somebody")
        with self.station.state.read() as tx:
            doomed = tx.execute(
                select(func.count()).where(t.doomed.c.waits_for.is_(None))
            ).scalar_one()
        return not doomed and not any(pending(self.station.state))

    def finish(self, source: Path) -> Counter[str]:
        """Settle, stop, check all invariants; answers the events but those a fault may add."""
        self.settle()
        self.fleet.stop()
        self.check(source)
        return Counter({name: n for name, n in self.events().items() if name not in ADDED})

    def check(self, *sources: Path) -> None:
        """Rows, archive, effects, and no plaintext in the scratch folder."""
        assert violations(self.station, sources) == []
        finished = [row.id.hex for row in self.documents(DocumentState.FINISHED)]
        effects = {f.name: f.read_text() for f in (self.flags / "once").iterdir()}
        assert effects == dict.fromkeys(finished, "x")
        self.check_scratch()

    def check_scratch(self) -> None:
        """No plaintext is left."""
        left = [path for path in self.station.scratch.rglob("*") if path.name != ".lock"]
        assert left == []

    def documents(self, state: DocumentState | None = None) -> list[Row[Any]]:
        """Rows of all documents, or of those in one state."""
        query = select(t.document)
        if state is not None:
            query = query.where(t.document.c.state == state)
        with self.station.state.read() as tx:
            return list(tx.execute(query).all())

    @property
    def flags(self) -> Path:
        """Where stages count their runs."""
        return self.place / "flags"
