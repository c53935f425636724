"""One attempt at one step: what the stage is given, how its outcome is stored and committed."""

import hashlib
import json
import logging
import shutil
import time
import traceback
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from pydantic import TypeAdapter
from sqlalchemy import Connection, insert, select

from pipeline import tables as t
from pipeline.artifacts import read_artifact, write_artifact
from pipeline.durable import FULL
from pipeline.errors import (
    FencedError,
    NoSpaceError,
    SarabanError,
    SecurityError,
    TransientError,
    UnavailableError,
)
from pipeline.failures import bug, poison, scratch_full
from pipeline.host import OWN
from pipeline.keys import DataKey
from pipeline.loader import LoadedDefinition
from pipeline.queue import Work
from pipeline.stage import Effect, Stage, StageContext
from pipeline.suspensions import UNCLEAR, decisions, unclear_question
from pipeline.transitions import NewPart, Transition, child_id
from schemas.artifact import Artifact
from schemas.document import Document
from schemas.event import Event
from schemas.outcome import Divert, Done, Kept, Outcome, Split, Suspend
from schemas.secrecy import Secrecy

if TYPE_CHECKING:
    from pipeline.engine import Engine

OUTCOME: TypeAdapter[Outcome] = TypeAdapter(Outcome)


class Attempt:
    """One attempt."""

    def __init__(self, engine: "Engine", work: Work, definition: LoadedDefinition) -> None:
        """Raises SarabanError or ValueError when the document cannot be opened."""
        self.engine = engine
        self.state = engine.state
        self.work = work
        self.events: list[Event] = []
        self.due: list[UUID] = []
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
            self.state,
            tx,
            self.work,
            self.document,
            self.key,
            self.definition,
            agent,
            self.events,
            self.due,
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
