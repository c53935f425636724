"""Which words a second model may read, and which of its readings are taken."""

import pytest

from plugins.ocr.latin import doubted, settled
from schemas.page import Box, Word


def _word(text: str, confidence: float) -> Word:
    return Word(text=text, box=Box(0, 0, 10, 10), confidence=confidence)


@pytest.mark.parametrize(
    ("text", "confidence"),
    [("สำนักงาน", 0.95), ("๑๙", 0.4), ("๐๐๒๓.๓/๔๕๗๘", 0.3), ("2569", 0.2), ("ก", 0.1)],
)
def test_sure_words_and_numbers_are_never_read_again(text: str, confidence: float) -> None:
    assert not doubted(_word(text, confidence))


def test_a_mixture_of_scripts_is_read_again() -> None:
    assert doubted(_word("ร๑๒๑๒๑ก@1อ๕", 0.8))


@pytest.mark.parametrize(
    ("read", "confidence", "taken"),
    [
        ("Southern", 0.96, "Southern"),
        (" MSME-4316\n", 0.9, "MSME-4316"),
        ("Southern", 0.6, None),
        ("saraban@tak.example", 0.3, "saraban@tak.example"),
        ("https://strategy.go.th", 0.2, "https://strategy.go.th"),
        ("๐๑", 0.99, None),
        ("0107", 0.99, None),
        ("Wia§", 0.99, None),
        ("", 0.99, None),
    ],
)
def test_latin_readings_are_taken_when_they_are_latin(
    read: str, confidence: float, taken: str | None
) -> None:
    before = _word("ร๐นาธ๓", 0.53)
    after = settled(before, read, confidence)
    assert after.text == (taken or before.text)
    assert after.box == before.box


def test_the_surer_reading_stays() -> None:
    assert settled(_word("เมท8", 0.87), "well", 0.8).text == "เมท8"
