"""When the owner's telephone ends a letter, so that a lost last page is not missed behind it."""

from collections.abc import Sequence

import pytest

from plugins.split.codes import SheetCode, SheetReading
from plugins.split.cues import page_cues
from plugins.split.cutting import cut_stack
from plugins.split.emblem import Emblem
from plugins.split.ends import page_ends
from plugins.split.seen import Expected, Limits, PageSeen
from schemas.cuts import CutReason
from schemas.page import Line
from tests.split.paper import CLOSING, LETTER, MEMO, PROSE, headed, line, numbered, page

Side = tuple[Emblem | None, Sequence[Line]] | int
"""A page with its emblem, or the number of a separator sheet."""


def telephone(top: float) -> Line:
    return line("โทร. ๐ ๕๕๕๑ ๗๗๒๒", 0.14, top, 0.4)


def after(top: float, count: int) -> list[Line]:
    """Lines at the left margin."""
    return [line("ผู้ประสานงาน นายกิตติภูมิ", 0.14, top + 0.02 * n, 0.5) for n in range(count)]


NUMBER = LETTER[0]
TO_OFFICE = line("ถึง ที่ทำการปกครองอำเภอ", 0.14, 0.3)
FAX = line("โทรสาร ๐ ๕๕๕๑ ๗๗๒๓", 0.14, 0.46, 0.4)
MAIL = line("E-mail: tak@example.go.th", 0.14, 0.48, 0.4)
UNIT = line("สำนักงานจังหวัด", 0.14, 0.1, 0.3)


@pytest.mark.parametrize(
    ("lines", "owner", "signed"),
    [
        ((*LETTER, PROSE, telephone(0.9)), True, False),
        ((*LETTER, PROSE, telephone(0.8), *after(0.82, 3)), True, False),
        ((*LETTER, PROSE, telephone(0.6), *after(0.62, 4)), False, False),
        ((NUMBER, TO_OFFICE, PROSE, telephone(0.43), FAX, MAIL), True, True),
        ((telephone(0.14), *LETTER, PROSE), False, False),
        ((telephone(0.14), *LETTER, PROSE, telephone(0.9)), True, False),
        ((*MEMO, telephone(0.16), PROSE), False, False),
        ((numbered("- ๒ -"), UNIT, telephone(0.12)), True, False),
        ((UNIT, telephone(0.12), line("ลับ", 0.48, 0.95, 0.52)), True, False),
        ((NUMBER, TO_OFFICE, PROSE, telephone(0.9)), True, True),
        ((telephone(0.14), NUMBER, TO_OFFICE, PROSE), False, False),
        ((*LETTER, TO_OFFICE, PROSE, telephone(0.9)), True, False),
        ((PROSE, line("โทร. ๐ ๕๕๕๑ ๗๗๒๒", 0.5, 0.9)), False, False),
    ],
)
def test_the_owners_telephone_stands_where_the_text_ends(
    lines: Sequence[Line], owner: bool, signed: bool
) -> None:
    ends = page_ends(page(1, *lines))
    assert (ends.owner, ends.signed) == (owner, signed)


OPEN = (Emblem.CENTRE, (*LETTER, PROSE))
"""The first page of a letter that goes on."""
LISTING = (Emblem.CENTRE, (*LETTER, line("สิ่งที่ส่งมาด้วย แผน", 0.14, 0.36), PROSE))
OWNED = (Emblem.CENTRE, (*LETTER, PROSE, telephone(0.9)))
"""The same on paper with a telephone at the foot."""
STAMPED = (Emblem.CENTRE, (NUMBER, TO_OFFICE, PROSE, telephone(0.8)))
OFFICE = line("ส่วนราชการ สำนักงานจังหวัด โทร. ๐ ๕๕๕๑ ๗๗๒๒", 0.14, 0.13)
NAME = line("(นายกิตติภูมิ ไพรวนารักษ์)", 0.5, 0.7, 0.8)
CLOSED = (Emblem.CENTRE, (*LETTER, PROSE, CLOSING, NAME, line("/สำนักงาน ...", 0.75, 0.93)))
NEXT = (Emblem.CENTRE, (*LETTER, PROSE, CLOSING))
CITING = (
    line("ที่ ๑๒๓๔/๒๕๖๙ ลงวันที่ ๓ เมษายน ๒๕๖๙", 0.14, 0.1),
    line("เรื่อง แต่งตั้งคณะกรรมการ", 0.14, 0.13),
)
UNFINISHED = CutReason.UNFINISHED


def later(number: int, *lines: Line) -> tuple[None, Sequence[Line]]:
    return None, (numbered(f"- {number} -"), *lines)


def doubts(*sides: Side) -> list[tuple[int, CutReason]]:
    seen = []
    for n, side in enumerate(sides, 1):
        if isinstance(side, int):
            code = SheetReading(SheetCode("TAK01", "1", side))
            seen.append(PageSeen(n, sheet=code, sheet_words=True))
        else:
            cues = page_cues(page(n, *side[1]), side[0])
            seen.append(PageSeen(n, cues=cues, other_letters=300))
    found = cut_stack(seen, Limits(), Expected()).doubts
    return [(doubt.page, doubt.reason) for doubt in found]


@pytest.mark.parametrize(
    ("sides", "asked"),
    [
        (((Emblem.LEFT, (*MEMO, telephone(0.15), PROSE)), NEXT), [(2, UNFINISHED)]),
        (((Emblem.CENTRE, (telephone(0.14), *LETTER, PROSE)), NEXT), [(2, UNFINISHED)]),
        ((OWNED, NEXT), [(2, UNFINISHED)]),
        ((1, OWNED, 2, NEXT), [(2, UNFINISHED)]),
        ((OWNED, later(2, PROSE, telephone(0.9)), NEXT), [(3, UNFINISHED)]),
        (
            (OWNED, (None, (*CITING, PROSE, CLOSING))),
            [(2, CutReason.UNCERTAIN_FIRST_PAGE), (2, UNFINISHED)],
        ),
    ],
)
def test_a_lost_last_page_is_asked_about(
    sides: Sequence[Side], asked: list[tuple[int, CutReason]]
) -> None:
    assert doubts(*sides) == asked


@pytest.mark.parametrize(
    "sides",
    [
        (STAMPED, NEXT),
        ((Emblem.LEFT, (*MEMO[:1], OFFICE, *MEMO[2:], PROSE, NAME)), NEXT),
        ((Emblem.CENTRE, (*LETTER, PROSE, CLOSING, UNIT, telephone(0.9))), NEXT),
        ((Emblem.CENTRE, (telephone(0.14), *LETTER, PROSE)), later(2, PROSE, CLOSING), NEXT),
        (OWNED, later(2, PROSE, CLOSING, telephone(0.9)), NEXT),
        (OPEN, later(2, UNIT, telephone(0.12)), NEXT),
        (CLOSED, later(2, UNIT, telephone(0.12)), NEXT),
        (OPEN, later(2, PROSE, telephone(0.9)), NEXT),
        (1, OPEN, later(2, UNIT, telephone(0.12)), 2, NEXT),
        (LISTING, later(2, CLOSING), (None, (headed(), PROSE, telephone(0.9))), NEXT),
    ],
)
def test_a_letter_that_has_its_last_page_is_not_asked_about(sides: Sequence[Side]) -> None:
    assert doubts(*sides) == []
