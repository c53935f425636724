"""The text detector: marks among the words of a page, by their wording, place and size.

It trusts words only as far as they can be seen: of a page that brought its own text, head and foot
are read again from the picture.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from pipeline.pageview import PageView
from plugins.classify.layer import layer_lies, visible_lines
from plugins.classify.notes import Note
from plugins.classify.phrases import (
    MARK_LIKENESS,
    Reading,
    Sense,
    base_letters,
    exact_mark,
    read_run,
)
from schemas.evidence import Evidence, Finding
from schemas.page import Box, Line, PageText, Word
from schemas.secrecy import Secrecy

NAME = "text"

_HEAD, _FOOT = 0.17, 0.86
_MARGIN = 0.07
_LARGE = 1.3
_GAP = 1.5
_LONGEST_RUN = 30


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
        for run in _runs(line):
            evidence.extend(_weigh(text, run, body, alone=run.words == line.words))
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


def _weigh(text: PageText, run: _Run, body: float, *, alone: bool) -> Iterator[Evidence]:
    placed = run.box.top < _HEAD * text.height or run.box.bottom > _FOOT * text.height
    large = _height(run.box) >= _LARGE * body
    prominent = placed or large
    if len(run.text) > _LONGEST_RUN and not placed:
        yield from _single_words(text, run)
        return
    reading = read_run(run.text)
    score = reading.likeness * run.confidence
    if reading.sense is Sense.MARK:
        finding, note = (Finding.MARK, Note.READ) if prominent else (Finding.DOUBT, Note.SMALL_MARK)
        yield _evidence(text, finding, level=reading.level, box=run.box, score=score, note=note)
    elif _suspicious(
        reading, prominent=prominent, large=large, alone=alone and _in_margin(text, run.box)
    ):
        yield _evidence(
            text,
            Finding.DOUBT,
            level=reading.level,
            box=run.box,
            score=score,
            note=Note.LIKE_A_MARK,
        )
    else:
        yield from _single_words(text, run)


def _suspicious(reading: Reading, *, prominent: bool, large: bool, alone: bool) -> bool:
    """Near to a mark; or a piece of one that is large, or all that a line in the margin holds."""
    if reading.sense is Sense.FRAGMENT:
        return large or (alone and reading.likeness >= MARK_LIKENESS)
    return reading.sense is Sense.DOUBT and prominent


def _in_margin(text: PageText, box: Box) -> bool:
    """Beyond the first and last line of type."""
    return box.bottom < _MARGIN * text.height or box.top > (1 - _MARGIN) * text.height


def _single_words(text: PageText, run: _Run) -> Iterator[Evidence]:
    """A mark's words between blanks, as in a secret letter's number, or behind its subject; prose
    has none."""
    for word in run.words:
        level = exact_mark(word.text)
        if level is not None:
            yield _evidence(
                text,
                Finding.DOUBT,
                level=level,
                box=word.box,
                score=word.confidence,
                note=Note.SMALL_MARK,
            )


def _shows(page: PageView, box: Box) -> bool:
    """Whether there is anything to be seen where the text layer claims words."""
    scale = page.dpi / page.text.dpi
    left, top, right, bottom = (round(edge * scale) for edge in box)
    there = page.picture[max(0, top) : bottom, max(0, left) : right]
    return there.size > 0 and int(there.max()) - int(there.min()) > 60
