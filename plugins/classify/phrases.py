"""The words that stamps carry, and how alike two of them look to a reader of bad print."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from itertools import combinations, pairwise
from typing import NamedTuple

from schemas.letter import SHORT_MONTHS
from schemas.secrecy import THAI_MARKS, Secrecy

BENIGN = (
    "ด่วน",
    "ด่วนมาก",
    "ด่วนที่สุด",
    "ห้ามทำลาย",
    "ต้นฉบับ",
    "คู่ฉบับ",
    "สำเนา",
    "สำเนาคู่ฉบับ",
    "สำเนาถูกต้อง",
    "รับแล้ว",
    "ส่งแล้ว",
    "จ่ายแล้ว",
    "จ่ายเงินแล้ว",
    "ตรวจแล้ว",
    "ลงทะเบียนแล้ว",
    "อนุมัติ",
    "เห็นชอบ",
    "เวียน",
    "แจ้งเวียน",
    "ทราบ",
    "เพื่อโปรดทราบ",
    "เร่งด่วน",
    "เร่งด่วนมาก",
    "เลขรับ",
    "วันที่",
    "เวลา",
    "โดยเฉพาะ",
    "ตัวอย่าง",
    "ร่าง",
    "บันทึกข้อความ",
    "คำสั่ง",
    "ประกาศ",
)
"""Large words on letters that say nothing of secrecy."""

DOUBTFUL: dict[str, Secrecy] = {
    "ลับเฉพาะ": Secrecy.SECRET,
    "ลับสุดยอด": Secrecy.TOP_SECRET,
    "ปกปิด": Secrecy.CONFIDENTIAL,
    "ชั้นความลับ": Secrecy.CONFIDENTIAL,
    "ยกเลิกชั้นความลับ": Secrecy.CONFIDENTIAL,
    "ปรับชั้นความลับ": Secrecy.SECRET,
    "TOPSECRET": Secrecy.TOP_SECRET,
    "SECRET": Secrecy.SECRET,
    "CONFIDENTIAL": Secrecy.CONFIDENTIAL,
    "RESTRICTED": Secrecy.CONFIDENTIAL,
}
"""Not marks of the regulation, or marks that were struck out: a person decides."""

FRAGMENTS: dict[str, Secrecy] = {
    "ลับม": Secrecy.SECRET,
    "ลับมา": Secrecy.SECRET,
    "บมาก": Secrecy.SECRET,
    "มาก": Secrecy.SECRET,
    "ลับท": Secrecy.TOP_SECRET,
    "ลับที่": Secrecy.TOP_SECRET,
    "ลับที่สุ": Secrecy.TOP_SECRET,
    "บที่สุด": Secrecy.TOP_SECRET,
    "ที่สุด": Secrecy.TOP_SECRET,
    "สุด": Secrecy.TOP_SECRET,
}
"""What is left of a mark that is partly hidden, and the highest level it may have been."""

_LOOK_ALIKE = ("ลสฉ", "บปษ", "มนฆ", "กถภ", "ดคตศฅ", "ทหฑฬ", "ผฝพฟ", "ขชซ", "าำ", "ลa", "บuU")
_ABOVE = frozenset("ัิีึื็่้๊๋์ํุู")
_ABOVE_COST = 0.3
_SWAP_ABOVE = 0.25
_SWAP_LOOK_ALIKE = 0.35
_KEPT = re.compile(r"[^\u0e01-\u0e3a\u0e40-\u0e4eA-Za-z0-9]")


class Sense(StrEnum):
    MARK = "mark"
    DOUBT = "doubt"
    """Not the wording of a mark, yet near to it."""
    FRAGMENT = "fragment"
    """What is left of a mark that is partly hidden: tells something in large print only."""
    BENIGN = "benign"
    OTHER = "other"


@dataclass(frozen=True)
class Reading:
    """What a run of words means; ``likeness`` to the nearest phrase of that sense in 0..1."""

    sense: Sense
    level: Secrecy | None = None
    likeness: float = 0.0


MARK_LIKENESS = 0.8
"""From here on a run is the mark it resembles."""
DOUBT_LIKENESS = 0.55
"""From here on a run may be the mark it resembles, unless it resembles a benign phrase more."""
_LEAD = 0.1
"""By how much the likeness to one phrase must exceed that to a rival."""
_PIECE, _LEAST_PIECE = 0.95, 3
"""What a piece of a harmless phrase is worth as likeness, and its letters side by side at least."""
_DATE = re.compile(rf"\.*\d{{1,2}}(?:{'|'.join(map(re.escape, SHORT_MONTHS))})(?:\d\d){{0,2}}\.*")
_BEHIND, _SHORT = "ลับหลัง", 24
_ORDINARY = re.compile(
    r"(?<!ข้อ)ความลับ|(?<!ด่วนมา)(?<!บันทึ)กลับ|(?<!รหั)สลับ|หลับ|คลับ|ตลับ|(?<!ภา)พลับ"
    r"|ลึกลับ|ลี้ลับ|เร้นลับ|โดยลับ|ตรงและลับ|ล่วงลับ|เคล็ดลับ|หินลับ"
)
"""What ends in ลับ and is no mark; ``ด่วนมากลับ`` is ด่วนมาก and a mark, ``บันทึกลับ`` a record."""
_NUMBERED = re.compile(rf"\W*ที่?\s*({'|'.join(reversed(THAI_MARKS.values()))})[ก-ฮ]{{0,4}}\W*\d")
_ENGLISH = {phrase: level for phrase, level in DOUBTFUL.items() if phrase.isascii()}
_ADDRESS = re.compile(r"\S*(?:@|[A-Za-z][.][A-Za-z])\S*")
_LABEL, _THAI_SHARE, _ENGLISH_SHARE, _NEARLY = 40, 0.5, 0.4, 0.9
"""Letters of the longest label in English, and the share that its words of secrecy are at least of
a partly Thai one and of one not all in capitals: hotels have such names. Likeness of such words
that are not in capitals: ``unrestricted`` has less."""


def fold(text: str) -> str:
    """Letters alone: NFC, SARA AM composed, without blanks, signs and digits of other scripts."""
    text = unicodedata.normalize("NFC", text).replace("\u0e40\u0e40", "\u0e41")
    text = re.sub("\u0e4d([\u0e48-\u0e4b]?)\u0e32", "\\1\u0e33", text)
    return _KEPT.sub("", text)


def base_letters(text: str) -> int:
    """How many letters stand side by side in a text: all but the marks above and below."""
    return len(_on_line(fold(text)))


def _on_line(run: str) -> str:
    """A folded text without its marks above and below the line."""
    return "".join(letter for letter in run if letter not in _ABOVE)


def _look_alike_pairs() -> frozenset[tuple[str, str]]:
    pairs = [pair for group in _LOOK_ALIKE for pair in combinations(group, 2)]
    return frozenset(pairs + [(b, a) for a, b in pairs])


_PAIRS = _look_alike_pairs()


def _shapes() -> dict[str, str]:
    """One letter for all that look like it, or like one that does."""
    shapes: dict[str, str] = {}
    for group in _LOOK_ALIKE:
        known = {shapes[letter] for letter in group if letter in shapes}
        merged = set(group) | {letter for letter, shape in shapes.items() if shape in known}
        shapes |= dict.fromkeys(merged, min(merged))
    return shapes


_SHAPES = _shapes()


def _weight(letter: str) -> float:
    return _ABOVE_COST if letter in _ABOVE else 1.0


def _swap(a: str, b: str) -> float:
    if a == b:
        return 0.0
    if a in _ABOVE and b in _ABOVE:
        return _SWAP_ABOVE
    return _SWAP_LOOK_ALIKE if (a, b) in _PAIRS else 1.0


def likeness(a: str, b: str) -> float:
    """How alike two folded texts look, 0..1: edit distance in which marks above the line weigh
    little and look-alike letters less than others."""
    if not a or not b:
        return float(a == b)
    row = [0.0]
    for letter in b:
        row.append(row[-1] + _weight(letter))
    for x in a:
        previous, row = row, [row[0] + _weight(x)]
        for j, y in enumerate(b):
            row.append(
                min(previous[j] + _swap(x, y), previous[j + 1] + _weight(x), row[j] + _weight(y))
            )
    return max(0.0, 1.0 - row[-1] / max(sum(map(_weight, a)), sum(map(_weight, b))))


@cache
def _folded() -> tuple[tuple[str, Sense, Secrecy | None], ...]:
    marks = [(fold(m), Sense.MARK, level) for level, m in THAI_MARKS.items()]
    doubtful = [(fold(m), Sense.DOUBT, level) for m, level in DOUBTFUL.items()]
    fragments = [(fold(m), Sense.FRAGMENT, level) for m, level in FRAGMENTS.items()]
    benign = [(fold(m), Sense.BENIGN, None) for m in BENIGN]
    return (*marks, *doubtful, *fragments, *benign)


@cache
def _letters() -> tuple["Letters", ...]:
    return tuple(Letters.of(phrase) for phrase, _, _ in _folded())


def exact_mark(text: str) -> Secrecy | None:
    """The highest level whose mark the text is, or has between signs, letter by letter."""
    levels = {fold(mark): level for level, mark in THAI_MARKS.items()}
    parts = (fold(text), *_parts(text))
    return max((levels[part] for part in parts if part in levels), default=None)


def ending_mark(text: str) -> Secrecy | None:
    """The highest level in whose mark a word ends, as ``เอกสารลับมาก`` does and ``ความลับ`` does not.
    Of a longer mark the marks above the line may be lost."""
    words = [_ORDINARY.sub(" ", part) for part in _parts(text)]
    found = [
        level
        for level, mark in THAI_MARKS.items()
        for word in words
        if word.endswith(mark)
        or (level is not Secrecy.CONFIDENTIAL and _on_line(word).endswith(_on_line(mark)))
    ]
    return max(found, default=None)


def _parts(text: str) -> list[str]:
    """What stands between the blanks and signs of a text, folded."""
    return [fold(part) for part in _KEPT.split(text)]


def numbered_mark(line: str) -> Secrecy | None:
    """The level of the mark before a letter's number, also where they touch: ``ที่ ลับมท ๐๖``."""
    found = _NUMBERED.match(unicodedata.normalize("NFC", line))
    return exact_mark(found[1]) if found else None


class Letters(NamedTuple):
    """What a folded text is made of: its weight, and how often each shape stands on its line."""

    weight: float
    shapes: Counter[str]

    @classmethod
    def of(cls, text: str) -> "Letters":
        return cls(
            sum(map(_weight, text)),
            Counter(_SHAPES.get(letter, letter) for letter in text if letter not in _ABOVE),
        )

    def comparable(self, other: "Letters") -> bool:
        """Whether two texts of these letters can be as alike as any rule asks for."""
        most = max(self.weight, other.weight)
        alike = min(self.weight, other.weight)
        unlike = max((self.shapes - other.shapes).total(), (other.shapes - self.shapes).total())
        return min(alike, most - unlike) >= (DOUBT_LIKENESS - _LEAD) * most


@lru_cache(maxsize=4096)
def read_run(text: str) -> Reading:
    """What one isolated run of words means, as a whole."""
    run = fold(text)
    if not run:
        return Reading(Sense.OTHER)
    if _is_date(text):
        return Reading(Sense.BENIGN, None, 1.0)
    return _english(text, len(run)) or _nearest(run)


def _nearest(run: str) -> Reading:
    """What a folded run means by the phrase that it resembles most."""
    letters = Letters.of(run)
    scored = [
        (likeness(run, phrase) if letters.comparable(made_of) else 0.0, sense, level)
        for (phrase, sense, level), made_of in zip(_folded(), _letters(), strict=True)
    ]
    best, sense, level = max(scored, key=lambda s: s[0])
    suspects = [(value, lv) for value, _, lv in scored if lv is not None]
    suspect = max(value for value, _ in suspects)
    if sense is Sense.MARK and best >= MARK_LIKENESS:
        return Reading(Sense.MARK, level, best)
    if best >= MARK_LIKENESS and sense is Sense.BENIGN and best >= suspect + _LEAD:
        return Reading(Sense.BENIGN, None, best)
    if suspect >= DOUBT_LIKENESS:
        near = max(lv for value, lv in suspects if value >= suspect - _LEAD)
        return Reading(sense if sense is Sense.FRAGMENT else Sense.DOUBT, near, suspect)
    piece = _piece_of_benign(run)
    benign = piece or (sense is Sense.BENIGN and best >= DOUBT_LIKENESS)
    return Reading(Sense.BENIGN if benign else Sense.OTHER, None, max(best, _PIECE * piece))


def _english(text: str, letters: int) -> Reading | None:
    """What a label of so many letters says of secrecy in English, in capitals or not; addresses say
    nothing."""
    if letters > _LABEL:
        return None
    parts = re.split("[^A-Za-z0-9]+", _ADDRESS.sub(" ", text))
    said = [
        (level, likeness(word.upper(), phrase), word)
        for phrase, level in _ENGLISH.items()
        for word in (*parts, *map("".join, pairwise(parts)))
    ]
    near = [one for one in said if one[1] >= (MARK_LIKENESS if one[2].isupper() else _NEARLY)]
    if not near:
        return None
    level, alike, word = max(near)
    thai = letters > sum(map(len, parts))
    share = _THAI_SHARE if thai else 0.0 if text.isupper() else _ENGLISH_SHARE
    return Reading(Sense.DOUBT, level, alike) if len(word) >= share * letters else None


def _piece_of_benign(run: str) -> bool:
    """Whether a folded run is a piece of a phrase that a pen or the page's edge cut short."""
    return base_letters(run) >= _LEAST_PIECE and any(
        run in phrase for phrase, sense, _ in _folded() if sense is Sense.BENIGN
    )


def _is_date(text: str) -> bool:
    """Whether a text is a day and a month's short name, with a year or without, among the dots of a
    form: ``ส.ค.`` folds to a piece of a mark."""
    return _DATE.fullmatch("".join(text.split())) is not None


def holds_mark(text: str) -> bool:
    """Whether a mark's words stand within a short text, as in ``ยกเลิกชั้นความลับ``; not so in
    ``พูดลับหลัง``, behind somebody's back."""
    run = fold(text).replace(_BEHIND, "")
    return len(run) <= _SHORT and THAI_MARKS[Secrecy.CONFIDENTIAL] in run
