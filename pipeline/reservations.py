"""Reserved values: what only one document may hold, such as the name of a file."""

import hashlib
from collections.abc import Sequence
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import Connection, select

from pipeline import tables as t
from pipeline.state import State, insert_if_new
from schemas.decision import Choice, Question
from schemas.document import Document
from schemas.outcome import Reservation
from schemas.register import DuplicateOf

_SPACES = {"file-name": "ชื่อแฟ้ม"}
"""What a reserved value is called in Thai."""


def reserve(state: State, tx: Connection, document: Document, wish: Reservation) -> Question | None:
    """Reserve a value for ``document``; the question to ask when another document holds it."""
    tx.execute(
        insert_if_new(tx, t.reservation)
        .values(space=wish.space, value=_stored(state, document, wish), document=document.id)
        .on_conflict_do_nothing()
    )
    holder = _holder(state, tx, document, wish)
    if holder is None or holder == document.id:
        return None
    return _asked(tx, wish.question, holder) if wish.question else _taken(wish.space, holder)


def duplicate_of(
    state: State, tx: Connection, document: Document, wishes: Sequence[Reservation]
) -> dict[str, JsonValue]:
    """The other document that holds one of the values, as the fact ``duplicate-of``, if any."""
    for wish in wishes:
        holder = _holder(state, tx, document, wish)
        if holder not in (None, document.id):
            return {DuplicateOf.fact_name: {"document": str(holder)}}
    return {}


def _holder(state: State, tx: Connection, document: Document, wish: Reservation) -> UUID | None:
    kept = t.reservation.c
    return tx.execute(
        select(kept.document).where(
            kept.space == wish.space, kept.value == _stored(state, document, wish)
        )
    ).scalar_one_or_none()


def _stored(state: State, document: Document, wish: Reservation) -> str:
    """The value as it stands in the table; keyed, it differs from level to level."""
    if not wish.keyed:
        return wish.value
    level = document.exposure
    key = state.keys.at(state.keys.level_for(level))
    digest = hashlib.sha256(wish.value.encode()).hexdigest()
    return key.fingerprint(digest, f"{wish.space}:{level}")


def _asked(tx: Connection, question: Question, holder: UUID) -> Question:
    """The stage's question, and which document it is about."""
    short, line = str(holder)[:8], t.register_line.c
    given = tx.execute(
        select(line.register_name, line.number, line.year).where(line.document == holder)
    ).first()
    thai, english = f"เอกสาร {short}", f"Document {short}"
    if given:
        thai += f" (ทะเบียน {given.register_name} ที่ {given.number}/{given.year})"
        english += f" (register {given.register_name}, {given.number}/{given.year})"
    return question.model_copy(
        update={
            "thai": f"{question.thai} {thai}",
            "english": f"{question.english} {english}",
        }
    )


def _taken(space: str, holder: UUID) -> Question:
    short = str(holder)[:8]
    return Question(
        code="value-taken",
        thai=f"{_SPACES.get(space, space)}นี้เป็นของเอกสาร {short} แล้ว (ดู `saraban show {short}`) "
        "เลขที่อาจอ่านผิด หรือเป็นหนังสือฉบับเดียวกันที่สแกนซ้ำ",
        english=f"Document {short} already holds this {space} (see `saraban show {short}`): "
        "a number may be misread, or the same letter was scanned twice.",
        choices=(
            Choice(value="keep-both", thai="คนละฉบับ เก็บทั้งสอง", english="Two letters; keep both"),
            Choice(value="duplicate", thai="ฉบับเดียวกัน ตัดออก", english="The same letter; drop it"),
        ),
    )
