"""The state store: where every document stands. The truth, whatever queues and processes say."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from alembic import command
from alembic.config import Config
from sqlalchemy import (
    Connection,
    Engine,
    Row,
    Table,
    create_engine,
    delete,
    event,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError

from pipeline import tables as t
from pipeline.errors import ConfigurationError, NoSpaceError
from pipeline.keys import DataKey, KeyRing
from schemas.document import Document
from schemas.secrecy import Secrecy

LOCK_TIMEOUT = 60_000
"""Milliseconds to wait for SQLite's write lock."""
SETTLE_TIMEOUT = 1_000
"""Milliseconds to wait for readers to leave SQLite's log."""

Clock = Callable[[], float]
"""Seconds since the epoch."""


class State:
    """Transactions, documents and their keys, on SQLite or PostgreSQL.

    Durable: a committed transaction survives a power cut (SQLite: WAL, ``synchronous=FULL``).
    """

    def __init__(self, url: str, keys: KeyRing, clock: Clock = time.time) -> None:
        self.engine = _connect(url)
        self.keys = keys
        self.clock = clock

    def upgrade(self) -> None:
        """Bring the tables to this version (Alembic)."""
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        config.attributes["engine"] = self.engine
        command.upgrade(config, "head")

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that may change rows; takes SQLite's write lock at once."""
        with (
            _room(),
            self.engine.connect().execution_options(saraban_write=True) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent look."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

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
        """Empty SQLite's log, so that deleted rows leave it too. False: a reader is still in it."""
        if self.engine.dialect.name != "sqlite":
            return True
        with self.engine.connect() as connection:
            raw: Any = connection.connection.driver_connection
            raw.execute(f"PRAGMA busy_timeout={SETTLE_TIMEOUT}")
            try:
                busy: int = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            finally:
                raw.execute(f"PRAGMA busy_timeout={LOCK_TIMEOUT}")
        return not busy


def one_document(tx: Connection, document: UUID) -> Row[Any]:
    """The clear columns of one document."""
    return tx.execute(select(t.document).where(t.document.c.id == document)).one()


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


def _connect(url: str) -> Engine:
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        if engine.url.database:  # SQLite gives its other files the mode of this one
            os.close(os.open(engine.url.database, os.O_RDWR | os.O_CREAT, 0o600))

        @event.listens_for(engine, "connect")
        def _pragmas(raw: Any, _record: object) -> None:
            raw.isolation_level = None
            for pragma in (
                "journal_mode=WAL",
                "synchronous=FULL",
                "foreign_keys=ON",
                "secure_delete=ON",
                f"busy_timeout={LOCK_TIMEOUT}",
            ):
                raw.execute(f"PRAGMA {pragma}")

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            wants_write = connection.get_execution_options().get("saraban_write")
            connection.exec_driver_sql("BEGIN IMMEDIATE" if wants_write else "BEGIN")

    return engine


@contextmanager
def _room() -> Iterator[None]:
    """Name the one database error that a person can mend."""
    try:
        yield
    except OperationalError as error:
        if "full" in str(error.orig):
            raise NoSpaceError(
                "state-disk-full",
                thai="ดิสก์ของฐานข้อมูลสถานะเต็ม โปรดเพิ่มพื้นที่แล้วสั่งทำงานต่อ",
                english="The disk of the state store is full. Make room, then resume.",
            ) from error
        raise
