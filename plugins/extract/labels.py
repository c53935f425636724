"""The fixed words that open a field, found by skeleton because marks are misread first."""

from enum import StrEnum
from typing import Final, NamedTuple

from plugins.extract.layout import Run
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


class Labelled(NamedTuple):
    """A label and what stands behind it in the same run, if anything."""

    label: Label
    value: Run | None


def labelled(run: Run) -> Labelled | None:
    """The field that ``run`` opens, or None. Longest label first."""
    bones = [skeleton(word.text) for word in run.words]
    for bone, label in _BONES:
        spans = ["".join(bones[:count]) for count in range(1, min(len(bones), 4) + 1)]
        alike = [(distance(span, bone), n) for n, span in enumerate(spans, 1) if _like(span, bone)]
        if alike:
            return Labelled(label, _rest(run, min(alike)[1]))
        if len(bone) >= _GLUED and bones[0].startswith(bone):
            return Labelled(label, _unglued(run, len(bone)))
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
        end = _behind(text, length)
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


def _unglued(run: Run, length: int) -> Run | None:
    """What follows the first ``length`` skeleton letters of the run's first word."""
    first = run.words[0]
    end = _behind(first.text, length)
    rest = first.text[end:].lstrip(" .:")
    if not rest:
        return _rest(run, 1)
    left, top, right, bottom = first.box
    start = round(left + (right - left) * end / len(first.text))
    word = Word(text=rest, box=Box(start, top, right, bottom), confidence=first.confidence)
    return Run((word, *run.words[1:]), run.page)


def _behind(text: str, length: int) -> int:
    """Index in ``text`` behind ``length`` skeleton letters and the marks that belong to them."""
    end = next((i for i in range(len(text) + 1) if len(skeleton(text[:i])) >= length), len(text))
    while end < len(text) and not skeleton(text[end]) and not text[end].isspace():
        end += 1
    return end
