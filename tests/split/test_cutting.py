"""Where stacks are cut, and every reason to ask."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.split.codes import SheetCode, SheetReading
from plugins.split.cues import Cue, PageCues
from plugins.split.cutting import Cutting, cut_stack
from plugins.split.seen import Doubt, Expected, Limits, PageSeen
from schemas.cuts import CutReason
from schemas.document import PageFate

LIMITS = Limits()
FIRST = PageCues(frozenset({Cue.EMBLEM_CENTRE, Cue.NUMBER, Cue.SUBJECT}))
WEAK = PageCues(frozenset({Cue.EMBLEM_CENTRE}))
CLOSING = PageCues(closing=True)
COPY = PageCues(FIRST.found | {Cue.ATTACHMENT}, attachment=1)


def middle(number: int) -> PageCues:
    return PageCues(frozenset({Cue.PAGE_NUMBER}), page_number=number)


def attachment(ordinal: int) -> PageCues:
    return PageCues(frozenset({Cue.ATTACHMENT}), attachment=ordinal)


def sheet(ordinal: int, station: str = "TAK01", batch: str = "1") -> PageSeen:
    return PageSeen(1, sheet=SheetReading(SheetCode(station, batch, ordinal)), sheet_words=True)


BLANK = PageSeen(1, blank=True)
PLAIN = PageCues()


def cut(
    *items: PageSeen | PageCues, limits: Limits = LIMITS, expected: Expected | None = None
) -> Cutting:
    pages = [
        replace(item, number=n) if isinstance(item, PageSeen) else PageSeen(n, cues=item)
        for n, item in enumerate(items, 1)
    ]
    return cut_stack(pages, limits, expected or Expected())


def pages_of(cutting: Cutting) -> list[tuple[int, ...]]:
    return [cut.pages for cut in cutting.cuts]


def reasons(cutting: Cutting) -> list[tuple[int, CutReason]]:
    return [(doubt.page, doubt.reason) for doubt in cutting.doubts]


def test_separators_cut_and_are_set_aside_with_blank_backs() -> None:
    cutting = cut(sheet(1), FIRST, BLANK, middle(2), sheet(2), BLANK, PLAIN, PLAIN, BLANK)
    assert pages_of(cutting) == [(2, 4), (7, 8)]
    assert [c.separator for c in cutting.cuts] == [1, 2]
    assert all(c.sure and c.reasons == (CutReason.SEPARATOR,) for c in cutting.cuts)
    fates = {a.page: a.fate for a in cutting.set_aside}
    blank, separator = PageFate.BLANK, PageFate.SEPARATOR
    assert fates == {1: separator, 3: blank, 5: separator, 6: blank, 9: blank}
    assert not cutting.doubts


def test_first_pages_cut_without_separators() -> None:
    cutting = cut(FIRST, middle(2), attachment(1), PLAIN, attachment(2), FIRST, FIRST, BLANK)
    assert pages_of(cutting) == [(1, 2, 3, 4, 5), (6,), (7,)]
    assert not cutting.doubts
    assert all(c.sure and c.reasons == (CutReason.FIRST_PAGE,) for c in cutting.cuts)


def test_a_single_letter_is_one_set() -> None:
    assert pages_of(cut(FIRST, middle(2), middle(3))) == [(1, 2, 3)]


@pytest.mark.parametrize("pages", [(BLANK,), (BLANK, BLANK)])
def test_blank_pages_alone_end_cleanly(pages: Sequence[PageSeen]) -> None:
    cutting = cut(*pages)
    assert cutting.cuts == ()
    assert cutting.doubts == ()
    assert len(cutting.set_aside) == len(pages)


def test_a_grey_first_page_is_cut_and_asked() -> None:
    cutting = cut(FIRST, WEAK)
    assert pages_of(cutting) == [(1,), (2,)]
    assert reasons(cutting) == [(2, CutReason.UNCERTAIN_FIRST_PAGE)]
    assert [c.sure for c in cutting.cuts] == [True, False]


@pytest.mark.parametrize(
    ("pages", "doubt"),
    [
        ((PLAIN,), (1, CutReason.NO_FIRST_PAGE)),
        ((middle(2),), (1, CutReason.NO_FIRST_PAGE)),
        ((WEAK,), (1, CutReason.UNCERTAIN_FIRST_PAGE)),
        ((FIRST, COPY), (2, CutReason.MIXED_CUES)),
        (
            (FIRST, PageCues(FIRST.found | {Cue.PAGE_NUMBER}, page_number=2)),
            (2, CutReason.MIXED_CUES),
        ),
        ((PageCues(FIRST.found, closing=True), PLAIN), (2, CutReason.AFTER_CLOSING)),
        ((FIRST, CLOSING, attachment(1), CLOSING, PLAIN), (5, CutReason.AFTER_CLOSING)),
        ((FIRST, middle(3)), (2, CutReason.PAGE_GAP)),
        ((FIRST, middle(2), BLANK, middle(4)), (4, CutReason.PAGE_GAP)),
        ((FIRST, PageSeen(1, blank=True, other_letters=40)), (2, CutReason.BLANK_WITH_TEXT)),
    ],
)
def test_doubts_without_separators(
    pages: Sequence[PageSeen | PageCues], doubt: tuple[int, CutReason]
) -> None:
    assert reasons(cut(*pages)) == [doubt]


@pytest.mark.parametrize(
    "pages",
    [
        (PageCues(FIRST.found, closing=True), middle(2)),
        (PageCues(FIRST.found, closing=True), attachment(1), PLAIN, PLAIN),
        (FIRST, PLAIN, middle(3), attachment(1), middle(2), attachment(2), middle(2)),
        (FIRST, middle(66)),
    ],
)
def test_what_is_not_doubted(pages: Sequence[PageSeen | PageCues]) -> None:
    cutting = cut(*pages)
    assert not cutting.doubts
    assert len(cutting.cuts) == 1


def test_an_attached_copy_is_proposed_as_attachment_not_as_letter() -> None:
    assert pages_of(cut(FIRST, COPY)) == [(1, 2)]


@pytest.mark.parametrize(
    ("pages", "doubts"),
    [
        ((FIRST, sheet(1), FIRST), [(1, CutReason.SEPARATOR_MISSING)]),
        ((sheet(1), sheet(2), FIRST), [(1, CutReason.SEPARATOR_EMPTY)]),
        ((sheet(1), FIRST, sheet(2), BLANK), [(3, CutReason.SEPARATOR_EMPTY)]),
        ((sheet(1), FIRST, sheet(3), FIRST), [(3, CutReason.SEPARATOR_ORDER)]),
        ((sheet(2), FIRST, sheet(1), FIRST), [(3, CutReason.SEPARATOR_ORDER)]),
        ((sheet(1), FIRST, sheet(1), FIRST), [(3, CutReason.SEPARATOR_ORDER)]),
        ((sheet(1), middle(2)), [(2, CutReason.NO_FIRST_PAGE)]),
        ((sheet(1), FIRST, FIRST), [(3, CutReason.SECOND_LETTER)]),
        (
            (sheet(1), FIRST, PageSeen(1, sheet=SheetReading(None)), FIRST, sheet(3), FIRST),
            [(3, CutReason.SEPARATOR_FORGED)],
        ),
        (
            (sheet(1), FIRST, PageSeen(1, sheet_words=True), FIRST, sheet(3), FIRST),
            [(3, CutReason.SEPARATOR_UNREADABLE)],
        ),
        (
            (sheet(1), FIRST, sheet(2), FIRST, sheet(3, batch="2"), FIRST),
            [(5, CutReason.SEPARATOR_FOREIGN)],
        ),
    ],
)
def test_doubts_with_separators(
    pages: Sequence[PageSeen | PageCues], doubts: list[tuple[int, CutReason]]
) -> None:
    assert reasons(cut(*pages)) == doubts


def test_an_attached_copy_behind_a_separator_is_not_asked() -> None:
    assert not cut(sheet(1), FIRST, COPY).doubts


def test_a_code_on_a_page_with_text_keeps_the_page() -> None:
    sticker = replace(sheet(2), other_letters=200)
    cutting = cut(sheet(1), FIRST, sticker, middle(2))
    assert pages_of(cutting) == [(2,), (3, 4)]
    assert reasons(cutting) == [(3, CutReason.SEPARATOR_TEXT)]


@pytest.mark.parametrize(
    ("expected", "asked"),
    [
        (Expected(station="TAK01"), False),
        (Expected(station="PTT01"), True),
        (Expected(batch="1"), False),
        (Expected(batch="2"), True),
    ],
)
def test_sheets_of_another_station_or_batch_are_asked(expected: Expected, asked: bool) -> None:
    cutting = cut(sheet(1), FIRST, expected=expected)
    assert reasons(cutting) == ([(1, CutReason.SEPARATOR_FOREIGN)] if asked else [])


def test_required_separators() -> None:
    expected = Expected(required=True)
    assert reasons(cut(FIRST, expected=expected)) == [(1, CutReason.SEPARATOR_MISSING)]
    assert not cut(sheet(1), FIRST, expected=expected).doubts
    assert not cut(BLANK, expected=expected).doubts


def test_too_long() -> None:
    limits = Limits(max_pages=2)
    assert not cut(FIRST, middle(2), limits=limits).doubts
    long = cut(FIRST, middle(2), middle(3), middle(4), limits=limits)
    assert reasons(long) == [(1, CutReason.TOO_LONG)]


CUES = st.builds(
    PageCues,
    st.frozensets(st.sampled_from(list(Cue)), max_size=4),
    st.none() | st.integers(1, 9),
    st.none() | st.integers(0, 3),
    st.booleans(),
    st.booleans(),
)
CODES = st.builds(
    SheetReading,
    st.none()
    | st.builds(SheetCode, st.sampled_from("AB"), st.sampled_from("12"), st.integers(1, 5)),
)
SEEN = st.builds(
    PageSeen,
    number=st.just(1),
    cues=CUES,
    blank=st.booleans(),
    sheet=st.none() | CODES,
    sheet_words=st.booleans(),
    other_letters=st.sampled_from([0, 11, 12, 80, 81, 500]),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(SEEN, min_size=1, max_size=12), st.booleans())
def test_every_page_is_in_one_piece_or_set_aside(pages: list[PageSeen], required: bool) -> None:
    numbered = [replace(page, number=n) for n, page in enumerate(pages, 1)]
    limits = Limits(max_pages=4)
    cutting = cut_stack(numbered, limits, Expected(station="A", required=required))
    kept = [number for piece in pages_of(cutting) for number in piece]
    aside = [a.page for a in cutting.set_aside]
    assert sorted(kept + aside) == list(range(1, len(pages) + 1))
    assert kept == sorted(kept)
    assert all(numbered[n - 1].blank or numbered[n - 1].is_sheet for n in aside)
    assert all(numbered[n - 1].other_letters <= limits.most_letters for n in aside)


@settings(max_examples=200, deadline=None)
@given(st.lists(SEEN, min_size=1, max_size=12))
def test_doubts_are_about_pages_of_the_stack_and_make_their_piece_unsure(
    pages: list[PageSeen],
) -> None:
    numbered = [replace(page, number=n) for n, page in enumerate(pages, 1)]
    cutting = cut_stack(numbered, LIMITS, Expected())
    assert list(cutting.doubts) == sorted(set(cutting.doubts))
    assert all(1 <= doubt.page <= len(pages) for doubt in cutting.doubts)
    doubted = {doubt.page for doubt in cutting.doubts}
    assert all(not piece.sure for piece in cutting.cuts if doubted & set(piece.pages))


def test_doubts_sort() -> None:
    late, early = Doubt(2, CutReason.TOO_LONG), Doubt(1, CutReason.WHOLE)
    assert sorted([late, early]) == [early, late]
