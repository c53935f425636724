"""The engine: one due step of one document, from lease to commit."""

import hashlib
import json
import logging
import os
import shutil
import time
import traceback
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from pydantic import TypeAdapter
from sqlalchemy import Connection, func, insert, select

from pipeline import queue
from pipeline import tables as t
from pipeline.artifacts import ArtifactStore, read_artifact, write_artifact
from pipeline.durable import FULL
from pipeline.errors import (
    ConfigurationError,
    FencedError,
    NoSpaceError,
    SarabanError,
    SecurityError,
    TransientError,
    UnavailableError,
)
from pipeline.failures import bug, poison, scratch_full, set_aside, unreadable
from pipeline.host import OWN, Host
from pipeline.keys import DataKey
from pipeline.loader import LoadedDefinition, load_definition
from pipeline.queue import Reach, Work
from pipeline.stage import Effect, Stage, StageContext
from pipeline.state import State
from pipeline.suspensions import UNCLEAR, decisions, unclear_question
from pipeline.sweep import sweep_doomed
from pipeline.transitions import NewPart, Transition, child_id
from schemas.artifact import Artifact
from schemas.document import Document
from schemas.event import Event
from schemas.outcome import Divert, Done, Kept, Outcome, Split, Suspend
from schemas.secrecy import Secrecy

OUTCOME: TypeAdapter[Outcome] = TypeAdapter(Outcome)


@dataclass
class Engine:
    """Runs due steps one after another. One per process; any number of processes at once.

    ``sees`` maps a distribution to the highest secrecy its stages may open. ``secrets`` maps names
    to references. ``holder`` names this process in leases, ``reach`` limits what it takes.
    ``pause``: seconds that a step given back waits.
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
            events = self._attempt(work, workdir)
        except FencedError:
            self.log.warning("lease of work %s lost; result dropped", work.id)
            return
        except (NoSpaceError, UnavailableError, ConfigurationError):
            with suppress(FencedError, UnavailableError), self.state.write() as tx:
                queue.give_back(tx, work, not_before=self.state.clock() + self.pause)
            raise
        finally:
            shutil.rmtree(workdir, ignore_errors=True)
        for event in [*events, *self._swept()]:
            self._tell(event)

    def _attempt(self, work: Work, workdir: Path) -> list[Event]:
        definition = self.definition_of(work.batch)
        try:
            run = _Run(self, work, definition)
        except UnavailableError:
            raise
        except (SarabanError, ValueError) as error:
            self.log.error("document %s cannot be opened", work.document)  # noqa: TRY400 - ids only
            with self.state.write() as tx:
                return [set_aside(self.state, tx, work, unreadable(error))]
        run.execute(workdir)
        return run.events

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
        """A fair share of the machine among the leases of this moment."""
        with self.state.read() as tx:
            busy = tx.execute(
                select(func.count()).select_from(t.work).where(t.work.c.state == queue.LEASED)
            ).scalar_one()
        return max(1, (os.cpu_count() or 1) // max(1, busy))

    def _tell(self, event: Event) -> None:
        for implementation in self.host.hook.on_event.get_hookimpls():
            try:
                implementation.function(event)
            except Exception:  # an observer may fail in any way
                self.log.exception("%s failed in on_event", implementation.plugin_name)


class _Run:
    """One attempt."""

    def __init__(self, engine: Engine, work: Work, definition: LoadedDefinition) -> None:
        """Raises SarabanError or ValueError when the document cannot be opened."""
        self.engine = engine
        self.state = engine.state
        self.work = work
        self.events: list[Event] = []
        self.stored: list[Artifact] = []
        self.definition = definition
        self.step = self.definition.definition.steps[work.step]
        self.stage: Stage[Any] = self.definition.stages[work.step]
        with self.state.read() as tx:
            self.document, self.key = self.state.load(tx, work.document)
            given = decisions(tx, self.document.id, work.step, self.key)
        self.answers = tuple(answer for answer in given if answer.code != UNCLEAR)
        self.decision = self.answers[-1] if self.answers else None
        self.happened = bool(given) and (given[-1].code, given[-1].choice) == (UNCLEAR, "yes")

    def execute(self, workdir: Path) -> None:
        """Run and commit; a failure is committed as one.

        Raises FencedError, NoSpaceError, UnavailableError.
        """
        try:
            if self.work.attempt > self.step.retry.attempts:
                raise poison(self.step.retry.attempts)
            self._check_sight()
            view = self._view()
            request = self._request_key(view)
            self._commit(self._act(view, request, workdir), workdir)
        except (FencedError, NoSpaceError, UnavailableError):
            raise
        except SarabanError as error:
            self._fail(error)
        except OSError as error:
            self._fail(scratch_full(error) if error.errno in FULL else bug(error))
        except Exception as error:  # noqa: BLE001 - a bug in a stage must stop one document only
            self._fail(bug(error))

    def _check_sight(self) -> None:
        owner = self.engine.host.distribution_of(self.stage.name)
        granted = (
            self.stage.sees
            if owner == OWN
            else min(self.stage.sees, self.engine.sees.get(owner, Secrecy.NORMAL))
        )
        if self.document.exposure > granted:
            raise SecurityError(
                "stage-may-not-see",
                thai=f"ขั้นตอน {self.stage.name} ไม่ได้รับอนุญาตให้เปิดเอกสารชั้นนี้ "
                "หากต้องการ ให้กำหนดใน [plugins.sees] ของ saraban.toml",
                english=f"Stage {self.stage.name} may open documents up to {granted} only. "
                "An office may raise it in [plugins.sees] of saraban.toml.",
            )

    def _view(self) -> Document:
        """The document as far as the stage declared an interest."""
        stage = self.stage
        roles = {*stage.consumes, *stage.accepts}
        artifacts = tuple(a for a in self.document.artifacts if a.role in roles)
        if missing := set(stage.consumes) - {a.role for a in artifacts}:
            names = ", ".join(sorted(missing))
            raise SecurityError(
                "input-missing",
                thai=f"เอกสารไม่มีข้อมูล {names} ที่ขั้นตอน {stage.name} ต้องใช้",
                english=f"Stage {stage.name} needs {names}, which the document does not have.",
            )
        names_read = {fact.fact_name for fact in stage.reads}
        facts = {name: v for name, v in self.document.facts.items() if name in names_read}
        return self.document.model_copy(update={"artifacts": artifacts, "facts": facts})

    def _request_key(self, view: Document) -> str:
        content = [
            self.stage.name,
            self.stage.revision,
            self.stage.options.model_dump(mode="json"),
            str(self.document.id),
            [(a.role, a.sha256) for a in view.artifacts],
            view.facts,
            [view.secrecy.value, view.classified, list(view.pages)],
            [answer.model_dump(mode="json") for answer in self.answers],
        ]
        text = json.dumps(content, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def _act(self, view: Document, request: str, workdir: Path) -> Outcome:
        context = self._context(view, request, workdir)
        if self.stage.effect is not Effect.PURE and self._announced(request):
            if self.stage.effect is Effect.ONCE:
                if self.happened:
                    return Done()
                return Suspend(question=unclear_question(self.stage.name))
            if (known := self.stage.reconcile(context)) is not None:
                return known
        outcome = self.engine.host.hook.run_stage(stage=self.stage, context=context)
        return OUTCOME.validate_python(outcome)

    def _announced(self, request: str) -> bool:
        """Write the intent before an effect; True when an earlier attempt had written it."""
        with self.state.write() as tx:
            known = tx.execute(
                select(t.intent.c.key).where(t.intent.c.key == request)
            ).one_or_none()
            if known is None:
                tx.execute(
                    insert(t.intent).values(
                        key=request, document=self.document.id, written_at=self.state.clock()
                    )
                )
        return known is not None

    def _context(self, view: Document, request: str, workdir: Path) -> StageContext:
        engine = self.engine
        shutil.rmtree(workdir, ignore_errors=True)
        workdir.mkdir(parents=True, mode=0o700)
        inputs: dict[str, Path] = {}
        for artifact in view.artifacts:
            inputs[artifact.role] = workdir / f"in-{artifact.role}"
            read_artifact(engine.store, self.key, artifact, inputs[artifact.role])
        return StageContext(
            document=view,
            inputs=inputs,
            workdir=workdir,
            key=request,
            deadline=time.monotonic() + self.stage.resources.timeout,
            memory=self.stage.resources.memory,
            cores=engine.cores(),
            station=engine.station,
            decision=self.decision,
            log=logging.getLogger(f"saraban.stage.{self.stage.name}"),
            progress=engine.progress,
            resolve_secret=self._secret,
            detect=lambda page: engine.host.evidence(page, view),
            answers=self.answers,
        )

    def _secret(self, name: str) -> bytes:
        reference = self.engine.secrets.get(name)
        if name not in self.stage.secrets or reference is None:
            raise SecurityError(
                "secret-not-given",
                thai=f"ขั้นตอน {self.stage.name} ขอความลับชื่อ {name} ซึ่งไม่ได้กำหนดใน [secrets]",
                english=f"Stage {self.stage.name} asked for the secret {name}; declare it in the "
                "stage and set it in [secrets] of saraban.toml.",
            )
        secret: bytes = self.engine.host.one("resolve_secret", reference, reference=reference)
        return secret

    def _commit(self, outcome: Outcome, workdir: Path) -> None:
        """Store the bytes first, then the rows; a crash between leaves only orphans to sweep."""
        parts: list[NewPart] = []
        artifacts: list[Artifact] = []
        erase = isinstance(outcome, Divert) and outcome.erase
        key = DataKey.fresh() if erase else self.key
        applied = False
        try:
            if isinstance(outcome, Split):
                parts = [self._store_part(n, part, workdir) for n, part in enumerate(outcome.parts)]
            elif isinstance(outcome, Done | Divert):
                artifacts = self._store(outcome.artifacts, workdir, self.document.id, key)
            with self.state.write() as tx:
                self._apply(tx, outcome, parts, artifacts, key)
                applied = True
        except Exception:
            if not applied:
                self._discard_stored()
            raise

    def _apply(
        self,
        tx: Connection,
        outcome: Outcome,
        parts: list[NewPart],
        artifacts: list[Artifact],
        key: DataKey,
    ) -> None:
        transition = self._transition(tx)
        match outcome:
            case Done():
                decided = self.decision is not None and self.decision.choice == outcome.secrecy
                transition.done(outcome, artifacts, decided=decided)
            case Split():
                transition.split(outcome, parts)
            case Suspend():
                transition.suspend(outcome)
            case Divert():
                transition.divert(outcome, artifacts, key)

    def _transition(self, tx: Connection) -> Transition:
        agent = f"{self.stage.name}@{self.stage.revision}"
        return Transition(
            self.state, tx, self.work, self.document, self.key, self.definition, agent, self.events
        )

    def _discard_stored(self) -> None:
        """No committed row names these bytes, and none ever will: their names hold the token."""
        for artifact in self.stored:
            with suppress(SarabanError, OSError):
                self.engine.store.delete(artifact.locator)

    def _store_part(self, ordinal: int, part: Any, workdir: Path) -> NewPart:
        child = child_id(self.document.id, self.work.step, ordinal)
        key = DataKey.fresh()
        stored = self._store(part.artifacts, workdir, child, key)
        return NewPart(child, part, key, tuple(stored))

    def _store(
        self, kept: tuple[Kept, ...], workdir: Path, document: UUID, key: DataKey
    ) -> list[Artifact]:
        stored = []
        for number, one in enumerate(kept):
            if one.role not in self.stage.produces:
                raise TypeError(f"{self.stage.name} kept role {one.role} without declaring it")
            identity = uuid5(
                document, f"{self.work.step}:{self.work.attempt}:{self.work.token}:{number}"
            )
            artifact = write_artifact(
                self.engine.store,
                key,
                workdir / one.path,
                one,
                artifact=identity,
                document=document,
                secrecy=self.document.exposure,
            )
            self.stored.append(artifact)
            stored.append(artifact)
        return stored

    def _fail(self, error: SarabanError) -> None:
        trace = "".join(traceback.format_exception(error.__cause__ or error))
        self.engine.log.error("work %s failed at %s: %s", self.work.id, self.step.name, error.code)
        retry_at = None
        if isinstance(error, TransientError) and self.work.attempt < self.step.retry.attempts:
            pause = self.step.retry.backoff * 2 ** (self.work.attempt - 1)
            retry_at = self.state.clock() + pause
        self.events.clear()
        with self.state.write() as tx:
            self._transition(tx).fail(error, trace, retry_at=retry_at)
