"""What a recogniser makes of a drawn page: slips, lines lost, cut or run together."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from schemas.page import Box, Line, PageText, Word
from tests.letters.fonts import DPI
from tests.letters.typeset import PAGE_SIZE, Run

_ALIKE = (
    "ดคต",
    "บปษ",
    "ขซช",
    "ผฝพฟ",
    "ถภก",
    "ลสอ",
    "นม",
    "รธ",
    "ทห",
    "วจ",
    "๐๑๓",
    "๔๕๘",
    "๒๖",
    "๗๓๙",
)
_LIKE = {sign: group.replace(sign, "") for group in _ALIKE for sign in group}
_ABOVE = frozenset("ัิีึืฺุู็่้๊๋์ํ๎")


@dataclass(frozen=True)
class Noise:
    """Chances of a slip: of a sign above or below, of any letter, of a line, of the emblem.

    ``tiny`` is the chance that a line of a few signs is not seen at all.
    """

    mark: float = 0.0
    letter: float = 0.0
    line: float = 0.0
    tiny: float = 0.0
    emblem: float = 0.0


CLEAN = Noise(mark=0.008, letter=0.004, line=0.0005, tiny=0.002, emblem=0.002)
OFFICE = Noise(mark=0.03, letter=0.015, line=0.003, tiny=0.02, emblem=0.01)
POOR = Noise(mark=0.1, letter=0.05, line=0.015, tiny=0.08, emblem=0.04)


def read_runs(
    runs: Sequence[Run], noise: Noise, rng: np.random.Generator, number: int = 1
) -> PageText:
    """The page text of a page on which ``runs`` were written; pixels at 300 dpi."""
    lines = []
    for row in _rows(runs, rng):
        small = sum(len(run.text) for run in row) <= 7
        if rng.random() < (noise.tiny if small else noise.line):
            continue
        words = tuple(word for run in row for word in _words(run, noise, rng))
        if words:
            lines.append(Line(words=words, box=_around([word.box for word in words])))
    width, height = PAGE_SIZE
    return PageText(number=number, width=width, height=height, dpi=DPI, lines=tuple(lines))


def _rows(runs: Sequence[Run], rng: np.random.Generator) -> list[list[Run]]:
    """Runs on one baseline are read as one line or as several."""
    ordered = sorted(runs, key=lambda run: (run.y, run.x))
    rows: list[list[Run]] = []
    for _, level in groupby(ordered, key=lambda run: run.y):
        for run in level:
            if rows and rows[-1][-1].y == run.y and rng.random() < 0.6:
                rows[-1].append(run)
            else:
                rows.append([run])
    return rows


def _words(run: Run, noise: Noise, rng: np.random.Generator) -> list[Word]:
    """The words of a run, each as wide as its share of the letters."""
    size = run.points * DPI / 72
    pitch = (run.width or size * 0.45 * len(run.text)) / max(len(run.text), 1)
    at, words = float(run.x), []
    for part in run.text.split(" "):
        right = at + len(part) * pitch
        box = Box(int(at), int(run.y - 0.75 * size), int(right), int(run.y + 0.25 * size))
        if read := slipped(part, noise, rng):
            words.append(Word(text=read, box=box, confidence=0.9))
        at = right + pitch
    return words


def slipped(text: str, noise: Noise, rng: np.random.Generator) -> str:
    """``text`` as misread: marks lost, letters taken for others, lost or doubled."""
    chances = rng.random(len(text))
    out = []
    for sign, chance in zip(text, chances, strict=True):
        if sign in _ABOVE:
            out.append("" if chance < noise.mark else sign)
        elif chance < noise.letter * 0.6:
            others = _LIKE.get(sign, sign)
            out.append(others[int(rng.integers(len(others)))])
        elif chance < noise.letter:
            out.append("" if rng.random() < 0.5 else sign + "า")
        else:
            out.append(sign)
    return "".join(out)


def _around(boxes: Sequence[Box]) -> Box:
    return Box(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )
