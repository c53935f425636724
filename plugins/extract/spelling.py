"""How well a Thai text falls into words, and whether one misread letter keeps it from doing so.

Recognisers take a letter for another of like shape, and are as sure of it as of any. Numbers and
names are no words; of them this tells nothing.
"""

import math
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Final, NamedTuple

UNKNOWN: Final = 9.0
"""What a letter outside all known words costs, in nats; a common word costs 5 to 12."""
PLAINER: Final = 7.0
"""Nats that tell a word from what is none.

Of 900 pieces of official prose 4 % were doubted, a third of them with a slip of their own; of the
same with one letter exchanged, 96 %. At 9 nats: 3 % and 92 %. Of names of persons, 31 %.
"""
ALIKE: Final = (
    *("กถภฤ", "ดตคศ", "สลถด", "ขชซ", "ผฝพฟ", "บปษ", "นมฆ", "ทฑห", "ฎฏ", "ณญฌฉ", "ยข", "รธ", "วอฮ"),
    *("จง", "าำ", "าว", "ิีึื", "ั้่", "็้", "ุู", "เแ", "ไใโ"),
)
"""Letters and marks of like shape."""
_EASILY_LOST = "่้์"
_MARK = re.compile(r"[ัิ-ฺ็-๎]")
_BEARS_MARKS = re.compile(r"[ก-ฮัิ-ู]")
_THAI = re.compile(r"[ก-ฮะ-ฺเ-ๅ็-๎]+")
_CODE = re.compile(r"(?<!\S)[ก-ฮ]{2,5}\.?\s*[0-9๐-๙]|(?<![ก-๎])[ก-ฮ.]+\.")
"""Letters before a number, and abbreviations."""
_IMPOSSIBLE = re.compile(r"[เ-ไ](?![ก-ฮ])|(?<![ก-ฮะ-ฺ็-๎])[ะ-ฺ็-๎]|[ะาำ][ั-ฺ็-๎]|[่-๋]{2}")
"""A vowel before no consonant, or a mark without one."""


class _Lexicon(NamedTuple):
    """What each word costs, in nats, and everything that a word begins with."""

    costs: Mapping[str, float]
    openings: frozenset[str]


def plainer(text: str, other: str) -> bool:
    """Whether ``other`` is made of clearly plainer words than ``text``."""
    return gain(text, other) > PLAINER


def gain(text: str, other: str) -> float:
    """By how many nats ``other`` is made of plainer words than ``text``.

    Blanks count for nothing; digits, other signs and abbreviations part words. A letter that
    ``other`` lacks costs as much as one outside all words.
    """
    lacking = len("".join(text.split())) - len("".join(other.split()))
    return _cost(text) - _cost(other) - UNKNOWN * max(lacking, 0)


def misread(text: str) -> bool:
    """Whether ``text`` is spelt as no Thai is, or would fall into words with one letter exchanged
    for one of like shape, left out, or with a mark that was lost."""
    parts = _parts(text)
    return any(_IMPOSSIBLE.search(part) or _saved(part) > PLAINER for part in parts)


def in_code(text: str, start: int, end: int) -> bool:
    """Whether letters between ``start`` and ``end`` belong to a code or an abbreviation."""
    return any(found.start() < end and start < found.end() for found in _CODE.finditer(text))


def _cost(text: str) -> float:
    return sum(_ahead(part)[-1] for part in _parts(text))


def _parts(text: str) -> list[str]:
    """The Thai letters of ``text`` between other signs."""
    return _THAI.findall("".join(_CODE.sub("/", text).split()))


def _saved(part: str) -> float:
    ahead, behind = _ahead(part), _behind(part)
    least = min(
        (
            ahead[start] + spent + behind[end]
            for place, width, letter in _edits(part)
            for start, end, spent in _words_across(part, place, width, letter)
        ),
        default=ahead[-1],
    )
    return max(ahead[-1] - least, 0.0)


def _edits(part: str) -> Iterator[tuple[int, int, str]]:
    """Place, length and replacement of each single change that undoes a likely misreading."""
    for place, letter in enumerate(part):
        yield place, 1, ""
        for group in ALIKE:
            if letter in group:
                yield from ((place, 1, other) for other in group if other != letter)
        if _BEARS_MARKS.match(letter):
            yield from ((place + 1, 0, mark) for mark in _EASILY_LOST)


def _words_across(
    part: str, place: int, width: int, letter: str
) -> Iterator[tuple[int, int, float]]:
    """Start, end and cost of each word that holds ``letter`` instead of ``width`` letters at
    ``place``; a letter left out costs as much as one outside all words, but a mark nothing: specks
    are read as marks, never as letters."""
    known = _lexicon()
    stray = 0.0 if letter or _MARK.match(part[place]) else UNKNOWN
    if not letter:
        yield place, place + width, stray
    for start in range(place, -1, -1):
        word = part[start:place] + letter
        end = place + width
        while word in known.openings or not word:
            if word in known.costs:
                yield start, end, known.costs[word] + stray
            if end == len(part):
                break
            word, end = word + part[end], end + 1


def _ahead(part: str) -> list[float]:
    """The least cost of each beginning of ``part``, the empty one first."""
    least = [0.0] + [math.inf] * len(part)
    for start in range(len(part)):
        least[start + 1] = min(least[start + 1], least[start] + UNKNOWN)
        for end, spent in _words_from(part, start):
            least[end] = min(least[end], least[start] + spent)
    return least


def _behind(part: str) -> list[float]:
    """The least cost of each end of ``part``, the whole first."""
    least = [math.inf] * len(part) + [0.0]
    for start in range(len(part) - 1, -1, -1):
        ways = (spent + least[end] for end, spent in _words_from(part, start))
        least[start] = min(UNKNOWN + least[start + 1], *ways, math.inf)
    return least


def _words_from(part: str, start: int) -> Iterator[tuple[int, float]]:
    """End and cost of each word of ``part`` that begins at ``start``."""
    known = _lexicon()
    for end in range(start + 1, len(part) + 1):
        word = part[start:end]
        if word not in known.openings:
            return
        if word in known.costs:
            yield end, known.costs[word]


@lru_cache(maxsize=1)
def _lexicon() -> _Lexicon:
    """21,437 words of ``words.tsv`` with the number of times each was counted.

    Those of PyThaiNLP 5.4's ``words_th.txt`` that its ``tnc_freq.txt`` counts at least 20 times
    (both CC0); of the others, those of eight letters or more that do not fall into these. Added
    were provinces, ministries and the commonest offices, as if counted 1,000 times. No word has
    one letter.
    """
    table = (files("plugins.extract") / "words.tsv").read_text("utf-8")
    counted = {word: int(count) for word, count in map(str.split, table.splitlines())}
    total = sum(counted.values())
    costs = {word: math.log(total / count) for word, count in counted.items()}
    return _Lexicon(costs, frozenset(w[:n] for w in costs for n in range(1, len(w) + 1)))
