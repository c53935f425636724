"""Latin words among Thai: read a second time by a model that knows Latin letters.

Our Thai model has none, and tesseract's own way, two models on every word, turns Thai digits into
Latin letters. So only words that the Thai model doubts are read again, and what it takes for a
number must be a Latin word beyond doubt: of 444 drawn Thai numbers none was.
"""

import re
from collections.abc import Sequence

from schemas.page import Word

DOUBTED = 0.88
"""Confidence of the Thai model under which a word is read again; whole Thai words lie above."""
BELIEVED = 0.8
"""Confidence of the Latin model from which its reading is taken; Thai letters give it half."""
CERTAIN = 0.93
"""The same for a short word where the Thai model takes it for a number."""
_SHORT_WORD = re.compile(r"\W*[A-Za-z]{3,4}\W*")
_LONG_WORD = re.compile(r"\W*([A-Za-z]-)?[A-Za-z]{5,}\W*")
_LATIN = re.compile(r"(?=.*[A-Za-z]{2})[A-Za-z0-9&@.,:;/()\"'_+ -]+")
_ADDRESS = re.compile(
    r"[a-z0-9._+-]+@[a-z0-9-]+(\.[a-z0-9-]+)+|(https?://|www\.)[!-~]+", re.IGNORECASE
)
"""Addresses have a form that Thai letters are never mistaken for, whatever the confidence."""
_NUMBER = re.compile(r"[0-9.,:/() -]+|[๐-๙.,:/() -]+")
_MIXTURE = re.compile(r"[0-9].*[ก-๙]|[ก-๙].*[0-9]|[๐-๙][ก-ๅ]|[ก-ๅ][๐-๙]")
"""Digits of both scripts, or digits on Thai letters: what Latin letters look like to Thai eyes."""
_SHORTEST = 2
_SCRAP = re.compile(r"[A-Z]?[a-z]{1,2}")
"""Two or three letters that are no acronym: what Thai syllables look like to Latin eyes."""
_WORD = re.compile(r"[A-Za-z]{2}")
_REGISTERED = re.compile(r"[๐-๙]{2,6}(\.[๐-๙]{1,3})*\s*/")
"""How a letter's number goes on behind ``ที่`` and the Thai letters of its agency."""
_BEFORE_NUMBER = 2
"""Words before it: these are read as ``Th na`` else."""


def to_read_again(words: Sequence[Word]) -> list[bool]:
    """Which of the ``words`` of a line may be Latin: the doubted ones but those that open a
    letter's number."""
    texts = [word.text for word in words]
    numbers = [at for at in range(len(texts)) if _REGISTERED.match(" ".join(texts[at:]))]
    opening = {before for at in numbers for before in range(at - _BEFORE_NUMBER, at)}
    return [doubted(word) and at not in opening for at, word in enumerate(words)]


def doubted(word: Word) -> bool:
    """Whether ``word``, as the Thai model reads it, may be Latin."""
    if len(word.text) < _SHORTEST:
        return False
    return word.confidence < DOUBTED or _MIXTURE.search(word.text) is not None


def settled(word: Word, text: str, confidence: float) -> Word:
    """``word``, or what the Latin model reads there with ``confidence`` 0..1."""
    read = " ".join(text.split())
    if _ADDRESS.fullmatch(read) or _believed(
        read, confidence, _NUMBER.fullmatch(word.text) is not None
    ):
        return word.model_copy(update={"text": read, "confidence": confidence})
    return word


def without_scraps(read: Sequence[Word], words: Sequence[Word]) -> tuple[Word, ...]:
    """The words of a line as the Latin model ``read`` some of them, but a lone scrap as it was."""

    def latin(at: int) -> bool:
        return 0 <= at < len(read) and _WORD.search(read[at].text) is not None

    return tuple(
        before if _SCRAP.fullmatch(word.text) and not (latin(at - 1) or latin(at + 1)) else word
        for at, (word, before) in enumerate(zip(read, words, strict=True))
    )


def _believed(read: str, confidence: float, number: bool) -> bool:
    """``number``: the Thai model takes the word for one."""
    if not number:
        return confidence >= BELIEVED and _LATIN.fullmatch(read) is not None
    if _LONG_WORD.fullmatch(read):
        return confidence >= BELIEVED
    return confidence >= CERTAIN and _SHORT_WORD.fullmatch(read) is not None
