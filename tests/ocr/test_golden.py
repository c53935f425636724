"""Lines that are hard to keep, written into a text layer and found again by pdftotext and PDFium.

``golden/lines.json`` is written by hand: ``read``, the words of a line as the fragments that a
recogniser gives; ``text``, what must be found; ``poppler``, what pdftotext makes of it instead.
"""

import json
import subprocess
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.straightening import Straightening
from plugins.ocr.textpdf import write_text_pdf
from plugins.ocr.words import Fragment, ReadLine, around, merged
from schemas.page import Box
from schemas.thaitext import tidy

DPI = 200.0
PAGE = (1654, 2339)
LEFT, TOP = 180, 160
EM = 34
"""Pixels that a line of 16 points is high; a consonant is two fifths of that wide."""
SIZES = (0.5, 1.0, 1.6)
"""Sizes of the lines in times 16 points, taken in turn."""
SLOPES = (0.0, 0.004, -0.004)
GAPS = (0.06, 0.2, 0.35, 0.6)
"""Blanks between words, in heights of the line. From 1.0 on pdftotext sees columns."""
_ABOVE = frozenset("ัิีึืฺุู็่้๊๋์ํ๎")

Read = Sequence[Sequence[str]]
"""A line: words as fragments."""


class Case(NamedTuple):
    why: str
    read: list[list[str]]
    text: str
    poppler: str = ""


CASES = [
    Case(**case)
    for case in json.loads((Path(__file__).parent / "golden" / "lines.json").read_text("utf-8"))
]
TEXTS = [case.text for case in CASES]


def layer(path: Path, lines: Sequence[Read], *, gap: float = 0.35, skew: float = 0.0) -> Path:
    """The text layer of a page of ``lines``, one below the other, straightened by ``skew``."""
    laid, top = [], TOP
    for number, read in enumerate(lines):
        height = round(EM * SIZES[number % len(SIZES)])
        words = merged(_fragments(read, top, height, round(gap * height)))
        box = around(word.box for word in words)
        laid.append(ReadLine(words, box, SLOPES[number % len(SLOPES)], rise=-0.2 * height))
        top += round(1.5 * height) + 24
    write_text_pdf(path, laid, Straightening(*PAGE, skew), DPI)
    return path


def _fragments(read: Read, top: int, height: int, gap: int) -> Iterator[Fragment]:
    left = LEFT
    for word in read:
        for at, text in enumerate(word):
            width = max(round(0.4 * height * sum(char not in _ABOVE for char in text)), 2)
            box = Box(left, top, left + width, top + height)
            yield Fragment(text, box, 0.9, joined=at > 0)
            left += width
        left += gap


def pdftotext(path: Path) -> list[str]:
    """Lines as poppler extracts them, empty ones left out."""
    done = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True)
    return [line.strip() for line in done.stdout.splitlines() if line.strip()]


def pdfium(path: Path) -> list[str]:
    """Lines as PDFium, and so Chrome, copies them; empty ones left out."""
    document = pypdfium2.PdfDocument(path)
    try:
        text = document[0].get_textpage().get_text_range()
    finally:
        document.close()
    return [line.strip() for line in text.splitlines() if line.strip()]


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return layer(tmp_path_factory.mktemp("golden") / "a.pdf", [case.read for case in CASES])


def test_every_line_is_copied_whole_and_in_its_place(golden: Path) -> None:
    assert pdfium(golden) == TEXTS
    assert pdftotext(golden) == [case.poppler or case.text for case in CASES]


def test_words_and_phrases_are_searched_for_and_found(golden: Path) -> None:
    document = pypdfium2.PdfDocument(golden)
    text = document[0].get_textpage()
    wanted = {*TEXTS, *(word for line in TEXTS for word in line.split())}
    lost = [w for w in wanted if not text.search(w, match_case=True).get_next()]
    document.close()
    assert lost == []


@pytest.mark.parametrize("gap", GAPS)
@pytest.mark.parametrize("skew", [-2.0, 3.5])
def test_neither_skew_nor_narrow_blanks_tear_a_line(
    tmp_path: Path, gap: float, skew: float
) -> None:
    lines = [case.read for case in CASES if not case.poppler]
    texts = [case.text for case in CASES if not case.poppler]
    page = layer(tmp_path / "a.pdf", lines, gap=gap, skew=skew)
    assert pdfium(page) == texts
    assert pdftotext(page) == texts


def test_what_is_copied_is_clean(golden: Path) -> None:
    for line in [*pdfium(golden), *pdftotext(golden)]:
        assert unicodedata.is_normalized("NFC", line)
        assert tidy(line) == line
        assert "เเ" not in line
        assert "\u0e4d" not in line


def test_the_cases_hold_what_is_hard() -> None:
    every = "".join(TEXTS)
    assert set("๐๑๒๓๔๕๖๗๘๙") <= set(every)
    assert set("ะาำิีึืุูเแโใไัๅ็่้๊๋์ฯๆฤฦ๏") <= set(every)
    assert sum(case.text != tidy(case.text) for case in CASES) == 0
    changed = [case for case in CASES if " ".join("".join(w) for w in case.read) != case.text]
    assert len(changed) >= 5


word = st.text(
    st.sampled_from("กขคงจชดตนบปพมยรลวสหอเแไาิีุ่้๐๑๒๔๖๙0123Oolab/.-"), min_size=2, max_size=9
)
# PDFium takes a hyphen at the end of a line for one that divides a word, and joins the lines.
whole = word.filter(lambda text: len(tidy(text).strip("".join(_ABOVE))) > 1 and text[-1] != "-")


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.lists(whole, min_size=1, max_size=5), min_size=1, max_size=6))
def test_whatever_was_read_is_found(tmp_path: Path, lines: list[list[str]]) -> None:
    page = layer(tmp_path / "a.pdf", [[[text] for text in line] for line in lines])
    texts = [" ".join(map(tidy, line)) for line in lines]
    assert pdfium(page) == texts
    assert pdftotext(page) == texts


@given(st.text(st.characters(min_codepoint=0x0E01, max_codepoint=0x0E5B), max_size=12), st.data())
def test_where_a_recogniser_tears_a_word_does_not_matter(text: str, data: st.DataObject) -> None:
    cuts = data.draw(st.sets(st.integers(0, len(text))))
    edges = sorted({0, len(text), *cuts})
    pieces = [text[a:b] for a, b in pairwise(edges)]
    words = merged(_fragments([pieces], TOP, EM, 0))
    assert "".join(found.text for found in words) == tidy(text)


@given(st.text())
def test_no_digit_is_ever_repaired(text: str) -> None:
    def digits(value: str) -> list[str]:
        return [char for char in value if char.isdigit() or char in "OolIBSZ"]

    assert digits(tidy(text)) == digits(unicodedata.normalize("NFC", text))
    assert tidy(tidy(text)) == tidy(text)
