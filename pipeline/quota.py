"""How much an agency keeps in the archive, and how much it may.

A source reserves its own size when it is accepted. What its documents become in the archive is
counted at their receipts and taken from that reservation; what is left of it is given back when the
last of them has ended. All transactions of an agency meet at its one row: call these functions last
in a transaction, so that the row is locked last and shortest.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from pipeline import tables as t
from pipeline.errors import NoSpaceError
from pipeline.state import insert_if_new, one_document
from schemas.document import DocumentState

GIB = 1 << 30


@dataclass(frozen=True)
class Quota:
    """What one agency may keep: ``limit`` bytes; None is no limit."""

    agency: str
    limit: int | None

    def used(self, tx: Connection) -> int:
        """Bytes that are reserved or kept."""
        found: int | None = tx.execute(
            select(t.storage.c.bytes).where(t.storage.c.agency == self.agency)
        ).scalar_one_or_none()
        return found or 0

    def check(self, tx: Connection, size: int) -> None:
        """Raises NoSpaceError when ``size`` more bytes would not fit; reserves nothing."""
        if self.limit is not None and self.used(tx) + size > self.limit:
            raise self._reached()

    def reserve(self, tx: Connection, root: UUID, size: int) -> None:
        """Set room aside for an accepted source. Raises NoSpaceError when it does not fit."""
        tx.execute(insert(t.storage_share).values(document=root, agency=self.agency, bytes=size))
        tx.execute(
            insert_if_new(tx, t.storage)
            .values(agency=self.agency, bytes=0)
            .on_conflict_do_nothing()
        )
        grown = t.storage.c.bytes + size
        taken = update(t.storage).where(t.storage.c.agency == self.agency).values(bytes=grown)
        if self.limit is not None:
            taken = taken.where(grown <= self.limit)
        if not tx.execute(taken).rowcount:
            raise self._reached()

    def _reached(self) -> NoSpaceError:
        allowed = f"{(self.limit or 0) / GIB:g} GiB"
        return NoSpaceError(
            "quota-reached",
            thai=f"พื้นที่จัดเก็บของหน่วยงาน {self.agency} ครบโควตา {allowed} แล้ว จึงไม่รับเพิ่ม "
            "ไฟล์ต้นทางยังอยู่ที่เดิม โปรดขอเพิ่มโควตา (archive.quota_gib)",
            english=f"The archive quota of {self.agency}, {allowed}, is used up, so nothing more "
            "is taken in. The source stays where it is; ask for a larger quota "
            "(archive.quota_gib).",
        )


def settle(tx: Connection, document: UUID, size: int) -> None:
    """Count what the archive keeps of a document; it comes out of its source's reservation.

    The caller holds the lock of the source's row. It is counted even beyond the limit: the bytes
    are in the archive, and the next source is refused.
    """
    root = one_document(tx, document).root
    shares = dict(
        tx.execute(
            select(t.storage_share.c.document, t.storage_share.c.bytes).where(
                t.storage_share.c.document.in_([document, root])
            )
        ).all()
    )
    if root not in shares:
        return
    growth = size - shares.get(document, 0)
    if document != root:
        given = min(max(growth, 0), shares[root])
        _set_share(tx, root, shares[root] - given)
        if document not in shares:
            of_root = select(t.storage_share.c.agency).where(t.storage_share.c.document == root)
            agency = tx.execute(of_root).scalar_one()
            tx.execute(insert(t.storage_share).values(document=document, agency=agency, bytes=0))
        growth -= given
    _set_share(tx, document, size)
    _grow(tx, root, growth)


def give_back(tx: Connection, root: UUID) -> None:
    """Free what is left of a reservation once the source's last document has ended.

    A source that ended whole, as one finished document, keeps its share.
    """
    left = tx.execute(
        select(t.storage_share.c.bytes)
        .join(t.document, t.document.c.id == t.storage_share.c.document)
        .where(t.document.c.id == root, t.document.c.state != DocumentState.FINISHED.value)
    ).scalar_one_or_none()
    if left:
        _set_share(tx, root, 0)
        _grow(tx, root, -left)


def _set_share(tx: Connection, document: UUID, size: int) -> None:
    tx.execute(
        update(t.storage_share).where(t.storage_share.c.document == document).values(bytes=size)
    )


def _grow(tx: Connection, root: UUID, growth: int) -> None:
    agency = select(t.storage_share.c.agency).where(t.storage_share.c.document == root)
    tx.execute(
        update(t.storage)
        .where(t.storage.c.agency == agency.scalar_subquery())
        .values(bytes=t.storage.c.bytes + growth)
    )
