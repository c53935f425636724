"""Weighs the evidence of all detectors on all pages into one level, or into reasons to ask.

The highest mark governs the whole set. A person is asked whenever a detector failed or doubted,
when marks differ, and before paper routing (which destroys keys) when seen but once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from plugins.classify.notes import Note
from schemas.evidence import Evidence, Finding
from schemas.page import Box
from schemas.secrecy import Secrecy

_ANSWERS = (Finding.MARK, Finding.DOUBT, Finding.CLEAR)
_ONE_PLACE = 0.5


class Reason(StrEnum):
    """Why a person must decide."""

    FAILED = "failed"
    TOO_FEW_DETECTORS = "too-few-detectors"
    DOUBT = "doubt"
    LEVELS_DIFFER = "levels-differ"
    WEAK_MARK = "weak-mark"
    LONE_MARK = "lone-mark"
    """One ลับ in all the set: what is left of a hidden ลับที่สุด would read the same."""
    TOP_SECRET_UNCONFIRMED = "top-secret-unconfirmed"
    DECLARED_OTHERWISE = "declared-otherwise"


@dataclass(frozen=True)
class Verdict:
    """``level`` is sure without ``reasons``, and a proposal with them."""

    level: Secrecy
    reasons: tuple[Reason, ...]
    exhibits: tuple[Evidence, ...]
    """The evidence to look at before answering."""


@dataclass(frozen=True)
class Rules:
    """``sure``: score from which a mark needs no second look, 0..1. ``declared``: class that the
    station vouches for; it clears scans without colour, and a mark of another level blocks.
    ``cautious``: what looks like no mark but could not be read is a doubt."""

    sure: float
    detectors: int
    declared: Secrecy | None
    cautious: bool = False


def judge(
    evidence: Sequence[Evidence], pages: Iterable[int], floor: Secrecy, rules: Rules
) -> Verdict:
    """The verdict on a set with these page numbers; never below ``floor``."""
    marks = [e for e in evidence if e.finding is Finding.MARK and e.level is not None]
    doubtful = (Finding.DOUBT, Finding.UNLIKE) if rules.cautious else (Finding.DOUBT,)
    doubts = [e for e in evidence if e.finding in doubtful and not _settled(e, marks, rules)]
    failed = [e for e in evidence if e.finding is Finding.FAILED]
    level = max([floor, *(e.level for e in marks if e.level is not None)])
    reasons = []
    if failed:
        reasons.append(Reason.FAILED)
    if any(_answering(evidence, page) < rules.detectors for page in pages):
        reasons.append(Reason.TOO_FEW_DETECTORS)
    if doubts:
        reasons.append(Reason.DOUBT)
    reasons += _about_marks(marks, level, rules)
    if rules.declared is not None:
        if any(e.level is not rules.declared for e in marks):
            reasons.append(Reason.DECLARED_OTHERWISE)
        level = max(level, rules.declared)
    if reasons:
        level = max([level, *(_suspected(e) for e in doubts)])
    return Verdict(level, tuple(reasons), (*marks, *doubts, *failed))


def _about_marks(marks: Sequence[Evidence], level: Secrecy, rules: Rules) -> list[Reason]:
    if not marks:
        return []
    reasons = []
    if len({e.level for e in marks}) > 1:
        reasons.append(Reason.LEVELS_DIFFER)
    highest = [e for e in marks if e.level is level]
    if highest and max(e.score for e in highest) < rules.sure:
        reasons.append(Reason.WEAK_MARK)
    if level is Secrecy.CONFIDENTIAL and len(_places(highest)) == 1:
        reasons.append(Reason.LONE_MARK)
    if any(e.level is Secrecy.TOP_SECRET for e in marks) and not _confirmed(marks, rules):
        reasons.append(Reason.TOP_SECRET_UNCONFIRMED)
    return reasons


def _confirmed(marks: Sequence[Evidence], rules: Rules) -> bool:
    """Two sure sightings of the highest mark: by two detectors, on two pages or in two places."""
    sure = [e for e in marks if e.level is Secrecy.TOP_SECRET and e.score >= rules.sure]
    return len({e.detector for e in sure}) > 1 or len(_places(sure)) > 1


def _places(marks: Sequence[Evidence]) -> list[Evidence]:
    """One mark for each place on a page."""
    places: list[Evidence] = []
    for mark in marks:
        if not any(_same_place(mark, place) for place in places):
            places.append(mark)
    return places


def _answering(evidence: Sequence[Evidence], page: int) -> int:
    return len({e.detector for e in evidence if e.page == page and e.finding in _ANSWERS})


def _settled(doubt: Evidence, marks: Sequence[Evidence], rules: Rules) -> bool:
    """Whether a doubt is answered: by a declaration, or by a detector that read the same place."""
    if doubt.note == Note.NO_COLOUR:
        return rules.declared is not None
    suspected = doubt.level
    if suspected is None or doubt.note == Note.UNSURE_LEVEL:
        return False
    return any(
        mark.level is not None
        and mark.level >= suspected
        and mark.score >= rules.sure
        and _same_place(mark, doubt)
        for mark in marks
    )


def _suspected(doubt: Evidence) -> Secrecy:
    """Doubt goes up a level; a scan without colour alone suspects nothing."""
    if doubt.level is not None:
        return doubt.level
    return Secrecy.NORMAL if doubt.note == Note.NO_COLOUR else Secrecy.CONFIDENTIAL


def _same_place(a: Evidence, b: Evidence) -> bool:
    if a.page != b.page or a.box is None or b.box is None:
        return False
    one, two = _in_inches(a.box, a.dpi), _in_inches(b.box, b.dpi)
    width = min(one[2], two[2]) - max(one[0], two[0])
    height = min(one[3], two[3]) - max(one[1], two[1])
    smaller = min((r[2] - r[0]) * (r[3] - r[1]) for r in (one, two))
    return width > 0 and height > 0 and width * height >= _ONE_PLACE * smaller


def _in_inches(box: Box, dpi: float) -> tuple[float, float, float, float]:
    left, top, right, bottom = box
    return left / dpi, top / dpi, right / dpi, bottom / dpi
