"""Breaks Thai text into lines.

Thai puts spaces between phrases only, so a line may end at a space or where two known words meet
(`data/words.txt`, longest match). Text of unknown words is cut between two clusters.
"""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

WORDS_FILE = Path(__file__).resolve().parent / "data" / "words.txt"
LEADING_VOWELS = frozenset("เแโใไ")
_NEVER_FIRST = frozenset("ะัาำิีึืฺุู็่้๊๋์ํ๎ๆฯๅ.,)”")
_NEVER_LAST = LEADING_VOWELS | frozenset("ั(“")


@lru_cache(maxsize=1)
def _words() -> tuple[frozenset[str], int]:
    words = frozenset(WORDS_FILE.read_text(encoding="utf-8").split())
    return words, max(len(word) for word in words)


def safe_break(text: str, at: int) -> bool:
    """Whether a line may end before `text[at]` without tearing a cluster or a figure."""
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    if after in _NEVER_FIRST or before in _NEVER_LAST or text[at : at + 2] == " ๆ":
        return False
    return not (_is_figure(before) and _is_figure(after))


def _is_figure(char: str) -> bool:
    return char.isdigit() or char in "./,:-"


def _word_ends(text: str) -> list[int]:
    """Where words and spaces end, longest words first; unknown letters stick together."""
    words, longest = _words()
    ends: list[int] = []
    at, known = 0, True
    while at < len(text):
        sizes = range(min(longest, len(text) - at), 1, -1)
        size = next((n for n in sizes if text[at : at + n] in words), 0)
        if text[at] == " ":
            size = 1
        if size and not known:
            ends.append(at)
        known = size > 0
        at += size or 1
        if known:
            ends.append(at)
    return [end for end in ends if text[end - 1] == " " or safe_break(text, end)]


def _fits(text: str, measure: Callable[[str], float], width: float) -> int:
    """The most characters from the start that fit into the width."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if measure(text[:middle].rstrip()) <= width:
            low = middle
        else:
            high = middle - 1
    return low


def take_line(text: str, measure: Callable[[str], float], width: float) -> tuple[str, str]:
    """The first line of a text and what is left."""
    limit = _fits(text, measure, width)
    if limit >= len(text):
        return text.strip(), ""
    ends = [end for end in _word_ends(text[: limit + 24]) if end <= limit]
    cut = ends[-1] if ends else 0
    if measure(text[:cut].rstrip()) < width / 2:
        cut = next((i for i in range(limit, 0, -1) if safe_break(text, i)), limit)
    return text[:cut].strip(), text[cut:].lstrip()


def wrap(
    text: str, measure: Callable[[str], float], width: float, first_width: float | None = None
) -> list[str]:
    """The lines of a paragraph; the first one may be shorter."""
    lines: list[str] = []
    room = width if first_width is None else first_width
    rest = text.strip()
    while rest:
        line, rest = take_line(rest, measure, room)
        lines.append(line)
        room = width
    return lines
