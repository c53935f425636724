"""What stands behind the prose: closing, day, signature, the unit that owns the matter."""

import re
from collections.abc import Iterable
from typing import Final, TypeVar

from plugins.extract.found import Found, Tail
from plugins.extract.labels import opens_with, resembles
from plugins.extract.layout import Run, Sheet
from plugins.extract.values import GUESSED, OVERLOOKED, date_in
from schemas.letter import ThaiDate
from schemas.thaitext import skeleton

T = TypeVar("T")
_CLOSINGS: Final = ("ขอแสดงความนับถือ", "ขอแสดงความนับถืออย่างยิ่ง", "ด้วยความเคารพ")
_GIVEN: Final = ("สั่ง", "ประกาศ", "ให้ไว้", "แถลง", "ออกให้")
_ON: Final = "ณ วันที่"
_AT = re.compile(r"(?:^|\s)ณ\s")
_CERTIFIED: Final = ("ให้ไว้", "ออกให้")
_SIGNER = re.compile(r"^\(\s*([^()0-9๐-๙]{5,70}?)\s*\)$")
_BRACKETED = re.compile(r"^\(.{5,70}$|^[^(]{5,70}\)$")
"""A name in brackets of which one may have been lost."""
_ENDS_IN_YEAR = re.compile(r"^.{6,40}[0-9๐-๙]{4}$")
"""What may be a day whose month was misread."""
_OPENS_DAY = re.compile(r"^\S{1,8}\s*ณ\s*\S{2,8}\s*$")
"""``สั่ง ณ วันที่`` with its words misread."""
_ATTACHMENT_HEAD: Final = "สิ่งที่ส่งมาด้วย"
_NUMBERED: Final = 24
"""Letters behind the head of an attachment at most: ``๑ (แผ่นที่ ๒)``."""


def letter_sheets(sheets: tuple[Sheet, ...]) -> tuple[Sheet, ...]:
    """The pages of the letter itself: those before the first that is headed as an attachment."""
    for index, sheet in enumerate(sheets[1:], 1):
        if any(_heads_attachment(sheet, run) for run in sheet.runs):
            return sheets[:index]
    return sheets


def _heads_attachment(sheet: Sheet, run: Run) -> bool:
    high = run.middle < 0.25 * sheet.page.height
    right = run.box.left > sheet.page.width / 2
    end = opens_with(run.text, _ATTACHMENT_HEAD) if high and right else None
    return end is not None and len(run.text) - end <= _NUMBERED


def read_tail(sheets: tuple[Sheet, ...]) -> Tail:
    """Everything that stands behind the prose on the letter's own pages; day and name no later
    than on the page that closes it, since an annex may have its own."""
    runs = [(sheet, run) for sheet in sheets for run in sheet.runs]
    own = [(sheet, run) for sheet in _closed(sheets) for run in sheet.runs]
    given = _last(_given(run) for _, run in own)
    days = {found[0].value for _, run in runs if (found := _given(run))}
    return Tail(
        closing=any(_is_closing(run) for _, run in runs),
        given=given and (given[0].guessed(GUESSED) if len(days) > 1 else given[0]),
        certified=given is not None and given[1],
        date=_last(_lone_date(sheet, run) for sheet, run in own),
        signer=_last(_signer(sheet, run) for sheet, run in own),
        unit=_last(_unit(sheet) for sheet in sheets),
    )


def _closed(sheets: tuple[Sheet, ...]) -> tuple[Sheet, ...]:
    """The pages up to the first that gives the paper's day, or closes it, over a name."""
    for index, sheet in enumerate(sheets, 1):
        signed = any(_signer(sheet, run) for run in sheet.runs)
        if signed and any(_is_closing(run) or _given(run) for run in sheet.runs):
            return sheets[:index]
    return sheets


def _is_closing(run: Run) -> bool:
    return any(resembles(run.text, words) for words in _CLOSINGS)


def tail_lines(sheet: Sheet, tail: Tail) -> frozenset[int]:
    """Indices of the runs that hold the fields of ``tail``, as far as they stand on ``sheet``."""
    parts = [tail.given, tail.date, tail.signer, tail.unit]
    boxes = [part.box for part in parts if part and part.page == sheet.page.number]

    def wanted(run: Run) -> bool:
        low = run.page > 1 or run.middle > 0.3 * sheet.page.height
        shaped = _BRACKETED.search(run.text) or _ENDS_IN_YEAR.search(run.text)
        return (low and shaped is not None) or any(
            box.top <= run.middle <= box.bottom and box.left <= run.centre <= box.right
            for box in boxes
        )

    return frozenset(index for index, run in enumerate(sheet.runs) if wanted(run))


def _last(found: Iterable[T | None]) -> T | None:
    return next((value for value in reversed(list(found)) if value is not None), None)


def _given(run: Run) -> tuple[Found[ThaiDate], bool] | None:
    """The day behind ``สั่ง ณ วันที่`` and whether it certifies; no day that prose cites."""
    parsed = date_in(run.text)
    if parsed is None:
        return None
    before, last = run.text[: parsed.start], parsed.end >= len(run.text) - 2
    ends = ((words, opens_with(run.text, words)) for words in _GIVEN)
    opening = next(
        (words for words, end in ends if end and _leads_to_day(before[end:], last=last)), None
    )
    alone = last and _OPENS_DAY.match(before) is not None
    if opening is None and not alone:
        return None
    return Found.on([run], parsed.value, parsed.clean), opening in _CERTIFIED


def _leads_to_day(words: str, *, last: bool) -> bool:
    """Whether ``ณ วันที่`` stands before a day, or where the day is the last of its line the place
    too, or ``เมื่อวันที่``."""
    if resembles(words, _ON):
        return True
    bones = skeleton(words)
    placed = _AT.search(words) is not None and bones.endswith("วนท")
    return last and (placed or bones == "เมอวนท")


def _lone_date(sheet: Sheet, run: Run) -> Found[ThaiDate] | None:
    parsed = date_in(run.text)
    if parsed is None or parsed.start > 1 or parsed.end < len(run.text) - 2:
        return None
    low = run.page > 1 or run.middle > 0.3 * sheet.page.height
    under_the_name = run.box.left > 0.35 * sheet.page.width
    return Found.on([run], parsed.value, parsed.clean) if low and under_the_name else None


def _signer(sheet: Sheet, run: Run) -> Found[str] | None:
    match = _SIGNER.match(run.text)
    if match is None or run.box.left < 0.3 * sheet.page.width:
        return None
    return Found.on([run], match[1])


def _calls(run: Run) -> bool:
    """Whether a line holds the telephone or the telefax."""
    return opens_with(run.text, "โทร") is not None


def _unit(sheet: Sheet) -> Found[str] | None:
    """The lines at the left margin straight above the telephone; others may stand on the page
    before when these begin theirs."""
    edge = sheet.frame.margin + sheet.cm(1.0)
    left = [run for run in sheet.runs if run.box.left <= edge]
    phone = next((i for i in reversed(range(len(left))) if _calls(left[i])), None)
    if phone is None:
        return None
    while phone and _calls(left[phone - 1]):
        phone -= 1
    unit: list[Run] = []
    below = left[phone]
    for run in reversed(left[:phone]):
        if below.middle - run.middle > 1.5 * sheet.frame.feed or len(unit) == 3:
            break
        unit.insert(0, run)
        below = run
    torn = bool(unit) and unit[0] is sheet.runs[0]
    text = " ".join(run.text for run in unit)
    return Found.on(unit, text, OVERLOOKED if torn else 1.0) if unit else None
