"""Where stacks are cut, and every reason to ask."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.split.codes import SheetCode, SheetReading
from plugins.split.cues import Cue, PageCues
from plugins.split.cutting import Cutting, cut_stack
from plugins.split.ends import Closing, Ends
from plugins.split.seen import Doubt, Expected, Limits, PageSeen
from schemas.cuts import CutReason
from schemas.document import PageFate

LIMITS = Limits()
SIGNED = Ends(signed=True)
OPEN = PageCues(frozenset({Cue.EMBLEM_CENTRE, Cue.NUMBER, Cue.SUBJECT}))
"""The first page of a letter that goes on."""
FIRST = replace(OPEN, ends=SIGNED)
"""A letter of one page."""
WEAK = PageCues(frozenset({Cue.EMBLEM_CENTRE}))
CLOSING = PageCues(ends=SIGNED)
COPY = PageCues(FIRST.found | {Cue.ATTACHMENT}, attachment=1)


def middle(number: int) -> PageCues:
    return PageCues(frozenset({Cue.PAGE_NUMBER}), page_number=number)


def last(number: int) -> PageCues:
    """A later page with the signature."""
    return replace(middle(number), ends=SIGNED)


def attachment(ordinal: int) -> PageCues:
    return PageCues(frozenset({Cue.ATTACHMENT}), attachment=ordinal)


NUMBERED = frozenset({Cue.PAGE_NUMBER})
MEMO = PageCues(frozenset({Cue.MEMO_TITLE, Cue.OFFICE}))
CLOSED = Ends(closing=Closing.LETTER, signed=True)
COVER = PageCues(frozenset({Cue.COVER, Cue.SUBJECT}))
ANNEX = PageCues(frozenset({Cue.ANNEX, Cue.PAGE_NUMBER}), page_number=2)
LISTING = replace(FIRST, listed=1)


def calling(word: str) -> PageCues:
    """The first page of a letter, with a catchword."""
    return replace(OPEN, ends=Ends(catchword=word))


def going_on(words: str, number: int | None) -> PageCues:
    """The last page of a letter, whose text begins with ``words``."""
    found = NUMBERED if number else frozenset()
    return PageCues(found, page_number=number, ends=Ends(opening=(words,), signed=True))


def alike(cues: PageCues) -> PageCues:
    """With the same words as every other such page."""
    return replace(cues, ends=replace(cues.ends, shingles=frozenset(map(str, range(200)))))


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
    cutting = cut(sheet(1), OPEN, BLANK, last(2), sheet(2), BLANK, PLAIN, PLAIN, BLANK)
    assert pages_of(cutting) == [(2, 4), (7, 8)]
    assert [c.separator for c in cutting.cuts] == [1, 2]
    assert all(c.sure and c.reasons == (CutReason.SEPARATOR,) for c in cutting.cuts)
    fates = {a.page: a.fate for a in cutting.set_aside}
    blank, separator = PageFate.BLANK, PageFate.SEPARATOR
    assert fates == {1: separator, 3: blank, 5: separator, 6: blank, 9: blank}
    assert not cutting.doubts


def test_first_pages_cut_without_separators() -> None:
    cutting = cut(OPEN, last(2), attachment(1), PLAIN, attachment(2), FIRST, FIRST, BLANK)
    assert pages_of(cutting) == [(1, 2, 3, 4, 5), (6,), (7,)]
    assert not cutting.doubts
    assert all(c.sure and c.reasons == (CutReason.FIRST_PAGE,) for c in cutting.cuts)


def test_a_single_letter_is_one_set() -> None:
    assert pages_of(cut(OPEN, middle(2), last(3))) == [(1, 2, 3)]


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
        ((OPEN, replace(last(2), found=FIRST.found | NUMBERED)), (2, CutReason.MIXED_CUES)),
        ((FIRST, PLAIN), (2, CutReason.AFTER_CLOSING)),
        ((FIRST, CLOSING, attachment(1), CLOSING, PLAIN), (5, CutReason.AFTER_CLOSING)),
        ((OPEN, last(3)), (2, CutReason.PAGE_GAP)),
        ((OPEN, middle(3), last(2)), (3, CutReason.PAGE_GAP)),
        ((OPEN, middle(2), BLANK, last(4)), (4, CutReason.PAGE_GAP)),
        ((FIRST, PageSeen(1, blank=True, other_letters=40)), (2, CutReason.BLANK_WITH_TEXT)),
        ((OPEN, FIRST), (2, CutReason.UNFINISHED)),
        ((FIRST, OPEN), (2, CutReason.UNFINISHED)),
        ((OPEN, middle(2), attachment(1)), (3, CutReason.UNFINISHED)),
        ((OPEN, CLOSING), (2, CutReason.UNEXPLAINED)),
        ((FIRST, last(2)), (2, CutReason.STRAY_PAGE)),
        ((calling("ยาก"), going_on("งาน", 2)), (2, CutReason.CATCHWORD)),
        ((MEMO, replace(last(2), ends=CLOSED)), (2, CutReason.OTHER_CLOSING)),
        ((FIRST, COVER, FIRST), (2, CutReason.COVER)),
        ((LISTING, FIRST), (2, CutReason.LIST_UNMET)),
        ((LISTING, PLAIN, attachment(1)), (2, CutReason.AFTER_CLOSING)),
        ((LISTING, attachment(2)), (2, CutReason.LABEL_ORDER)),
        ((LISTING, attachment(1), attachment(2)), (3, CutReason.LABEL_ORDER)),
        ((alike(FIRST), alike(FIRST)), (2, CutReason.DOUBLED_PAGE)),
    ],
)
def test_doubts_without_separators(
    pages: Sequence[PageSeen | PageCues], doubt: tuple[int, CutReason]
) -> None:
    assert doubt in reasons(cut(*pages))


@pytest.mark.parametrize(
    "pages",
    [
        (FIRST, attachment(1), PLAIN, PLAIN),
        (OPEN, last(2), attachment(1), middle(2), attachment(2), middle(2)),
        (OPEN, last(66)),
        (FIRST, ANNEX),
        (calling("ยาก"), going_on("ยากจน", 7)),
        (calling("ยาก"), going_on("ยากจน", None)),
        (LISTING, attachment(0), replace(COPY, attachment=0)),
        (LISTING, replace(FIRST, found=COPY.found, attachment=1)),
        (LISTING, PLAIN),
        (replace(FIRST, listed=2), PLAIN, attachment(2)),
    ],
)
def test_what_is_not_doubted(pages: Sequence[PageSeen | PageCues]) -> None:
    cutting = cut(*pages)
    assert not cutting.doubts
    assert len(cutting.cuts) == 1


def test_swapped_pages_are_proposed_in_their_order() -> None:
    one, other = going_on("ยากจน", 2), going_on("งานนี้", 2)
    cutting = cut(calling("ยากจ"), other, calling("งานน"), one)
    assert pages_of(cutting) == [(1, 4), (3, 2)]
    assert reasons(cutting) == [(2, CutReason.MISPLACED), (4, CutReason.MISPLACED)]


def test_a_page_that_two_pages_call_for_stays_where_it_is() -> None:
    first, second = calling("ยากจ"), calling("ยากจ")
    assert pages_of(cut(first, second, FIRST, going_on("ยากจน", 2))) == [(1,), (2,), (3, 4)]


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
        ((sheet(1), OPEN, sheet(2), FIRST), [(2, CutReason.UNFINISHED)]),
        ((sheet(1), FIRST, sheet(2), OPEN), [(4, CutReason.UNFINISHED)]),
        ((sheet(1), calling("ยาก"), going_on("งาน", 2)), [(3, CutReason.CATCHWORD)]),
        ((sheet(1), OPEN, middle(2), PLAIN, CLOSING), [(4, CutReason.UNEXPLAINED)]),
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


def test_a_copy_that_the_letter_lists_is_not_asked_behind_a_separator() -> None:
    cutting = cut(sheet(1), LISTING, FIRST)
    assert not cutting.doubts
    assert pages_of(cutting) == [(2, 3)]
    assert cut(sheet(1), LISTING, FIRST, FIRST).doubts


def test_a_code_on_a_page_with_text_keeps_the_page() -> None:
    sticker = replace(sheet(2), other_letters=200)
    cutting = cut(sheet(1), FIRST, replace(sticker, cues=OPEN), last(2))
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
    assert not cut(OPEN, last(2), limits=limits).doubts
    long = cut(OPEN, middle(2), middle(3), last(4), limits=limits)
    assert reasons(long) == [(1, CutReason.TOO_LONG)]


CUES = st.builds(
    PageCues,
    st.frozensets(st.sampled_from(list(Cue)), max_size=4),
    st.none() | st.integers(1, 9),
    st.none() | st.integers(0, 3),
    st.none() | st.integers(1, 3),
    st.builds(
        Ends,
        st.sampled_from(["", "ยากจ", "งานน"]),
        st.lists(st.sampled_from(["ยากจน", "งานนี้"]), max_size=2).map(tuple),
        st.none() | st.sampled_from(list(Closing)),
        st.booleans(),
    ),
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
    moved = {doubt.page for doubt in cutting.doubts if doubt.reason is CutReason.MISPLACED}
    unmoved = [number for number in kept if number not in moved]
    assert unmoved == sorted(unmoved)
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
