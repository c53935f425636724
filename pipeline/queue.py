"""Due work and leases. A lease is counted before the work runs, so that poison stops."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import Connection, func, select, update

from pipeline import tables as t
from pipeline.errors import FencedError
from pipeline.state import State

MARGIN = 60.0
"""Seconds a lease outlives its step's timeout: for decrypting, storing and committing."""

READY, LEASED, FINISHED, SUSPENDED, FAILED = "ready", "leased", "finished", "suspended", "failed"


@dataclass(frozen=True)
class Work:
    """A leased step of one document. ``token`` fences: only its holder may commit."""

    id: UUID
    document: UUID
    batch: UUID
    step: int
    attempt: int
    token: UUID


def claim(
    state: State,
    *,
    holder: str,
    queues: Collection[str],
    batches: Collection[UUID] | None = None,
) -> Work | None:
    """Take the oldest due work, of the latest step first; None when nothing is due.

    The lease runs for the step's own timeout and a margin. A work whose lease ran out is due
    again. On PostgreSQL rows that others are claiming are skipped.
    """
    now = state.clock()
    with state.write() as tx:
        due = (
            select(t.work)
            .where(
                ((t.work.c.state == READY) & (t.work.c.not_before <= now))
                | ((t.work.c.state == LEASED) & (t.work.c.lease_until < now)),
                t.work.c.queue.in_(queues),
            )
            .order_by(t.work.c.step.desc(), t.work.c.created_at, t.work.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if batches is not None:
            due = due.where(t.work.c.batch.in_(batches))
        row = tx.execute(due).one_or_none()
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
                lease_until=now + row.timeout + MARGIN,
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


def give_back(tx: Connection, work: Work) -> None:
    """Give the lease up as if it had never been taken: due at once, the attempt not counted."""
    end(tx, work, READY)
    tx.execute(update(t.work).where(t.work.c.id == work.id).values(attempt=work.attempt - 1))


def release(state: State, holder: str, *, counted: bool = True) -> int:
    """Make the leases of a dead holder due at once. Answers how many.

    ``counted`` is false when the attempt was broken off through no fault of the document.
    """
    with state.write() as tx:
        query = update(t.work).where(t.work.c.state == LEASED, t.work.c.holder == holder)
        query = query.values(lease_until=0.0, attempt=t.work.c.attempt - (not counted))
        return tx.execute(query).rowcount


def release_all(state: State) -> None:
    """Make all leases due at once, and whatever a clock set back would keep waiting."""
    now = state.clock()
    with state.write() as tx:
        tx.execute(update(t.work).where(t.work.c.state == LEASED).values(lease_until=0.0))
        late = (t.work.c.state == READY) & (t.work.c.not_before > now)
        tx.execute(update(t.work).where(late).values(not_before=now))


def overdue(state: State, grace: float) -> list[str]:
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
