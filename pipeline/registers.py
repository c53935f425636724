"""Register numbers: given in the committing transaction, so none is missing and none is doubled."""

import json
from datetime import UTC, datetime
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import Connection, func, insert, select

from pipeline import tables as t
from pipeline.state import State
from schemas.outcome import RegisterRequest
from schemas.register import Registered, RegisterRow


def give_number(
    state: State, tx: Connection, document: UUID, step: int, request: RegisterRequest
) -> dict[str, JsonValue]:
    """The next number of the register and year, as the fact ``registered``.

    A document that already has a line from this step keeps its number.
    """
    line = t.register_line
    number = tx.execute(
        select(line.c.number).where(line.c.document == document, line.c.step == step)
    ).scalar_one_or_none()
    if number is None:
        last = tx.execute(
            select(func.max(line.c.number)).where(
                line.c.register_name == request.register_name, line.c.year == request.year
            )
        ).scalar_one()
        number = (last or 0) + 1
        entry = json.dumps(request.entry, ensure_ascii=False).encode()
        tx.execute(
            insert(line).values(
                register_name=request.register_name,
                year=request.year,
                number=number,
                document=document,
                step=step,
                given_at=state.clock(),
                entry_sealed=state.key.encrypt(
                    entry, _bound(request.register_name, request.year, number)
                ),
            )
        )
    given = Registered(register_name=request.register_name, year=request.year, number=number)
    return {Registered.fact_name: given.model_dump(mode="json")}


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
                state.key.decrypt(row.entry_sealed, _bound(register, year, row.number))
            ),
        )
        for row in rows
    ]
