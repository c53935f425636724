"""What an outcome does to the rows: the one transaction that ends an attempt.

Everything here runs inside the caller's transaction, after the fence (:func:`pipeline.queue.end`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4, uuid5

from pydantic import JsonValue
from sqlalchemy import Connection, delete, insert, update

from pipeline import queue, quota
from pipeline import tables as t
from pipeline.audit import append_event
from pipeline.errors import SarabanError, SecurityError
from pipeline.failures import record_failure
from pipeline.keys import DataKey
from pipeline.loader import LoadedDefinition
from pipeline.queue import Work
from pipeline.registers import give_number
from pipeline.releasing import release_source
from pipeline.reservations import duplicate_of, reserve
from pipeline.state import State, lock_documents, one_document
from schemas.archive import Receipt
from schemas.artifact import Artifact
from schemas.decision import Question
from schemas.document import Document, DocumentState
from schemas.event import Event
from schemas.outcome import Divert, Done, Part, Split, Suspend
from schemas.secrecy import Secrecy


@dataclass(frozen=True)
class NewPart:
    """A part with its bytes already stored under its own fresh key."""

    id: UUID
    part: Part
    key: DataKey
    artifacts: tuple[Artifact, ...]


@dataclass
class Transition:
    """One attempt's end. ``agent`` names stage and revision; ``events`` and ``due`` (ids of the
    work that comes next) fill on the way."""

    state: State
    tx: Connection
    work: Work
    document: Document
    key: DataKey
    definition: LoadedDefinition
    agent: str
    events: list[Event]
    due: list[UUID]

    def done(self, outcome: Done, artifacts: Sequence[Artifact], *, decided: bool) -> None:
        """Step finished: the document moves to its next step, or ends."""
        self._end(queue.FINISHED)
        if taken := self._reserved(outcome):
            self._doom(artifacts)
            self._set_work(queue.SUSPENDED)
            self._wait(taken)
            return
        document = self._classified(outcome.secrecy, decided=decided)
        facts = {**document.facts, **outcome.facts}
        if outcome.register_request:
            facts |= give_number(
                self.state, self.tx, document, self.work.step, outcome.register_request
            )
        replaced = {a.role for a in artifacts} | set(outcome.retire)
        self._doom([a for a in document.artifacts if a.role in replaced])
        document = document.model_copy(
            update={
                "artifacts": (
                    *(a for a in document.artifacts if a.role not in replaced),
                    *artifacts,
                ),
                "facts": facts,
                "step": self.work.step + 1,
            }
        )
        if outcome.pages is not None:
            document = self._count_pages(document, outcome.pages)
        self._event("step-finished", document, self._detail(artifacts))
        self._advance(document)
        if receipt := Receipt.of(outcome.facts):
            quota.settle(self.tx, document.id, receipt.size)

    def split(self, outcome: Split, parts: Sequence[NewPart]) -> None:
        """The document ends; its parts begin at the next step."""
        self._check_partition(outcome)
        self._end(queue.FINISHED)
        row = one_document(self.tx, self.document.id)
        for ordinal, new in enumerate(parts):
            numbers = tuple(self.document.pages[page - 1] for page in new.part.pages)
            child = Document(
                id=new.id,
                batch=self.document.batch,
                parent=self.document.id,
                ordinal=ordinal,
                form=new.part.form,
                step=self.work.step + 1,
                secrecy=self.document.secrecy,
                classified=self.document.classified,
                pages=numbers,
                artifacts=new.artifacts,
                facts={**self.document.facts, **new.part.facts},
            )
            self.state.add(self.tx, child, new.key, root=row.root, source=row.source)
            self._assign_pages(row.root, numbers, child.id)
            self._event("document-cut", child, self._detail(new.artifacts))
            self._advance(child)
        for aside in outcome.set_aside:
            self._set_fate(row.root, self.document.pages[aside.page - 1], aside.fate.value)
        ended = self.document.model_copy(update={"state": DocumentState.SPLIT})
        detail: dict[str, JsonValue] = {"parts": len(parts), "set_aside": len(outcome.set_aside)}
        self._event("document-split", ended, detail)
        self.state.save(self.tx, ended, self.key)
        self._doom(self.document.artifacts, waits_for=row.root)
        self._release_source()

    def suspend(self, outcome: Suspend) -> None:
        """Wait for a decision."""
        self._end(queue.SUSPENDED)
        self._wait(outcome.question)

    def _set_work(self, state: str) -> None:
        self.tx.execute(update(t.work).where(t.work.c.id == self.work.id).values(state=state))

    def _wait(self, question: Question) -> None:
        sealed = self.key.encrypt(
            question.model_dump_json().encode(), question_data(self.document.id)
        )
        self.tx.execute(
            insert(t.suspension).values(
                id=uuid4(),
                document=self.document.id,
                step=self.work.step,
                code=question.code,
                asked_at=self.state.clock(),
                question_sealed=sealed,
            )
        )
        waiting = self.document.model_copy(update={"state": DocumentState.SUSPENDED})
        self._event("document-suspended", waiting, {"code": question.code})
        self.state.save(self.tx, waiting, self.key)

    def divert(self, outcome: Divert, artifacts: Sequence[Artifact], key: DataKey) -> None:
        """The document leaves the pipeline; with ``erase`` its content becomes unreadable."""
        self._end(queue.FINISHED)
        document = self.document.model_copy(
            update={
                "state": DocumentState.DIVERTED,
                "disposition": outcome.disposition,
                "facts": dict(outcome.facts)
                if outcome.erase
                else {**self.document.facts, **outcome.facts},
                "artifacts": tuple(artifacts)
                if outcome.erase
                else (*self.document.artifacts, *artifacts),
            }
        )
        if outcome.register_request:
            given = give_number(
                self.state, self.tx, document, self.work.step, outcome.register_request
            )
            document = document.model_copy(update={"facts": {**document.facts, **given}})
        detail: dict[str, JsonValue] = {"disposition": outcome.disposition, "erased": outcome.erase}
        first = duplicate_of(self.state, self.tx, document, outcome.duplicate_of)
        if first:
            document = document.model_copy(update={"facts": {**document.facts, **first}})
            detail |= first
        if outcome.erase:
            self._erase(key)
        self.state.save(self.tx, document, key)
        self._event("document-diverted", document, detail)
        self._release_source()

    def fail(self, error: SarabanError, trace: str, *, retry_at: float | None) -> None:
        """An attempt failed: due again at ``retry_at``, or quarantined with its input kept."""
        final = retry_at is None
        self._end(queue.FAILED if final else queue.READY, not_before=retry_at)
        record_failure(
            self.tx,
            self.document.id,
            self.work.step,
            self.work.attempt,
            error,
            self.state.clock(),
            final=final,
            trace_sealed=self.key.encrypt(trace.encode(), trace_data(self.document.id)),
        )
        detail: dict[str, JsonValue] = {"code": error.code, "attempt": self.work.attempt}
        if final:
            stopped = self.document.model_copy(update={"state": DocumentState.QUARANTINED})
            self._event("document-quarantined", stopped, detail)
            self.state.save(self.tx, stopped, self.key)
        else:
            self._event("attempt-failed", self.document, detail)

    def _classified(self, level: Secrecy | None, *, decided: bool) -> Document:
        if level is None:
            return self.document
        if self.document.classified and level < self.document.secrecy and not decided:
            raise SecurityError(
                "secrecy-lowered",
                thai="ขั้นตอนพยายามลดชั้นความลับโดยไม่มีคำวินิจฉัยของเจ้าหน้าที่ เอกสารถูกกักไว้",
                english="A step tried to lower the secrecy level without a person's decision.",
            )
        level = level if decided else max(level, self.document.secrecy)
        document = self.document.model_copy(update={"secrecy": level, "classified": True})
        if document.exposure != self.document.exposure:
            self.state.rekey(self.tx, document, self.key)
        self._event("document-classified", document, {"level": level.value, "by_person": decided})
        return document

    def _reserved(self, outcome: Done) -> Question | None:
        for wish in outcome.reserve:
            if taken := reserve(self.state, self.tx, self.document, wish):
                return taken
        return None

    def _count_pages(self, document: Document, count: int) -> Document:
        numbers = tuple(range(1, count + 1))
        self.tx.execute(
            insert(t.page),
            [{"root": document.id, "number": n, "document": document.id} for n in numbers],
        )
        return document.model_copy(update={"pages": numbers})

    def _check_partition(self, outcome: Split) -> None:
        covered = sorted(
            [page for part in outcome.parts for page in part.pages]
            + [aside.page for aside in outcome.set_aside]
        )
        if covered != list(range(1, len(self.document.pages) + 1)):
            raise SecurityError(
                "pages-unaccounted",
                thai="การตัดชุดเอกสารทำให้มีหน้าหายหรือซ้ำ จึงหยุดไว้ก่อนเพื่อไม่ให้เอกสารสูญหาย",
                english="A cut would have lost or doubled a page; nothing was cut.",
            )

    def _assign_pages(self, root: UUID, numbers: Sequence[int], document: UUID) -> None:
        for number in numbers:
            self.tx.execute(
                update(t.page)
                .where(t.page.c.root == root, t.page.c.number == number)
                .values(document=document)
            )

    def _set_fate(self, root: UUID, number: int, fate: str) -> None:
        self.tx.execute(
            update(t.page).where(t.page.c.root == root, t.page.c.number == number).values(fate=fate)
        )

    def _advance(self, document: Document) -> None:
        if document.step >= len(self.definition.stages):
            document = document.model_copy(update={"state": DocumentState.FINISHED})
            self._event("document-finished", document, {})
            self.state.save(self.tx, document, self._key_of(document))
            self._release_source()
            return
        if document.id == self.document.id:
            self.state.save(self.tx, document, self.key)
        self.due.append(add_work(self.state, self.tx, document, self.definition))

    def _key_of(self, document: Document) -> DataKey:
        return self.state.document_key(self.tx, document.id)

    def _doom(self, artifacts: Sequence[Artifact], *, waits_for: UUID | None = None) -> None:
        """Let bytes be deleted; at once, or when the source ``waits_for`` is released."""
        for artifact in artifacts:
            self.tx.execute(
                insert(t.doomed).values(
                    locator=artifact.locator,
                    document=artifact.document,
                    erasure=False,
                    waits_for=waits_for,
                )
            )

    def _erase(self, fresh: DataKey) -> None:
        """Destroy the keys of the document and its ancestors with all that they encrypted."""
        victims = [self.document]
        while (parent := victims[-1].parent) is not None:
            row = one_document(self.tx, parent)
            if row.body_sealed is None:
                break
            victims.append(self.state.load(self.tx, parent)[0])
        for victim in victims:
            if victim.state is not DocumentState.SPLIT:
                self._doom(victim.artifacts)
            self.tx.execute(
                update(t.doomed)
                .where(t.doomed.c.document == victim.id)
                .values(erasure=True, waits_for=None)
            )
            for table in (t.intent, t.suspension, t.document_key):
                self.tx.execute(delete(table).where(table.c.document == victim.id))
            self.tx.execute(
                update(t.failure).where(t.failure.c.document == victim.id).values(trace_sealed=None)
            )
            self.tx.execute(
                update(t.document).where(t.document.c.id == victim.id).values(body_sealed=None)
            )
            self._event("keys-destroyed", victim, {"artifacts": len(victim.artifacts)})
        self.state.rekey(self.tx, self.document, fresh)

    def _release_source(self) -> None:
        self.events += release_source(self.tx, self.document, self.state.clock())

    def _end(self, state: str, *, not_before: float | None = None) -> None:
        """Pass the fence, then let no other transition of the same source go on beside this one.

        Siblings that end at the same moment would each see the other as unended.
        """
        queue.end(self.tx, self.work, state, not_before=not_before)
        lock_documents(self.tx, [one_document(self.tx, self.document.id).root])

    def _detail(self, artifacts: Sequence[Artifact]) -> dict[str, JsonValue]:
        return {
            "step": self.definition.definition.steps[self.work.step].name,
            "attempt": self.work.attempt,
            "artifacts": {str(a.id): a.stored_sha256 for a in artifacts},
        }

    def _event(self, type_: str, document: Document, detail: dict[str, JsonValue]) -> None:
        self.events.append(
            append_event(
                self.tx, document.batch, document.id, type_, self.agent, self.state.clock(), detail
            )
        )


def add_work(
    state: State, tx: Connection, document: Document, definition: LoadedDefinition
) -> UUID:
    """Make the document's next step due. Answers the work's id."""
    identity = uuid5(document.id, f"work:{document.step}")
    resources = definition.stages[document.step].resources
    now = state.clock()
    tx.execute(
        insert(t.work).values(
            id=identity,
            document=document.id,
            batch=document.batch,
            step=document.step,
            queue=resources.queue.value,
            exposure=document.exposure.value,
            timeout=resources.timeout,
            state=queue.READY,
            attempt=0,
            not_before=now,
            created_at=now,
        )
    )
    return identity


def child_id(parent: UUID, step: int, ordinal: int) -> UUID:
    """The same cut gives the same ids, however often it is tried."""
    return uuid5(parent, f"part:{step}:{ordinal}")


def question_data(document: UUID) -> bytes:
    """Associated data of a sealed question or decision."""
    return f"saraban:1:{document}:question".encode()


def trace_data(document: UUID) -> bytes:
    """Associated data of a sealed traceback."""
    return f"saraban:1:{document}:trace".encode()
