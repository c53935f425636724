"""What became of every page and every document: plain rows for tables and JSON."""

from collections.abc import Collection, Iterator
from contextlib import suppress
from typing import Any
from uuid import UUID

from pydantic import JsonValue, NonNegativeInt
from sqlalchemy import Connection, Row, func, select

from pipeline import tables as t
from pipeline.errors import ExitCode, SarabanError
from pipeline.state import State, one_document
from schemas.archive import Receipt
from schemas.base import Frozen
from schemas.document import Document, DocumentState, Form
from schemas.filing import FileName
from schemas.letterfacts import LetterFacts
from schemas.register import Registered
from schemas.secrecy import Secrecy
from schemas.signing import Signature


class PageCount(Frozen):
    """Pages of one source by fate; ``total`` is the sum of all the others."""

    total: NonNegativeInt
    documents: NonNegativeInt
    """In finished or diverted documents."""
    working: NonNegativeInt
    waiting: NonNegativeInt
    """In documents that wait for a person, or in quarantine."""
    blank: NonNegativeInt
    separator: NonNegativeInt


class DocumentRow(Frozen):
    """One document as a person wants to see it. Fields of restricted letters are None."""

    id: UUID
    form: Form
    state: DocumentState
    step: int
    pages: tuple[int, ...]
    secrecy: Secrecy
    classified: bool
    """Whether ``secrecy`` was found; until then the document is treated as the highest level."""
    kind: str | None = None
    number: str | None = None
    date: str | None = None
    """ISO 8601."""
    subject: str | None = None
    file_name: str | None = None
    register_number: str | None = None
    signature: str | None = None
    places: tuple[str, ...] = ()
    disposition: str | None = None
    question: str | None = None
    problem: dict[str, JsonValue] | None = None


class SourceRow(Frozen):
    """One source with the page ledger and its documents in order."""

    root: UUID
    source: str
    pages: PageCount
    set_aside: dict[int, str]
    """Page number to fate."""
    documents: tuple[DocumentRow, ...]


class BatchHead(Frozen):
    """One batch without its sources; ``exit_code`` is what a run of it alone would end with."""

    id: UUID
    source: str
    definition: str
    released: bool
    exit_code: int
    documents: dict[DocumentState, NonNegativeInt]
    """How many documents stand where; those that were cut are left out."""


class BatchRow(BatchHead):
    """One batch with all its sources: for batches that fit in memory."""

    sources: tuple[SourceRow, ...]


def batch_head(state: State, batch: UUID) -> BatchHead:
    """One batch, counted by the database."""
    with state.read() as tx:
        head = tx.execute(select(t.batch).where(t.batch.c.id == batch)).one()
        counts = tx.execute(
            select(t.document.c.state, func.count())
            .where(t.document.c.batch == batch, t.document.c.state != DocumentState.SPLIT.value)
            .group_by(t.document.c.state)
        ).all()
    documents = {DocumentState(row[0]): row[1] for row in counts}
    code = ExitCode.OK
    if DocumentState.QUARANTINED in documents:
        code = ExitCode.QUARANTINE
    elif DocumentState.SUSPENDED in documents:
        code = ExitCode.PERSON_NEEDED
    return BatchHead(
        id=batch,
        source=head.source,
        definition=head.definition,
        released=head.released_at is not None,
        exit_code=int(code),
        documents=documents,
    )


def sources_of(state: State, batch: UUID) -> Iterator[SourceRow]:
    """The sources of a batch one by one, so that any number of them can be shown."""
    with state.read() as tx:
        roots = tx.execute(
            select(t.document.c.id)
            .where(t.document.c.batch == batch, t.document.c.parent.is_(None))
            .order_by(t.document.c.source)
        ).scalars()
        ids = list(roots)
    for root in ids:
        with state.read() as tx:
            yield _source(state, tx, one_document(tx, root))


def overview(state: State, batches: Collection[UUID]) -> list[BatchRow]:
    """Batches in the order given, whole."""
    return [
        BatchRow(**batch_head(state, batch).model_dump(), sources=tuple(sources_of(state, batch)))
        for batch in batches
    ]


def exit_code(batches: Collection[BatchHead]) -> ExitCode:
    """QUARANTINE before PERSON_NEEDED before OK."""
    codes = {batch.exit_code for batch in batches}
    for code in (ExitCode.QUARANTINE, ExitCode.PERSON_NEEDED):
        if code in codes:
            return code
    return ExitCode.OK


def document_row(state: State, tx: Connection, row: Row[Any]) -> DocumentRow:
    """One document with what may be shown of it."""
    document: Document | None = None
    if row.body_sealed is not None:
        with suppress(SarabanError, ValueError):  # its failure tells why it cannot be opened
            document, _ = state.load(tx, row.id)
    shown: dict[str, Any] = {}
    if document is not None:
        shown = _readings(document)
    return DocumentRow(
        id=row.id,
        form=row.form,
        state=row.state,
        step=row.step,
        pages=document.pages if document is not None else (),
        secrecy=row.secrecy,
        classified=row.classified,
        disposition=row.disposition,
        question=_question(tx, row.id),
        problem=_problem(tx, row.id) if row.state == DocumentState.QUARANTINED else None,
        **shown,
    )


def _source(state: State, tx: Connection, root: Row[Any]) -> SourceRow:
    leaves = tx.execute(
        select(t.document).where(
            t.document.c.root == root.id, t.document.c.state != DocumentState.SPLIT.value
        )
    ).all()
    documents = [document_row(state, tx, leaf) for leaf in leaves]
    pages = tx.execute(select(t.page).where(t.page.c.root == root.id)).all()
    owned: dict[UUID, list[int]] = {}
    for page in sorted(pages, key=lambda p: p.number):
        owned.setdefault(page.document, []).append(page.number)
    documents = [
        row.model_copy(update={"pages": row.pages or tuple(owned.get(row.id, ()))})
        for row in documents
    ]
    return SourceRow(
        root=root.id,
        source=root.source,
        pages=_count(pages, {row.id: row.state for row in documents}),
        set_aside={page.number: page.fate for page in pages if page.fate},
        documents=tuple(sorted(documents, key=lambda row: (row.pages, str(row.id)))),
    )


def _count(pages: Collection[Row[Any]], states: dict[UUID, DocumentState]) -> PageCount:
    counts = dict.fromkeys(PageCount.model_fields, 0)
    for page in pages:
        counts["total"] += 1
        counts[page.fate or _place(states.get(page.document))] += 1
    return PageCount(**counts)


def _place(state: DocumentState | None) -> str:
    match state:
        case DocumentState.FINISHED | DocumentState.DIVERTED:
            return "documents"
        case DocumentState.SUSPENDED | DocumentState.QUARANTINED:
            return "waiting"
        case _:
            return "working"


def _readings(document: Document) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    if name := FileName.of(document.facts):
        shown["file_name"] = name.stem
    if given := Registered.of(document.facts):
        shown["register_number"] = f"{given.register_name} {given.number}/{given.year}"
    if signature := Signature.of(document.facts):
        shown["signature"] = signature.profile.value
    if receipt := Receipt.of(document.facts):
        shown["places"] = tuple(file.name for file in receipt.files)
    letter = LetterFacts.of(document.facts)
    if letter is None or document.exposure > Secrecy.NORMAL:
        return shown
    if letter.kind.value:
        shown["kind"] = letter.kind.value.value
    if letter.number.value:
        shown["number"] = letter.number.value.format()
    if letter.date.value:
        shown["date"] = letter.date.value.to_iso()
    shown["subject"] = letter.subject.value
    return shown


def _question(tx: Connection, document: UUID) -> str | None:
    code: str | None = tx.execute(
        select(t.suspension.c.code).where(
            t.suspension.c.document == document, t.suspension.c.decided_at.is_(None)
        )
    ).scalar()
    return code


def _problem(tx: Connection, document: UUID) -> dict[str, JsonValue] | None:
    row = tx.execute(
        select(t.failure)
        .where(t.failure.c.document == document, t.failure.c.final)
        .order_by(t.failure.c.at.desc())
    ).first()
    if row is None:
        return None
    return {
        "code": row.code,
        "thai": row.thai,
        "english": row.english,
        "step": row.step,
        "exit_code": row.exit_code,
    }
