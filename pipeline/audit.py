"""Events: appended in the transaction that makes them true, chained per document."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import Connection, func, insert, select, update

from pipeline import tables as t
from pipeline.state import State
from schemas.event import Event

ZERO = "0" * 64
AGENT = "engine"


def leaf_of(event: dict[str, JsonValue]) -> str:
    """SHA-256 of the canonical JSON (sorted keys, no blanks) of all fields but ``leaf``."""
    text = json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def append_event(
    tx: Connection,
    batch: UUID,
    document: UUID,
    type_: str,
    agent: str,
    at: float,
    detail: dict[str, JsonValue] | None = None,
) -> Event:
    """Chain one event to the document's others; visible when the transaction commits."""
    head = tx.execute(
        select(t.document.c.events, t.document.c.chain)
        .where(t.document.c.id == document)
        .with_for_update(key_share=True)
    ).one()
    fields = _fields(batch, document, head.events, type_, agent, at, detail or {})
    fields["previous"] = head.chain
    leaf = leaf_of(fields)
    tx.execute(
        insert(t.event).values(
            batch=batch,
            document=document,
            sequence=head.events,
            type=type_,
            agent=agent,
            at=at,
            detail=json.dumps(detail or {}, sort_keys=True),
            previous=head.chain,
            leaf=leaf,
        )
    )
    tx.execute(
        update(t.document)
        .where(t.document.c.id == document)
        .values(events=head.events + 1, chain=leaf)
    )
    return Event.model_validate({**fields, "leaf": leaf})


def last_event(state: State) -> int:
    """Id of the newest event; 0 when there is none."""
    with state.read() as tx:
        newest: int | None = tx.execute(select(func.max(t.event.c.id))).scalar_one()
    return newest or 0


@dataclass(frozen=True)
class Break:
    """A place where a document's chain does not hold."""

    document: UUID
    sequence: int
    reason: str


def verify_chains(tx: Connection) -> tuple[int, list[Break]]:
    """Recompute every chain. Answers (events checked, breaks)."""
    breaks: list[Break] = []
    expected: dict[UUID, tuple[int, str]] = {}
    checked = 0
    rows = tx.execute(
        select(t.event)
        .order_by(t.event.c.document, t.event.c.sequence)
        .execution_options(yield_per=1000)
    )
    for row in rows:
        checked += 1
        sequence, previous = expected.get(row.document, (0, ZERO))
        fields = _fields(
            row.batch,
            row.document,
            row.sequence,
            row.type,
            row.agent,
            row.at,
            json.loads(row.detail),
        )
        fields["previous"] = row.previous
        if row.sequence != sequence or row.previous != previous:
            breaks.append(Break(row.document, row.sequence, "an event before it is missing"))
        elif leaf_of(fields) != row.leaf:
            breaks.append(Break(row.document, row.sequence, "the event was altered"))
        expected[row.document] = (row.sequence + 1, row.leaf)
    heads = tx.execute(select(t.document.c.id, t.document.c.events, t.document.c.chain))
    breaks.extend(
        Break(head.id, head.events, "the last events are missing")
        for head in heads
        if expected.get(head.id, (0, ZERO)) != (head.events, head.chain)
    )
    return checked, breaks


def _fields(
    batch: UUID,
    document: UUID,
    sequence: int,
    type_: str,
    agent: str,
    at: float,
    detail: dict[str, JsonValue],
) -> dict[str, JsonValue]:
    return {
        "batch": str(batch),
        "document": str(document),
        "sequence": sequence,
        "type": type_,
        "agent": agent,
        "at": datetime.fromtimestamp(at, UTC).isoformat(),
        "detail": detail,
    }
