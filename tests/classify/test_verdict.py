"""The weighing of evidence: what decides, what asks."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.classify.notes import Note
from plugins.classify.verdict import Reason, Rules, Verdict, judge
from schemas.evidence import Evidence, Finding
from schemas.page import Box
from schemas.secrecy import Secrecy

RULES = Rules(sure=0.7, detectors=2, declared=None)
TOP, FOOT = Box(500, 20, 700, 90), Box(500, 1650, 700, 1720)


def mark(
    level: Secrecy, *, by: str = "picture", page: int = 1, box: Box = TOP, score: float = 0.95
) -> Evidence:
    return Evidence(
        detector=by, finding=Finding.MARK, page=page, level=level, box=box, dpi=150, score=score
    )


def clear(by: str, page: int = 1) -> Evidence:
    return Evidence(detector=by, finding=Finding.CLEAR, page=page, score=1.0)


def doubt(
    by: str = "picture",
    level: Secrecy | None = None,
    box: Box | None = None,
    note: Note = Note.LIKE_A_MARK,
    dpi: float = 150,
) -> Evidence:
    return Evidence(
        detector=by, finding=Finding.DOUBT, page=1, level=level, box=box, note=note, dpi=dpi
    )


def verdict(*evidence: Evidence, floor: Secrecy = Secrecy.NORMAL, rules: Rules = RULES) -> Verdict:
    return judge(evidence, sorted({e.page for e in evidence}), floor, rules)


def test_two_clear_detectors_make_a_normal_letter() -> None:
    found = verdict(clear("text"), clear("picture"))
    assert (found.level, found.reasons) == (Secrecy.NORMAL, ())


@pytest.mark.parametrize("level", [Secrecy.CONFIDENTIAL, Secrecy.SECRET, Secrecy.TOP_SECRET])
def test_a_mark_of_one_detector_at_head_and_foot_stands(level: Secrecy) -> None:
    found = verdict(mark(level), mark(level, box=FOOT), clear("text"))
    assert (found.level, found.reasons) == (level, ())


def test_one_marked_page_governs_the_set() -> None:
    found = verdict(
        clear("text", 1),
        clear("picture", 1),
        mark(Secrecy.SECRET, page=2),
        mark(Secrecy.SECRET, by="text", page=2),
    )
    assert (found.level, found.reasons) == (Secrecy.SECRET, ())


def test_one_detector_alone_is_not_enough() -> None:
    assert verdict(clear("text"), clear("text")).reasons == (Reason.TOO_FEW_DETECTORS,)


def test_a_page_that_no_detector_answered_for_is_asked_about() -> None:
    evidence = (clear("text", 1), clear("picture", 1))
    assert judge(evidence, [1, 2], Secrecy.NORMAL, RULES).reasons == (Reason.TOO_FEW_DETECTORS,)


def test_a_failed_detector_is_asked_about_even_when_others_suffice() -> None:
    failed = Evidence(detector="other", finding=Finding.FAILED, page=1)
    found = verdict(clear("text"), clear("picture"), failed)
    assert found.reasons == (Reason.FAILED,)
    assert failed in found.exhibits


def test_marks_of_two_levels_are_asked_about_at_the_higher() -> None:
    found = verdict(mark(Secrecy.CONFIDENTIAL), mark(Secrecy.TOP_SECRET, box=FOOT), clear("text"))
    assert found.level is Secrecy.TOP_SECRET
    assert Reason.LEVELS_DIFFER in found.reasons


def test_doubt_proposes_a_level_up() -> None:
    found = verdict(clear("text"), doubt(note=Note.UNREAD_STAMP))
    assert (found.level, found.reasons) == (Secrecy.CONFIDENTIAL, (Reason.DOUBT,))


def test_doubt_about_a_place_that_another_detector_read_is_settled() -> None:
    unclear = doubt("text", Secrecy.SECRET, Box(1010, 50, 1390, 170), dpi=300)
    found = verdict(mark(Secrecy.SECRET), mark(Secrecy.SECRET, box=FOOT), unclear)
    assert (found.level, found.reasons) == (Secrecy.SECRET, ())


def test_doubt_of_a_higher_level_is_not_settled_by_a_lower_mark() -> None:
    found = verdict(
        mark(Secrecy.CONFIDENTIAL),
        mark(Secrecy.CONFIDENTIAL, box=FOOT),
        doubt("text", Secrecy.TOP_SECRET, TOP),
    )
    assert (found.level, found.reasons) == (Secrecy.TOP_SECRET, (Reason.DOUBT,))


def test_one_lowest_mark_may_be_half_of_a_longer_one() -> None:
    found = verdict(mark(Secrecy.CONFIDENTIAL), mark(Secrecy.CONFIDENTIAL, by="text"))
    assert found.reasons == (Reason.LONE_MARK,)


def test_top_secret_seen_once_is_asked_about_before_keys_are_destroyed() -> None:
    lone = (mark(Secrecy.TOP_SECRET), clear("text"))
    assert verdict(*lone).reasons == (Reason.TOP_SECRET_UNCONFIRMED,)
    assert verdict(*lone, mark(Secrecy.TOP_SECRET, by="text")).reasons == ()


def test_top_secret_read_badly_twice_is_not_confirmed() -> None:
    weak = [mark(Secrecy.TOP_SECRET, score=0.5), mark(Secrecy.TOP_SECRET, score=0.5, box=FOOT)]
    reasons = verdict(*weak, clear("text")).reasons
    assert reasons == (Reason.WEAK_MARK, Reason.TOP_SECRET_UNCONFIRMED)


def test_a_scan_without_colour_needs_a_declaration() -> None:
    grey = (clear("text"), doubt(note=Note.NO_COLOUR))
    assert verdict(*grey).reasons == (Reason.DOUBT,)
    declared = verdict(*grey, rules=replace(RULES, declared=Secrecy.NORMAL))
    assert (declared.level, declared.reasons) == (Secrecy.NORMAL, ())
    secret = verdict(*grey, rules=replace(RULES, declared=Secrecy.SECRET))
    assert (secret.level, secret.reasons) == (Secrecy.SECRET, ())


def test_a_mark_against_the_declaration_blocks() -> None:
    found = verdict(
        doubt(note=Note.NO_COLOUR),
        mark(Secrecy.SECRET, by="text"),
        rules=replace(RULES, declared=Secrecy.NORMAL),
    )
    assert found.level is Secrecy.SECRET
    assert Reason.DECLARED_OTHERWISE in found.reasons


def test_a_declared_class_holds_for_scans_in_colour_too() -> None:
    secret = replace(RULES, declared=Secrecy.SECRET)
    found = verdict(clear("text"), clear("picture"), rules=secret)
    assert (found.level, found.reasons) == (Secrecy.SECRET, ())
    marks = (mark(Secrecy.SECRET), mark(Secrecy.SECRET, box=FOOT), clear("text"))
    assert verdict(*marks, rules=secret).reasons == ()
    normal = replace(RULES, declared=Secrecy.NORMAL)
    assert verdict(*marks, rules=normal).reasons == (Reason.DECLARED_OTHERWISE,)


def evidences(
    findings: Sequence[Finding], levels: Sequence[Secrecy | None]
) -> st.SearchStrategy[Evidence]:
    return st.builds(
        Evidence,
        detector=st.sampled_from(["text", "picture", "other"]),
        finding=st.sampled_from(findings),
        page=st.integers(1, 3),
        level=st.sampled_from(levels),
        box=st.sampled_from([None, TOP, FOOT]),
        score=st.floats(0, 1),
    )


EVIDENCE = evidences([Finding.MARK], list(Secrecy)[1:]) | evidences(
    [finding for finding in Finding if finding is not Finding.MARK], [None, *Secrecy]
)


@given(st.lists(EVIDENCE, max_size=12), st.sampled_from(Secrecy), EVIDENCE)
def test_more_evidence_never_lowers_the_level(
    evidence: list[Evidence], floor: Secrecy, more: Evidence
) -> None:
    before = judge(evidence, [1, 2, 3], floor, RULES)
    marks = [e.level for e in evidence if e.finding is Finding.MARK and e.level]
    assert before.level >= max([floor, *marks])
    if more.finding is Finding.MARK and more.level is not None:
        assert judge([*evidence, more], [1, 2, 3], floor, RULES).level >= more.level


@given(st.lists(EVIDENCE, max_size=12))
def test_silence_needs_two_answers_a_page_and_no_doubt(evidence: list[Evidence]) -> None:
    if judge(evidence, [1, 2, 3], Secrecy.NORMAL, RULES).reasons:
        return
    assert not any(e.finding is Finding.FAILED for e in evidence)
    for page in (1, 2, 3):
        assert len({e.detector for e in evidence if e.page == page}) >= 2


def test_what_looks_like_no_mark_asks_the_cautious_alone() -> None:
    unlike = doubt(note=Note.UNREAD_STAMP, box=TOP).model_copy(update={"finding": Finding.UNLIKE})
    evidence = (clear("text"), unlike, clear("picture"))
    assert verdict(*evidence).reasons == ()
    found = verdict(*evidence, rules=replace(RULES, cautious=True))
    assert (found.level, found.reasons) == (Secrecy.CONFIDENTIAL, (Reason.DOUBT,))
    assert unlike in found.exhibits
