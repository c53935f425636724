"""The labelled fields between date and prose: subject, addressee, references, attachments."""

import re
from typing import Final, NamedTuple

from plugins.extract.labels import SPELT, Label, Labelled, labelled
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
_ADDRESSED: Final = (Label.ADDRESSEE, Label.STAMP_ADDRESSEE)
_ENUMERATOR = re.compile(
    r"(?:\(?([0-9]{1,2})[^0-9ก-ฮ\s]{0,2}[.)]|[-\u2013\u2014•](?=\s*[ก-ฮเ-ไ]))\s*"
)
"""``๑.``, ``๑)``, ``(๑)``, or a dash."""
_COPIES = re.compile(r"\s*จ[ำา]?นวน\s*([0-9]{1,4})\s*(\S{0,16})\s*$")
"""How many copies, and of what: ``จำนวน ๑ ชุด``."""
_OPENS_COPIES = re.compile(r"จ[ำา]?นวน\s*[0-9]*\s*$")
_BEGINS_ENTRY = re.compile(r"(?!จ[ำา]?นวน)[ก-ฮเ-ไ]")
"""What an entry may begin with that bears no number."""
_NOTHING = re.compile(r"^(?:ไม่มี|-+)?$")
_SURE, _SURE_IF_LOW = 0.8, 0.9
"""Confidence from which a run of one or two letters is text."""
_SOLID = re.compile(r"[0-9๐-๙ก-ฮะาำเ-ไ]")
_THAI = re.compile(r"[ก-๎]")


class Field(NamedTuple):
    """The runs of a field's value, in the order on the page; not ``whole`` where one of them may
    belong to another field, or where one may be lacking."""

    runs: list[Run]
    whole: bool


def sections(sheet: Sheet, runs: tuple[Run, ...]) -> dict[Label, Field]:
    """The labelled fields; they end where the prose begins."""
    fields: dict[Label, _Section] = {}
    section: _Section | None = None
    strangers = 0
    before: Run | None = None
    for run in runs:
        prose = before is not None and _runs_on(sheet, before, run)
        held = section is not None and section.holds(run)
        found = None if prose or held else _announced(sheet, run, section)
        rivals = _rivals(found, run, section, fields) if found and section else []
        for rival in rivals:
            rival.doubted = True
        before = run
        if found and found.label not in fields:
            section, strangers = _Section(sheet, found, run, doubted=bool(rivals)), 0
            fields[section.label] = section
        elif section and section.takes(run):
            section.add(run)
        elif not is_debris(run, sheet):
            if section and section.may_lack(run):
                section.doubted = True
            section, strangers = None, strangers + 1
            if _addressed(fields) and (strangers > 1 or begins_paragraph(sheet, run)):
                break
    return {one.label: Field(one.runs, not one.doubted) for one in fields.values() if one.runs}


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


def _addressed(fields: "dict[Label, _Section]") -> bool:
    return any(label in fields for label in _ADDRESSED)


def begins_paragraph(sheet: Sheet, run: Run) -> bool:
    """Whether ``run`` begins where the first line of a paragraph does."""
    indent = run.box.left - sheet.frame.margin
    return abs(indent - sheet.cm(PARAGRAPH_INDENT)) <= sheet.cm(0.3)


class _Section:
    """One field while its lines are gathered."""

    def __init__(self, sheet: Sheet, found: Labelled, start: Run, *, doubted: bool) -> None:
        self.sheet, self.label, self.start, self.doubted = sheet, found.label, start, doubted
        self.runs = [found.value] if found.value else []
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
        if self.label in _LISTS and _adds(run.text, self._entry()):
            copies = _COPIES.search(arabic_digits(run.text)) is not None
            return self._in_column(run) and _whole(run.text) and (copies or not paragraph)
        return self._aligned(run)

    def holds(self, run: Run) -> bool:
        """Whether ``run`` continues the value beside the column of labels: then it opens none."""
        return self.takes(run) and not self.below_label(run)

    def ends_above(self, run: Run) -> bool:
        """Whether ``run`` begins a paragraph, or stands too far below to be of the head."""
        far = run.middle - self.last.middle > GAP * self.sheet.frame.feed
        return far or begins_paragraph(self.sheet, run)

    def may_lack(self, run: Run) -> bool:
        """Whether ``run``, which was not taken, may be a line of the value all the same."""
        near = 0 < run.middle - self.last.middle <= GAP * self.sheet.frame.feed
        if not self.runs or not near or begins_paragraph(self.sheet, run):
            return False
        if self.label in _LISTS:
            return self._in_column(run)
        shift = run.box.left - self.start.box.left
        beside = self.sheet.cm(0.4) < shift <= self.sheet.cm(PARAGRAPH_INDENT)
        return self.label is Label.SUBJECT and beside and run.confidence >= _SURE

    def _entry(self) -> str:
        """The last entry of a list, so far."""
        return joined(_entries(self.runs)[-1].texts)

    def _in_column(self, run: Run) -> bool:
        return abs(run.box.left - self.runs[0].box.left) <= self.sheet.cm(0.45)

    def below_label(self, run: Run) -> bool:
        """Whether ``run`` begins where the field's label does."""
        return abs(run.box.left - self.start.box.left) <= self.sheet.cm(0.4)

    def _aligned(self, run: Run) -> bool:
        full = self.last.box.right >= self.sheet.frame.right - self.sheet.cm(2.5)
        if self.label in OPENING and begins_paragraph(self.sheet, run) and not full:
            return False
        if self._in_column(run):
            return True
        if self._centred():
            return self._centred(run)
        shift = run.box.left - self.runs[0].box.left
        if self.label in _LISTS and 0 < shift <= self.sheet.cm(1.3):
            return not begins_paragraph(self.sheet, run)
        if self.label in _LISTS:
            return False
        return full and self.below_label(run)

    def add(self, run: Run) -> None:
        if self.label is Label.ATTACHMENT and self._may_part(run):
            self.doubted = True
        self.runs.append(run)
        self.last = run

    def _may_part(self, run: Run) -> bool:
        """Whether a line without a number may be an entry of its own, though nothing shows it but
        that it begins where a paragraph does, or that its first word had room on the line above."""
        if not self.runs or run.middle <= self.last.box.bottom or not self._in_column(run):
            return False
        entry = self._entry()
        if _adds(run.text, entry):
            return begins_paragraph(self.sheet, run)
        word = run.words[0].box
        room = self.sheet.frame.right - self.sheet.cm(1.0) - self.last.box.right
        unfinished = _OPENS_COPIES.search(arabic_digits(entry))
        fits = word.right - word.left <= room and not unfinished
        return fits and _BEGINS_ENTRY.match(run.text) is not None

    def _centred(self, run: Run | None = None) -> bool:
        """Whether the field, or ``run`` below it, stands in the middle of the page."""
        near = self.sheet.cm(0.6)
        indented = self.start.box.left > self.sheet.frame.left + self.sheet.cm(1.0)
        if run is None:
            return indented and self.label is Label.SUBJECT
        narrow = run.box.left > self.sheet.frame.left + self.sheet.cm(0.8)
        close = run.middle - self.last.middle <= 1.6 * self.sheet.frame.feed
        return narrow and close and abs(run.centre - self.start.centre) <= near


def _announced(sheet: Sheet, run: Run, section: _Section | None) -> Labelled | None:
    """The label of ``run``, when it stands where such a label may stand; one that is joined to its
    value stands below that of the open ``section``."""
    found = labelled(run)
    if found is None or found.label not in (*OPENING, *_LISTS):
        return None
    at_margin = run.box.left <= sheet.frame.margin + sheet.cm(2.0)
    centred = abs(run.centre - sheet.page.width / 2) <= sheet.cm(2.0)
    if not at_margin and not (centred and found.label is Label.SUBJECT):
        return None
    aside = section is not None and not section.below_label(run)
    return None if found.glued and aside else found


def _rivals(
    found: Labelled, run: Run, section: _Section, fields: dict[Label, _Section]
) -> list[_Section]:
    """The fields of which ``run`` makes one doubtful: it may go on with the open ``section``, or a
    line before it has that label too."""
    if found.glued:
        return [section] if section.takes(run) else []
    body = found.label is Label.SUBJECT and _addressed(fields)
    if body or section.ends_above(run):
        return []
    kin = _ADDRESSED if found.label in _ADDRESSED else (found.label,)
    if not any(label in fields for label in kin):
        return []
    doubtful = OPENING if found.label in OPENING else kin
    return [fields[label] for label in doubtful if label in fields]


def _adds(text: str, entry: str) -> bool:
    """Whether a line below ``entry`` bears no number and yet does not go on with it."""
    if _ENUMERATOR.match(arabic_digits(text)) or not _BEGINS_ENTRY.match(text):
        return False
    return _whole(entry)


def _whole(text: str) -> bool:
    """Whether an entry of a list ends as such entries do: with its number of copies or a day."""
    plain = arabic_digits(text)
    dated = plain[-4:].isdigit() and date_in(plain[-30:]) is not None
    copies = _COPIES.search(plain)
    return dated or bool(copies and copies[2])


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
    numbers = [entry.number for entry in _entries(runs)]
    return not any(numbers) or numbers == [*range(1, max(len(numbers), 2) + 1)]


def joined(texts: list[str]) -> str:
    """Lines as one text: Thai is set without blanks between words, so none is put between lines."""
    whole = ""
    for text in texts:
        seam = whole and text and _THAI.match(whole[-1]) and _THAI.match(text[0])
        whole += text if seam or not whole else f" {text}"
    return whole.strip()


class _Entry(NamedTuple):
    """The lines of one entry of a list; ``number`` is 0 where it bears none."""

    number: int
    texts: list[str]


def _entries(runs: list[Run]) -> list[_Entry]:
    entries: list[_Entry] = []
    bottom = 0
    for run in runs:
        mark = _ENUMERATOR.match(arabic_digits(run.text))
        below = run.middle > bottom
        bottom = run.box.bottom
        if mark or not entries or (below and _adds(run.text, joined(entries[-1].texts))):
            entries.append(_Entry(int(mark[1] or 0) if mark else 0, []))
        entries[-1].texts.append(run.text[mark.end() :] if mark else run.text)
    return entries


def listed(runs: list[Run]) -> tuple[str, ...]:
    """The entries of a list, numbered or not."""
    texts = (joined(entry.texts) for entry in _entries(runs))
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
