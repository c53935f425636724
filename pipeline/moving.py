"""Moving a station's state to another database: every row, or none."""

from sqlalchemy import Connection, Table, func, insert, select, text

from pipeline import tables as t
from pipeline.audit import verify_chains
from pipeline.errors import ConfigurationError, SecurityError
from pipeline.state import State
from pipeline.sweep import check_still

CHUNK = 1000
"""Rows of one INSERT."""
TABLES = tuple(t.metadata.sorted_tables)
"""All tables, those that others refer to first."""


def move_state(source: State, target: State) -> int:
    """Copy all rows into an empty target, in one transaction there. Answers how many.

    The caller holds the station, so that nothing changes meanwhile; the source stays as it is.
    Raises BusyError while workers live, ConfigurationError when the target holds anything,
    SecurityError when an event chain does not hold, before or after.
    """
    check_still(source)
    target.upgrade()
    with source.read() as old, target.write() as new:
        _check_empty(new)
        _check_chains(old)
        rows = sum(_copy(old, new, table) for table in TABLES)
        _check_chains(new)
        _continue_numbering(new)
    return rows


def _check_empty(tx: Connection) -> None:
    for table in TABLES:
        if tx.execute(select(table).limit(1)).first() is not None:
            raise ConfigurationError(
                "target-not-empty",
                thai=f"ฐานข้อมูลปลายทางมีข้อมูลอยู่แล้ว (ตาราง {table.name}) จะไม่เขียนทับ",
                english=f"The target holds data already (table {table.name}); nothing was written.",
            )


def _check_chains(tx: Connection) -> None:
    _, breaks = verify_chains(tx)
    if breaks:
        raise SecurityError(
            "chain-broken",
            thai="บันทึกเหตุการณ์ถูกแก้ไขหรือขาดหาย จึงไม่ย้าย โปรดสั่ง `saraban audit`",
            english="Events were altered or are missing, so nothing was moved: see "
            "`saraban audit`.",
        )


def _copy(old: Connection, new: Connection, table: Table) -> int:
    count = 0
    rows = old.execute(select(table).execution_options(yield_per=CHUNK))
    for chunk in rows.mappings().partitions():
        new.execute(insert(table), [dict(row) for row in chunk])
        count += len(chunk)
    return count


def _continue_numbering(tx: Connection) -> None:
    """PostgreSQL counts event ids by itself; rows that came with their ids do not advance it."""
    if tx.dialect.name != "postgresql":
        return
    last = tx.execute(select(func.coalesce(func.max(t.event.c.id), 0))).scalar_one()
    tx.execute(
        text("SELECT setval(pg_get_serial_sequence('event', 'id'), :last + 1, false)"),
        {"last": last},
    )
