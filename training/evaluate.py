"""Measures models side by side on lines, fonts and texts that were never trained on."""

import os
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from pipeline.pixels import Gray
from schemas.thaitext import arabic_digits, thai_digits, tidy
from training.fonts import NEVER_TRAINED, TRAINED, Font, Fonts
from training.lines import measured_lines
from training.lstmf import TESSDATA
from training.numbers import number_line
from training.text import Corpus

_LINE = 13
"""Tesseract's segmentation mode for a picture of one line, taken as it is: our reader's."""
_DIGITS = frozenset("0123456789๐๑๒๓๔๕๖๗๘๙")


@dataclass(frozen=True)
class Model:
    """A model by its name, its folder and tesseract's languages."""

    name: str
    folder: Path
    languages: str

    @classmethod
    def of(cls, name: str, file: Path) -> "Model":
        """The model of a traineddata file."""
        return cls(name, file.parent, file.stem)


STOCK = Model("stock tha+eng", TESSDATA, "tha+eng")


@dataclass(frozen=True)
class Condition:
    """A set of lines: what they say, in which fonts, how scanned."""

    name: str
    sort: str
    fonts: Sequence[Font]
    profile: str


_LETTERS, _TYPEWRITER = NEVER_TRAINED["letters"], NEVER_TRAINED["typewriter"]
CONDITIONS = (
    Condition("Thai, clean 300 dpi", "thai", _LETTERS, "clean"),
    Condition("Thai, 200 dpi", "thai", _LETTERS, "fast"),
    Condition("Thai, photocopy", "thai", _LETTERS, "photocopy"),
    Condition("Thai, typewriter", "thai", _TYPEWRITER, "typed"),
    Condition("Thai, trained fonts", "thai", TRAINED, "clean"),
    Condition("Arabic digits", "arabic", _LETTERS, "clean"),
)


class Measured(NamedTuple):
    """`cer`: wrong characters a character, blanks left out. `digits`: share of digits that were
    read right; None where the lines hold none."""

    model: str
    condition: str
    cer: float
    digits: float | None


def evaluate(
    models: Sequence[Model], fonts: Fonts, lines: int, seed: int
) -> Iterator[list[Measured]]:
    """For each condition the models on the same `lines` pictures."""
    texts = _texts(Corpus.load(held_out=True), lines, seed)
    for condition in CONDITIONS:
        present = tuple(fonts.present(condition.fonts))
        drawn = list(measured_lines(texts[condition.sort], fonts, present, condition.profile, seed))
        truths = [tidy(line.label) for line in drawn]
        rows = []
        for model in models:
            read = read_lines(model, [line.picture for line in drawn])
            rows.append(_measured(model.name, condition, truths, read))
        yield rows


def read_lines(model: Model, pictures: Sequence[Gray]) -> list[str]:
    """What `model` reads on pictures of one line each."""
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")
    import tesserocr

    api: Any = tesserocr.PyTessBaseAPI(path=str(model.folder), lang=model.languages, psm=_LINE)
    api.SetVariable("debug_file", os.devnull)
    read = []
    for picture in pictures:
        height, width = picture.shape
        api.SetImageBytes(picture.tobytes(), width, height, 1, width)
        read.append(tidy(" ".join(api.GetUTF8Text().split())))
    api.End()
    return read


def worse(new: Sequence[Measured], old: Sequence[Measured]) -> list[str]:
    """The measures in which `new` does not reach `old`; both in the same order of conditions."""
    found = []
    for ours, theirs in zip(new, old, strict=True):
        if ours.cer > theirs.cer:
            found.append(f"{ours.condition}: characters {ours.cer:.4f} > {theirs.cer:.4f}")
        if ours.digits is not None and theirs.digits is not None and ours.digits < theirs.digits:
            found.append(f"{ours.condition}: digits {ours.digits:.4f} < {theirs.digits:.4f}")
    return found


def aligned(truth: str, read: str) -> tuple[int, list[bool]]:
    """The edit distance, and for each character of `truth` whether it was read in its place."""
    rows = [np.arange(len(read) + 1)]
    codes = np.array([ord(char) for char in read])
    steps = rows[0]
    for number, char in enumerate(truth, 1):
        best = np.minimum(rows[-1][1:] + 1, rows[-1][:-1] + (codes != ord(char)))
        rows.append(np.minimum.accumulate(np.concatenate(([number], best)) - steps) + steps)
    right, row, column = [False] * len(truth), len(truth), len(read)
    while row:
        here, before = rows[row][column], rows[row - 1]
        same = bool(column) and truth[row - 1] == read[column - 1]
        if column and here == before[column - 1] + (not same):
            row, column = row - 1, column - 1
            right[row] = same
        elif here == before[column] + 1:
            row -= 1
        else:
            column -= 1
    return int(rows[-1][-1]), right


def _measured(
    name: str, condition: Condition, truths: Sequence[str], read: Sequence[str]
) -> Measured:
    wrong = total = 0
    digits: list[bool] = []
    for truth, text in zip(truths, read, strict=True):
        bare = "".join(truth.split())
        distance, right = aligned(bare, "".join(text.split()))
        wrong, total = wrong + distance, total + len(bare)
        digits += [good for char, good in zip(bare, right, strict=True) if char in _DIGITS]
    return Measured(name, condition.name, wrong / total, _share(digits))


def _share(found: Sequence[bool]) -> float | None:
    return sum(found) / len(found) if found else None


def _texts(corpus: Corpus, lines: int, seed: int) -> Mapping[str, Sequence[str]]:
    """Texts by sort: Thai half of which are full of Thai digits, and Arabic digits."""
    rng = random.Random(seed)
    sorts: Mapping[str, Callable[[], str]] = {
        "thai": lambda: thai_digits(
            rng.choice((number_line, corpus.excerpt, corpus.rare_excerpt, number_line))(rng)
        ),
        "arabic": lambda: arabic_digits(number_line(rng)),
    }
    return {sort: [_usable(draw) for _ in range(lines)] for sort, draw in sorts.items()}


def _usable(draw: Callable[[], str]) -> str:
    """The first text drawn that holds no Latin letters."""
    while True:
        text = " ".join(draw().split())[:60].strip()
        latin = any(char.isascii() and char.isalpha() for char in text)
        if len(text) > 3 and not latin and "......" not in text:
            return text
