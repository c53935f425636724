"""What the shipped model reads in fonts, and of texts, that it was not trained on."""

import random
from pathlib import Path

import pytest

from pipeline.models import LANGUAGE, tessdata
from schemas.thaitext import thai_digits, tidy
from training.evaluate import Model, aligned, read_lines
from training.fonts import NEVER_TRAINED, Fonts
from training.lines import measured_lines
from training.numbers import number_line
from training.text import Corpus

SYSTEM = [font for font in NEVER_TRAINED["letters"] if font.stem in {"Umpush", "Kinnari"}]


@pytest.mark.parametrize("profile", ["clean", "fast"])
def test_unseen_fonts_are_read(tmp_path: Path, profile: str) -> None:
    """Measured: no digit and 0.1 to 0.3 % of characters wrong; the bounds leave room for others."""
    corpus, rng = Corpus.load(held_out=True), random.Random(31)
    texts = [thai_digits(draw(rng))[:60] for draw in (number_line, corpus.excerpt) * 16]
    lines = list(measured_lines(texts, Fonts(tmp_path), SYSTEM, profile, 31))
    read = read_lines(
        Model.of("shipped", tessdata() / f"{LANGUAGE}.traineddata"),
        [line.picture for line in lines],
    )
    digits, wrong, total = [], 0, 0
    for line, text in zip(lines, read, strict=True):
        truth = "".join(tidy(line.label).split())
        distance, right = aligned(truth, "".join(text.split()))
        wrong, total = wrong + distance, total + len(truth)
        digits += [good for char, good in zip(truth, right, strict=True) if char in "๐๑๒๓๔๕๖๗๘๙"]
    assert len(digits) > 80
    assert sum(digits) / len(digits) >= 0.98
    assert wrong / total <= 0.012
