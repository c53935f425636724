"""Which pages need not be asked which way up they lie, or read at all; and dark borders."""

from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from pipeline.models import LANGUAGE
from plugins.ocr.engine import UPRIGHT_LETTERS, stands_upright
from plugins.ocr.raster import SMALL_DPI, Sheet, clear, load, reduced
from plugins.ocr.tesseract import Tesseract
from plugins.ocr.words import ReadLine
from schemas.page import Box, Word
from tests.letters.degrade import PROFILES, scan, show_through
from tests.letters.paper import bordered
from tests.ocr.drawing import typed

DPI = 200


@cache
def _tesseract() -> Tesseract:
    return Tesseract((LANGUAGE,), 4)


def _sheet(gray: "np.typing.NDArray[np.uint8]") -> Sheet:
    return Sheet(gray, reduced(gray, SMALL_DPI / DPI), DPI)


def _lines(*words: tuple[int, float]) -> list[ReadLine]:
    """A line of each word: how many letters, and how surely read."""
    box = Box(0, 0, 10, 10)
    return [
        ReadLine((Word(text="ก" * count, box=box, confidence=trust),), box)
        for count, trust in words
    ]


def test_only_the_upright_page_shows_it_by_its_words() -> None:
    art = scan(typed(), PROFILES["photocopy"], np.random.default_rng(3)).convert("L")
    gray = reduced(np.asarray(art, np.uint8), DPI / 300)
    for turn in (0, 90, 180, 270):
        page = np.ascontiguousarray(np.rot90(gray, turn // 90))
        read = _tesseract().read(clear(page), DPI, 60)
        assert stands_upright(read) == (turn == 0)


def test_a_few_sure_words_among_many_doubtful_prove_nothing() -> None:
    few = UPRIGHT_LETTERS
    assert stands_upright(_lines((few, 0.95), (few, 0.6)))
    assert not stands_upright(_lines((few, 0.95), (few + 1, 0.6)))
    assert not stands_upright(_lines((few - 1, 0.95)))
    assert not stands_upright([])


def _paper(noise: float) -> "np.typing.NDArray[np.uint8]":
    rng = np.random.default_rng(8)
    shade = np.linspace(250, 240, 1654)[None, :] + rng.normal(0, noise, (2339, 1654))
    return np.clip(shade, 0, 255).astype(np.uint8)


def test_grain_shade_and_show_through_are_nothing_to_read() -> None:
    assert _sheet(_paper(4.0)).empty
    back = scan(show_through(typed()), PROFILES["office"], np.random.default_rng(4))
    assert _sheet(reduced(np.asarray(back.convert("L"), np.uint8), DPI / 300)).empty


@pytest.mark.parametrize("place", [(700, 1100), (20, 800)])
def test_the_faintest_word_is_read(place: tuple[int, int]) -> None:
    """In the middle of a page, and at its very edge, 25 levels under the paper."""
    faint = np.full((2339, 1654), 255, np.uint8)
    cv2.putText(faint, "FAINT", place[::-1], cv2.FONT_HERSHEY_SIMPLEX, 1.2, 0, 3)
    page = _paper(2.0) - (25 - np.uint8(25) * (faint // 255))
    assert not _sheet(page.astype(np.uint8)).empty


def test_a_dark_border_hides_no_line(tmp_path: Path) -> None:
    pixels = np.asarray(scan(typed(), PROFILES["office"], np.random.default_rng(5)))
    read = []
    for page in (pixels, bordered(pixels, 90, np.random.default_rng(6))):
        path = tmp_path / "page.png"
        Image.fromarray(page).save(path)
        lines = _tesseract().read(clear(load(path, 300).gray), 300, 60)
        read.append([line.text for line in lines])
    assert len(read[0]) > 5
    assert read[1] == read[0]
