"""The state store: where every document stands. The truth, whatever queues and processes say."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Connection,
    Row,
    Table,
    delete,
    func,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from pipeline import tables as t
from pipeline.database import Clock, clock_of, connect, empty_log, naming_errors, vacuum
from pipeline.errors import ConfigurationError
from pipeline.keys import DataKey, KeyRing
from schemas.document import Document
from schemas.secrecy import Secrecy

MIGRATIONS = Path(__file__).parent / "migrations" / "versions"
"""Their files begin with their numbers."""
ERASABLE = (t.document_key, t.document, t.suspension, t.intent, t.failure)
"""Tables from which an erasure deletes."""

HOLDERS = 0x5A7AB
"""PostgreSQL's advisory lock of a process that holds a station alone."""


class State:
    """Transactions, documents and their keys, on SQLite or PostgreSQL.

    Durable: a committed transaction survives a power cut (SQLite: WAL, ``synchronous=FULL``). One
    per process, opened after a fork: a child must not share its parent's connections. A database
    that does not answer raises UnavailableError, a full disk NoSpaceError.
    """

    def __init__(self, url: str, keys: KeyRing) -> None:
        self.engine = connect(url)
        self.keys = keys
        self.clock: Clock = clock_of(self.engine)

    def upgrade(self) -> None:
        """Bring the tables to this version (Alembic); quickly known where they are."""
        if self._version() == max(path.stem.split("_")[0] for path in MIGRATIONS.glob("0*.py")):
            return
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS.parent))
        config.attributes["engine"] = self.engine
        with naming_errors(self.engine):
            command.upgrade(config, "head")

    def _version(self) -> str | None:
        """The number of the last migration of the tables, or None before the first."""
        with self.read() as tx:
            if not inspect(tx).has_table("alembic_version"):
                return None
            return tx.execute(text("SELECT version_num FROM alembic_version")).scalar()

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that may change rows; takes SQLite's write lock at once."""
        with (
            naming_errors(self.engine),
            self.engine.connect().execution_options(saraban_write=True) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent look: what others commit meanwhile stays unseen."""
        with naming_errors(self.engine), self.engine.connect() as connection:
            if self._on_postgresql:
                connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            with connection.begin():
                yield connection

    @contextmanager
    def held(self, *, shared: bool = False) -> Iterator[bool]:
        """Whether this process holds the database alone, as long as the body runs.

        ``shared``: whether nobody else holds it alone. SQLite answers True: its file is held by
        whoever holds the station's folder.
        """
        if not self._on_postgresql:
            yield True
            return
        with naming_errors(self.engine), self.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.detach()  # nobody else's, and closed at the end
            lock, unlock = (
                (func.pg_try_advisory_lock_shared, func.pg_advisory_unlock_shared)
                if shared
                else (func.pg_try_advisory_lock, func.pg_advisory_unlock)
            )
            try:
                yield bool(connection.execute(select(lock(HOLDERS))).scalar_one())
            finally:
                with suppress(DBAPIError):  # a lost connection has lost its lock too
                    connection.execute(select(unlock(HOLDERS)))

    def document_key(self, tx: Connection, document: UUID) -> DataKey:
        """The data key. Raises ConfigurationError when it was destroyed."""
        row = tx.execute(
            select(t.document_key).where(t.document_key.c.document == document)
        ).one_or_none()
        if row is None:
            raise ConfigurationError(
                "key-destroyed",
                thai="กุญแจของเอกสารนี้ถูกทำลายแล้ว ไม่มีผู้ใดเปิดอ่านได้อีก",
                english="This document's key was destroyed; nobody can read it any more.",
            )
        return self.keys.at(Secrecy(row.level)).unwrap(row.wrapped, document)

    def load(self, tx: Connection, document: UUID) -> tuple[Document, DataKey]:
        """The document as last committed, and its key; without artifacts once it is released."""
        row = tx.execute(
            select(t.document.c.body_sealed, t.document.c.released).where(
                t.document.c.id == document
            )
        ).one()
        key = self.document_key(tx, document)
        body = key.decrypt(row.body_sealed, _body(document))
        loaded = Document.model_validate_json(body)
        return loaded.model_copy(update={"artifacts": ()}) if row.released else loaded, key

    def add(self, tx: Connection, document: Document, key: DataKey, **columns: Any) -> None:
        """Insert a new document and its wrapped key. ``columns``: root, source, fingerprint."""
        tx.execute(
            insert(t.document).values(
                **_columns(document),
                **columns,
                body_sealed=_seal(document, key),
                events=0,
                chain="0" * 64,
            )
        )
        self._add_key(tx, document, key)

    def save(self, tx: Connection, document: Document, key: DataKey) -> Document:
        """Write version n+1 and answer it."""
        newer = document.model_copy(update={"version": document.version + 1})
        tx.execute(
            update(t.document)
            .where(t.document.c.id == newer.id, t.document.c.version == document.version)
            .values(**_columns(newer), body_sealed=_seal(newer, key))
        )
        return newer

    def rekey(self, tx: Connection, document: Document, key: DataKey) -> None:
        """Wrap ``key`` for the document's exposure, in place of whatever key it had.

        With a fresh key, what the old one encrypted is gone for ever. Raises SecurityError when
        this machine holds no station key for that level.
        """
        tx.execute(delete(t.document_key).where(t.document_key.c.document == document.id))
        self._add_key(tx, document, key)

    def _add_key(self, tx: Connection, document: Document, key: DataKey) -> None:
        level = self.keys.level_for(document.exposure)
        wrapped = self.keys.at(level).wrap(key, document.id)
        tx.execute(
            insert(t.document_key).values(document=document.id, level=level.value, wrapped=wrapped)
        )

    def settle(self) -> bool:
        """Clear deleted rows out of the files. False: a reader still needs them."""
        with naming_errors(self.engine):
            return vacuum(self.engine, ERASABLE) if self._on_postgresql else empty_log(self.engine)

    @property
    def _on_postgresql(self) -> bool:
        return self.engine.dialect.name == "postgresql"


def one_document(tx: Connection, document: UUID) -> Row[Any]:
    """The clear columns of one document."""
    return tx.execute(select(t.document).where(t.document.c.id == document)).one()


def lock_documents(tx: Connection, documents: Collection[UUID]) -> None:
    """Let no other transaction change these rows until this one ends (PostgreSQL).

    In the order of their ids, so that two callers cannot wait for each other.
    """
    rows = select(t.document.c.id).where(t.document.c.id.in_(documents)).order_by(t.document.c.id)
    tx.execute(rows.with_for_update(key_share=True))


def insert_if_new(tx: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that can say what happens ``ON CONFLICT``, in the dialect of the store."""
    if tx.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def _body(document: UUID) -> bytes:
    return f"saraban:1:{document}:body".encode()


def _seal(document: Document, key: DataKey) -> bytes:
    return key.encrypt(document.model_dump_json().encode(), _body(document.id))


def _columns(document: Document) -> dict[str, Any]:
    return {
        "id": document.id,
        "batch": document.batch,
        "parent": document.parent,
        "ordinal": document.ordinal,
        "form": document.form.value,
        "version": document.version,
        "state": document.state.value,
        "step": document.step,
        "secrecy": document.secrecy.value,
        "classified": document.classified,
        "disposition": document.disposition,
        "page_count": len(document.pages),
    }
