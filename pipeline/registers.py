"""Register numbers: given in the committing transaction, so none is missing and none is doubled."""

import json
from datetime import UTC, datetime

from pydantic import JsonValue
from sqlalchemy import Connection, insert, select

from pipeline import tables as t
from pipeline.state import State, insert_if_new
from schemas.document import Document
from schemas.outcome import RegisterRequest
from schemas.register import Registered, RegisterRow
from schemas.secrecy import Secrecy


def give_number(
    state: State, tx: Connection, document: Document, step: int, request: RegisterRequest
) -> dict[str, JsonValue]:
    """The next number of the register and year, as the fact ``registered``.

    A document that already has a line from this step keeps its number. The register's head is
    locked until the transaction ends, so numbers have no gaps.
    """
    line = t.register_line
    number = tx.execute(
        select(line.c.number).where(line.c.document == document.id, line.c.step == step)
    ).scalar_one_or_none()
    if number is None:
        number = _next_number(tx, request)
        entry = json.dumps(request.entry, ensure_ascii=False).encode()
        level = state.keys.level_for(document.exposure)
        tx.execute(
            insert(line).values(
                register_name=request.register_name,
                year=request.year,
                number=number,
                document=document.id,
                step=step,
                given_at=state.clock(),
                level=level.value,
                entry_sealed=state.keys.at(level).encrypt(
                    entry, _bound(request.register_name, request.year, number)
                ),
            )
        )
    given = Registered(register_name=request.register_name, year=request.year, number=number)
    return {Registered.fact_name: given.model_dump(mode="json")}


def _next_number(tx: Connection, request: RegisterRequest) -> int:
    head = t.register_head
    first = insert_if_new(tx, head).values(
        register_name=request.register_name, year=request.year, last=1
    )
    following = first.on_conflict_do_update(
        index_elements=[head.c.register_name, head.c.year], set_={"last": head.c.last + 1}
    )
    number: int = tx.execute(following.returning(head.c.last)).scalar_one()
    return number


def _bound(register: str, year: int, number: int) -> bytes:
    return f"saraban:1:register:{register}:{year}:{number}".encode()


def register_rows(state: State, register: str, year: int) -> list[RegisterRow]:
    """All lines of a register and B.E. year, by number, with their entries in the clear."""
    line = t.register_line
    with state.read() as tx:
        rows = tx.execute(
            select(line)
            .where(line.c.register_name == register, line.c.year == year)
            .order_by(line.c.number)
        ).all()
    return [
        RegisterRow(
            register_name=row.register_name,
            year=row.year,
            number=row.number,
            given_at=datetime.fromtimestamp(row.given_at, UTC),
            cancelled_at=row.cancelled_at and datetime.fromtimestamp(row.cancelled_at, UTC),
            entry=json.loads(
                state.keys.at(Secrecy(row.level)).decrypt(
                    row.entry_sealed, _bound(register, year, row.number)
                )
            ),
        )
        for row in rows
    ]
