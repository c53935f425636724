"""Which kind of letter the parts make, and which of them it needs."""

from typing import Final

from plugins.extract.found import Head, Judged, Tail
from schemas.letter import LetterForm, LetterKind

NUMBERED: Final = frozenset(
    {LetterKind.EXTERNAL, LetterKind.INTERNAL, LetterKind.STAMPED, LetterKind.ORDER}
)
"""Kinds that carry a number; of orders only คำสั่ง must."""
WITH_SUBJECT: Final = NUMBERED - {LetterKind.STAMPED} | {LetterKind.ANNOUNCEMENT}


ADDRESSED: Final = frozenset({LetterKind.EXTERNAL, LetterKind.INTERNAL, LetterKind.STAMPED})


def judged(head: Head, tail: Tail) -> Judged:
    """The kind by its marks, the surest first: a printed title, ถึง, a letterhead with เรียน."""
    numbered = head.number is not None
    if head.memo:
        return Judged(LetterKind.INTERNAL, 0.98)
    if head.form:
        kind = head.form.value.kind
        certified = tail.certified and kind is not LetterKind.EVIDENCE
        told = tail.given is not None or (kind is LetterKind.ORDER and numbered)
        told = told and not certified
        return Judged(kind, 0.97 if told else 0.7, head.form.value)
    if tail.certified and head.addressee is None:
        return Judged(LetterKind.EVIDENCE, 0.9, LetterForm.CERTIFICATE)
    if head.by_stamp:
        told = numbered and tail.date is not None and not tail.closing
        return Judged(LetterKind.STAMPED, 0.95 if told else 0.7)
    if head.addressee:
        signs = [tail.closing, numbered, head.date is not None, head.sender is not None]
        return Judged(LetterKind.EXTERNAL, (0.5, 0.6, 0.8, 0.96, 0.96)[sum(signs)])
    return Judged(None, 0.0)


def missing(kind: LetterKind | None, form: LetterForm | None, present: frozenset[str]) -> list[str]:
    """Names of the fields that a letter of this kind needs and that were not read."""
    needed = ["kind", "date"]
    if kind in NUMBERED and form in (None, LetterForm.COMMAND):
        needed.append("number")
    if kind in WITH_SUBJECT:
        needed.append("subject")
    if kind in ADDRESSED:
        needed.append("addressee")
    return [name for name in needed if name not in present]
