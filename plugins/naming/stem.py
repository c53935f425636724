"""From what was read of a letter to a safe archive name."""

import re
from collections.abc import Mapping
from typing import Final

from plugins.naming.templates import Templates
from schemas.letter import LetterNumber, RegisterMark
from schemas.letterfacts import LetterFacts

_UNSAFE = re.compile(r"[^A-Za-z0-9-]+")
_RESERVED: Final = frozenset(
    {"CON", "PRN", "AUX", "NUL"} | {f"{device}{n}" for device in ("COM", "LPT") for n in range(10)}
)
"""Names that Windows keeps for devices, whatever the extension."""


def safe_stem(text: str) -> str:
    """``text`` with ``_`` for every run of blanks, dots, slashes and other reserved characters.

    Raises ValueError when nothing is left.
    """
    stem = _UNSAFE.sub("_", text).strip("_-")
    if not stem:
        raise ValueError("no letter or digit in the name")
    return f"{stem}_X" if stem.upper() in _RESERVED else stem


def letter_stem(
    facts: LetterFacts,
    *,
    templates: Templates,
    agency: str,
    marks: Mapping[RegisterMark, str],
    stable_id: str,
) -> str | None:
    """The name of a letter; None when its kind or year was not read.

    The year is that of an order's number, else of the letter's date: registers restart with it.
    """
    kind, number, dated = facts.kind.value, facts.number.value, facts.date.value
    if kind is None:
        return None
    fields = {"agency": agency, "kind": kind.value, "id": stable_id, "code": "", "mark": ""}
    if dated is not None:
        fields |= {
            "year": str(dated.year_be),
            "date": f"{dated.year_be}{dated.month:02}{dated.day:02}",
        }
    if isinstance(number, LetterNumber):
        mark = marks[number.mark] if number.mark else ""
        fields |= {"code": number.code, "mark": mark, "running": number.running}
    elif number is not None:
        fields |= {"year": str(number.year_be), "running": number.running}
    template = templates.unnumbered if number is None else templates.of(kind)
    try:
        return safe_stem(template.format(**fields))
    except KeyError:
        return None
