"""Which words a second model may read, and which of its readings are taken."""

import pytest

from plugins.ocr.latin import doubted, settled, to_read_again, without_scraps
from schemas.page import Box, Word


def _word(text: str, confidence: float) -> Word:
    return Word(text=text, box=Box(0, 0, 10, 10), confidence=confidence)


@pytest.mark.parametrize(
    ("text", "confidence"),
    [("สำนักงาน", 0.95), ("๐๐๒๓.๓/๔๕๗๘", 0.9), ("2569", 0.9), ("ว/๑๒", 0.9), ("ก", 0.1)],
)
def test_sure_words_are_not_read_again(text: str, confidence: float) -> None:
    assert not doubted(_word(text, confidence))


@pytest.mark.parametrize("number", ["๐๔๑๗.๔/๓๘๑", "๐๔๑๗ /", "๐๔๑๗.๑๔/ว"])
def test_the_letters_before_a_number_of_a_letter_are_not_read_again(number: str) -> None:
    line = [_word(text, 0.5) for text in ("ทอ", "ที", "กค", number, "๓๘๑")]
    assert to_read_again(line) == [True, False, False, True, True]
    assert to_read_again(line[:3]) == [True, True, True]


@pytest.mark.parametrize("text", ["ร๑๒๑๒๑ก@1อ๕", "0๐4๑", "2๐๐ท๓"])
def test_a_mixture_of_scripts_is_read_again_however_sure(text: str) -> None:
    assert doubted(_word(text, 0.95))


@pytest.mark.parametrize(
    ("number", "read", "confidence", "taken"),
    [
        ("๒๐", "wo", 0.99, False),
        ("๙๖", "cro", 0.89, False),
        ("๓๑๐๘๑๘", "MAORAR", 0.65, False),
        ("2569", "2569", 0.99, False),
        ("๖๓๒", "Data", 0.96, True),
        ("๑-๐๔๐๑", "e-Office", 0.84, True),
    ],
)
def test_a_number_gives_way_to_a_certain_word_only(
    number: str, read: str, confidence: float, taken: bool
) -> None:
    assert settled(_word(number, 0.7), read, confidence).text == (read if taken else number)


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


@pytest.mark.parametrize(
    ("read", "kept"),
    [
        (("สั่ง", "an", "ณ"), False),
        (("ที่", "Me", "ตก"), False),
        (("made", "in", "China"), True),
        (("ระบบ", "QR", "โค้ด"), True),
        (("งาน", "e-Office", "และ"), True),
    ],
)
def test_a_lone_scrap_of_latin_letters_is_none(read: tuple[str, ...], kept: bool) -> None:
    before = [_word("ก", 0.5) for _ in read]
    after = without_scraps([_word(text, 0.95) for text in read], before)
    assert (after[1].text == read[1]) == kept
    assert [after[0].text, after[2].text] == [read[0], read[2]]
