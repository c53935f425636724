"""What the lines say, how they are spelt, drawn and split."""

import random
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import ImageFont

from pipeline.models import LANGUAGE, tessdata
from schemas.thaitext import tidy
from training.degrade import PROFILES, degrade
from training.fonts import NEVER_TRAINED, TRAINED, Font, Fonts
from training.lines import Cutter, measured_lines, training_lines
from training.model import characters, part, unpack
from training.numbers import number_line
from training.render import Setting, draw
from training.text import Corpus, label


@pytest.fixture(scope="module")
def fonts(tmp_path_factory: pytest.TempPathFactory) -> Fonts:
    """The system's fonts alone."""
    return Fonts(tmp_path_factory.mktemp("fonts"))


def test_labels_are_spelt_as_the_model_spells() -> None:
    assert label("นํ้า") == label("น้ำ") == "น้\u0e4d\u0e32"
    assert tidy(label("คำสั่ง ที่ ๑๒/๒๕๖๙")) == "คำสั่ง ที่ ๑๒/๒๕๖๙"
    assert label("แผนที่ ........... จำนวน ๑ ชุด") == label("แผนที่ จำนวน ๑ ชุด")
    assert label("ก.พ. ๒๕๖๙ ...") == "ก.พ. ๒๕๖๙ ..."


def test_nothing_that_is_measured_was_trained_on() -> None:
    trained, held_out = Corpus.load(held_out=False), Corpus.load(held_out=True)
    assert held_out.prose
    assert not set(trained.prose) & set(held_out.prose)
    families = {re.split("-", font.stem)[0] for font in TRAINED}
    kept = {re.split("-", font.stem)[0] for group in NEVER_TRAINED.values() for font in group}
    assert kept
    assert not families & kept


def test_every_character_of_the_model_is_taught() -> None:
    corpus, rng = Corpus.load(held_out=False), random.Random(5)
    taught: Counter[str] = Counter()
    for _ in range(4000):
        taught.update(label(corpus.line(rng)))
    letters = [chr(code) for code in range(0x0E01, 0x0E2F) if chr(code) not in "ฃฅฦ"]
    marks = list("ะัาิีึืุูเแโใไๆ็่้๊๋์ํ")
    for char in (*letters, *marks, *"๐๑๒๓๔๕๖๗๘๙0123456789"):
        assert taught[char] >= 5, char


def test_many_lines_are_full_of_numbers() -> None:
    corpus, rng = Corpus.load(held_out=False), random.Random(6)
    lines = [corpus.line(rng) for _ in range(2000)]
    full = sum(len(re.findall(r"\d", line)) >= 3 for line in lines)
    assert 0.35 < full / len(lines) < 0.75
    sorts = [number_line(rng) for _ in range(2000)]
    assert all(re.search(r"\d", line) for line in sorts)
    assert 0.65 < sum(bool(re.search("[๐-๙]", line)) for line in sorts) / 2000 < 0.85


def test_a_seed_gives_the_same_lines_again(fonts: Fonts) -> None:
    corpus, charset = Corpus.load(held_out=False), frozenset(map(chr, range(0x21, 0x2020)))
    first, again, other = (
        list(training_lines(corpus, fonts, charset, seed, 6)) for seed in (3, 3, 4)
    )
    assert [line.label for line in first] == [line.label for line in again]
    assert [line.label for line in first] != [line.label for line in other]
    for one, two in zip(first, again, strict=True):
        assert np.array_equal(one.picture, two.picture)


def test_lines_hold_only_what_the_model_can_learn(fonts: Fonts) -> None:
    corpus = Corpus.load(held_out=False)
    charset = frozenset(map(chr, range(0x0E01, 0x0E5B))) | frozenset("./-(),")
    drawn = list(training_lines(corpus, fonts, charset, 1, 10))
    assert len(drawn) == 10
    assert set("".join(line.label for line in drawn)) <= charset | {" "}


def test_lines_are_cut_from_a_page_as_the_reader_cuts_them(fonts: Fonts) -> None:
    """Every line is found, none holds another's text, and all marks are on the picture."""
    texts = [f"ปี่ญู่ ที่ ตก ๐๐๑๘/{number}" for number in "๑๒๓๔๕๖"]
    setting = Setting(fonts.path(Font("Laksaman", "")), 16.0, feed=2.2)
    ink, drawn = draw(texts, setting, random.Random(1))
    scan = PROFILES["clean"](ink, random.Random(1), np.random.default_rng(1))
    lines = list(Cutter().lines(scan, drawn))
    assert [line.label for line in lines] == [label(text) for text in texts]
    heights = [line.picture.shape[0] for line in lines]
    assert max(heights) - min(heights) <= 4
    for line in lines:
        rows = np.flatnonzero((line.picture == 0).any(axis=1))
        assert rows[0] > 0
        assert rows[-1] < line.picture.shape[0] - 1


def test_measured_lines_say_what_they_show(fonts: Fonts) -> None:
    texts = [f"หนังสือ ที่ มท {number}" for number in range(20)]
    said = [line.label for line in measured_lines(texts, fonts, [Font("Laksaman", "")], "fast", 1)]
    wanted = [label(text) for text in texts]
    assert len(said) >= len(wanted) / 2
    assert said == [text for text in wanted if text in said]


def _marks_in_place(path: Path) -> bool:
    """Whether a tone mark stands above the vowel mark, and both on their own letter."""
    face = ImageFont.truetype(str(path), 80)
    bare, vowel, tone = (
        face.getbbox(text, anchor="ls", language="th") for text in ("ก", "กี", "กี่ก")
    )
    shape = face.getmask("กี่ก", mode="L", language="th")
    ink = np.asarray(shape, np.uint8).reshape(shape.size[::-1])
    marks = ink[: round(bare[1] - tone[1])].max(axis=0)
    return bool(tone[1] < vowel[1] - 2 and np.flatnonzero(marks).max() < 1.5 * face.getlength("ก"))


@pytest.mark.parametrize(
    "font",
    [*TRAINED, *NEVER_TRAINED["letters"], *NEVER_TRAINED["typewriter"]],
    ids=lambda f: f.stem,
)
def test_a_font_sets_marks_where_they_belong(fonts: Fonts, font: Font) -> None:
    if not list(fonts.present([font])):
        pytest.skip("not installed; training brings it")
    assert _marks_in_place(fonts.path(font))
    assert not _marks_in_place(fonts.path(Font("TlwgMono", "")))


@pytest.mark.parametrize("profile", [*PROFILES, "random"])
def test_degraded_lines_stay_dark_on_light(fonts: Fonts, profile: str) -> None:
    rng, numbers = random.Random(2), np.random.default_rng(2)
    path = fonts.path(Font("Laksaman", ""))
    change = {**PROFILES, "random": degrade}[profile]
    ink, _ = draw(["คำสั่งกระทรวงมหาดไทย ที่ ๔๖๗๘/๒๕๖๙"] * 3, Setting(path, 16.0), rng)
    for _ in range(6):
        gray = change(ink, rng, numbers).gray
        assert gray.dtype == np.uint8
        paper, darkest = np.percentile(gray, 80), np.percentile(gray, 1)
        assert paper - darkest > 40


def test_the_shipped_model_knows_all_thai_digits(tmp_path_factory: pytest.TempPathFactory) -> None:
    parts = unpack(tessdata() / f"{LANGUAGE}.traineddata", tmp_path_factory.mktemp("parts"))
    known = characters(part(parts, "lstm-unicharset"))
    assert set("๐๑๒๓๔๕๖๗๘๙ฌฉ") <= known
    assert "NULL" not in known
