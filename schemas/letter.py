"""Values that stand on an official letter: its kind, urgency, number and date.

Kinds and number shapes follow ระเบียบสำนักนายกรัฐมนตรีว่าด้วยงานสารบรรณ พ.ศ. ๒๕๒๖ and its amendments.
"""

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import Field, StringConstraints, model_validator

from schemas.base import Frozen
from schemas.thaitext import arabic_digits, thai_digits, tidy

BE_OFFSET: Final = 543
FIRST_YEAR_BE: Final = 2484
"""First Buddhist year that began on 1 January; dates before it need a person."""


class LetterKind(StrEnum):
    """The six kinds of official papers."""

    EXTERNAL = "external"
    INTERNAL = "internal"
    STAMPED = "stamped"
    ORDER = "order"
    ANNOUNCEMENT = "announcement"
    EVIDENCE = "evidence"

    @property
    def thai(self) -> str:
        return _KIND_NAMES[self]


_KIND_NAMES: Final = {
    LetterKind.EXTERNAL: "หนังสือภายนอก",
    LetterKind.INTERNAL: "หนังสือภายใน",
    LetterKind.STAMPED: "หนังสือประทับตรา",
    LetterKind.ORDER: "หนังสือสั่งการ",
    LetterKind.ANNOUNCEMENT: "หนังสือประชาสัมพันธ์",
    LetterKind.EVIDENCE: "หนังสือที่เจ้าหน้าที่ทำขึ้นหรือรับไว้เป็นหลักฐาน",
}


class LetterForm(StrEnum):
    """What a paper calls itself, where its kind has several forms."""

    COMMAND = "command"
    REGULATION = "regulation"
    BYLAW = "bylaw"
    ANNOUNCEMENT = "announcement"
    STATEMENT = "statement"
    NEWS = "news"
    CERTIFICATE = "certificate"
    MINUTES = "minutes"
    NOTE = "note"

    @property
    def thai(self) -> str:
        return _FORMS[self][0]

    @property
    def kind(self) -> LetterKind:
        return _FORMS[self][1]


_FORMS: Final = {
    LetterForm.COMMAND: ("คำสั่ง", LetterKind.ORDER),
    LetterForm.REGULATION: ("ระเบียบ", LetterKind.ORDER),
    LetterForm.BYLAW: ("ข้อบังคับ", LetterKind.ORDER),
    LetterForm.ANNOUNCEMENT: ("ประกาศ", LetterKind.ANNOUNCEMENT),
    LetterForm.STATEMENT: ("แถลงการณ์", LetterKind.ANNOUNCEMENT),
    LetterForm.NEWS: ("ข่าว", LetterKind.ANNOUNCEMENT),
    LetterForm.CERTIFICATE: ("หนังสือรับรอง", LetterKind.EVIDENCE),
    LetterForm.MINUTES: ("รายงานการประชุม", LetterKind.EVIDENCE),
    LetterForm.NOTE: ("บันทึก", LetterKind.EVIDENCE),
}


class Urgency(StrEnum):
    """How fast a letter must be acted on; most carry no such mark."""

    NONE = "none"
    URGENT = "urgent"
    VERY_URGENT = "very-urgent"
    MOST_URGENT = "most-urgent"

    @property
    def thai(self) -> str:
        """The mark as it stands on paper; empty for none."""
        return _URGENCY_MARKS[self]


_URGENCY_MARKS: Final = {
    Urgency.NONE: "",
    Urgency.URGENT: "ด่วน",
    Urgency.VERY_URGENT: "ด่วนมาก",
    Urgency.MOST_URGENT: "ด่วนที่สุด",
}


class RegisterMark(StrEnum):
    """Marks before the running number; each has a register of its own."""

    CIRCULAR = "ว"
    EMERGENCY = "ฉ"


Digits = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,6}$")]
PREFIX: Final = r"[ก-ฮ]{2,5}\.?|(?:[ก-ฮ]\.){2,5}"
COMMITTEE: Final = r"[ก-ฮ]{2,5}"
_NUMBER = re.compile(
    rf"(?:ที่\s*)?({PREFIX})\s*(?:\(\s*({COMMITTEE})\s*\)\s*)?"
    r"([0-9]{2,6}(?:\.[0-9]{1,3}){0,4})\s*/\s*([วฉ])?\s*([0-9]{1,6})"
)
ORDER_PREFIX: Final = rf"{PREFIX}|พิเศษ|[ก-ฮ]{{2,4}}\.[ก-ฮ]{{2,4}}\.?|[ก-ฮ]"
AGENCY_ORDER: Final = rf"({ORDER_PREFIX})\s*([1-9][0-9]{{0,3}})\s*/\s*(25[0-9]{{2}})"
"""Behind letters it is year and number only where it looks like them."""
_ORDER = re.compile(rf"(?:ที่\s*)?(?:([0-9]{{1,6}})\s*/\s*([0-9]{{4}})|{AGENCY_ORDER})")
Prefix = Annotated[str, StringConstraints(pattern=rf"^(?:{PREFIX})$")]


class LetterNumber(Frozen):
    """``ที่`` of a letter. Parts are strings of Arabic digits: leading zeros carry meaning.

    The canonical spacing is that of the regulation's examples: ``ตก 0023.3/ว 0026`` and, for the
    emergency register, ``ปท 0013 / ฉ 001``.
    """

    prefix: Prefix
    """Code letters of the agency; ambiguous alone (ตร is Trat and the police)."""
    committee: Annotated[str, StringConstraints(pattern=rf"^{COMMITTEE}$")] | None = None
    """Letters of a committee that writes by itself: ``กค (กวจ) 0405.2/ว 119``."""
    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{2,6}(\.[0-9]{1,3}){0,4}$")]
    """The owner's number within the agency."""
    mark: RegisterMark | None = None
    running: Digits
    """Number in the outgoing register."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read one number, with or without ``ที่`` before it. Raises ValueError."""
        match = _NUMBER.fullmatch(_plain(text))
        if match is None:
            raise ValueError("not the number of a letter")
        prefix, committee, code, letter, running = match.groups()
        mark = RegisterMark(letter) if letter else None
        return cls(prefix=prefix, committee=committee, code=code, mark=mark, running=running)

    def format(self, *, thai: bool = False) -> str:
        """The canonical spelling, with Arabic or Thai digits."""
        slash = " / " if self.mark is RegisterMark.EMERGENCY else "/"
        mark = f"{self.mark} " if self.mark else ""
        committee = f" ({self.committee})" if self.committee else ""
        text = f"{self.prefix}{committee} {self.code}{slash}{mark}{self.running}"
        return thai_digits(text) if thai else text

    def __str__(self) -> str:
        return self.format()


class OrderNumber(Frozen):
    """``ที่`` of an order: a running number and the year it restarts in, ``1234/2569``; some
    agencies set their letters before it, ``สป 123/2569``."""

    prefix: Annotated[str, StringConstraints(pattern=rf"^(?:{ORDER_PREFIX})$")] | None = None
    running: Digits
    year_be: Annotated[int, Field(ge=FIRST_YEAR_BE, le=9999)]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read one number, with or without ``ที่`` before it. Raises ValueError."""
        match = _ORDER.fullmatch(_plain(text))
        if match is None:
            raise ValueError("not the number of an order")
        running, year = (match[1], match[2]) if match[1] else (match[4], match[5])
        return cls(prefix=match[3], running=running, year_be=int(year))

    def format(self, *, thai: bool = False) -> str:
        """The canonical spelling, with Arabic or Thai digits."""
        prefix = f"{self.prefix} " if self.prefix else ""
        text = f"{prefix}{self.running}/{self.year_be}"
        return thai_digits(text) if thai else text

    def __str__(self) -> str:
        return self.format()


def parse_number(text: str, kind: LetterKind | None = None) -> LetterNumber | OrderNumber:
    """The number of a paper of this kind. ``สป 123/2569`` is number and year on one that names its
    form, such as an order, and owner's and running number on any other. Raises ValueError."""
    order, letter = _ORDER.fullmatch(_plain(text)), _NUMBER.fullmatch(_plain(text))
    formed = kind in {form.kind for form in LetterForm}
    return (OrderNumber if order and (formed or not letter) else LetterNumber).parse(text)


def _plain(text: str) -> str:
    return arabic_digits(tidy(text)).strip()


MONTHS: Final = (
    "มกราคม",
    "กุมภาพันธ์",
    "มีนาคม",
    "เมษายน",
    "พฤษภาคม",
    "มิถุนายน",
    "กรกฎาคม",
    "สิงหาคม",
    "กันยายน",
    "ตุลาคม",
    "พฤศจิกายน",
    "ธันวาคม",
)
SHORT_MONTHS: Final = (
    "ม.ค.",
    "ก.พ.",
    "มี.ค.",
    "เม.ย.",
    "พ.ค.",
    "มิ.ย.",
    "ก.ค.",
    "ส.ค.",
    "ก.ย.",
    "ต.ค.",
    "พ.ย.",
    "ธ.ค.",
)
RECEIPT_NUMBERS: Final = ("เลขรับ", "เลขที่รับ", "รับที่", "เลขทะเบียนรับ", "ทะเบียนรับเลขที่")
RECEIPT_LABELS: Final = (*RECEIPT_NUMBERS, "วันที่", "เวลา", "ผู้รับ")
"""What the rows of a receive stamp begin with (regulation of 2526, clause 38), and those of its
number."""
_DATE = re.compile(
    r"(?:วันที่\s*)?([0-9]{1,2})\s*(?:เดือน\s*)?([ก-๎.][ก-๎.\s]{0,20}?)"
    r"\s*(?:พ\s*\.?\s*ศ\s*\.?|พุทธศักราช)?\s*([0-9]{4})"
)
_MONTH_NUMBERS: Final = {name: i % 12 + 1 for i, name in enumerate(MONTHS + SHORT_MONTHS)}


class ThaiDate(Frozen):
    """A calendar date in the Buddhist era."""

    year_be: Annotated[int, Field(ge=FIRST_YEAR_BE, le=9999)]
    month: Annotated[int, Field(ge=1, le=12)]
    day: Annotated[int, Field(ge=1, le=31)]

    @model_validator(mode="after")
    def _exists(self) -> Self:
        self.to_date()
        return self

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``[วันที่] 17 มกราคม [พ.ศ.] 2569``, Thai digits and short months included.

        Raises ValueError for anything else: years of two digits, years before 2484 and days that
        the calendar does not have are never guessed at.
        """
        match = _DATE.fullmatch(_plain(text))
        if match is None:
            raise ValueError("not a date in words with a year of four digits")
        month = _MONTH_NUMBERS.get("".join(match[2].split()))
        if month is None:
            raise ValueError("not the name of a month")
        return cls(year_be=int(match[3]), month=month, day=int(match[1]))

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(year_be=day.year + BE_OFFSET, month=day.month, day=day.day)

    def to_date(self) -> date:
        return date(self.year_be - BE_OFFSET, self.month, self.day)

    def to_iso(self) -> str:
        """``YYYY-MM-DD`` of the common era."""
        return self.to_date().isoformat()

    def format(self, *, thai: bool = False, short: bool = False) -> str:
        """``17 มกราคม 2569``, with Arabic or Thai digits, full or short month."""
        months = SHORT_MONTHS if short else MONTHS
        text = f"{self.day} {months[self.month - 1]} {self.year_be}"
        return thai_digits(text) if thai else text

    def __str__(self) -> str:
        return self.format()
