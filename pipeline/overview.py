"""What became of every page and every document: plain rows for tables and JSON."""

from collections.abc import Collection
from contextlib import suppress
from typing import Any
from uuid import UUID

from pydantic import JsonValue, NonNegativeInt
from sqlalchemy import Connection, Row, select

from pipeline import tables as t
from pipeline.errors import ExitCode, SarabanError
from pipeline.state import State
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


class BatchRow(Frozen):
    """One batch; ``exit_code`` is what a run of it alone would end with."""

    id: UUID
    source: str
    definition: str
    released: bool
    exit_code: int
    sources: tuple[SourceRow, ...]


def overview(state: State, batches: Collection[UUID]) -> list[BatchRow]:
    """Batches in the order given."""
    with state.read() as tx:
        return [_batch(state, tx, batch) for batch in batches]


def exit_code(rows: Collection[BatchRow]) -> ExitCode:
    """QUARANTINE before PERSON_NEEDED before OK."""
    codes = {row.exit_code for row in rows}
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


def _batch(state: State, tx: Connection, batch: UUID) -> BatchRow:
    head = tx.execute(select(t.batch).where(t.batch.c.id == batch)).one()
    roots = tx.execute(
        select(t.document)
        .where(t.document.c.batch == batch, t.document.c.parent.is_(None))
        .order_by(t.document.c.source)
    ).all()
    sources = tuple(_source(state, tx, root) for root in roots)
    states = {document.state for source in sources for document in source.documents}
    code = ExitCode.OK
    if DocumentState.QUARANTINED in states:
        code = ExitCode.QUARANTINE
    elif DocumentState.SUSPENDED in states:
        code = ExitCode.PERSON_NEEDED
    return BatchRow(
        id=batch,
        source=head.source,
        definition=head.definition,
        released=head.released_at is not None,
        exit_code=int(code),
        sources=sources,
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
