"""The first page of a letter down to its prose."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeVar

from plugins.extract.found import Found, Head
from plugins.extract.labels import Label, labelled, opens_with, resembles
from plugins.extract.layout import Run, Sheet
from plugins.extract.sections import (
    OPENING,
    attachment_lines,
    begins_paragraph,
    counted_through,
    cut_short,
    is_debris,
    joined,
    listed,
    sections,
)
from plugins.extract.values import (
    GUESSED,
    OVERLOOKED,
    Parsed,
    date_in,
    number_in,
    order_number_in,
)
from schemas.letter import RECEIPT_NUMBERS, LetterForm, LetterNumber, OrderNumber, ThaiDate, Urgency
from schemas.thaitext import arabic_digits, skeleton

T = TypeVar("T")
HEAD_SHARE: Final = 0.62
"""No head reaches lower than this share of the page."""
_TITLES: Final = tuple(sorted(LetterForm, key=lambda form: -len(form.thai)))
_MEMO: Final = "บันทึกข้อความ"
_RECEIPTS: Final = tuple(map(skeleton, RECEIPT_NUMBERS))
_BY_STAMP: Final = 0.5
"""How much of a number or date is taken to stand there when a stamp says it."""
_BORDER = re.compile(r"[\[\]|(){}]")
"""What a stamp's border is read as."""
_LONGER: Final = (Urgency.VERY_URGENT, Urgency.MOST_URGENT)
_THAI_LETTER = re.compile(r"[ก-ฮ]")
_SOLID = re.compile(r"[0-9๐-๙A-Za-zก-ฮ]")
"""What is no speck, and so part of a number that was not understood."""
_LEAST_NAME: Final = 4
_NEXT_LINE: Final = 1.5
"""Lines from the first line of a name to its second."""
_ADDRESS = re.compile(
    r"^(?:[0-9]|เลขที่|อาคาร|ศาลากลาง|หมู่|ซอย|ถนน|ถ\.|ตำบล|ต\.|แขวง|อำเภอ|อ\.|จังหวัด|กรุงเทพ|กทม)|[0-9]{5}"
)
_TELEPHONE = re.compile(r"\s*โทร.*$")
_UNFINISHED = re.compile(r"(?:พ\.ศ\.|ครั้งที่|ฉบับที่|ลงวันที่|มาตรา|จำนวน|และ|หรือ|ของ|โดย)$")
"""Words that no text ends with: the next line is missing."""
_TITLE_INDENT: Final = 1.0
"""Centimetres that a centred title stands in from the margin; a full line of prose does not."""
_TITLE_ASIDE: Final = 0.9
"""Centimetres right of the middle that what begins where a paragraph does is no title from."""


def read_head(sheet: Sheet) -> Head:
    """Everything that the head states."""
    runs = _without_receipt(sheet, sheet.runs)
    border = _border(sheet, runs)
    upper = tuple(run for run in runs if run.middle < border)
    stamped = tuple(run for run in _without_receipt(sheet, sheet.stamped) if run.middle < border)
    filled = tuple(run for run in _without_receipt(sheet, sheet.mixed) if run.middle < border)
    form = _form(sheet, upper)
    number = (
        _number(upper, form)
        or _number(_led_by(Label.NUMBER, filled), form)
        or _stamped(_number(stamped, form))
    )
    fields = sections(sheet, runs)
    addressee = fields.get(Label.ADDRESSEE) or fields.get(Label.STAMP_ADDRESSEE)
    return Head(
        form=form,
        memo=any(resembles(run.text, _MEMO) for run in upper),
        number=number,
        date=_date(sheet, upper, number)
        or _date(sheet, _led_by(Label.DATE, filled), number)
        or _stamped(_date(sheet, stamped, number)),
        subject=_text(sheet, runs, fields.get(Label.SUBJECT)),
        addressee=_text(sheet, runs, addressee),
        by_stamp=Label.STAMP_ADDRESSEE in fields and Label.ADDRESSEE not in fields,
        sender=_sender(sheet, upper, number, form),
        urgency=_urgency((*upper, *stamped)),
        references=_list(fields.get(Label.REFERENCE), listed),
        attachments=_list(fields.get(Label.ATTACHMENT), attachment_lines),
    )


def head_lines(sheet: Sheet) -> frozenset[int]:
    """Indices of the runs that hold the head's fields, labels included; debris holds none."""
    runs = _without_receipt(sheet, sheet.runs)
    values = [run for field in sections(sheet, runs).values() for run in field]
    bottom = max((run.middle for run in values), default=_border(sheet, runs))
    low = max(bottom, _border(sheet, runs))
    wanted = [run for run in runs if run.middle <= low and not is_debris(run, sheet)]
    return frozenset(index for index, run in enumerate(sheet.runs) if run in wanted)


def _without_receipt(sheet: Sheet, runs: tuple[Run, ...]) -> tuple[Run, ...]:
    """Those of ``runs`` in the head, without the stamp of the office that received the letter."""
    low = HEAD_SHARE * sheet.page.height
    stamps = [
        run
        for run in (*sheet.runs, *sheet.stamped)
        if run.middle < low and any(skeleton(run.text).startswith(r) for r in _RECEIPTS)
    ]

    def stamped(run: Run) -> bool:
        if run in stamps:
            return True
        found = labelled(run)
        dated = found is not None and found.label is Label.DATE
        if not dated and not skeleton(run.text).startswith("เวลา"):
            return False
        return any(
            0 < run.middle - stamp.middle <= sheet.cm(2.5)
            and run.box.left < stamp.box.right
            and stamp.box.left < run.box.right
            for stamp in stamps
        )

    return tuple(run for run in runs if run.middle < low and not stamped(run))


def _led_by(label: Label, runs: tuple[Run, ...]) -> tuple[Run, ...]:
    return tuple(run for run in runs if (found := labelled(run)) and found.label is label)


def _stamped(found: Found[T] | None) -> Found[T] | None:
    """What a stamp says is a guess: it may say when the letter came, or another's number."""
    return found and replace(found, literal=_BY_STAMP, trust=_BY_STAMP * found.trust)


def _border(sheet: Sheet, runs: tuple[Run, ...]) -> float:
    """Height of the first label below number and date."""
    for run in runs:
        found = labelled(run)
        if found and found.label in (*OPENING, Label.REFERENCE):
            return run.middle - sheet.cm(0.2)
    return 0.45 * sheet.page.height


def _form(sheet: Sheet, runs: tuple[Run, ...]) -> Found[LetterForm] | None:
    """The centred title of a paper that names its own form."""
    for run in runs:
        if not _titles(sheet, run) or resembles(run.text, _MEMO):
            continue
        for form in _TITLES:
            if opens_with(run.text, form.thai) is not None:
                return Found.on([run], form)
    return None


def _titles(sheet: Sheet, run: Run) -> bool:
    """Whether ``run`` stands where titles do, and not where the first line of a paragraph would."""
    aside = run.centre - sheet.page.width / 2
    indented = run.box.left > sheet.frame.margin + sheet.cm(_TITLE_INDENT)
    prose = begins_paragraph(sheet, run) and aside > sheet.cm(_TITLE_ASIDE)
    return abs(aside) <= sheet.cm(2.0) and indented and not prose


def _number(
    runs: tuple[Run, ...], form: Found[LetterForm] | None = None
) -> Found[LetterNumber | OrderNumber] | None:
    """The number of a letter, or of a paper that names its ``form``."""
    for run in runs:
        found = labelled(run)
        label = found.label if found else None
        if label not in (None, Label.NUMBER):
            continue
        value = found.value if found and found.value else run
        parsed = _labelled_number(value.text, form) if label else number_in(value.text)
        if parsed and (label or _begins(value.text, parsed.start)):
            skipped = label and _SOLID.search(value.text[: parsed.start])
            literal = min(parsed.clean, GUESSED) if skipped else parsed.clean
            return Found[LetterNumber | OrderNumber].on([run], parsed.value, literal)
    return None


def _labelled_number(
    text: str, form: Found[LetterForm] | None
) -> Parsed[LetterNumber] | Parsed[OrderNumber] | None:
    """What stands behind ``ที่``: ``สป 123/2569`` is number and year on a paper that names its
    form; owners' numbers begin with 0 or have dots."""
    order = order_number_in(text)
    if form and order and not order.value.running.startswith("0"):
        return order
    return number_in(text) or order


def _begins(text: str, start: int) -> bool:
    """Whether no more than a misread label stands before a value; a cited one stands further in."""
    return len(skeleton(text[:start])) <= 4


def _date(
    sheet: Sheet, runs: tuple[Run, ...], number: Found[LetterNumber | OrderNumber] | None
) -> Found[ThaiDate] | None:
    """The last date before the subject that does not stand above the number."""
    top = number.box.top - sheet.cm(0.8) if number else 0
    for run in reversed(runs):
        parsed = date_in(run.text) if run.middle >= top else None
        if parsed:
            return Found.on([run], parsed.value, parsed.clean)
    return None


def _text(sheet: Sheet, runs: tuple[Run, ...], value: list[Run] | None) -> Found[str] | None:
    if not value:
        return None
    text = joined([run.text for run in value])
    broken = cut_short(sheet, runs, value) or _UNFINISHED.search(text)
    literal = OVERLOOKED if broken else 1.0
    return Found.on(value, text, literal) if text else None


def _list(
    runs: list[Run] | None, entries: Callable[[list[Run]], tuple[T, ...]]
) -> Found[tuple[T, ...]] | None:
    found = entries(runs) if runs else ()
    if not runs or not found:
        return None
    return Found.on(runs, found, 1.0 if counted_through(runs) else OVERLOOKED)


def _sender(
    sheet: Sheet,
    runs: tuple[Run, ...],
    number: Found[LetterNumber | OrderNumber] | None,
    form: Found[LetterForm] | None,
) -> Found[str] | None:
    """The agency of a memo's label, of a title, or of the letterhead beside the number."""
    for run in runs:
        found = labelled(run)
        above = number is None or run.middle < number.box.bottom
        if found and found.label is Label.AGENCY and found.value and above:
            agency = _TELEPHONE.sub("", found.value.text)
            return Found.on([found.value], agency) if agency else None
        if form and run.box == form.box:
            end = opens_with(run.text, form.value.thai)
            agency = run.text[end:].strip()
            return Found.on([run], agency) if agency else None
    for run in runs:
        beside = run.box.left > 0.45 * sheet.page.width and number is not None
        level = number and run.middle >= number.box.top - sheet.cm(0.3)
        if beside and level and _names(sheet, run):
            name = [run, *_second_line(sheet, runs, run)]
            return Found.on(name, joined([line.text for line in name]))
    return None


def _names(sheet: Sheet, run: Run) -> bool:
    """Whether ``run`` can be an agency's name, or a line of it."""
    letters = len(_THAI_LETTER.findall(run.text))
    return letters >= _LEAST_NAME and not date_in(run.text) and not is_debris(run, sheet)


def _second_line(sheet: Sheet, runs: tuple[Run, ...], first: Run) -> list[Run]:
    """The rest of an agency's name below its first line; none where the address begins there."""
    return [
        run
        for run in runs
        if 0 < run.middle - first.middle <= _NEXT_LINE * sheet.frame.feed
        and abs(run.box.left - first.box.left) <= sheet.cm(0.5)
        and not _ADDRESS.search(arabic_digits(run.text))
        and _names(sheet, run)
    ][:1]


def _urgency(runs: tuple[Run, ...]) -> Found[Urgency] | None:
    for run in runs:
        for urgency in (Urgency.MOST_URGENT, Urgency.VERY_URGENT, Urgency.URGENT):
            if resembles(_BORDER.sub("", run.text), urgency.thai):
                return Found.on([run], urgency)
        cut = next((urgency for urgency in _LONGER if _begins_with(urgency, run.text)), None)
        if cut:
            return Found.on([run], cut)
    return None


def _begins_with(urgency: Urgency, text: str) -> bool:
    """Whether ``text`` is ``urgency`` with its end cut off, and more than ``ด่วน``."""
    read = skeleton(_BORDER.sub("", text))
    least = len(skeleton(Urgency.URGENT.thai)) + 1
    return len(read) >= least and skeleton(urgency.thai).startswith(read)
