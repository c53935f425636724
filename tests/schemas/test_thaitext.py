"""Thai text: one spelling for what is stored, skeletons for what is compared."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.thaitext import arabic_digits, skeleton, thai_digits, tidy

thai = st.text(
    st.sampled_from(
        [chr(c) for c in range(0x0E01, 0x0E5C) if c not in range(0x0E3B, 0x0E3F)]
        + list(" .0aé\u200b")
    )
)


@pytest.mark.parametrize(
    ("read", "stored"),
    [
        ("น\u0e4d\u0e49\u0e32", "น้ำ"),
        ("น\u0e49\u0e4d\u0e32", "น้ำ"),
        ("น\u0e33\u0e49", "น้ำ"),
        ("ก\u0e4d\u0e32", "กำ"),
        ("เเม่", "แม่"),
        ("ท\u0e48\u0e35", "ที่"),
        ("ผ\u0e49\u0e39", "ผู้"),
        ("สิทธ\u0e4c\u0e34", "สิทธิ์"),
        ("แผน\u200bงาน\ufeff", "แผนงาน"),
        ("ที่ ๑๒", "ที่ ๑๒"),
    ],
)
def test_tidy_writes_one_spelling(read: str, stored: str) -> None:
    assert tidy(read) == stored


def test_tidy_keeps_sara_am_in_one_piece() -> None:
    assert tidy("จำนวน") == "จำนวน"
    assert unicodedata.normalize("NFKC", "จำนวน") != "จำนวน", "NFKC would have torn it apart"


@given(thai)
def test_tidy_is_idempotent_and_never_longer(text: str) -> None:
    once = tidy(text)
    assert tidy(once) == once
    assert len(once) <= len(unicodedata.normalize("NFC", text))


@given(thai)
def test_tidy_keeps_every_consonant_and_digit(text: str) -> None:
    def kept(value: str) -> list[str]:
        return [c for c in value if "ก" <= c <= "ฮ" or "๐" <= c <= "๙"]

    assert kept(tidy(text)) == kept(text)


@given(st.text())
def test_digit_folding_keeps_length_and_everything_else(text: str) -> None:
    folded = arabic_digits(text)
    assert len(folded) == len(text)
    assert not set(folded) & set("๐๑๒๓๔๕๖๗๘๙")
    assert arabic_digits(thai_digits(text)) == folded


@given(thai)
def test_skeleton_is_idempotent_and_blank_free(text: str) -> None:
    bone = skeleton(text)
    assert skeleton(bone) == bone
    assert not any(c.isspace() for c in bone)
    assert len(bone) <= len(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize("read", ["สิ่งที่ส่งมาด้วย", "สิงที่สงมาดวย", "ส ิ่ง ที ส่งมาด้วย"])
def test_skeleton_survives_lost_marks_and_blanks(read: str) -> None:
    assert skeleton(read) == skeleton("สิ่งที่ส่งมาด้วย")
