"""How much a page looks like the first page of a letter, and what else it says of its place.

The weights were measured on pages of several scanners; a first page reaches 2.5.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from plugins.split.emblem import Emblem
from plugins.split.ends import TO_OFFICE, TO_PERSON, Ends, closing_of, page_ends
from plugins.split.labels import begins, behind, bones, leads, within
from plugins.split.place import DASHES, PAGE_NUMBER, Place
from schemas.page import PageText
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
    ANNEX = "annex"
    """A title such as บัญชีแนบท้ายคำสั่ง."""
    COVER = "cover"
    """The cover sheet of a fax."""
    CALLED_FOR = "called-for"
    """Begins with the catchword of the page before."""


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
    Cue.ANNEX: -2.0,
    Cue.COVER: 0.0,
    Cue.CALLED_FOR: -2.0,
}

ATTACHMENT_LABEL = "สิ่งที่ส่งมาด้วย"
_MEMO, _OFFICE, _ATTACHMENT = bones("บันทึกข้อความ", "ส่วนราชการ", ATTACHMENT_LABEL)
_SUBJECT = bones("เรื่อง")[0]
_ADDRESSEES = (*TO_OFFICE, *TO_PERSON)
_PROCLAIMED = bones("คำสั่ง", "ประกาศ", "แถลงการณ์", "ระเบียบ", "ข้อบังคับ", "หนังสือรับรอง")
_STRAY = 2
"""Signs that a recogniser makes of the emblem above, before the first word of a title."""
_NUMBER = re.compile(r"^.?(?:เลข)?ท[ก-ฮ.]{0,7}\d[\d.]*/(?:ว|ฉ)?\d+")
_CITED = bones("ลงวันที่")[0]
_ORDINAL = re.compile(
    r"(?:(?:ลาดบ)?ท|หมายเลข|เลขท|ขอ|ฉบบท|\D{0,2}?)[(:.]?(\d{1,2})(?!\d)(?:\.(\d{1,2})(?!\d))?"
)
"""The number directly behind an attachment's label, and its sub-number; as a skeleton."""
_LEAF = re.compile(r"(?:หนา|แผน)ท?\D?(\d{1,3})(?!\d)")
_CONTINUED = re.compile(r"\(ตอ|ตอ\W*$")
_ITEM = re.compile(r"^(?:\(?\d{1,2}[.,)]|[-–—•])")
_ANNEX = bones("แนบท้าย", "ภาคผนวก", "เอกสารแนบ", "เอกสารหมายเลข", "ผนวก")
_COVER = bones("ใบนำส่งโทรสาร", "โทรสาร", "ใบปะหน้า")
_MOST_ITEMS = 20
_ONE_LINE = 0.012
"""Lines whose tops differ by less of the page's height stand beside one another."""


@dataclass(frozen=True)
class PageCues:
    """What speaks for and against a first page. ``page_number`` is the printed one, if any;
    ``attachment`` the ordinal of an attachment's head (0: a head without a number); ``listed`` how
    many attachments a letter's own list names, None when the page bears no such list."""

    found: frozenset[Cue] = frozenset()
    page_number: int | None = None
    attachment: int | None = None
    listed: int | None = None
    ends: Ends = field(default_factory=Ends)

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


def page_cues(page: PageText, emblem: Emblem | None) -> PageCues:
    """The cues of one upright page."""
    found: set[Cue] = set()
    if emblem is not None:
        found.add(Cue.EMBLEM_CENTRE if emblem is Emblem.CENTRE else Cue.EMBLEM_LEFT)
    for line in page.lines:
        found |= _line_cues(skeleton(line.text), Place.of(line, page))
    likeness = sum(WEIGHTS[cue] for cue in found if WEIGHTS[cue] > 0)
    number = printed_number(page, dashed=likeness >= FIRST_PAGE)
    head = attachment_head(page)
    if number is not None and number != 1:
        found.add(Cue.PAGE_NUMBER)
    if head is not None:
        found.add(Cue.ATTACHMENT)
    attachment = head.ordinal if head else None
    return PageCues(frozenset(found), number, attachment, listed_count(page), page_ends(page))


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
    if place.top <= 0.4 and _is_own_number(text):
        found.add(Cue.NUMBER)
    titled = place.top <= 0.4 and place.centred and _leads_any(_PROCLAIMED, text)
    if titled and closing_of(text) is None:
        found.add(Cue.PROCLAIMED)
    if place.top <= 0.25 and place.centred:
        found |= _title_cues(text)
    return found


def _is_own_number(text: str) -> bool:
    """The number of the letter itself, not of one that it cites with its date."""
    number = _NUMBER.match(text)
    return number is not None and _CITED not in text and not begins(_CITED, text[number.end() :], 1)


def _title_cues(text: str) -> set[Cue]:
    if any(words in text for words in _ANNEX) and not text.startswith(_SUBJECT):
        return {Cue.ANNEX}
    return {Cue.COVER} if _leads_any(_COVER, text) else set()


def _leads_any(labels: tuple[str, ...], text: str) -> bool:
    return any(text[stray:].startswith(labels) for stray in range(_STRAY + 1))


def printed_number(page: PageText, *, dashed: bool = False) -> int | None:
    """The page number at the top middle, e.g. ``- ๒ -``; None when there is none.

    ``dashed``: only one between dashes; a bare figure may be what was read into an emblem.
    """
    for line in page.lines:
        place = Place.of(line, page)
        match = PAGE_NUMBER.match(skeleton(line.text))
        narrow = place.right - place.left <= 0.15
        if match and narrow and place.centred and place.top <= 0.12:
            if dashed and not match[0].startswith(DASHES):
                continue
            return int(match[1])
    return None


class AttachmentHead(NamedTuple):
    """What an attachment's label says. ``ordinal`` is 0 without a number; ``goes_on``: the page is
    a later one of its attachment, as in ๑.๒, ๑ หน้า ๒ or ๑ (ต่อ)."""

    ordinal: int
    goes_on: bool


def attachment_head(page: PageText, label: str = _ATTACHMENT) -> AttachmentHead | None:
    """What stands behind ``label`` (a skeleton) at the top right; None without that label."""
    for line in page.lines:
        place = Place.of(line, page)
        if place.left >= 0.45 and place.top <= 0.2:
            rest = behind(label, skeleton(line.text), 3)
            if rest is not None:
                return _head(rest)
    return None


def _head(rest: str) -> AttachmentHead:
    number, leaf = _ORDINAL.match(rest), _LEAF.search(rest)
    places = [number[2] if number else None, leaf[1] if leaf else None]
    later = any(int(place) > 1 for place in places if place)
    goes_on = later or _CONTINUED.search(rest) is not None
    return AttachmentHead(int(number[1]) if number else 0, goes_on)


def listed_count(page: PageText, label: str = _ATTACHMENT) -> int | None:
    """How many things the letter says that it sends along; None without such a list.

    The list stands at the left under ``label`` (a skeleton), an item a line, numbered or with
    dashes when there are several.
    """
    lines = sorted(page.lines, key=lambda line: line.box.top)
    read = [(skeleton(line.text), Place.of(line, page)) for line in lines]
    for text, place in read:
        if place.left <= 0.3 and 0.15 <= place.top <= 0.6 and leads(label, text, 3):
            beside = bool(re.search(r"\d[.,)]|[-–—•]", text[len(label) - 1 :][:4]))
            below = [one for one in read if one[1].top > place.top - _ONE_LINE]
            return max(1, beside + _items(below, place))
    return None


def _items(lines: list[tuple[str, Place]], label: Place) -> int:
    """How many of ``lines`` begin an item, up to the first that goes back to the margin."""
    count = 0
    for text, place in lines:
        if place.left <= label.left + 0.03:
            if place.top > label.top + _ONE_LINE:
                break
            continue
        count += bool(_ITEM.match(text))
    return min(count, _MOST_ITEMS)
