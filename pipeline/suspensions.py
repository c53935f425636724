"""Questions that wait, and the decisions that answered them."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, delete, func, select, update

from pipeline import queue
from pipeline import tables as t
from pipeline.audit import append_event
from pipeline.errors import ConfigurationError, SarabanError
from pipeline.keys import DataKey
from pipeline.state import State
from pipeline.transitions import question_data
from schemas.decision import Choice, Decision, Question
from schemas.document import DocumentState
from schemas.event import Event

UNCLEAR = "did-it-happen"
"""Code of the engine's own question about a ONCE stage."""


@dataclass(frozen=True)
class Waiting:
    """An open question of a document."""

    id: UUID
    document: UUID
    step: int
    asked_at: float
    question: Question


def decisions(tx: Connection, document: UUID, step: int, key: DataKey) -> tuple[Decision, ...]:
    """The answers given at this step, oldest first.

    Those that ended in quarantine do not count: after a retry the step asks anew.
    """
    asked, failed = t.suspension.c, t.failure.c
    stopped_at = select(func.coalesce(func.max(failed.at), 0.0)).where(
        failed.document == document, failed.step == step, failed.final
    )
    sealed = tx.execute(
        select(asked.decision_sealed)
        .where(
            asked.document == document,
            asked.step == step,
            asked.decided_at > stopped_at.scalar_subquery(),
        )
        .order_by(asked.decided_at, asked.asked_at)
    ).scalars()
    data = question_data(document)
    return tuple(Decision.model_validate_json(key.decrypt(one, data)) for one in sealed)


def open_questions(state: State, document: UUID | None = None) -> list[Waiting]:
    """What waits for a person, oldest first."""
    query = select(t.suspension).where(t.suspension.c.decided_at.is_(None))
    if document is not None:
        query = query.where(t.suspension.c.document == document)
    waiting = []
    with state.read() as tx:
        for row in tx.execute(query.order_by(t.suspension.c.asked_at)).all():
            try:
                key = state.document_key(tx, row.document)
                plain = key.decrypt(row.question_sealed, question_data(row.document))
                question = Question.model_validate_json(plain)
            except (SarabanError, ValueError):
                continue  # one that cannot be opened must not hide the others
            waiting.append(Waiting(row.id, row.document, row.step, row.asked_at, question))
    return waiting


def record_decision(state: State, waiting: Waiting, decision: Decision) -> Event:
    """Record the answer and make the step due again. ConfigurationError if unfit."""
    allowed = [choice.value for choice in waiting.question.choices]
    if allowed and decision.choice not in allowed:
        raise ConfigurationError(
            "no-such-choice",
            thai=f"คำตอบต้องเป็นหนึ่งใน: {', '.join(allowed)}",
            english=f"The answer must be one of: {', '.join(allowed)}",
        )
    with state.write() as tx:
        document, key = state.load(tx, waiting.document)
        sealed = key.encrypt(decision.model_dump_json().encode(), question_data(document.id))
        done = tx.execute(
            update(t.suspension)
            .where(t.suspension.c.id == waiting.id, t.suspension.c.decided_at.is_(None))
            .values(decided_at=state.clock(), decision_sealed=sealed)
        )
        if done.rowcount != 1:
            raise ConfigurationError(
                "already-decided",
                thai="มีผู้ตอบคำถามนี้ไปแล้ว",
                english="Someone has already answered this question.",
            )
        if (decision.code, decision.choice) == (UNCLEAR, "no"):
            tx.execute(delete(t.intent).where(t.intent.c.document == document.id))
        tx.execute(
            update(t.work)
            .where(t.work.c.document == document.id, t.work.c.step == waiting.step)
            .values(state=queue.READY, attempt=0, not_before=state.clock(), told_at=None)
        )
        document = document.model_copy(update={"state": DocumentState.OPEN})
        state.save(tx, document, key)
        return append_event(
            tx,
            document.batch,
            document.id,
            "decision-recorded",
            decision.by,
            state.clock(),
            {"code": decision.code, "choice": decision.choice if allowed else None},
        )


def unclear_question(stage: str) -> Question:
    """What is asked when a ONCE stage crashed and nobody knows whether it acted."""
    return Question(
        code=UNCLEAR,
        thai=f"ระบบหยุดกะทันหันระหว่างขั้นตอน {stage} การกระทำนั้นเกิดขึ้นแล้วหรือไม่",
        english=f"The system stopped in the middle of {stage}. Did its effect happen?",
        choices=(
            Choice(value="yes", thai="เกิดขึ้นแล้ว", english="It happened"),
            Choice(value="no", thai="ยังไม่เกิด ให้ทำใหม่", english="It did not; do it again"),
        ),
    )
