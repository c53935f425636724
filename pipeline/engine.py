"""The engine: one due step of one document, from lease to commit."""

import logging
import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select

from pipeline import queue
from pipeline import tables as t
from pipeline.artifacts import ArtifactStore
from pipeline.attempt import Attempt
from pipeline.errors import (
    ConfigurationError,
    FencedError,
    NoSpaceError,
    SarabanError,
    TransientError,
    UnavailableError,
)
from pipeline.failures import set_aside, unreadable
from pipeline.host import Host
from pipeline.loader import LoadedDefinition, load_definition
from pipeline.machine import usable_cores
from pipeline.queue import Reach, Work
from pipeline.state import State
from pipeline.sweep import sweep_doomed
from schemas.event import Event
from schemas.secrecy import Secrecy


class _Ended(NamedTuple):
    """What an attempt left to tell: its events, and work that became due."""

    events: list[Event]
    due: list[UUID]


@dataclass
class Engine:
    """Runs due steps one after another. One per process; any number of processes at once.

    ``sees`` maps a distribution to the highest secrecy its stages may open. ``secrets`` maps names
    to references. ``holder`` names this process in leases, ``reach`` limits what it takes.
    ``pause``: seconds that a step given back waits. ``dispatch`` hears of work that became due.
    """

    state: State
    store: ArtifactStore
    host: Host
    folder: Path
    station: str
    scratch: Path
    holder: str
    sees: Mapping[str, Secrecy]
    secrets: Mapping[str, str]
    progress: Callable[[int, int], None]
    dispatch: Callable[[Sequence[UUID]], None] = lambda _works: None
    reach: Reach = field(default_factory=Reach)
    pause: float = 0.0
    log: logging.Logger = field(default_factory=lambda: logging.getLogger("saraban.engine"))
    _definitions: dict[str, LoadedDefinition] = field(default_factory=dict)

    def run_next(self, batches: Collection[UUID] | None = None) -> bool:
        """Claim and run one due step. False when nothing is due.

        Raises NoSpaceError when a disk is full, UnavailableError when a store does not answer,
        ConfigurationError when the batch's definition cannot be loaded; the document is then as it
        was before, and no attempt is counted.
        """
        work = queue.claim(self.state, holder=self.holder, reach=self.reach, batches=batches)
        if work is None:
            return False
        self._run(work)
        return True

    def run_work(self, identity: UUID) -> bool:
        """Claim and run this work; False when it is not due or out of reach. Raises as above."""
        work = queue.claim_one(self.state, identity, holder=self.holder, reach=self.reach)
        if work is None:
            return False
        self._run(work)
        return True

    def _run(self, work: Work) -> None:
        workdir = self.scratch / f"{work.id.hex}-{work.attempt}"
        try:
            run = self._attempt(work, workdir)
        except FencedError:
            self.log.warning("lease of work %s lost; result dropped", work.id)
            return
        except (NoSpaceError, UnavailableError, ConfigurationError):
            with suppress(FencedError, TransientError), self.state.write() as tx:
                queue.give_back(tx, work, not_before=self.state.clock() + self.pause)
            raise
        finally:
            shutil.rmtree(workdir, ignore_errors=True)
        self.dispatch(run.due)
        for event in [*run.events, *self._swept()]:
            self._tell(event)

    def _attempt(self, work: Work, workdir: Path) -> "_Ended":
        definition = self.definition_of(work.batch)
        try:
            run = Attempt(self, work, definition)
        except UnavailableError:
            raise
        except (SarabanError, ValueError) as error:
            self.log.error("document %s cannot be opened", work.document)  # noqa: TRY400 - ids only
            with self.state.write() as tx:
                return _Ended([set_aside(self.state, tx, work, unreadable(error))], [])
        run.execute(workdir)
        return _Ended(run.events, run.due)

    def _swept(self) -> list[Event]:
        """Delete what commits doomed; whatever cannot be deleted now is left to the next time."""
        try:
            return sweep_doomed(self.state, self.store)
        except (SarabanError, OSError) as error:
            self.log.warning("doomed bytes could not be deleted: %s", type(error).__name__)
            return []

    def definition_of(self, batch: UUID) -> LoadedDefinition:
        """The definition a batch was received under, whatever the file says by now."""
        with self.state.read() as tx:
            row = tx.execute(
                select(
                    t.batch.c.definition, t.batch.c.definition_sha256, t.batch.c.definition_toml
                ).where(t.batch.c.id == batch)
            ).one()
        loaded = self._definitions.get(row.definition_sha256)
        if loaded is None:
            loaded = load_definition(row.definition_toml, row.definition, self.host, self.folder)
            self._definitions[row.definition_sha256] = loaded
        return loaded

    def cores(self) -> int:
        """A fair share of this machine among the leases of its worker at this moment."""
        worker = self.holder.rpartition(":")[0]
        with self.state.read() as tx:
            busy = tx.execute(
                select(func.count())
                .select_from(t.work)
                .where(t.work.c.state == queue.LEASED, t.work.c.holder.startswith(worker))
            ).scalar_one()
        return max(1, usable_cores() // max(1, busy))

    def _tell(self, event: Event) -> None:
        for implementation in self.host.hook.on_event.get_hookimpls():
            try:
                implementation.function(event)
            except Exception:  # an observer may fail in any way
                self.log.exception("%s failed in on_event", implementation.plugin_name)
