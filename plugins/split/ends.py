"""What a page says of the pages before and after it: how it begins, and whether a letter ends."""

import re
from dataclasses import dataclass
from enum import StrEnum

from plugins.split.labels import begins, bones, within
from plugins.split.place import PAGE_NUMBER, Place
from schemas.page import Line, PageText
from schemas.thaitext import skeleton

_OPENING_LINES = 3
_MARK_LETTERS = 8
"""Shorter lines may be marks or specks above the text: they do not count as its first lines."""
_SHINGLE = 5
_LEAST_SHINGLES = 150
_SAME_PAGE = 0.6
"""Share of common shingles from which two scans show one page; two pages of one table have less."""


class Closing(StrEnum):
    """The words that end a letter, by what they end."""

    LETTER = "letter"
    PROCLAMATION = "proclamation"
    """An order, an announcement, a rule or a certificate."""


_CLOSINGS = {
    **dict.fromkeys(bones("ขอแสดงความนับถือ", "ด้วยความเคารพอย่าง"), Closing.LETTER),
    **dict.fromkeys(bones("สั่ง ณ วันที่", "ประกาศ ณ วันที่", "ให้ไว้ ณ วันที่"), Closing.PROCLAMATION),
}
_DATE_LETTERS = 26
"""A closing line holds no more than the words and a date."""
_OWNER = bones("โทร.", "โทรศัพท์", "ไปรษณีย์อิเล็กทรอนิกส์")
_REACHED = bones("โทร", "ไปรษณีย์อิเล็กทรอนิกส์", "E-mail", "e-mail", "Email", "email", "เว็บไซต์", "มือถือ")
"""How the owner is reached, in lines below the telephone."""
_BELOW_OWNER = 3
"""Lines that may stand below the owner's telephone, such as another name or a motto."""
TO_OFFICE = bones("ถึง")
TO_PERSON = bones("เรียน", "กราบเรียน", "นมัสการ")
_NAME = re.compile(r"^[(\[{]?[ก-ฮะาเแโใไๆ.]{6,45}[)\]}]?$")
_BRACKETS = "()[]{}"


@dataclass(frozen=True)
class Ends:
    """Words are skeletons. ``catchword``: what the next page should begin with, empty without one;
    ``opening``: the first lines, the text's first line among them; ``owner``: the text ends with
    the owner's telephone; ``signed``: closing words or a name in brackets, or that telephone under
    a letter to an office, which bears a seal in place of a name.
    """

    catchword: str = ""
    opening: tuple[str, ...] = ()
    closing: Closing | None = None
    signed: bool = False
    owner: bool = False
    shingles: frozenset[str] = frozenset()

    def calls_for(self, other: "Ends") -> bool | None:
        """Whether ``other`` begins with this page's catchword; None when that cannot be told."""
        word = self.catchword
        if len(word) < 2 or not other.opening:
            return None
        slips = max(1, len(word) * 2 // 5) if len(word) > 2 else 0
        return any(begins(word, line, slips) for line in other.opening)

    def same_page(self, other: "Ends") -> bool:
        """Whether both seem to be scans of one page."""
        least = min(len(self.shingles), len(other.shingles))
        most = max(len(self.shingles), len(other.shingles))
        common = len(self.shingles & other.shingles)
        return least >= _LEAST_SHINGLES and common >= _SAME_PAGE * most


def page_ends(page: PageText) -> Ends:
    """How ``page``, which is upright, begins and ends."""
    lines = sorted(page.lines, key=lambda line: line.box.top)
    read = [(skeleton(line.text), Place.of(line, page)) for line in lines]
    closing = next((found for text, _ in read if (found := closing_of(text))), None)
    owner = _ends_with_owner(read)
    named = closing is not None or any(_names(text, place) for text, place in read)
    text = "".join(text for text, _ in read)
    return Ends(
        catchword=next((word for line in lines if (word := _catchword(line, page))), ""),
        opening=_opening([text for text, _ in read]),
        closing=closing,
        signed=named or (owner and _to_office(read)),
        owner=owner,
        shingles=frozenset(text[n : n + _SHINGLE] for n in range(len(text) - _SHINGLE + 1)),
    )


def _opening(texts: list[str]) -> tuple[str, ...]:
    """The first lines of the text, and what stands above and between them."""
    lines = [text for text in texts if not PAGE_NUMBER.match(text)]
    long = [n for n, text in enumerate(lines, 1) if len(text) >= _MARK_LETTERS]
    return tuple(lines[: long[min(_OPENING_LINES, len(long)) - 1]] if long else lines)


def closing_of(text: str) -> Closing | None:
    """What a line (a skeleton) with closing words ends."""
    for words, closing in _CLOSINGS.items():
        if len(text) <= len(words) + _DATE_LETTERS and within(words, text, len(words) // 6):
            return closing
    return None


def _ends_with_owner(lines: list[tuple[str, Place]]) -> bool:
    """The owner's telephone at the left, where the text ends: one in a letterhead has it below."""
    margin = [(text, place.top) for text, place in lines if place.left <= 0.35]
    for n, (text, top) in enumerate(margin):
        if text.startswith(_OWNER):
            rest = [other for other, _ in margin[n:] if not other.startswith(_REACHED)]
            below = sum(len(other) >= _MARK_LETTERS for other in rest)
            if below <= (_BELOW_OWNER if top > 0.5 else 0):
                return True
    return False


def _to_office(lines: list[tuple[str, Place]]) -> bool:
    """Whether ถึง stands where a letter to a person has เรียน."""
    head = [text for text, place in lines if place.left <= 0.3 and place.top <= 0.5]
    to_person = any(text.startswith(TO_PERSON) for text in head)
    return not to_person and any(text.startswith(TO_OFFICE) for text in head)


def _names(text: str, place: Place) -> bool:
    """The signer's name in brackets, right of the middle."""
    bracketed = text[:1] in _BRACKETS or text[-1:] in _BRACKETS
    return bool(text) and bracketed and place.left >= 0.35 and bool(_NAME.match(text))


def _catchword(line: Line, page: PageText) -> str:
    """``/ word ...`` at the bottom right, or at the right below all else: the next page goes on
    with this word."""
    place = Place.of(line, page)
    text = skeleton(line.text)
    last = text.startswith("/") and all(line.box.top >= other.box.top for other in page.lines)
    if (place.top < 0.85 and not last) or place.left < 0.4:
        return ""
    if not (text.startswith("/") or text.endswith(("..", "…"))):
        return ""
    return text.lstrip("/").rstrip(".…")
