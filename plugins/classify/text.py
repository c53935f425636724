"""The text detector: marks among the words of a page, by their wording, place and size.

It trusts words only as far as they can be seen: of a page that brought its own text, head and foot
are read again from the picture.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from statistics import median

from pipeline.pageview import PageView
from plugins.classify.layer import layer_lies, visible_lines
from plugins.classify.notes import Note
from plugins.classify.phrases import (
    MARK_LIKENESS,
    Reading,
    Sense,
    base_letters,
    ending_mark,
    exact_mark,
    numbered_mark,
    read_run,
)
from plugins.classify.sight import CUT, FOOT, HEAD
from schemas.evidence import Evidence, Finding
from schemas.page import Box, Line, PageText, Word
from schemas.secrecy import Secrecy

NAME = "text"

_MARGIN = 0.07
_LARGE = 1.3
_GAP = 1.5
_LONGEST_RUN = 30
_REPEATED = "ๆ"


@dataclass(frozen=True)
class _Run:
    """Words that stand together, apart from all else on their line."""

    text: str
    box: Box
    confidence: float
    words: tuple[Word, ...]


def read(page: PageView) -> list[Evidence]:
    """What the words of one page are evidence of; never empty."""
    text = page.text
    lines = list(text.lines)
    evidence: list[Evidence] = []
    if text.born_digital:
        seen = visible_lines(page)
        if layer_lies(page, seen):
            evidence.append(_evidence(text, Finding.DOUBT, note=Note.LAYER_DIFFERS))
        lines = [line for line in lines if _shows(page, line.box)] + seen
    body = median(_height(line.box) for line in lines) if lines else 0.0
    for line in lines:
        found = [
            one
            for run in _runs(line)
            for one in _weigh(text, run, body, alone=run.words == line.words)
        ]
        evidence += found or _numbered(text, line)
    return evidence or [_evidence(text, Finding.CLEAR, score=1.0)]


def _evidence(
    text: PageText,
    finding: Finding,
    *,
    level: Secrecy | None = None,
    box: Box | None = None,
    score: float = 0.0,
    note: Note | None = None,
) -> Evidence:
    return Evidence(
        detector=NAME,
        finding=finding,
        page=text.number,
        level=level,
        box=box,
        dpi=text.dpi,
        score=round(score, 3),
        note=note.value if note else "",
    )


def _runs(line: Line) -> Iterator[_Run]:
    """The line cut at its wide gaps; whole where it is nothing but single letters."""
    runs: list[list[Word]] = []
    for word in line.words:
        if not runs or word.box.left - runs[-1][-1].box.right > _GAP * _height(line.box):
            runs.append([])
        runs[-1].append(word)
    if all(sum(base_letters(word.text) for word in run) <= 1 for run in runs):
        runs = [list(line.words)]
    yield from map(_run, runs)


def _run(words: list[Word]) -> _Run:
    line = Line(words=tuple(words), box=_around([word.box for word in words]))
    return _Run(line.text, line.box, line.confidence, line.words)


def _around(boxes: list[Box]) -> Box:
    return Box(
        min(b.left for b in boxes),
        min(b.top for b in boxes),
        max(b.right for b in boxes),
        max(b.bottom for b in boxes),
    )


def _height(box: Box) -> int:
    return box.bottom - box.top


def _weigh(text: PageText, run: _Run, body: float, *, alone: bool) -> list[Evidence]:
    placed = run.box.top < HEAD * text.height or run.box.bottom > FOOT * text.height
    large = _height(run.box) >= _LARGE * body
    prominent = placed or large
    named = list(_named(text, run, prominent=prominent))
    if len(run.text) > _LONGEST_RUN and not placed:
        return named
    reading = read_run(run.text)
    if reading.sense is Sense.MARK:
        return [_mark(text, run, reading, prominent=prominent)]
    alone = alone and _in_margin(text, run.box)
    if not _suspicious(reading, prominent=prominent, large=large, alone=alone):
        return named
    levels = (reading.level, *(one.level for one in named))
    return [
        _evidence(
            text,
            Finding.DOUBT,
            level=max(level for level in levels if level is not None),
            box=run.box,
            score=reading.likeness * run.confidence,
            note=Note.LIKE_A_MARK,
        )
    ]


def _mark(text: PageText, run: _Run, reading: Reading, *, prominent: bool) -> Evidence:
    """A mark; in doubt where none belongs, and where the paper's edge may have cut a longer one."""
    finding, level, note = Finding.MARK, reading.level, Note.READ
    if not prominent:
        finding, note = Finding.DOUBT, Note.SMALL_MARK
    elif level is Secrecy.CONFIDENTIAL and run.box.right + CUT * _height(run.box) > text.width:
        finding, level, note = Finding.DOUBT, Secrecy.TOP_SECRET, Note.UNSURE_LEVEL
    score = reading.likeness * run.confidence
    return _evidence(text, finding, level=level, box=run.box, score=score, note=note)


def _suspicious(reading: Reading, *, prominent: bool, large: bool, alone: bool) -> bool:
    """Near to a mark; or a piece of one that is large, or all that a line in the margin holds."""
    if reading.sense is Sense.FRAGMENT:
        return large or (alone and reading.likeness >= MARK_LIKENESS)
    return reading.sense is Sense.DOUBT and prominent


def _in_margin(text: PageText, box: Box) -> bool:
    """Beyond the first and last line of type."""
    return box.bottom < _MARGIN * text.height or box.top > (1 - _MARGIN) * text.height


def _named(text: PageText, run: _Run, *, prominent: bool) -> Iterator[Evidence]:
    """A mark's words between blanks or signs, as in a secret letter's number, or behind its
    subject; prose has none. In prominent print words that end in one, as ``เอกสารลับมาก``, in long
    lines only those that end in more than ลับ."""
    for word, after in zip_longest(run.words, run.words[1:]):
        level, note = exact_mark(word.text), Note.SMALL_MARK
        repeated = after is not None and after.text.startswith(_REPEATED)
        if level is None and prominent and not repeated:
            level, note = ending_mark(word.text), Note.LIKE_A_MARK
            if level is Secrecy.CONFIDENTIAL and len(run.text) > _LONGEST_RUN:
                continue
        if level is not None:
            yield _worded(text, word, level, note)


def _numbered(text: PageText, line: Line) -> Iterator[Evidence]:
    """A mark that touches the letter's number behind it."""
    level = numbered_mark(line.text)
    if level is not None:
        yield _worded(text, line, level, Note.SMALL_MARK)


def _worded(text: PageText, where: Word | Line, level: Secrecy, note: Note) -> Evidence:
    """A doubt about the words of a mark."""
    score = where.confidence
    return _evidence(text, Finding.DOUBT, level=level, box=where.box, score=score, note=note)


def _shows(page: PageView, box: Box) -> bool:
    """Whether there is anything to be seen where the text layer claims words."""
    scale = page.dpi / page.text.dpi
    left, top, right, bottom = (round(edge * scale) for edge in box)
    there = page.picture[max(0, top) : bottom, max(0, left) : right]
    return there.size > 0 and int(there.max()) - int(there.min()) > 60
