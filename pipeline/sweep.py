"""Bytes that nobody refers to any more: doomed by a commit, or orphaned by a crash."""

from typing import Any

from sqlalchemy import delete, select

from pipeline import tables as t
from pipeline.artifacts import ArtifactStore, folder_of
from pipeline.audit import AGENT, append_event
from pipeline.errors import BusyError, SarabanError
from pipeline.state import State, lock_documents, one_document
from schemas.event import Event

STILL = 60.0
"""Seconds without a sign of life after which a worker does not count as running."""
CHUNK = 1000
"""Rows of one statement; databases bound the number of its parameters."""


def living(state: State) -> list[str]:
    """Names of the station's workers that showed a sign of life lately."""
    lately = t.worker.c.beat_at > state.clock() - STILL
    with state.read() as tx:
        return list(tx.execute(select(t.worker.c.name).where(lately)).scalars())


def check_still(state: State) -> None:
    """Raises BusyError, naming them, while workers of the station live."""
    names = living(state)
    if names:
        raise BusyError(
            "workers-live",
            thai=f"ยังมี saraban-worker ทำงานอยู่: {', '.join(names)} โปรดหยุดทุกเครื่องก่อน",
            english=f"Workers of this station run: {', '.join(names)}. Stop them all first.",
        )


def sweep_doomed(state: State, store: ArtifactStore) -> list[Event]:
    """Delete doomed bytes. Safe to repeat, and at the same time elsewhere.

    When the last byte of an erased document is gone, and its keys from the state store's log too,
    ``erasure-certified`` is recorded: from then on neither its keys nor its ciphertext exist here.
    While somebody reads the state store, that waits for the next sweep.
    """
    with state.read() as tx:
        rows = tx.execute(
            select(t.doomed).where(t.doomed.c.waits_for.is_(None)).order_by(t.doomed.c.locator)
        ).all()
    for row in rows:
        store.delete(row.locator)
    if any(row.erasure for row in rows) and not state.settle():
        rows = [row for row in rows if not row.erasure]
    if not rows:
        return []
    events = []
    with state.write() as tx:
        lock_documents(tx, {row.document for row in rows if row.erasure})
        gone: list[Any] = []
        for start in range(0, len(rows), CHUNK):
            gone += tx.execute(
                delete(t.doomed)
                .where(t.doomed.c.locator.in_([row.locator for row in rows[start : start + CHUNK]]))
                .returning(t.doomed.c.document, t.doomed.c.erasure)
            ).all()
        for erased in sorted({row.document for row in gone if row.erasure}):
            owner = one_document(tx, erased)
            count = sum(row.document == erased for row in gone)
            events.append(
                append_event(
                    tx,
                    owner.batch,
                    erased,
                    "erasure-certified",
                    AGENT,
                    state.clock(),
                    {"artifacts": count},
                )
            )
    return events


def sweep_orphans(state: State, store: ArtifactStore) -> int:
    """Delete stored bytes that no committed document names; only while nothing runs.

    A crash between storing bytes and committing rows leaves such bytes. The bytes of a document
    that cannot be opened are spared. Answers how many were deleted.
    """
    stored = list(store.locators())  # before the rows, which may grow meanwhile
    known: set[str] = set()
    spared: set[str] = set()
    with state.read() as tx:
        ids = tx.execute(
            select(t.document.c.id).where(t.document.c.body_sealed.is_not(None))
        ).scalars()
        for identity in list(ids):
            try:
                document, _ = state.load(tx, identity)
            except (SarabanError, ValueError):
                spared.add(folder_of(identity))
            else:
                known |= {artifact.locator for artifact in document.artifacts}
        known |= set(tx.execute(select(t.doomed.c.locator)).scalars())
    orphans = [
        locator
        for locator in stored
        if locator not in known and locator.rpartition("/")[0] not in spared
    ]
    for locator in orphans:
        store.delete(locator)
    return len(orphans)
