"""Thai digits, dates and the file names that the rules expect."""

import re
from datetime import date

from .spec import Kind, Letter

THAI_DIGITS = "๐๑๒๓๔๕๖๗๘๙"
MONTHS = (
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
_TO_THAI = str.maketrans("0123456789", THAI_DIGITS)
_TO_ARABIC = str.maketrans(THAI_DIGITS, "0123456789")
_ROMAN_MARKS = {"ว": "W", "ฉ": "E"}
_NUMBER = re.compile(r"[ก-ฮ]{2,5}\.? ?([\d.]+) ?/ ?([วฉ]?) ?(\d+)")


def thai(value: object) -> str:
    """The text of a value with Thai digits."""
    return str(value).translate(_TO_THAI)


def arabic(text: str) -> str:
    """A text with Arabic digits."""
    return text.translate(_TO_ARABIC)


def be_year(day: date) -> int:
    """The year of the Buddhist Era."""
    return day.year + 543


def thai_date(day: date, era: bool = False) -> str:
    """A date as official letters write it: ๑๙ มกราคม ๒๕๖๙ (with พ.ศ. on orders)."""
    return f"{thai(day.day)} {MONTHS[day.month - 1]} {'พ.ศ. ' if era else ''}{thai(be_year(day))}"


def file_name(letter: Letter, attachment: int = 0) -> str | None:
    """The file name of an external letter or of its n-th attachment; none for other kinds."""
    match = _NUMBER.fullmatch(arabic(letter.number))
    if letter.kind is not Kind.EXTERNAL or match is None:
        return None
    owner, mark, running = match.groups()
    parts = [
        str(be_year(letter.dated)),
        letter.agency.roman,
        owner.replace(".", "_"),
        _ROMAN_MARKS.get(mark, "") + running,
    ]
    if attachment:
        parts.append(f"A{attachment}")
    return "_".join(parts) + ".pdf"
