"""What was read, held against the truth: characters, digits and fields. Pure functions.

Texts are compared in the one spelling of :func:`schemas.thaitext.tidy` (NFC, SARA AM composed) and
without blanks: a line's end hides them, and Thai sets none between words.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from schemas.thaitext import tidy
from training.evaluate import aligned

DIGITS = frozenset("0123456789๐๑๒๓๔๕๖๗๘๙")
_TAKEN = "\0"
_WELL_READ = 0.35
"""Share of a line's characters that may be wrong where it is surely the line."""


@dataclass(frozen=True)
class Characters:
    """Counts of characters and digits of the truth, and of those read wrong or right."""

    total: int = 0
    wrong: int = 0
    digits: int = 0
    digits_right: int = 0

    def __add__(self, other: "Characters") -> "Characters":
        return Characters(
            self.total + other.total,
            self.wrong + other.wrong,
            self.digits + other.digits,
            self.digits_right + other.digits_right,
        )


def bare(text: str) -> str:
    """``text`` as it is compared."""
    return tidy("".join(text.split()))


def same(truth: str, read: str) -> bool:
    """Equal as compared; of nothing and nothing, too."""
    return bare(truth) == bare(read)


def compare_page(truth: Sequence[str], read: Iterable[str]) -> Characters:
    """Edit distance and digits over the true lines of a page.

    Each true line takes the stretch of the page's read text that is nearest to it and that no other
    line has taken: first those that were read well, the longest before the others, so the order in
    which a page's blocks were read does not count. Characters that were read and no line took are
    wrong, each of them. A digit is right when it stands, as the same character (Thai and Arabic
    digits differ), at its aligned place.
    """
    left = bare("".join(read))
    waiting = sorted(map(bare, truth), key=len, reverse=True)
    found = Characters()
    for tolerance in (_WELL_READ, 1.0):
        lines, waiting = waiting, []
        for line in lines:
            start, end = nearest(line, left)
            distance, right = aligned(line, left[start:end])
            if distance > tolerance * len(line):
                waiting.append(line)
                continue
            digits = [good for char, good in zip(line, right, strict=True) if char in DIGITS]
            found += Characters(len(line), distance, len(digits), sum(digits))
            left = left[:start] + _TAKEN * (end > start) + left[end:]
    return found + Characters(wrong=len(left.replace(_TAKEN, "")))


def nearest(line: str, text: str) -> tuple[int, int]:
    """Start and end of the stretch of ``text`` with the least edit distance to ``line``.

    Never over a place that was taken. Empty where no stretch is nearer than none at all.
    """
    end, distance = _end_of_best(line, text)
    if distance >= len(line):
        return 0, 0
    length, _ = _end_of_best(line[::-1], text[:end][::-1])
    return end - length, end


def _end_of_best(line: str, text: str) -> tuple[int, int]:
    """Where in ``text`` the best match of all of ``line`` ends, and its edit distance."""
    codes = np.array([ord(char) for char in text], dtype=np.int64)
    barred = codes == ord(_TAKEN)
    steps = np.arange(len(text) + 1)
    row = np.zeros(len(text) + 1, dtype=np.int64)
    never = 2 * len(line) + 1
    fence = np.concatenate(([0], np.cumsum(barred))) * never
    for number, char in enumerate(line, 1):
        best = np.minimum(
            row[1:] + 1, row[:-1] + np.where(codes == ord(char), 0, 1 + barred * never)
        )
        row = (
            np.minimum.accumulate(np.concatenate(([number], best)) - steps - fence) + steps + fence
        )
    end = int(row.argmin())
    return end, int(row[end])
