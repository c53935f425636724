"""When the last document of a source, or of a batch, has ended."""

from uuid import UUID

from sqlalchemy import ColumnElement, Connection, exists, select, update

from pipeline import tables as t
from pipeline.audit import AGENT, append_event
from pipeline.quota import give_back
from pipeline.state import one_document
from schemas.document import Document, DocumentState
from schemas.event import Event

UNENDED = tuple(state.value for state in DocumentState if not state.terminal)


def release_source(tx: Connection, ended: Document, now: float) -> list[Event]:
    """Give up the uncut bytes of a source whose last document has ended, and note it.

    The caller holds the lock of the source's row. Needs no key: the bodies of cut documents stay
    as they are, their bytes were doomed when they were cut.
    """
    root = one_document(tx, ended.id).root
    if _any_unended(tx, t.document.c.root == root):
        return []
    cut = (t.document.c.root == root) & (t.document.c.state == DocumentState.SPLIT.value)
    tx.execute(update(t.document).where(cut).values(released=True))
    tx.execute(update(t.doomed).where(t.doomed.c.waits_for == root).values(waits_for=None))
    event = append_event(tx, ended.batch, root, "source-released", AGENT, now, {})
    release_batch(tx, ended.batch, now)
    give_back(tx, root)
    return [event]


def release_batch(tx: Connection, batch: UUID, now: float) -> None:
    """Note when the last document of a batch has ended."""
    tx.execute(select(t.batch.c.id).where(t.batch.c.id == batch).with_for_update(key_share=True))
    if not _any_unended(tx, t.document.c.batch == batch):
        tx.execute(update(t.batch).where(t.batch.c.id == batch).values(released_at=now))


def _any_unended(tx: Connection, where: ColumnElement[bool]) -> bool:
    query = select(exists().where(where, t.document.c.state.in_(UNENDED)))
    return bool(tx.execute(query).scalar_one())
