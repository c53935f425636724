"""Thai text as it must be compared and stored. NFC throughout: NFKC tears SARA AM apart."""

import re
import unicodedata

THAI_DIGITS = "๐๑๒๓๔๕๖๗๘๙"
_TO_ARABIC = str.maketrans(THAI_DIGITS, "0123456789")
_TO_THAI = str.maketrans("0123456789", THAI_DIGITS)

NIKHAHIT, SARA_AA, SARA_AM = "\u0e4d", "\u0e32", "\u0e33"
_TONES = "\u0e48-\u0e4b"
_MARKS = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
"""Everything that stands above or below a consonant."""
_CLUSTER = re.compile(f"([{_MARKS}]*)({SARA_AA}|{SARA_AM}[{_TONES}]*)|([{_MARKS}]+)")
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")


_BARE = _TO_ARABIC | {
    ord(SARA_AM): SARA_AA,
    **dict.fromkeys((0x0E31, *range(0x0E34, 0x0E3B), *range(0x0E47, 0x0E4F)), None),
}
"""Marks away, SARA AM as SARA AA, digits folded."""


def arabic_digits(text: str) -> str:
    """``text`` with ๐-๙ as 0-9; of the same length."""
    return text.translate(_TO_ARABIC)


def thai_digits(text: str) -> str:
    """``text`` with 0-9 as ๐-๙; of the same length."""
    return text.translate(_TO_THAI)


def tidy(text: str) -> str:
    """``text`` in the one spelling that is stored.

    NFC; SARA AM in one piece with its tone mark before it; a vowel mark before the tone mark it
    shares a consonant with; two SARA E as one SARA AE; no invisible characters. Never longer than
    its NFC form.
    """
    return unicodedata.normalize("NFC", _CLUSTER.sub(_ordered, _visible(text)))


def skeleton(text: str) -> str:
    """``text`` without blanks and without what stands above or below a consonant, digits folded.

    Recognisers drop these marks first, so labels are compared by their skeletons.
    """
    return "".join(_visible(text).translate(_BARE).split())


def _visible(text: str) -> str:
    """NFC without invisible characters, two SARA E as one SARA AE."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFC", text)).replace("เเ", "แ")


def _ordered(match: re.Match[str]) -> str:
    marks, aa = match[1] or match[3] or "", match[2] or ""
    if aa.startswith(SARA_AM):
        marks, aa = marks + aa[1:], SARA_AM
    elif aa and NIKHAHIT in marks:
        marks, aa = marks.replace(NIKHAHIT, ""), SARA_AM
    return "".join(sorted(marks, key=_rank)) + aa


def _rank(mark: str) -> int:
    """Vowel marks first, then tone marks, then the silencing and other signs."""
    if "\u0e48" <= mark <= "\u0e4b":
        return 1
    return 2 if mark in "\u0e4c\u0e4d\u0e4e" else 0
