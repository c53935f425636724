"""Connections of the state store, on SQLite or PostgreSQL, and what their errors mean."""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from pipeline.errors import ConfigurationError, NoSpaceError, UnavailableError

Clock = Callable[[], float]
"""Seconds since the epoch."""

LOCK_TIMEOUT = 60_000
"""Milliseconds to wait for another's lock."""
IDLE_TIMEOUT = 30_000
"""Milliseconds that PostgreSQL lets a process stand still inside a transaction. A frozen machine
would hold its locks against all others; this is less than they wait for a lock."""
SETTLE_TIMEOUT = 1_000
"""Milliseconds to wait for readers to leave SQLite's log."""
DISK_FULL = "53100"
"""SQLSTATE: PostgreSQL's disk is full."""
CONNECTION = {
    "application_name": "saraban",
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
    "options": f"-c lock_timeout={LOCK_TIMEOUT} "
    f"-c idle_in_transaction_session_timeout={IDLE_TIMEOUT}",
}
"""libpq's settings (PostgreSQL manual, 34.1.2) unless the URL says otherwise."""


_POLL = 0.02
_NOW = text("SELECT CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text)")
_OLDER_LOOKS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND pid <> pg_backend_pid() "
    "AND age(backend_xmin) > age(CAST(CAST(:now AS xid8) AS xid))"
)
"""Others whose snapshot is from before a moment; VACUUM keeps for them what they may still see."""


def connect(url: str) -> Engine:
    """An engine whose transactions are durable. Raises ConfigurationError for an unfit URL.

    The connections belong to this process: a forked child opens its own.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            return _sqlite(create_engine(parsed, hide_parameters=True))
        parsed = parsed.set(query=CONNECTION | dict(parsed.query))
        return create_engine(
            parsed,
            hide_parameters=True,
            isolation_level="READ COMMITTED",
            pool_pre_ping=True,
            pool_size=2,
            max_overflow=8,
        )
    except (ArgumentError, ImportError):  # its text may hold the password
        raise ConfigurationError(
            "bad-state-url",
            thai="ค่า state ใน saraban.toml ไม่ใช่ URL ของ SQLite หรือ PostgreSQL",
            english="`state` in saraban.toml is no URL of SQLite or PostgreSQL.",
        ) from None


def _sqlite(engine: Engine) -> Engine:
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


def clock_of(engine: Engine) -> Clock:
    """What the time is, by PostgreSQL's server: machines whose own clocks differ agree on leases.

    Each new connection asks; in between this machine counts on, whatever becomes of its own date.
    SQLite: this machine's clock.
    """
    if engine.dialect.name != "postgresql":
        return time.time
    began = time.time() - _counted()

    @event.listens_for(engine, "connect")
    def _ask(raw: Any, _record: object) -> None:
        nonlocal began
        now = raw.execute("SELECT extract(epoch FROM clock_timestamp())").fetchone()[0]
        began = float(now) - _counted()
        raw.rollback()

    return lambda: began + _counted()


def _counted() -> float:
    """Seconds since the machine started, those it slept included."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def empty_log(engine: Engine) -> bool:
    """Empty SQLite's log, so that deleted rows leave it too. False: a reader is still in it."""
    with engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        raw.execute(f"PRAGMA busy_timeout={SETTLE_TIMEOUT}")
        try:
            busy: int = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        finally:
            raw.execute(f"PRAGMA busy_timeout={LOCK_TIMEOUT}")
    return not busy


def vacuum(engine: Engine, tables: Sequence[Table]) -> bool:
    """Clear deleted rows out of PostgreSQL's tables. False: somebody's older look needs them."""
    names = ", ".join(table.name for table in tables)
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        before = {"now": connection.execute(_NOW).scalar_one()}
        ends = time.monotonic() + SETTLE_TIMEOUT / 1000
        while connection.execute(_OLDER_LOOKS, before).scalar_one():
            if time.monotonic() > ends:
                return False
            time.sleep(_POLL)
        connection.exec_driver_sql(f"VACUUM {names}")
    return True


@contextmanager
def naming_errors(engine: Engine) -> Iterator[None]:
    """Raise NoSpaceError or UnavailableError for database errors that no document is to blame for.

    On PostgreSQL these are all its operational errors: lost connections, restarts, deadlocks, lock
    timeouts; on SQLite a write lock that was not free in time.
    """
    try:
        yield
    except PoolTimeoutError as error:
        raise _unavailable(engine, "no free connection") from error
    except DBAPIError as error:
        code = getattr(error.orig, "sqlstate", None)
        if code == DISK_FULL or (_is_sqlite(error) and "full" in str(error.orig)):
            raise _full() from error
        lost = error.connection_invalidated or isinstance(error, OperationalError)
        if lost and (not _is_sqlite(error) or "locked" in str(error.orig)):
            raise _unavailable(engine, code or type(error.orig).__name__) from error
        raise
    except sqlite3.OperationalError as error:  # of a connection used without SQLAlchemy
        if "full" in str(error):
            raise _full() from error
        raise


def _full() -> NoSpaceError:
    return NoSpaceError(
        "state-disk-full",
        thai="ดิสก์ของฐานข้อมูลสถานะเต็ม โปรดเพิ่มพื้นที่แล้วสั่งทำงานต่อ",
        english="The disk of the state store is full. Make room, then resume.",
    )


def _is_sqlite(error: DBAPIError) -> bool:
    return type(error.orig).__module__ == "sqlite3"


def _unavailable(engine: Engine, reason: str) -> UnavailableError:
    url = engine.url
    where = f"{url.host}:{url.port or 5432}/{url.database}" if url.host else f"{url.database}"
    return UnavailableError(
        "state-unavailable",
        thai=f"ฐานข้อมูลสถานะ {where} ไม่ตอบหรือไม่ยอมรับ ({reason}) ไม่มีเอกสารสูญหาย โปรดตรวจเซิร์ฟเวอร์ "
        "เครือข่าย รหัสผ่านในไฟล์ของ PGPASSFILE และค่า state ใน saraban.toml",
        english=f"The state store {where} does not answer or refuses ({reason}). Nothing is lost: "
        "check the server, the network, the password in the file of PGPASSFILE, and `state` in "
        "saraban.toml.",
    )
