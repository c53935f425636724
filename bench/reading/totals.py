"""Adds stacks up to the figures of a condition, and to those of the whole measurement."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bench.reading.compare import Characters
from bench.reading.score import Field, Letter, Stack

NAMED: Final = ("kind", "number", "date", "subject", "addressee", "urgency")


def figures(stacks: Sequence[Stack]) -> dict[str, Any]:
    """The figures of some stacks; a share is None where there is nothing to count.

    ``cer``: wrong characters (:func:`bench.reading.compare.compare_page`) a character of the truth.
    ``digit_accuracy``: share of the truth's digits read right. ``number_exact`` and the like: share
    of the letters that print the field whose value, stated or proposed, is the printed one.
    ``cuts_exact``: share of the letters whose set is exactly right, as stated or proposed; with and
    without separator sheets by themselves, too. ``silent_wrong_cuts``: wrong sets at which no
    question points. ``attachments_exact``: of the rightly cut letters with attachments.
    ``false_alarm_rate``: share of the letters, all of them normal, that a person was asked to
    classify or that were restricted. ``straight_through``: share of the letters about which, and
    about whose stack, nobody was asked anything. ``confident_wrong``: values that are wrong and no
    question named. ``cpu_s_page``: seconds a scanned side, up to the cutting of attachments.
    """
    letters = [letter for stack in stacks for letter in stack.letters]
    characters = sum((stack.characters for stack in stacks), Characters())
    pages = sum(stack.pages for stack in stacks)
    fields = [field for letter in letters for field in letter.fields]
    wrong = [field for field in fields if field.passed_wrong]
    return {
        "stacks": len(stacks),
        "pages": pages,
        "letters": len(letters),
        "cer": _ratio(characters.wrong, characters.total),
        "digit_accuracy": _ratio(characters.digits_right, characters.digits),
        **{f"{name}_exact": _exact(fields, name) for name in NAMED},
        "cuts_exact": _share(letter.cut for letter in letters),
        "cuts_exact_separators": _cuts(stacks, separators=True),
        "cuts_exact_bare": _cuts(stacks, separators=False),
        "silent_wrong_cuts": sum(letter.silent for letter in letters),
        "attachments_exact": _share(x.pieces for x in letters if x.pieces is not None),
        "false_alarm_rate": _share(letter.alarm for letter in letters),
        "straight_through": _share(not letter.codes for letter in letters),
        "confident_wrong": len(wrong),
        "confident_wrong_fields": dict(Counter(field.name for field in wrong)),
        "questions": dict(Counter(code for letter in letters for code in letter.codes)),
        "failed": sum(len(stack.failed) for stack in stacks),
        "cpu_s_page": _ratio(sum(stack.cpu for stack in stacks), pages),
    }


@dataclass(frozen=True)
class Wrong:
    """A wrong value that passed unasked, and where to find it again."""

    condition: str
    seed: int
    page: int
    kind: str
    field: str
    read: str
    truth: str
    confidence: float


def passed_wrong(stacks: Iterable[Stack]) -> list[Wrong]:
    """Every wrong value that no question named."""
    return [
        Wrong(
            stack.condition,
            stack.seed,
            letter.first_page,
            letter.kind,
            field.name,
            field.read,
            field.truth,
            field.confidence,
        )
        for stack in stacks
        for letter in stack.letters
        for field in letter.fields
        if field.passed_wrong
    ]


def _cuts(stacks: Iterable[Stack], *, separators: bool) -> float | None:
    chosen: list[Letter] = []
    for stack in stacks:
        if stack.separators == separators:
            chosen += stack.letters
    return _share(letter.cut for letter in chosen)


def _exact(fields: Iterable[Field], name: str) -> float | None:
    return _share(field.exact for field in fields if field.name == name and field.truth)


def _share(found: Iterable[bool]) -> float | None:
    counted = list(found)
    return _ratio(sum(counted), len(counted))


def _ratio(part: float, whole: float) -> float | None:
    return round(part / whole, 5) if whole else None
