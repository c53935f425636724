"""The letters that the fields are measured on: each from its seed, and what is true of it."""

from itertools import islice

from bench.reading.letters import cases, drawn, families, truth_of
from tests.letters.spec import Kind

EVERY = tuple(cases("trained", "clean", list(Kind), 60, 5))


def test_a_letter_is_the_same_each_time_and_no_two_are() -> None:
    first = EVERY[0]
    assert drawn(first) == drawn(first)
    assert len({str(drawn(case)) for case in EVERY}) == len(EVERY)
    assert len({case.name for case in EVERY}) == len(EVERY)


def test_every_font_of_a_group_has_its_turn_and_groups_share_none() -> None:
    stems = {font.stem for font in families("trained")}
    assert {case.font.stem for case in EVERY} == stems
    assert not stems & {font.stem for font in families("unseen")}


def test_the_truth_is_what_is_printed() -> None:
    letters = [(drawn(case), truth_of(drawn(case))) for case in EVERY]
    for letter, truth in letters:
        assert truth["kind"] == letter.kind.value
        assert truth.get("addressee", "") == letter.to
        assert ("number" in truth) == bool(letter.number)
    assert len({truth["addressee"] for _, truth in letters if "addressee" in truth}) > 15
    addressed = {letter.kind for letter, truth in letters if "addressee" in truth}
    assert addressed == {Kind.EXTERNAL, Kind.INTERNAL, Kind.STAMPED}


def test_lists_may_be_empty_and_still_count() -> None:
    letters = [truth_of(drawn(case)) for case in islice(EVERY, 0, None, len(Kind))]
    for field in ("urgency", "references", "attachments"):
        assert {bool(truth[field]) for truth in letters} == {True, False}
