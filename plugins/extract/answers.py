"""The question about a letter's fields, and what a person's answer makes of them."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import JsonValue, TypeAdapter, ValidationError

from schemas.decision import Choice, Exhibit, Question
from schemas.letter import LetterKind, ThaiDate, Urgency, parse_number
from schemas.letterfacts import LetterFacts, Reading
from schemas.page import PageText

CODE: Final = "confirm-letter"
_CORRECTIONS: Final = TypeAdapter(dict[str, JsonValue])
_NAMES: Final = {
    "kind": ("ชนิดของหนังสือ", "kind"),
    "number": ("เลขที่หนังสือ", "number"),
    "date": ("วันที่", "date"),
    "subject": ("เรื่อง", "subject"),
    "addressee": ("ผู้รับ", "addressee"),
    "urgency": ("ชั้นความเร็ว", "urgency"),
}

_REFUSED: Final = (
    "คำตอบก่อนหน้าใช้ไม่ได้ เลขที่ต้องเป็นเช่น ตก 0023.3/123 วันที่เช่น 19 มกราคม 2569 · ",
    "The answer before is of no use; numbers look like ตก 0023.3/123, days like 19 มกราคม 2569. ",
)


def question(
    facts: LetterFacts,
    doubtful: list[str],
    pages: tuple[PageText, ...],
    *,
    refused: bool = False,
) -> Question:
    """Ask about the ``doubtful`` fields; the proposal is ``facts`` as JSON.

    ``refused`` says first that the answer before could not be followed.
    """
    dpi = {page.number: page.dpi for page in pages}
    thai = " ".join(_NAMES[name][0] for name in doubtful)
    english = ", ".join(_NAMES[name][1] for name in doubtful)
    before = _REFUSED if refused else ("", "")
    return Question(
        code=CODE,
        thai=f"{before[0]}อ่านไม่แน่ใจ กรุณาตรวจหรือแก้ไข: {thai}",
        english=f"{before[1]}Not read for sure; please confirm or correct: {english}.",
        choices=(Choice(value="accept", thai="ยืนยัน", english="Accept"),),
        proposal=facts.model_dump(mode="json"),
        exhibits=tuple(_exhibit(name, getattr(facts, name), dpi) for name in doubtful),
    )


def _exhibit(name: str, reading: Reading[Any], dpi: Mapping[int, float]) -> Exhibit:
    page = reading.page or 1
    return Exhibit(
        page=page, box=reading.box, dpi=dpi.get(page, 300.0), note=" / ".join(_NAMES[name])
    )


def answered(facts: LetterFacts, content: JsonValue) -> LetterFacts:
    """``facts`` as a person confirmed them.

    ``content`` is None to confirm them as proposed, or an object with the fields to correct: each
    as in the proposal, or ``number``, ``date``, ``kind``, ``urgency`` (its mark) and the texts as
    plain strings. Raises ValueError when a value is not one.
    """
    try:
        corrections = _CORRECTIONS.validate_python({} if content is None else content)
        told = corrections.get("kind")
        kind = LetterKind(told) if isinstance(told, str) else facts.kind.value
        read = {
            name: _read(name, value, kind) if isinstance(value, str) else value
            for name, value in corrections.items()
        }
        checked = LetterFacts.model_validate(facts.model_dump(mode="json") | read)
    except ValidationError as problem:
        raise ValueError("not the fields of a letter") from problem
    sure = {
        name: reading.model_copy(update={"confidence": 1.0})
        for name in _NAMES
        if (reading := getattr(checked, name)).value is not None
    }
    return checked.model_copy(update={**sure, "by_person": True})


def _read(name: str, text: str, kind: LetterKind | None) -> JsonValue:
    """A reading from the plain text of a field of such a letter."""
    value: JsonValue = text
    if name == "number":
        value = parse_number(text, kind).model_dump(mode="json")
    elif name == "urgency":
        value = {mark.thai: mark.value for mark in Urgency}.get(text, text)
    elif name == "date":
        value = ThaiDate.parse(text).model_dump(mode="json")
    return {"value": value, "confidence": 1.0}
