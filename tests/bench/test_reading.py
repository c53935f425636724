"""The benchmark's own arithmetic, on cases counted by hand: a wrong reading must be seen."""

import dataclasses
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.reading.compare import Characters, compare_page, nearest
from bench.reading.conditions import CLEAN, CONDITIONS, MEASURED, TUNED
from bench.reading.marks import Marks
from bench.reading.report import GOALS, answer, table
from bench.reading.score import Field, Letter, Stack, fields
from bench.reading.totals import figures, passed_wrong
from schemas.letter import LetterKind, LetterNumber, ThaiDate
from schemas.letterfacts import LetterFacts, Reading
from tests.letters import Item, Kind, StackSpec, make_letter, make_truth
from tests.letters.fonts import find_font
from training.evaluate import aligned

LINES = ("ที่ ตก ๐๐๒๓.๓/๔๕๗๘", "เรื่อง น้ำท่วม", "- ๒ -")
BARE = sum(len("".join(line.split())) for line in LINES)
_SHORT = st.text("กข๑2", max_size=7)


@pytest.mark.parametrize(
    ("read", "wrong", "digits"),
    [
        (LINES, 0, 10),
        (LINES[::-1], 0, 10),
        (("เรื่อง น\u0e49\u0e4d\u0e32ท่วม", *LINES), len("เรื่องน้ำท่วม"), 10),
        ((LINES[0].replace("๗", "๓"), *LINES[1:]), 1, 9),
        ((LINES[0].replace("๗", "7"), *LINES[1:]), 1, 9),
        ((LINES[0].replace("๗", ""), *LINES[1:]), 1, 9),
        (LINES[:2], 3, 9),
        ((*LINES, "ขยะ"), 3, 10),
        ((), BARE, 0),
    ],
)
def test_characters_of_a_page(read: tuple[str, ...], wrong: int, digits: int) -> None:
    assert compare_page(LINES, read) == Characters(BARE, wrong, 10, digits)


@given(_SHORT.filter(bool), _SHORT)
def test_nearest_stretch_is_the_nearest(line: str, text: str) -> None:
    start, end = nearest(line, text)
    stretches = [text[a:b] for a, b in combinations(range(len(text) + 1), 2)] + [""]
    best = min(aligned(line, stretch)[0] for stretch in stretches)
    assert aligned(line, text[start:end])[0] == best


def test_nothing_is_taken_twice() -> None:
    assert compare_page(("กขคง๑", "กขคง๑"), ("กขคง๑",)) == Characters(10, 5, 2, 1)


def _facts(number: str, day: str) -> LetterFacts:
    return LetterFacts(
        kind=Reading(value=LetterKind.EXTERNAL, confidence=0.9),
        number=Reading(value=LetterNumber.parse(number), confidence=0.95),
        date=Reading(value=ThaiDate.parse(day), confidence=0.95),
    )


def test_fields_against_the_truth() -> None:
    letter = make_letter(3, Kind.EXTERNAL, number="ตก ๐๐๒๓.๓/๔๕๗๘", subject="น้ำท่วม")
    (document,) = make_truth(StackSpec((Item(letter, separator=False),)), 1).documents
    date = str(ThaiDate.parse(document.date_printed))
    found = {
        f.name: f for f in fields(document, _facts("ตก 0023.3/4573", date), frozenset({"number"}))
    }
    assert found["date"].exact
    assert not found["number"].exact
    assert not found["number"].passed_wrong
    assert not found["subject"].exact
    assert not found["subject"].passed_wrong, "nothing read is no wrong value"
    unasked = {f.name: f for f in fields(document, _facts("ตก 0023.3/4573", date), frozenset())}
    assert unasked["number"].passed_wrong


def _stack(*letters: Letter, separators: bool = True, condition: str = CLEAN) -> Stack:
    return Stack(condition, 7, separators, 10, Characters(100, 3, 20, 19), letters, (), 12.0)


_RIGHT = Letter(
    "external", 2, True, False, True, False, (), (Field("number", "ก 1/2", "ก 1/2", 0.9, False),)
)
_WRONG = dataclasses.replace(
    _RIGHT,
    cut=False,
    silent=True,
    pieces=None,
    alarm=True,
    codes=("classify",),
    fields=(
        Field("number", "ก 1/2", "ก 1/3", 0.9, False),
        Field("date", "2026-01-02", "2026-01-03", 0.4, True),
        Field("subject", "", "น้ำ", 0.9, False),
    ),
)


def test_figures_count_what_is_wrong() -> None:
    found = figures([_stack(_RIGHT, _WRONG), _stack(_RIGHT, separators=False)])
    assert found["cer"] == 0.03
    assert found["digit_accuracy"] == 0.95
    assert found["number_exact"] == pytest.approx(2 / 3, abs=1e-4)
    assert found["date_exact"] == 0.0
    assert found["subject_exact"] is None, "no letter prints one"
    assert (found["cuts_exact_separators"], found["cuts_exact_bare"]) == (0.5, 1.0)
    assert found["silent_wrong_cuts"] == 1
    assert found["attachments_exact"] == 1.0
    assert found["straight_through"] == found["cuts_exact"] == pytest.approx(2 / 3, abs=1e-4)
    assert found["confident_wrong_fields"] == {"number": 1, "subject": 1}
    assert found["questions"] == {"classify": 1}
    assert found["cpu_s_page"] == 1.2


def test_wrong_values_are_listed_with_their_place() -> None:
    wrong = passed_wrong([_stack(_RIGHT, _WRONG)])
    assert [(w.seed, w.page, w.field, w.read, w.truth) for w in wrong] == [
        (7, 2, "number", "ก 1/3", "ก 1/2"),
        (7, 2, "subject", "น้ำ", ""),
    ]


def test_answer_has_the_keys_of_the_goals_and_no_mixed_parts() -> None:
    tuned = next(c.name for c in CONDITIONS if c.part == TUNED)
    found = answer([_stack(_RIGHT), _stack(_WRONG, condition=tuned)], 3, None, None)
    assert tuple(found)[: len(GOALS)] == GOALS
    assert found["number_exact"] == found["totals"][MEASURED]["number_exact"] == 1.0
    assert found["totals"][TUNED]["number_exact"] == 0.0
    assert found["stacks_left_out"] == 1
    assert "ก 1/3" in table(found)


def test_answer_takes_marks_and_speed_from_their_own_measurements() -> None:
    marks = Marks(
        marked=60,
        misses=1,
        by_words=4,
        wrong_levels=2,
        asked=9,
        normal=20,
        false_alarms=3,
        cpu_s_page=0.4,
    )
    found = answer([_stack(_RIGHT)], 1, marks, {"raw": 2.0, "whole": 1.5})
    assert (found["secrecy_misses"], found["false_alarm_rate"]) == (1, 0.15)
    assert (found["marked_pages"], found["marks_by_words"], found["wrong_levels"]) == (60, 4, 2)
    assert (found["cpu_ratio"], found["cpu_s_page"]) == (0.75, 1.5)
    assert "secrecy_misses     1" in table(found)


def test_parts_share_neither_fonts_nor_seeds() -> None:
    fonts = {
        part: {f.stem for c in CONDITIONS if c.part == part for f in c.fonts}
        for part in (TUNED, MEASURED)
    }
    assert not fonts[TUNED] & fonts[MEASURED]
    for stem in fonts[TUNED] | fonts[MEASURED]:
        assert find_font(stem)
        assert find_font(stem, bold=True)
    seeds = [c.seed(n) for c in CONDITIONS for n in range(100)]
    assert len(seeds) == len(set(seeds))
