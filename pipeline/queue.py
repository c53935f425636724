"""Due work and leases. A lease is counted before the work runs, so that poison stops."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Connection, Select, exists, func, select, update

from pipeline import tables as t
from pipeline.errors import FencedError
from pipeline.stage import Queue
from pipeline.state import State
from schemas.secrecy import Secrecy

READY, LEASED, FINISHED, SUSPENDED, FAILED = "ready", "leased", "finished", "suspended", "failed"


@dataclass(frozen=True)
class Reach:
    """What a process may take: work of these queues, of documents up to this exposure.

    ``margin``: seconds its leases outlive a step's timeout, for decrypting, storing, committing.
    """

    queues: frozenset[Queue] = frozenset(Queue)
    clearance: Secrecy = Secrecy.TOP_SECRET
    margin: float = 60.0

    def rows(self) -> ColumnElement[bool]:
        """The condition on :data:`pipeline.tables.work`."""
        cleared = [level for level in Secrecy if level <= self.clearance]
        return t.work.c.queue.in_(self.queues) & t.work.c.exposure.in_(cleared)


@dataclass(frozen=True)
class Work:
    """A leased step of one document. ``token`` fences: only its holder may commit."""

    id: UUID
    document: UUID
    batch: UUID
    step: int
    attempt: int
    token: UUID


def ready(now: float) -> ColumnElement[bool]:
    """Rows of :data:`pipeline.tables.work` that wait and may run."""
    return (t.work.c.state == READY) & (t.work.c.not_before <= now)


def overdue(now: float) -> ColumnElement[bool]:
    """Rows whose lease ran out; they are due again."""
    return (t.work.c.state == LEASED) & (t.work.c.lease_until < now)


def claim(
    state: State, *, holder: str, reach: Reach, batches: Collection[UUID] | None = None
) -> Work | None:
    """Take the oldest due work, of the latest step first; None when nothing is due.

    The lease runs for the step's own timeout and a margin. On PostgreSQL rows that others are
    claiming are skipped.
    """
    now = state.clock()
    query = (
        select(t.work)
        .where(reach.rows())
        .order_by(t.work.c.step.desc(), t.work.c.created_at, t.work.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if batches is not None:
        query = query.where(t.work.c.batch.in_(batches))
    return _lease(state, [query.where(ready(now)), query.where(overdue(now))], holder, reach)


def claim_one(state: State, work: UUID, *, holder: str, reach: Reach) -> Work | None:
    """Take this work if it is due and within reach; None otherwise, e.g. when told twice.

    A document whose key is wrapped by a station key that is not held here is left to a machine
    that holds it.
    """
    now = state.clock()
    locked = exists().where(
        t.document_key.c.document == t.work.c.document,
        t.document_key.c.level.not_in(state.keys.levels),
    )
    query = select(t.work).where(
        t.work.c.id == work, reach.rows(), ready(now) | overdue(now), ~locked
    )
    return _lease(state, [query.with_for_update()], holder, reach)


def _lease(state: State, queries: Sequence[Select[Any]], holder: str, reach: Reach) -> Work | None:
    """Take the row that the first of the queries answers."""
    with state.write() as tx:
        row = next((found for query in queries if (found := tx.execute(query).first())), None)
        if row is None:
            return None
        token = uuid4()
        tx.execute(
            update(t.work)
            .where(t.work.c.id == row.id)
            .values(
                state=LEASED,
                attempt=row.attempt + 1,
                token=token,
                holder=holder,
                lease_until=state.clock() + row.timeout + reach.margin,
                told_at=None,
            )
        )
        return Work(row.id, row.document, row.batch, row.step, row.attempt + 1, token)


def end(tx: Connection, work: Work, state: str, *, not_before: float | None = None) -> None:
    """Give the lease up for good. Raises FencedError when another attempt has it by now."""
    values: dict[str, object] = {"state": state, "token": None, "holder": None, "lease_until": None}
    if not_before is not None:
        values["not_before"] = not_before
    done = tx.execute(
        update(t.work)
        .where(t.work.c.id == work.id, t.work.c.token == work.token, t.work.c.state == LEASED)
        .values(**values)
    )
    if done.rowcount != 1:
        raise FencedError(
            "lease-lost",
            thai="งานนี้ถูกส่งต่อให้ผู้อื่นทำแล้ว ผลของรอบนี้จึงไม่ถูกใช้",
            english="Another attempt took this work over; this one's result was dropped.",
        )


def give_back(tx: Connection, work: Work, *, not_before: float | None = None) -> None:
    """Give the lease up as if it had never been taken: the attempt is not counted."""
    end(tx, work, READY, not_before=not_before)
    tx.execute(update(t.work).where(t.work.c.id == work.id).values(attempt=work.attempt - 1))


def release(state: State, holder: str, *, counted: bool = True) -> int:
    """Make the leases of a dead holder due at once. Answers how many.

    A ``holder`` that ends in ``:`` stands for all that begin with it. ``counted`` is false when
    the attempt was broken off through no fault of the document.
    """
    held = t.work.c.holder
    whose = held.startswith(holder, autoescape=True) if holder.endswith(":") else held == holder
    with state.write() as tx:
        query = update(t.work).where(t.work.c.state == LEASED, whose)
        attempt = t.work.c.attempt - int(not counted)
        query = query.values(lease_until=0.0, holder=None, attempt=attempt)
        return tx.execute(query).rowcount


def release_all(state: State) -> None:
    """Make all leases due at once, and whatever a clock set back would keep waiting.

    Fences them too: whoever held one, and was only silent, can commit it no more.
    """
    now = state.clock()
    with state.write() as tx:
        fenced = {"lease_until": 0.0, "holder": None, "token": None}
        tx.execute(update(t.work).where(t.work.c.state == LEASED).values(**fenced))
        late = (t.work.c.state == READY) & (t.work.c.not_before > now)
        tx.execute(update(t.work).where(late).values(not_before=now))


def late_holders(state: State, grace: float) -> list[str]:
    """Holders whose lease ran out more than ``grace`` seconds ago."""
    with state.read() as tx:
        rows = tx.execute(
            select(t.work.c.holder).where(
                t.work.c.state == LEASED,
                t.work.c.lease_until > 0,
                t.work.c.lease_until < state.clock() - grace,
            )
        )
        return [row.holder for row in rows]


def unfinished_batches(state: State, batches: Collection[UUID] | None = None) -> list[UUID]:
    """Batches (of the given ones) with work that a runner still has to see to."""
    query = select(t.work.c.batch).where(t.work.c.state.in_((READY, LEASED))).distinct()
    if batches is not None:
        query = query.where(t.work.c.batch.in_(batches))
    with state.read() as tx:
        return list(tx.execute(query).scalars())


def pending(state: State, batches: Collection[UUID] | None = None) -> tuple[int, int]:
    """(ready, leased): work that a runner still has to see to."""
    query = (
        select(t.work.c.state, func.count())
        .where(t.work.c.state.in_((READY, LEASED)))
        .group_by(t.work.c.state)
    )
    if batches is not None:
        query = query.where(t.work.c.batch.in_(batches))
    with state.read() as tx:
        counts: dict[str, int] = {row[0]: row[1] for row in tx.execute(query)}
    return counts.get(READY, 0), counts.get(LEASED, 0)
