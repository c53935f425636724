"""How much a page looks like the first page of a letter, and what else it says of its place.

The weights were measured on pages of several scanners; a first page reaches 2.5.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from plugins.split.emblem import Emblem
from plugins.split.labels import bones, leads, within
from schemas.page import Line, PageText
from schemas.thaitext import skeleton

FIRST_PAGE = 2.5


class Cue(StrEnum):
    EMBLEM_CENTRE = "emblem-centre"
    EMBLEM_LEFT = "emblem-left"
    MEMO_TITLE = "memo-title"
    OFFICE = "office"
    SUBJECT = "subject"
    ADDRESSEE = "addressee"
    NUMBER = "number"
    PROCLAIMED = "proclaimed"
    PAGE_NUMBER = "page-number"
    ATTACHMENT = "attachment"
    CALLED_FOR = "called-for"
    """The page before ends with a catchword."""


WEIGHTS = {
    Cue.EMBLEM_CENTRE: 2.5,
    Cue.EMBLEM_LEFT: 1.5,
    Cue.MEMO_TITLE: 3.0,
    Cue.OFFICE: 1.5,
    Cue.SUBJECT: 1.5,
    Cue.ADDRESSEE: 1.5,
    Cue.NUMBER: 2.0,
    Cue.PROCLAIMED: 2.0,
    Cue.PAGE_NUMBER: -3.0,
    Cue.ATTACHMENT: -2.5,
    Cue.CALLED_FOR: -2.0,
}

ATTACHMENT_LABEL = "สิ่งที่ส่งมาด้วย"
_MEMO, _OFFICE, _ATTACHMENT = bones("บันทึกข้อความ", "ส่วนราชการ", ATTACHMENT_LABEL)
_SUBJECT = bones("เรื่อง")[0]
_ADDRESSEES = bones("เรียน", "ถึง", "กราบเรียน", "นมัสการ")
_PROCLAIMED = bones("คำสั่ง", "ประกาศ", "แถลงการณ์", "ระเบียบ", "ข้อบังคับ", "หนังสือรับรอง")
_STRAY = 2
"""Signs that a recogniser makes of the emblem above, before the first word of a title."""
_CLOSINGS = bones("ขอแสดงความนับถือ", "สั่ง ณ วันที่", "ประกาศ ณ วันที่", "ให้ไว้ ณ วันที่")
_NUMBER = re.compile(r"^.?(?:เลข)?ท[ก-ฮ.]{0,7}\d[\d.]*/(?:ว|ฉ)?\d")
_ORDINAL = re.compile(r"(\d{1,2})\D{0,2}$")
_PAGE_NUMBER = re.compile(r"^[-–—_.]*(\d{1,3})[-–—_.]*$")


@dataclass(frozen=True)
class Place:
    """Where a line stands, as shares of the page."""

    left: float
    right: float
    top: float

    @classmethod
    def of(cls, line: Line, page: PageText) -> "Place":
        """The place of ``line`` on ``page``."""
        width, height = max(page.width, 1), max(page.height, 1)
        return cls(line.box.left / width, line.box.right / width, line.box.top / height)

    @property
    def centred(self) -> bool:
        return abs((self.left + self.right) / 2 - 0.5) <= 0.1


@dataclass(frozen=True)
class PageCues:
    """What speaks for and against a first page. ``page_number`` is the printed one, if any;
    ``attachment`` the ordinal of an attachment's head (0: a head without a number)."""

    found: frozenset[Cue] = frozenset()
    page_number: int | None = None
    attachment: int | None = None
    catchword: bool = False
    """The page ends with a catchword that calls for a next page."""
    closing: bool = False
    """The page bears the closing words of a letter."""

    @property
    def score(self) -> float:
        return sum(WEIGHTS[cue] for cue in self.found)

    @property
    def likeness(self) -> float:
        """The score without what speaks against."""
        return sum(WEIGHTS[cue] for cue in self.found if WEIGHTS[cue] > 0)

    @property
    def continues(self) -> bool:
        """Something says that the page goes on with what lies before it."""
        return any(WEIGHTS[cue] < 0 for cue in self.found)

    @property
    def mixed(self) -> bool:
        """Looks like a first page, and yet something speaks against it."""
        return self.likeness >= FIRST_PAGE and self.continues


def page_cues(page: PageText, emblem: Emblem | None, *, called_for: bool = False) -> PageCues:
    """The cues of one upright page; ``called_for`` when the page before ended with a catchword."""
    found: set[Cue] = {Cue.CALLED_FOR} if called_for else set()
    if emblem is not None:
        found.add(Cue.EMBLEM_CENTRE if emblem is Emblem.CENTRE else Cue.EMBLEM_LEFT)
    for line in page.lines:
        found |= _line_cues(skeleton(line.text), Place.of(line, page))
    number = printed_number(page)
    attachment = attachment_head(page)
    if number is not None and number != 1:
        found.add(Cue.PAGE_NUMBER)
    if attachment is not None:
        found.add(Cue.ATTACHMENT)
    closing = any(_closes(skeleton(line.text)) for line in page.lines)
    return PageCues(frozenset(found), number, attachment, _has_catchword(page), closing)


def _line_cues(text: str, place: Place) -> set[Cue]:
    found: set[Cue] = set()
    if place.top > 0.5:
        return found
    if place.top <= 0.2 and within(_MEMO, text, 2):
        found.add(Cue.MEMO_TITLE)
    if place.left <= 0.3:
        if leads(_OFFICE, text, 2) and place.top <= 0.35:
            found.add(Cue.OFFICE)
        if text.startswith(_SUBJECT):
            found.add(Cue.SUBJECT)
        if text.startswith(_ADDRESSEES):
            found.add(Cue.ADDRESSEE)
    if place.top <= 0.4 and _NUMBER.match(text):
        found.add(Cue.NUMBER)
    titled = place.top <= 0.4 and place.centred and _leads_any(_PROCLAIMED, text)
    if titled and not _closes(text):
        found.add(Cue.PROCLAIMED)
    return found


def _leads_any(labels: tuple[str, ...], text: str) -> bool:
    return any(text[stray:].startswith(labels) for stray in range(_STRAY + 1))


def _closes(text: str) -> bool:
    return any(within(words, text, len(words) // 6) for words in _CLOSINGS)


def printed_number(page: PageText) -> int | None:
    """The page number at the top middle, e.g. ``- ๒ -``; None when there is none."""
    for line in page.lines:
        place = Place.of(line, page)
        match = _PAGE_NUMBER.match(skeleton(line.text))
        narrow = place.right - place.left <= 0.15
        if match and narrow and place.centred and place.top <= 0.12:
            return int(match[1])
    return None


def attachment_head(page: PageText, label: str = _ATTACHMENT) -> int | None:
    """The ordinal beside ``label`` (a skeleton) at the top right; 0 when no number stands there.

    None when the page does not begin an attachment.
    """
    for line in page.lines:
        place = Place.of(line, page)
        text = skeleton(line.text)
        if place.left >= 0.45 and place.top <= 0.2 and leads(label, text, 3):
            match = _ORDINAL.search(text)
            return int(match[1]) if match else 0
    return None


def _has_catchword(page: PageText) -> bool:
    """``/ word ...`` at the bottom right: the next page goes on with this word."""
    places = ((line.text, Place.of(line, page)) for line in page.lines)
    return any(
        text.startswith("/") and place.top >= 0.85 and place.left >= 0.4 for text, place in places
    )
