"""Fault points: every durable act of a process, counted, and a kill at any of them.

Works from outside, on real parts: the interpreter's audit hooks see each change of a file system,
SQLAlchemy's events each commit, pluggy's wrapper each stage run. Nothing in the product knows.
"""

import os
import signal
import sys
from collections.abc import Callable, Generator
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine as Database

from pipeline.app import Station
from pipeline.hookspecs import hookimpl

_FILE_SYSTEM = frozenset(
    {"os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "shutil.rmtree"}
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class FaultPoints:
    """Counts the points that a process passes, and dies at one of them.

    ``at`` is that one's number (1-based) or its name (the first of that name). ``names`` lists
    what was passed, so that a test can show that all kinds of points were met.
    """

    def __init__(self, at: int | str | None = None) -> None:
        self.at = at
        self.names: list[str] = []

    def reach(self, name: str) -> None:
        """Pass one point, or die there as by ``kill -9``."""
        self.names.append(name)
        if self.at in (len(self.names), name):
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, station: Station) -> None:
        """Put points around every commit, stage run and change of a file in this process.

        For a process that ends soon: an audit hook cannot be taken away again.
        """
        database: Database = station.state.engine
        event.listen(database, "commit", lambda _connection: self.reach("commit"))
        station.host.manager.register(_AroundStages(self.reach), "fault-points")
        sys.addaudithook(self._audit)

    def _audit(self, name: str, arguments: tuple[Any, ...]) -> None:
        if name in _FILE_SYSTEM:
            self.reach(name)
        elif name == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING:
            self.reach("open-for-writing")


class _AroundStages:
    def __init__(self, reach: Callable[[str], None]) -> None:
        self.reach = reach

    @hookimpl(wrapper=True)
    def run_stage(self, stage: Any, context: Any) -> Generator[None, Any, Any]:
        del context
        self.reach(f"before {stage.name}")
        outcome = yield
        self.reach(f"after {stage.name}")
        return outcome
