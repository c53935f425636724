"""Latin words among Thai: read a second time by a model that knows Latin letters.

Our Thai model has none, and tesseract's own way, two models on every word, turns Thai digits into
Latin letters. So only words that the Thai model doubts are read again, and a number never changes.
"""

import re

from schemas.page import Word

DOUBTED = 0.88
"""Confidence of the Thai model under which a word is read again; whole Thai words lie above."""
BELIEVED = 0.7
"""Confidence of the Latin model from which its reading is taken; Thai letters give it half."""
_LATIN = re.compile(r"(?=.*[A-Za-z]{2})[A-Za-z0-9&@.,:;/()\"'_+ -]+")
_ADDRESS = re.compile(
    r"[a-z0-9._+-]+@[a-z0-9-]+(\.[a-z0-9-]+)+|(https?://|www\.)[!-~]+", re.IGNORECASE
)
"""Addresses have a form that Thai letters are never mistaken for, whatever the confidence."""
_NUMBER = re.compile(r"[0-9๐-๙.,:/() -]+")
_SHORTEST = 2


def doubted(word: Word) -> bool:
    """Whether ``word``, as the Thai model reads it, may be Latin."""
    return (
        word.confidence < DOUBTED
        and len(word.text) >= _SHORTEST
        and not _NUMBER.fullmatch(word.text)
    )


def settled(word: Word, text: str, confidence: float) -> Word:
    """``word``, or what the Latin model reads there with ``confidence`` 0..1."""
    read = " ".join(text.split())
    sure = confidence >= max(BELIEVED, word.confidence) and _LATIN.fullmatch(read)
    if sure or _ADDRESS.fullmatch(read):
        return word.model_copy(update={"text": read, "confidence": confidence})
    return word
