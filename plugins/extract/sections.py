"""The labelled fields between date and prose: subject, addressee, references, attachments."""

import re
from typing import Final

from plugins.extract.labels import SPELT, Label, labelled
from plugins.extract.layout import Run, Sheet
from plugins.extract.values import date_in
from schemas.letterfacts import AttachmentLine
from schemas.thaitext import arabic_digits, skeleton

OPENING: Final = (Label.SUBJECT, Label.ADDRESSEE, Label.STAMP_ADDRESSEE)
_LISTS: Final = (Label.REFERENCE, Label.ATTACHMENT)
GAP: Final = 1.9
"""Lines from one line to the next where none stands between."""
PARAGRAPH_INDENT: Final = 2.5
"""Centimetres from the left margin to the first word of a paragraph."""
_LONG: Final = 10.0
"""Centimetres that a full line of prose has at least; a page of A4 holds 16."""
_ENUMERATOR = re.compile(r"([0-9]{1,2})[^0-9ก-ฮ\s]{0,2}[.)]\s*")
_COPIES = re.compile(r"\s*จ[ำา]?นวน\s*([0-9]{1,4})\s*(\S{0,16})\s*$")
"""How many copies, and of what: ``จำนวน ๑ ชุด``."""
_NOTHING = re.compile(r"^(?:ไม่มี|-+)?$")
_SURE, _SURE_IF_LOW = 0.8, 0.9
"""Confidence from which a run of one or two letters is text."""
_SOLID = re.compile(r"[0-9๐-๙ก-ฮะาำเ-ไ]")
_THAI = re.compile(r"[ก-๎]")


def sections(sheet: Sheet, runs: tuple[Run, ...]) -> dict[Label, list[Run]]:
    """The runs of each field's value, in the order on the page; ends where the prose begins."""
    fields: dict[Label, list[Run]] = {}
    section: _Section | None = None
    strangers = 0
    before: Run | None = None
    for run in runs:
        prose = before is not None and _runs_on(sheet, before, run)
        opened = None if prose else _opened(sheet, run, fields)
        before = run
        if opened:
            section, strangers = opened, 0
            fields[section.label] = section.runs
        elif section and section.takes(run):
            section.add(run)
        elif not is_debris(run, sheet):
            section, strangers = None, strangers + 1
            if _addressed(fields) and (strangers > 1 or begins_paragraph(sheet, run)):
                break
    return {label: value for label, value in fields.items() if value}


def _runs_on(sheet: Sheet, line: Run, run: Run) -> bool:
    """Whether ``run`` lies below a full ``line`` of prose, which begins where text does and opens
    no field, and goes on in one word behind what would be a label."""
    if skeleton(run.words[0].text) in SPELT:
        return False
    begins = line.box.left <= sheet.frame.margin + sheet.cm(PARAGRAPH_INDENT + 0.3)
    long = line.box.right - line.box.left >= sheet.cm(_LONG)
    full = long and line.box.right >= sheet.frame.right - sheet.cm(1.0)
    near = 0 < run.middle - line.middle <= GAP * sheet.frame.feed
    return begins and full and near and labelled(line) is None


def _addressed(fields: dict[Label, list[Run]]) -> bool:
    return Label.ADDRESSEE in fields or Label.STAMP_ADDRESSEE in fields


def begins_paragraph(sheet: Sheet, run: Run) -> bool:
    """Whether ``run`` begins where the first line of a paragraph does."""
    indent = run.box.left - sheet.frame.margin
    return abs(indent - sheet.cm(PARAGRAPH_INDENT)) <= sheet.cm(0.3)


class _Section:
    """One field while its lines are gathered."""

    def __init__(self, sheet: Sheet, label: Label, start: Run, value: Run | None) -> None:
        self.sheet, self.label, self.start = sheet, label, start
        self.runs = [value] if value else []
        self.last = start

    def takes(self, run: Run) -> bool:
        """Whether ``run`` continues the value: beside it, or under it as typists set it."""
        if is_debris(run, self.sheet):
            return False
        if abs(run.middle - self.last.middle) <= self.sheet.cm(0.3):
            return True
        step = (run.middle - self.last.middle) / self.sheet.frame.feed
        paragraph = begins_paragraph(self.sheet, run)
        if not self.runs or step > GAP or (step > 1.35 and paragraph):
            return False
        if self.label in _LISTS and _whole(self._entry()) and not _numbered(run.text):
            return False
        return self._aligned(run)

    def _entry(self) -> str:
        """The last entry of a list, so far."""
        first = max((n for n, run in enumerate(self.runs) if _numbered(run.text)), default=0)
        return joined([run.text for run in self.runs[first:]])

    def _aligned(self, run: Run) -> bool:
        full = self.last.box.right >= self.sheet.frame.right - self.sheet.cm(2.5)
        if self.label in OPENING and begins_paragraph(self.sheet, run) and not full:
            return False
        shift = run.box.left - self.runs[0].box.left
        if abs(shift) <= self.sheet.cm(0.45):
            return True
        if self._centred():
            return self._centred(run)
        if self.label in _LISTS and 0 < shift <= self.sheet.cm(1.3):
            return not begins_paragraph(self.sheet, run)
        if self.label in _LISTS:
            return False
        return full and abs(run.box.left - self.start.box.left) <= self.sheet.cm(0.4)

    def add(self, run: Run) -> None:
        self.runs.append(run)
        self.last = run

    def _centred(self, run: Run | None = None) -> bool:
        """Whether the field, or ``run`` below it, stands in the middle of the page."""
        near = self.sheet.cm(0.6)
        indented = self.start.box.left > self.sheet.frame.left + self.sheet.cm(1.0)
        if run is None:
            return indented and self.label is Label.SUBJECT
        narrow = run.box.left > self.sheet.frame.left + self.sheet.cm(0.8)
        close = run.middle - self.last.middle <= 1.6 * self.sheet.frame.feed
        return narrow and close and abs(run.centre - self.start.centre) <= near


def _opened(sheet: Sheet, run: Run, fields: dict[Label, list[Run]]) -> _Section | None:
    """The field that ``run`` opens, when it stands where such a label may stand."""
    found = labelled(run)
    if found is None or found.label in fields or found.label not in (*OPENING, *_LISTS):
        return None
    at_margin = run.box.left <= sheet.frame.margin + sheet.cm(2.0)
    centred = abs(run.centre - sheet.page.width / 2) <= sheet.cm(2.0)
    if not at_margin and not (centred and found.label is Label.SUBJECT):
        return None
    return _Section(sheet, found.label, run, found.value)


def _whole(text: str) -> bool:
    """Whether an entry of a list ends as such entries do: with its number of copies or a day."""
    plain = arabic_digits(text)
    dated = plain[-4:].isdigit() and date_in(plain[-30:]) is not None
    copies = _COPIES.search(plain)
    return dated or bool(copies and copies[2])


def _numbered(text: str) -> bool:
    return bool(_ENUMERATOR.match(arabic_digits(text)))


def is_debris(run: Run, sheet: Sheet) -> bool:
    """Marks that were torn off a line and read as one of their own: no word of three letters, and
    read unsurely. What is as low as marks must be read the more surely."""
    if any(len(_SOLID.findall(word.text)) >= 3 for word in run.words):
        return False
    low = run.box.bottom - run.box.top < 0.45 * sheet.frame.feed
    return run.confidence < (_SURE_IF_LOW if low else _SURE)


def cut_short(sheet: Sheet, runs: tuple[Run, ...], value: list[Run]) -> bool:
    """Whether ``value`` ends with a full line and so much paper below that it hides another."""
    last = value[-1]
    below = next((run for run in runs if run.box.top > last.middle), None)
    full = last.box.right >= sheet.frame.right - sheet.cm(1.0)
    return full and below is not None and below.middle - last.middle > GAP * sheet.frame.feed


def counted_through(runs: list[Run]) -> bool:
    """Whether the entries' numbers run from 1 without a gap; a lone entry bears none."""
    found = [mark for run in runs if (mark := _ENUMERATOR.match(arabic_digits(run.text)))]
    return not found or [int(mark[1]) for mark in found] == [*range(1, max(len(found), 2) + 1)]


def joined(texts: list[str]) -> str:
    """Lines as one text: Thai is set without blanks between words, so none is put between lines."""
    whole = ""
    for text in texts:
        seam = whole and text and _THAI.match(whole[-1]) and _THAI.match(text[0])
        whole += text if seam or not whole else f" {text}"
    return whole.strip()


def listed(runs: list[Run]) -> tuple[str, ...]:
    """The entries of a list, numbered or not."""
    entries: list[list[str]] = []
    for run in runs:
        mark = _ENUMERATOR.match(arabic_digits(run.text))
        if mark or not entries:
            entries.append([])
        entries[-1].append(run.text[mark.end() :] if mark else run.text)
    texts = (joined(lines) for lines in entries)
    return tuple(text for text in texts if not _NOTHING.match(text))


def attachment_lines(runs: list[Run]) -> tuple[AttachmentLine, ...]:
    """The entries of สิ่งที่ส่งมาด้วย, counted from 1, their จำนวน taken off."""
    lines = []
    for ordinal, text in enumerate(listed(runs), 1):
        copies = _COPIES.search(arabic_digits(text))
        count = int(copies[1]) if copies else 0
        title = text[: copies.start()] if copies else text
        lines.append(AttachmentLine(ordinal=ordinal, title=title.strip(), copies=count or None))
    return tuple(lines)
