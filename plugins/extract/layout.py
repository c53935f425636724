"""A page's words as runs: pieces of a line with no wide gap inside."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from statistics import median

from schemas.page import Box, Line, PageText, Word
from schemas.thaitext import skeleton

CM_PER_INCH = 2.54
WIDE_GAP = 0.8
"""Centimetres: more than two typed blanks, less than what parts two columns."""
ONE_ROW = 0.3
"""Centimetres between the heights of two pieces of one row."""
_ONE_COLUMN = 0.2
"""Centimetres between the left ends of two lines that begin at one place."""
DEFAULT_FEED = 0.75
"""Centimetres from line to line where a page is too short to measure."""
_PRINTED = tuple(skeleton(label) for label in ("เรื่อง", "ส่วนราชการ"))
"""Labels that no stamp bears: a form printed in colour does."""
_SIGN = re.compile(r"[0-9A-Za-zก-ฯเ-ๆ๐-๙/()]")
_LEADER = re.compile(r"[.…_·]{3,}")
_ERA, _YEAR_TO_COME = "พ.ศ.", re.compile(r"[.…]{3,5}")
_LETTER = re.compile(r"[0-9A-Za-zก-ฮ๐-๙]")


@dataclass(frozen=True)
class Run:
    """Words side by side on page ``page`` (1-based)."""

    words: tuple[Word, ...]
    page: int

    @cached_property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @cached_property
    def box(self) -> Box:
        return around(word.box for word in self.words)

    @cached_property
    def confidence(self) -> float:
        """Mean over the words, weighted by their length."""
        return Line(words=self.words, box=self.box).confidence

    @property
    def middle(self) -> float:
        """Height of its centre on the page."""
        return (self.box.top + self.box.bottom) / 2

    @property
    def centre(self) -> float:
        return (self.box.left + self.box.right) / 2


@dataclass(frozen=True)
class Frame:
    """Where the typist's lines stand, in pixels. ``left``: where those begin that are indented
    least; ``feed``: from one line of prose to the next."""

    margin: int
    left: int
    right: int
    feed: float

    @classmethod
    def around(cls, runs: Sequence[Run], page: PageText) -> "Frame":
        """``margin`` is a low quintile of the left edges: most lines begin there."""
        if not runs:
            return cls(0, 0, page.width, pixels(page, DEFAULT_FEED))
        lefts = sorted(run.box.left for run in runs)
        steps = [below.middle - above.middle for above, below in pairwise(runs)]
        prose = [step for step in steps if pixels(page, 0.45) < step < pixels(page, 1.3)]
        feed = median(prose) if len(prose) >= 3 else pixels(page, DEFAULT_FEED)
        margin = lefts[len(lefts) // 5]
        near = pixels(page, _ONE_COLUMN)
        left = next((a for a, b in pairwise(lefts) if b - a <= near), margin)
        return cls(margin, min(left, margin), max(run.box.right for run in runs), feed)


@dataclass(frozen=True)
class Sheet:
    """One page as runs from top to bottom, those of one height from left to right; ``stamped`` are
    those of stamps, which belong to no line of type; none on a form that is printed in colour."""

    page: PageText
    runs: tuple[Run, ...]
    frame: Frame
    stamped: tuple[Run, ...] = ()

    @cached_property
    def mixed(self) -> tuple[Run, ...]:
        """The runs of both, joined where they stand side by side: a number or a day that was
        stamped into a typed line is part of it."""
        if not self.stamped:
            return self.runs
        return _in_reading_order([*self.runs, *self.stamped], self.page)

    @classmethod
    def of(cls, page: PageText, frame: Frame | None = None) -> "Sheet":
        """``frame`` is given where ``page`` holds only a band of a page measured before."""
        typed, stamped = (
            _in_rows([line for line in page.lines if line.stamped == told], page)
            for told in (False, True)
        )
        if any(skeleton(run.text).startswith(_PRINTED) for run in stamped):
            typed, stamped = _in_rows(page.lines, page), ()
        return cls(page, typed, frame or Frame.around(typed, page), stamped)

    def cm(self, length: float) -> float:
        """``length`` centimetres in pixels of this page."""
        return pixels(self.page, length)


def pixels(page: PageText, length: float) -> float:
    """``length`` centimetres in pixels of ``page``."""
    return length / CM_PER_INCH * page.dpi


def around(boxes: Iterable[Box]) -> Box:
    """The smallest box around at least one box."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return Box(min(lefts), min(tops), max(rights), max(bottoms))


def _runs(line: Line, page: PageText) -> list[Run]:
    """The line cut at wide gaps, without leader dots, specks and stray marks."""
    groups: list[list[Word]] = []
    words = sorted(line.words, key=lambda word: word.box.left)
    for word in filter(None, map(_readable, words, ("", *(word.text for word in words)))):
        near = groups and word.box.left - groups[-1][-1].box.right <= pixels(page, WIDE_GAP)
        if near:
            groups[-1].append(word)
        else:
            groups.append([word])
    return [Run(tuple(group), page.number) for group in groups if _has_letters(group)]


def _readable(word: Word, before: str) -> Word | None:
    """The word without leader dots; None when only punctuation is left. Behind ``พ.ศ.`` dots stand
    for the year of an act to come."""
    if before.endswith(_ERA) and _YEAR_TO_COME.fullmatch(word.text):
        return word
    text = _LEADER.sub(" ", word.text).strip()
    if not _SIGN.search(text):
        return None
    return word if text == word.text else word.model_copy(update={"text": text})


def _has_letters(group: list[Word]) -> bool:
    return bool(_LETTER.search("".join(word.text for word in group)))


def _in_rows(lines: Iterable[Line], page: PageText) -> tuple[Run, ...]:
    return _in_reading_order([run for line in lines for run in _runs(line, page)], page)


def _in_reading_order(runs: list[Run], page: PageText) -> tuple[Run, ...]:
    """Rows from top to bottom, each from left to right; near neighbours of one row are joined."""
    rows: list[list[Run]] = []
    for run in sorted(_unshadowed(runs), key=lambda run: run.middle):
        if rows and run.middle - rows[-1][0].middle <= pixels(page, ONE_ROW):
            rows[-1].append(run)
        else:
            rows.append([run])
    return tuple(run for row in rows for run in _joined(row, pixels(page, WIDE_GAP)))


def _unshadowed(runs: list[Run]) -> list[Run]:
    """The runs without those that were read once more, worse, from a line's loose marks."""
    return [run for run in runs if not any(_shadows(other, run) for other in runs)]


def _shadows(surer: Run, run: Run) -> bool:
    """Whether ``surer`` lies over most of ``run`` and was read with clearly more confidence."""
    wide = min(surer.box.right, run.box.right) - max(surer.box.left, run.box.left)
    high = min(surer.box.bottom, run.box.bottom) - max(surer.box.top, run.box.top)
    over = wide > 0.5 * (run.box.right - run.box.left)
    over = over and high > 0.5 * (run.box.bottom - run.box.top)
    return over and surer.confidence > run.confidence + 0.15


def _joined(row: list[Run], gap: float) -> list[Run]:
    joined: list[Run] = []
    for run in sorted(row, key=lambda run: run.box.left):
        if joined and 0 <= run.box.left - joined[-1].box.right <= gap:
            joined[-1] = Run((*joined[-1].words, *run.words), run.page)
        else:
            joined.append(run)
    return joined
