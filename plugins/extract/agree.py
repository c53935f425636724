"""Several readings of one letter into one, each field as sure as the readings agree."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from plugins.extract.found import Found, Head, Judged, Tail
from plugins.extract.judge import judged
from plugins.extract.readings import Told
from plugins.extract.spelling import misread
from plugins.extract.values import OVERLOOKED
from schemas.letter import BE_OFFSET, LetterKind, LetterNumber, OrderNumber, ThaiDate, Urgency
from schemas.letterfacts import LetterFacts, Reading

T = TypeVar("T")

SURE: Final = (0.98, 0.93)
"""Confidence in a value that the page's own reading gives, by how many others find none."""
MOST: Final = 0.75
"""The same where more find none, where any finds another, or where only the others give it, but
more than half do. Of values with one rival in five readings every fourth was wrong."""
SPLIT: Final = 0.3
LONE: Final = 0.6
"""Most that a value is worth when the picture could not be read a second time."""
OVERLOOKED_COST, GUESSED_COST = 0.9, 0.6
"""Factors where every reading had to overlook something between the parts, or to guess a mark."""
MISREAD_COST: Final = 0.5
"""Factor for a text that only a misread letter keeps from being plain words."""
_PERSON: Final = re.compile(r"(?:นาย|นางสาว|นาง)\S+ \S+")
"""A name; names are spelt as they are."""
_GIVEN: Final = frozenset({LetterKind.ORDER, LetterKind.ANNOUNCEMENT, LetterKind.EVIDENCE})
"""Kinds whose day stands behind ``ณ วันที่``."""
DATED_AT_FOOT: Final = _GIVEN | {LetterKind.STAMPED}
"""Kinds whose day stands behind the prose."""


def merged(told: Told, *, printed: bool = False) -> LetterFacts:
    """The facts of one letter from its readings.

    Number and day are voted on as wholes; texts are what most readings say letter by letter.
    ``printed``: the text is the file's own, so that one reading is enough.
    """
    heads, tails, head, tail = told.heads, told.tails, told.head, told.tail
    kind = agreed_kind(heads, tails)
    number = vote(_whole([one.number for one in heads]), printed=printed)
    date = vote(_timely(_dates(kind.kind, heads, tails)), printed=printed)
    if _of_two_years(number.value, date.value):
        number, date = _doubted(number), _doubted(date)
    references = head.references.value if head.references else ()
    attachments = head.attachments.value if head.attachments else ()
    return LetterFacts(
        kind=Reading(value=kind.kind, confidence=kind.confidence),
        form=Reading(value=kind.form, confidence=kind.confidence if kind.form else 0.0),
        number=number,
        date=date,
        subject=_text(head.subject, printed=printed),
        addressee=_text(head.addressee, printed=printed),
        sender=_text(head.sender, printed=printed),
        unit=_text(tail.unit, printed=printed),
        signer=_text(tail.signer, printed=printed),
        urgency=_urgency([head.urgency for head in heads], printed=printed),
        references=references,
        references_confidence=_trust(head.references, references, printed=printed),
        attachments=attachments,
        attachments_confidence=_trust(
            head.attachments, [line.title for line in attachments], printed=printed
        ),
    )


def vote(found: Sequence[Found[T] | None], *, printed: bool = False) -> Reading[T]:
    """The value that most readings give; the earliest of equals. The first is the page's own."""
    values = [each for each in found if each is not None]
    if not values:
        return Reading()
    keys = [str(each.value) if each else "" for each in found]
    winner, votes = Counter(filter(None, keys)).most_common(1)[0]
    backers = [each for each in values if str(each.value) == winner]
    if printed:
        confidence = backers[0].trust
    elif len(found) == 1:
        confidence = min(LONE, backers[0].trust)
    else:
        rivals = votes < len(values)
        confidence = _sure(votes, len(found), own=keys[0] == winner and not rivals)
        confidence *= _cost(max(each.literal for each in backers))
    return backers[0].reading().model_copy(update={"confidence": confidence})


def _sure(votes: int, readings: int, *, own: bool) -> float:
    if own and readings - votes < len(SURE):
        return SURE[readings - votes]
    return MOST if 2 * votes > readings else SPLIT


def agreed_kind(heads: Sequence[Head], tails: Sequence[Tail]) -> Judged:
    """The kind by all that any reading saw; a band read again lacks what stands above it."""
    addressed = next((head for head in heads if head.addressee), heads[0])
    head = Head(
        memo=any(head.memo for head in heads),
        form=next((head.form for head in heads if head.form), None),
        number=next((head.number for head in heads if head.number), None),
        date=next((head.date for head in heads if head.date), None),
        sender=next((head.sender for head in heads if head.sender), None),
        addressee=addressed.addressee,
        by_stamp=addressed.by_stamp,
    )
    given = next((tail for tail in tails if tail.given), tails[0])
    date = next((tail.date for tail in tails if tail.date), None)
    return judged(head, replace(tails[0], given=given.given, certified=given.certified, date=date))


def _text(found: Found[str] | None, *, printed: bool) -> Reading[str]:
    if found is None:
        return Reading()
    confidence = _trust(found, [found.value], printed=printed)
    return found.reading().model_copy(update={"confidence": confidence})


def _trust(found: Found[Any] | None, texts: Sequence[str], *, printed: bool) -> float:
    """How sure ``texts`` are: less where one can hardly have been written so."""
    if found is None:
        return 0.0
    suspect = not printed and any(not _PERSON.fullmatch(t) and misread(t) for t in texts)
    return found.trust * (MISREAD_COST if suspect else 1.0)


def _cost(literal: float) -> float:
    if literal == 1.0:
        return 1.0
    return OVERLOOKED_COST if literal >= OVERLOOKED else GUESSED_COST


def _dates(
    kind: LetterKind | None, heads: Sequence[Head], tails: Sequence[Tail]
) -> list[Found[ThaiDate] | None]:
    if kind in _GIVEN:
        return [tail.given for tail in tails]
    if kind is LetterKind.STAMPED:
        return [tail.date for tail in tails]
    return [head.date for head in heads]


def _whole(
    numbers: list[Found[LetterNumber | OrderNumber] | None],
) -> list[Found[LetterNumber | OrderNumber] | None]:
    """``numbers`` without those that lack the agency's letters where any reading has them."""
    lettered = [number if number and number.value.prefix else None for number in numbers]
    return lettered if any(lettered) else numbers


def _timely(dates: list[Found[ThaiDate] | None]) -> list[Found[ThaiDate] | None]:
    """``dates`` without those of other years where any reading gives one of the last ten."""
    latest = datetime.now(UTC).year + BE_OFFSET + 1
    recent = [date if date and 0 <= latest - date.value.year_be <= 10 else None for date in dates]
    return recent if any(recent) else dates


def _urgency(marks: list[Found[Urgency] | None], *, printed: bool) -> Reading[Urgency]:
    """The mark that was read; with none, that there is none, as far as one can know."""
    if any(marks):
        return vote(marks, printed=printed)
    return Reading(value=Urgency.NONE, confidence=0.8)


def _of_two_years(number: LetterNumber | OrderNumber | None, date: ThaiDate | None) -> bool:
    """Whether an order's number and day disagree about the year, so that one was misread."""
    return isinstance(number, OrderNumber) and date is not None and number.year_be != date.year_be


def _doubted(reading: Reading[T]) -> Reading[T]:
    return reading.model_copy(update={"confidence": min(reading.confidence, SPLIT)})
