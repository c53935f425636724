"""The question about cuts, and what its answers may do."""

from datetime import UTC, datetime

import pytest
from pydantic import JsonValue

from pipeline.errors import DocumentError
from plugins.split.answers import AnswerError
from plugins.split.codes import SheetReading
from plugins.split.confirm import QUESTION, cuts_question, decided
from plugins.split.cues import Cue, PageCues
from plugins.split.cutting import cut_stack
from plugins.split.ends import Ends
from plugins.split.seen import Doubt, Expected, Limits, PageSeen
from plugins.split.wording import CUES, DOUBTS
from schemas.cuts import CutReason
from schemas.decision import Decision
from schemas.document import PageFate

FIRST = PageCues(frozenset({Cue.EMBLEM_CENTRE, Cue.NUMBER}), ends=Ends(signed=True))
WEAK = PageCues(frozenset({Cue.EMBLEM_CENTRE}))
PAGES = [
    PageSeen(1, sheet=SheetReading(None)),
    PageSeen(2, cues=FIRST),
    PageSeen(3, blank=True),
    PageSeen(4, cues=WEAK),
]
PROPOSED = cut_stack(PAGES, Limits(second_from=2.0), Expected())


def decision(choice: str = "accept", content: JsonValue = None) -> Decision:
    return Decision(code=QUESTION, choice=choice, content=content, by="clerk", at=datetime.now(UTC))


def test_the_question_shows_every_doubt_and_takes_its_own_proposal_as_answer() -> None:
    question = cuts_question(PROPOSED)
    assert question.code == QUESTION
    doubts = [exhibit.page for exhibit in question.exhibits[: len(PROPOSED.doubts)]]
    assert doubts == [doubt.page for doubt in PROPOSED.doubts]
    assert {d.reason for d in PROPOSED.doubts} == {
        CutReason.SEPARATOR_FORGED,
        CutReason.SECOND_LETTER,
    }
    answered = decided(decision(content=question.proposal), PAGES, PROPOSED)
    assert answered == decided(decision(), PAGES, PROPOSED)
    assert [cut.pages for cut in answered.cuts] == [(2,), (4,)]
    assert all(cut.sure and cut.reasons == (CutReason.PERSON,) for cut in answered.cuts)
    assert answered.doubts == ()


def test_each_boundary_is_shown_with_its_score_and_reasons_in_both_languages() -> None:
    notes = {exhibit.page: exhibit.note for exhibit in cuts_question(PROPOSED).exhibits}
    assert set(notes) == {1, 2, 4}
    assert notes[1] == " / ".join(DOUBTS[CutReason.SEPARATOR_FORGED])
    thai, english = notes[2].split(" / ")
    assert thai == "เริ่มหนังสือที่หน้านี้ (คะแนนหน้าแรก 4.5: ตรากลางหน้า, เลขที่หนังสือ)"
    assert english == (
        "a letter begins here (first-page score 4.5: emblem in the middle, letter number)"
    )
    assert "first-page score 2.5: emblem in the middle" in notes[4]


def test_every_cue_and_reason_reads_as_one_thai_and_one_english_half() -> None:
    assert set(CUES) == set(Cue)
    assert not any("/" in words for pair in (*CUES.values(), *DOUBTS.values()) for words in pair)


def test_every_reason_to_ask_has_words() -> None:
    certain = {CutReason.SEPARATOR, CutReason.FIRST_PAGE, CutReason.WHOLE, CutReason.PERSON}
    assert set(DOUBTS) == set(CutReason) - certain


def test_pages_alone_are_an_answer_and_the_rest_is_set_aside() -> None:
    answered = decided(decision(content=[{"pages": [2, 4]}]), PAGES, PROPOSED)
    assert [cut.pages for cut in answered.cuts] == [(2, 4)]
    fates = {aside.page: aside.fate for aside in answered.set_aside}
    assert fates == {1: PageFate.SEPARATOR, 3: PageFate.BLANK}


def test_a_person_may_keep_a_sheet_or_a_blank_page_and_put_pages_in_order() -> None:
    answered = decided(decision(content=[{"pages": [4, 3, 2, 1]}]), PAGES, PROPOSED)
    assert [cut.pages for cut in answered.cuts] == [(4, 3, 2, 1)]
    assert answered.set_aside == ()


def test_one_letter() -> None:
    answered = decided(decision("one-letter"), PAGES, PROPOSED)
    assert [cut.pages for cut in answered.cuts] == [(2, 4)]


def test_a_page_with_a_code_and_text_of_its_own_stays_in_a_letter() -> None:
    pages = [*PAGES, PageSeen(5, sheet=SheetReading(None), other_letters=200)]
    proposed = cut_stack(pages, Limits(second_from=2.0), Expected())
    with pytest.raises(AnswerError):
        decided(decision(content=[{"pages": [2, 4]}]), pages, proposed)
    answered = decided(decision("one-letter"), pages, proposed)
    assert [cut.pages for cut in answered.cuts] == [(2, 4, 5)]


@pytest.mark.parametrize(
    "content",
    [
        [{"pages": [2]}],
        [{"pages": [2, 2, 4]}],
        [{"pages": [2]}, {"pages": [2, 4]}],
        [{"pages": [2, 4, 5]}],
        [{"pages": []}],
        [{"pages": [0, 2, 4]}],
        [[2, 4]],
        "2-4",
        {"pages": [2, 4]},
    ],
)
def test_an_answer_that_would_lose_or_double_a_page_is_refused(content: JsonValue) -> None:
    with pytest.raises(AnswerError) as caught:
        decided(decision(content=content), PAGES, PROPOSED)
    asked_again = cuts_question(PROPOSED, caught.value)
    assert asked_again.thai.startswith(caught.value.thai)
    assert asked_again.english.startswith(caught.value.english)


def test_rescan_quarantines() -> None:
    with pytest.raises(DocumentError, match="rescan-wanted"):
        decided(decision("rescan"), PAGES, PROPOSED)


def test_a_stack_of_sheets_only_can_be_accepted_as_nothing() -> None:
    pages = [PageSeen(1, sheet=SheetReading(None)), PageSeen(2, blank=True)]
    proposed = cut_stack(pages, Limits(), Expected())
    assert Doubt(1, CutReason.SEPARATOR_EMPTY) in proposed.doubts
    for choice in ("accept", "one-letter"):
        answered = decided(decision(choice), pages, proposed)
        assert (answered.cuts, len(answered.set_aside)) == ((), 2)
