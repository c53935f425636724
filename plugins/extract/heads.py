"""The first page of a letter down to its prose."""

import re
from collections.abc import Callable
from typing import Final, TypeVar

from plugins.extract.found import Found, Head
from plugins.extract.labels import Label, labelled, opens_with, resembles, urgency_mark
from plugins.extract.layout import Run, Sheet
from plugins.extract.sections import (
    OPENING,
    Field,
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
from schemas.secrecy import THAI_MARKS
from schemas.thaitext import arabic_digits, skeleton

T = TypeVar("T")
HEAD_SHARE: Final = 0.62
"""No head reaches lower than this share of the page."""
_TITLES: Final = tuple(sorted(LetterForm, key=lambda form: -len(form.thai)))
_MEMO: Final = "บันทึกข้อความ"
_RECEIPTS: Final = tuple(map(skeleton, RECEIPT_NUMBERS))
_RECEIPT = re.compile(rf"(?:{'|'.join(_RECEIPTS)})ท?(?![ก-ฮะ-ฺเ-๎])")
"""The label of a receive stamp's number and no letter behind it."""
_BY_STAMP: Final = 0.5
"""How much of a number or date is taken to stand there when a stamp says it."""
_WITHIN = re.compile(r"ภาย[ใไ]น(?:วนท)?$")
"""What stands before a day by which a letter must arrive; ``เวลา`` stands behind it."""
_COPIES: Final = ("สำเนาคู่ฉบับ", "สำเนาถูกต้อง", "สำเนา", "ต้นฉบับ", "คู่ฉบับ")
_MARKS: Final = (*_COPIES, *THAI_MARKS.values())
"""What stands by itself on a letter and is no name."""
_THAI_LETTER = re.compile(r"[ก-ฮ]")
_SOLID = re.compile(r"[0-9๐-๙A-Za-zก-ฮ]")
"""What is no speck, and so part of a number that was not understood."""
_LEAST_NAME: Final = 4
_NEXT_LINE: Final = 1.5
"""Lines from the first line of a name to its second."""
_ADDRESS = re.compile(
    r"^(?:[0-9]|เลขที่|อาคาร|ศาลากลาง|หมู่|ซอย|ถนน|ถ\.|ตำบล|ต\.|แขวง|อำเภอ|อ\.|จังหวัด|กรุงเทพ|กทม)|[0-9]{5}"
)
_TELEPHONE = re.compile(r"[\s(]{0,3}โทร(?:ศั?พท์?|สาร)?\s*(?:[.:ฯ/]|[0-9๐-๙]|ภายใน|$).*$")
_AGENCY = re.compile(
    r"(?:กระทรวง|กรม|กอง|สำนัก|ศูนย์|สถาบัน|เขต|คณะ|โรงเรียน|วิทยาลัย|มหาวิทยาลัย|โรงพยาบาล|จังหวัด|อำเภอ|ตำบล"
    r"|องค์การ|เทศบาล)[^0-9๐-๙]*$"
)
"""What the rest of an agency's name begins with below a title; other lines are what it is about."""
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
    typed, stamped, mixed = (
        tuple(run for run in _without_receipt(sheet, some) if run.middle < border)
        for some in (sheet.runs, sheet.stamped, sheet.mixed)
    )
    marks = tuple(run for run in (*typed, *stamped) if urgency_mark(run))
    upper, filled = (
        _unmarked(tuple(run for run in some if not _is_deadline(sheet, run, marks)))
        for some in (typed, mixed)
    )
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
        urgency=_urgency(marks),
        references=_list(fields.get(Label.REFERENCE), listed),
        attachments=_list(fields.get(Label.ATTACHMENT), attachment_lines),
    )


def head_lines(sheet: Sheet) -> frozenset[int]:
    """Indices of the runs that hold the head's fields, labels included; debris holds none."""
    runs = _without_receipt(sheet, sheet.runs)
    values = [run for field in sections(sheet, runs).values() for run in field.runs]
    bottom = max((run.middle for run in values), default=_border(sheet, runs))
    low = max(bottom, _border(sheet, runs))
    wanted = [run for run in runs if run.middle <= low and not is_debris(run, sheet)]
    return frozenset(index for index, run in enumerate(sheet.runs) if run in wanted)


def _without_receipt(sheet: Sheet, runs: tuple[Run, ...]) -> tuple[Run, ...]:
    """Those of ``runs`` in the head, without the stamp of the office that received the letter."""
    low = HEAD_SHARE * sheet.page.height
    stamps = [
        run for run in (*sheet.runs, *sheet.stamped) if run.middle < low and _receives(sheet, run)
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


def _receives(sheet: Sheet, run: Run) -> bool:
    """Whether ``run`` bears the number of a receive stamp: at the left, where subjects stand, its
    label must be words of its own."""
    if run in sheet.stamped or run.box.left > sheet.page.width / 2:
        return skeleton(run.text).startswith(_RECEIPTS)
    spans = {skeleton(Run(run.words[:count], run.page).text) for count in (1, 2, 3)}
    return not spans.isdisjoint(_RECEIPTS) or _RECEIPT.match(skeleton(run.text)) is not None


def _led_by(label: Label, runs: tuple[Run, ...]) -> tuple[Run, ...]:
    return tuple(run for run in runs if (found := labelled(run)) and found.label is label)


def _stamped(found: Found[T] | None) -> Found[T] | None:
    """What a stamp says is a guess: it may say when the letter came, or another's number."""
    return found and found.guessed(_BY_STAMP)


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
    form."""
    order = order_number_in(text)
    if form and order and order.value.prefix:
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


def _text(sheet: Sheet, runs: tuple[Run, ...], field: Field | None) -> Found[str] | None:
    if not field:
        return None
    text = joined([run.text for run in field.runs])
    broken = cut_short(sheet, runs, field.runs) or _UNFINISHED.search(text)
    literal = 1.0 if field.whole and not broken else OVERLOOKED
    return Found.on(field.runs, text, literal) if text else None


def _list(
    field: Field | None, entries: Callable[[list[Run]], tuple[T, ...]]
) -> Found[tuple[T, ...]] | None:
    found = entries(field.runs) if field else ()
    if not field or not found:
        return None
    whole = field.whole and counted_through(field.runs)
    return Found.on(field.runs, found, 1.0 if whole else OVERLOOKED)


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
            agency = _without_telephone(found.value.text)
            return Found.on([found.value], agency) if agency else None
        if form and run.box == form.box:
            end = opens_with(run.text, form.value.thai)
            agency = run.text[end:].strip()
            below = _rest_of_title(sheet, runs, run)
            whole = joined([agency, *(line.text for line in below)])
            return Found.on([run, *below], whole) if agency else None
    for run in runs:
        beside = run.box.left > 0.45 * sheet.page.width and number is not None
        level = number and run.middle >= number.box.top - sheet.cm(0.3)
        if beside and level and _names(sheet, run):
            name = [run, *_second_line(sheet, runs, run)]
            return Found.on(name, joined([line.text for line in name]))
    return None


def _without_telephone(office: str) -> str:
    """``office`` up to the telephone; a bracket that holds both is closed before it."""
    agency = _TELEPHONE.sub("", office)
    return agency + ")" * (agency.count("(") - agency.count(")"))


def _names(sheet: Sheet, run: Run) -> bool:
    """Whether ``run`` can be an agency's name, or a line of it."""
    if urgency_mark(run) or any(resembles(run.text, mark) for mark in _MARKS):
        return False
    letters = len(_THAI_LETTER.findall(run.text))
    return letters >= _LEAST_NAME and not date_in(run.text) and not is_debris(run, sheet)


def _rest_of_title(sheet: Sheet, runs: tuple[Run, ...], title: Run) -> list[Run]:
    """The lines of an agency's name below the first line of a title."""
    lines: list[Run] = []
    last = title
    for run in runs:
        if run.middle <= last.box.bottom or not _titles(sheet, run):
            continue
        near = run.middle - last.middle <= _NEXT_LINE * sheet.frame.feed
        if not near or labelled(run) or not (_AGENCY.match(run.text) and _names(sheet, run)):
            break
        lines.append(run)
        last = run
    return lines


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


def _urgency(marked: tuple[Run, ...]) -> Found[Urgency] | None:
    """The mark that was read best; of equals the first."""
    found = [
        Found.on([run], mark.urgency, GUESSED if mark.guessed else 1.0)
        for run in marked
        if (mark := urgency_mark(run))
    ]
    return max(found, key=lambda one: one.literal, default=None)


def _unmarked(runs: tuple[Run, ...]) -> tuple[Run, ...]:
    """``runs`` without the marks of urgency in them, as far as these were not guessed."""
    marks = ((run, urgency_mark(run)) for run in runs)
    rests = (mark.rest if mark and not mark.guessed else run for run, mark in marks)
    return tuple(run for run in rests if run)


def _is_deadline(sheet: Sheet, run: Run, marked: tuple[Run, ...]) -> bool:
    """Whether ``run`` bears the day by which the letter must arrive: ``ด่วนภายใน`` stands before it
    or, without a day, beside or above it; or the hour stands behind the day."""
    parsed = date_in(run.text)
    if parsed is None:
        return False
    before, after = skeleton(run.text[: parsed.start]), skeleton(run.text[parsed.end :])
    if _guessed(run) or _WITHIN.search(before) or (marked and after.startswith("เวลา")):
        return True
    return any(
        _guessed(other)
        and date_in(other.text) is None
        and -sheet.cm(0.3) <= run.middle - other.middle <= _NEXT_LINE * sheet.frame.feed
        and other.box.left - sheet.cm(0.5) <= run.box.left <= other.box.right + sheet.cm(2.0)
        for other in marked
    )


def _guessed(run: Run) -> bool:
    mark = urgency_mark(run)
    return mark is not None and mark.guessed
