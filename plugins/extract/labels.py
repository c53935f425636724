"""The fixed words that open a field, and those of urgency, found by skeleton because marks are
misread first."""

import re
from enum import StrEnum
from typing import Final, NamedTuple

from plugins.extract.layout import Run
from schemas.letter import Urgency
from schemas.page import Box, Word
from schemas.thaitext import skeleton


class Label(StrEnum):
    """Fields that a printed word announces."""

    NUMBER = "number"
    DATE = "date"
    SUBJECT = "subject"
    ADDRESSEE = "addressee"
    STAMP_ADDRESSEE = "stamp-addressee"
    REFERENCE = "reference"
    ATTACHMENT = "attachment"
    AGENCY = "agency"


_SPELLINGS: Final = {
    "ที่": Label.NUMBER,
    "เลขที่": Label.NUMBER,
    "วันที่": Label.DATE,
    "เรื่อง": Label.SUBJECT,
    "เรียน": Label.ADDRESSEE,
    "กราบเรียน": Label.ADDRESSEE,
    "ขอประทานกราบเรียน": Label.ADDRESSEE,
    "นมัสการ": Label.ADDRESSEE,
    "กราบทูล": Label.ADDRESSEE,
    "ทูล": Label.ADDRESSEE,
    "ถึง": Label.STAMP_ADDRESSEE,
    "อ้างถึง": Label.REFERENCE,
    "สิ่งที่ส่งมาด้วย": Label.ATTACHMENT,
    "ส่วนราชการ": Label.AGENCY,
}
_BONES: Final = tuple(
    sorted(
        ((skeleton(text), label) for text, label in _SPELLINGS.items()), key=lambda b: -len(b[0])
    )
)
SPELT: Final = frozenset(bone for bone, _ in _BONES)
"""The skeletons of all labels."""
LETTERS_PER_SLIP: Final = 4
"""One misread letter is forgiven for every four of a label."""
_GLUED: Final = 4
"""Shortest skeleton that counts as a label with its value joined on: ``เรื่องการ...``."""


_BORDER = re.compile(r"[\[\]|(){}]")
"""What a stamp's border is read as."""
_FRAME = re.compile(rf"^(?:{_BORDER.pattern}|\s)+")
_LONGER: Final = (Urgency.MOST_URGENT, Urgency.VERY_URGENT)
_URGENT: Final = (*_LONGER, Urgency.URGENT)
_LIKE_URGENT = re.compile(r"[ตค]วน")


class Labelled(NamedTuple):
    """A label and what stands behind it in the same run, if anything; ``glued``: in one word."""

    label: Label
    value: Run | None
    glued: bool = False


def labelled(run: Run) -> Labelled | None:
    """The field that ``run`` opens, or None. Longest label first."""
    bones = [skeleton(word.text) for word in run.words]
    for bone, label in _BONES:
        spans = ["".join(bones[:count]) for count in range(1, min(len(bones), 4) + 1)]
        alike = [(distance(span, bone), n) for n, span in enumerate(spans, 1) if _like(span, bone)]
        if alike:
            return Labelled(label, _rest(run, min(alike)[1]))
        if len(bone) >= _GLUED and bones[0].startswith(bone):
            return Labelled(label, _behind(run, len(bone)), glued=True)
    return None


class UrgencyMark(NamedTuple):
    """A mark of urgency, whether it was guessed, and what else stands in the same run."""

    urgency: Urgency
    guessed: bool
    rest: Run | None


def urgency_mark(run: Run) -> UrgencyMark | None:
    """The mark that ``run`` is, begins with or ends with; a guess where it only begins like one."""
    whole = _BORDER.sub("", run.text)
    for urgency in _URGENT:
        if resembles(whole, urgency.thai) or _cut_short(urgency, whole):
            return UrgencyMark(urgency, False, None)
    last = _BORDER.sub("", run.words[-1].text)
    for urgency in _URGENT:
        if resembles(last, urgency.thai):
            return UrgencyMark(urgency, False, Run(run.words[:-1], run.page))
    if _LIKE_URGENT.fullmatch(skeleton(whole)):
        return UrgencyMark(Urgency.URGENT, True, None)
    return _first_mark(run)


def _cut_short(urgency: Urgency, text: str) -> bool:
    """Whether ``text`` is ``urgency`` with its end cut off, and more than ``ด่วน``."""
    read = skeleton(text)
    least = len(skeleton(Urgency.URGENT.thai)) + 1
    return len(read) >= least and skeleton(urgency.thai).startswith(read)


def _first_mark(run: Run) -> UrgencyMark | None:
    """The mark before other words. ``ด่วน`` is sure before a label only: it may be the beginning of
    a longer mark that was misread, or of ``ด่วนภายใน``."""
    first = _BORDER.sub("", run.words[0].text)
    for urgency in _LONGER:
        if resembles(first, urgency.thai):
            return UrgencyMark(urgency, False, _rest(run, 1))
    read = skeleton(_FRAME.sub("", run.text))
    frame = len(skeleton(run.text)) - len(read)
    for urgency in _URGENT:
        bone = skeleton(urgency.thai)
        if read.startswith(bone):
            rest = _behind(run, frame + len(bone))
            sure = urgency in _LONGER or (rest is not None and labelled(rest) is not None)
            return UrgencyMark(urgency, not sure, rest)
    return None


def distance(first: str, second: str) -> int:
    """Fewest letters to insert, delete or replace to turn ``first`` into ``second``."""
    row = list(range(len(second) + 1))
    for i, letter in enumerate(first, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(second, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (letter != other))
    return row[-1]


def resembles(text: str, wanted: str) -> bool:
    """Whether ``text`` as a whole is ``wanted``, as far as a recogniser can tell."""
    return _like(skeleton(text), skeleton(wanted))


def opens_with(text: str, wanted: str) -> int | None:
    """Where the text behind ``wanted`` begins when ``text`` begins with it, else None."""
    bone = skeleton(wanted)
    for slip in (0, 1, -1, 2, -2):
        length = len(bone) + slip
        end = _index_behind(text, length)
        if _like(skeleton(text[:end]), bone):
            return end
    return None


def _like(read: str, bone: str) -> bool:
    """Whether two skeletons differ by no more slips than the label ``bone`` is forgiven."""
    slips = len(bone) // LETTERS_PER_SLIP
    return abs(len(read) - len(bone)) <= slips and distance(read, bone) <= slips


def _rest(run: Run, count: int) -> Run | None:
    words = run.words[count:]
    return Run(words, run.page) if words else None


def _behind(run: Run, length: int) -> Run | None:
    """What follows the first ``length`` skeleton letters of ``run``."""
    first = run.words[0]
    end = _index_behind(first.text, length)
    rest = first.text[end:].lstrip(" .:])}|")
    if not rest:
        left, below = length - len(skeleton(first.text)), _rest(run, 1)
        return _behind(below, left) if below and left > 0 else below
    left, top, right, bottom = first.box
    start = round(left + (right - left) * end / len(first.text))
    word = Word(text=rest, box=Box(start, top, right, bottom), confidence=first.confidence)
    return Run((word, *run.words[1:]), run.page)


def _index_behind(text: str, length: int) -> int:
    """Index in ``text`` behind ``length`` skeleton letters and the marks that belong to them."""
    end = next((i for i in range(len(text) + 1) if len(skeleton(text[:i])) >= length), len(text))
    while end < len(text) and not skeleton(text[end]) and not text[end].isspace():
        end += 1
    return end
