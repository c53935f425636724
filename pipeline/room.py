"""Backpressure: nothing is taken in that the machines might not have room to work on."""

from sqlalchemy import func, select

from pipeline import tables as t
from pipeline.app import Station
from pipeline.errors import DocumentError, NoSpaceError
from pipeline.intake import Source
from pipeline.machine import usable_cores

SHARE = 1.5
"""Room for each step at the same time, as a multiple of the largest input: what it makes, and what
it makes that from."""


def needed(station: Station) -> int:
    """Bytes that must be free before another source is taken in."""
    with station.state.read() as tx:
        slots: int = tx.execute(select(func.coalesce(func.sum(t.worker.c.slots), 0))).scalar_one()
    steps = slots or station.settings.runner.workers or usable_cores()
    return int(SHARE * largest(station) * steps)


def largest(station: Station) -> int:
    """Bytes of the largest input that is taken in."""
    return station.settings.runner.largest_input_mib << 20


def check_room(station: Station, source: Source) -> None:
    """Raises NoSpaceError when the store has too little room; the source stays where it is.

    A source that is too large is refused by itself: DocumentError.
    """
    try:
        size = source.path.stat().st_size
    except OSError:
        return
    if size > largest(station):
        raise DocumentError(
            "source-too-large",
            thai=f"ไฟล์ {source.name} ใหญ่ {size >> 20} MiB เกินกว่าที่รับได้ "
            f"({largest(station) >> 20} MiB) โปรดแบ่งไฟล์ หรือเพิ่ม runner.largest_input_mib",
            english=f"{source.name} has {size >> 20} MiB, more than is taken in "
            f"({largest(station) >> 20} MiB). Divide it, or raise runner.largest_input_mib.",
        )
    free = station.store.free()
    if free is not None and free < needed(station):
        raise NoSpaceError(
            "no-room-for-intake",
            thai=f"พื้นที่ดิสก์เหลือ {free >> 20} MiB น้อยกว่า {needed(station) >> 20} MiB ที่ต้องมีก่อนรับเพิ่ม "
            f"{source.name} ยังอยู่ที่เดิม โปรดเพิ่มพื้นที่แล้วสั่งอีกครั้ง",
            english=f"{free >> 20} MiB are free, less than the {needed(station) >> 20} MiB that "
            f"must be before more is taken in. {source.name} stays where it is; make room and run "
            "again.",
        )
