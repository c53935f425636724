"""Numbers and dates from recognised text.

Stray marks and blanks between the parts are dropped and misread months are matched by likeness;
digits are taken as they stand, never repaired.
"""

import re
from typing import Final, Generic, NamedTuple, TypeVar

from plugins.extract.labels import distance
from schemas.letter import (
    AGENCY_ORDER,
    COMMITTEE,
    MONTHS,
    PREFIX,
    SHORT_MONTHS,
    LetterNumber,
    OrderNumber,
    RegisterMark,
    ThaiDate,
)
from schemas.thaitext import arabic_digits, skeleton, tidy

T = TypeVar("T")


class Parsed(NamedTuple, Generic[T]):
    """A value and how much of it was taken literally: 1.0 when nothing had to be overlooked."""

    value: T
    clean: float
    start: int
    end: int


_NUMBER = re.compile(
    rf"(?<![ก-๎])(?<![ก-๎][.)])({PREFIX})[^0-9ก-ฮ/]{{0,2}}(?:({COMMITTEE})\)[^0-9ก-ฮ/]{{0,2}})?"
    r"([0-9]{2,6}(?:\s*[.,]\s*[.,]?\s*[0-9]{1,3}){0,4})[^0-9ก-ฮ/]{0,3}"
    r"/[^0-9ก-ฮ/]{0,2}((?:[ก-ฮ][^0-9ก-ฮ/]{0,2}){0,2})"
    r"([0-9]{2,4}\s[0-9]{1,2}(?!\s*[ก-๎])|[0-9]{1,6})(?![0-9/]|\s+[0-9/](?![0-9]?\s*[ก-๎]{2}))"
    r"(\s*[.,–-]\s*[0-9]|\s+[0-9])?"
)
_ORDER = re.compile(
    rf"(?:(?<![ก-๎.]){AGENCY_ORDER}|(?<![0-9./])[0-9]{{1,6}}\s*/\s*[0-9]{{4}})(?!\s*[.,–-]?[0-9/])"
)
_DATE = re.compile(
    r"(?<![0-9.,])(?<![0-9.,]\s)([0-9]\s?[0-9]|[0-9])(?:[^0-9ก-ฮ]{0,3}เดือน)?[^0-9ก-ฮเ-ไ]{0,3}"
    r"([ก-ฮเ][ก-๎.\s]{1,18}?)[^0-9ก-ฮ]{0,3}"
    r"(?:พ[^0-9ก-ฮ]{0,2}ศ[^0-9ก-ฮ]{0,3}|พุทธศักราช\s*)?([0-9]{4})(?![0-9])"
)
OVERLOOKED: Final = 0.8
"""For a value between whose parts something was overlooked."""
TORN: Final = 0.7
"""For digits with a blank inside: what stands before it or behind may be no part of the value."""
GUESSED: Final = 0.3
"""For a register mark that was told by its likeness only, and for a day written as 03: letters
write none so, and the 0 may be a misread 1."""
_LIKE_EMERGENCY: Final = frozenset("นณถฌ")
"""What ฉ is misread as. Only ว and ฉ stand before a running number, so a person is shown ฉ."""
_SHORT: Final = {name.replace(".", ""): i for i, name in enumerate(SHORT_MONTHS, 1)}
_SHAPES: Final = str.maketrans("ตคศถภฤฟผฝซขฑณฌ", "ดดดกกกพพพชชทนน")
"""Letters of like shape as one, so that none is a slip in the name of a month."""
_BONES: Final = tuple((skeleton(name).translate(_SHAPES), i) for i, name in enumerate(MONTHS, 1))


def number_in(text: str) -> Parsed[LetterNumber] | None:
    """The first number of a letter in ``text``; a guess when more letters stand by the mark than
    its own, or more digits behind it."""
    match = _NUMBER.search(_folded(text))
    if match is None:
        return None
    prefix, committee, code, beside, digits, more = match.groups()
    letters = re.sub(r"[^ก-ฮ]", "", beside)
    mark = next((RegisterMark(letter) for letter in letters if letter in set(RegisterMark)), None)
    if mark is None and letters:
        if not _LIKE_EMERGENCY & set(letters):
            return None
        mark = RegisterMark.EMERGENCY
    value = LetterNumber(
        prefix=prefix,
        committee=committee,
        code=re.sub(r"[\s.,]+", ".", code),
        mark=mark,
        running=_closed(digits),
    )
    literal = GUESSED if more or letters != (mark or "") else _literal(match[0], value)
    literal = min(literal, TORN) if value.running != digits else literal
    return Parsed(value, literal, match.start(), match.end(5))


def order_number_in(text: str) -> Parsed[OrderNumber] | None:
    """The first ``number/year`` in ``text``, with the agency's letters before it if there are
    any."""
    match = _ORDER.search(_folded(text))
    try:
        value = OrderNumber.parse(match[0]) if match else None
    except ValueError:
        return None
    return Parsed(value, 1.0, match.start(), match.end()) if match and value else None


def date_in(text: str) -> Parsed[ThaiDate] | None:
    """The first date in ``text`` whose month can be told and which the calendar has."""
    for match in _DATE.finditer(_folded(text)):
        month = _month(match[2])
        if month is None:
            continue
        try:
            day = _closed(match[1])
            value = ThaiDate(year_be=int(match[3]), month=month, day=int(day))
        except ValueError:
            continue
        literal = GUESSED if day.startswith("0") else _literal(match[0], value)
        literal = min(literal, TORN) if day != match[1] else literal
        return Parsed(value, literal, match.start(), match.end())
    return None


def _closed(digits: str) -> str:
    return "".join(digits.split())


def _folded(text: str) -> str:
    return arabic_digits(tidy(text))


def _literal(text: str, value: LetterNumber | ThaiDate) -> float:
    try:
        return 1.0 if value.parse(text) == value else OVERLOOKED
    except ValueError:
        return OVERLOOKED


def _month(word: str) -> int | None:
    """The month that ``word`` resembles; None when two are about as like, or none is.

    Short months are taken to the letter: ม.ค. and มี.ค. have one skeleton.
    """
    plain = re.sub(r"[\s.]", "", word)
    bone = skeleton(plain)
    if len(bone) < 4:
        return _SHORT.get(plain)
    shape = bone.translate(_SHAPES)
    ranked = sorted((distance(shape, name), month) for name, month in _BONES)
    (best, month), (rival, _) = ranked[:2]
    return month if best <= len(bone) // 3 and rival > best + (best > 0) else None
