"""Which texts can hardly have been written so: what a person is asked about, and what not."""

import random
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.extract.spelling import ALIKE, misread, plainer
from training.text import Corpus

_ALL_THAI = re.compile(r"[ก-ฮะ-ฺเ-ๅ็-๎ ]+")


@pytest.mark.parametrize(
    ("read", "written"),
    [
        ("นายอำเกอคลองม่วง", "นายอำเภอคลองม่วง"),
        ("ปสัดกระทรวงมหาดไทย", "ปลัดกระทรวงมหาดไทย"),
        ("ลำนักงานจังหวัด", "สำนักงานจังหวัด"),
        ("นายกองค์การบริหารด่วนตำบลทุ่งกระเจียว", "นายกองค์การบริหารส่วนตำบลทุ่งกระเจียว"),
        ("คาลากลางจังหวัดตาก", "ศาลากลางจังหวัดตาก"),
        ("ขั้นตอนที่ซ้าซ้อน", "ขั้นตอนที่ซ้ำซ้อน"),
        ("ท้องถิ่นจังหวัดแม่อ่องสอน", "ท้องถิ่นจังหวัดแม่ฮ่องสอน"),
        ("การจัดทำเผนพัฒนารัฐวิสาหกิจ", "การจัดทำแผนพัฒนารัฐวิสาหกิจ"),
        ("มาตรการส่งเสริมเพือการลงทุน", "มาตรการส่งเสริมเพื่อการลงทุน"),
        ("ปฏลัดจังหวัดกระบี่", "ปลัดจังหวัดกระบี่"),
        ("เ(๑) การช่วยเหลือ", "(๑) การช่วยเหลือ"),
        ("ให้สถานพยาบาลุทุกแห่ง", "ให้สถานพยาบาลทุกแห่ง"),
    ],
)
def test_one_misread_letter_shows(read: str, written: str) -> None:
    assert misread(read)
    assert not misread(written)


@pytest.mark.parametrize(
    "text",
    [
        "ที่ มท ๐๘๙๒/ว ๑๒",
        "กระทรวงการคลัง (กค.) พ.ศ. ๒๕๖๙ โทร. ๑๒",
        "โครงการต่าง ๆ ของสำนักงาน ก.พ.ร.",
        "๑๒๓",
        "COVID-19",
        "",
        "ณ ห้องประชุม",
    ],
)
def test_codes_abbreviations_and_signs_are_no_misreadings(text: str) -> None:
    assert not misread(text)


def test_prose_is_seldom_doubted_and_its_misreadings_mostly() -> None:
    """Prose of the state in which one letter in each piece is exchanged for one of like shape."""
    rng = random.Random(5)
    lines = [line.split() for line in Corpus.load(held_out=True).prose]
    pairs = [" ".join(words) for line in lines for words in pairwise(line)]
    pieces = [pair for pair in pairs if 25 <= len(pair) <= 90 and _ALL_THAI.fullmatch(pair)]
    wrong = [_misread_by(piece, rng) for piece in pieces]
    assert len(pieces) > 150
    assert sum(map(misread, pieces)) <= 0.06 * len(pieces)
    assert sum(map(misread, wrong)) >= 0.85 * len(wrong)


def _misread_by(text: str, rng: random.Random) -> str:
    places = [place for place, letter in enumerate(text) if any(letter in g for g in ALIKE)]
    place = rng.choice(places)
    others = {other for group in ALIKE if text[place] in group for other in group} - {text[place]}
    return text[:place] + rng.choice(sorted(others)) + text[place + 1 :]


def test_words_are_plainer_than_none_and_lost_letters_do_not_make_them_so() -> None:
    assert plainer("นายอำเกอ", "นายอำเภอ")
    assert not plainer("นายอำเภอ", "นายอำเกอ")
    assert not plainer("สำนักงานจังหวัด", "จังหวัด")
    assert not plainer("หนองฝ่าง", "หนองฝาง"), "two names"


@given(st.text("กขคอำเแภิ่้ ๑(", max_size=14), st.text("กขคอำเแภิ่้ ๑(", max_size=14))
def test_no_two_texts_are_plainer_than_each_other(first: str, second: str) -> None:
    assert not (plainer(first, second) and plainer(second, first))
    assert not plainer(first, first)
    assert isinstance(misread(first), bool)
