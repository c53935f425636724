"""Merging, judging and geometry, without a recogniser."""

import itertools
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.straightening import Straightening
from plugins.ocr.raster import LEAST_SKEW, Sheet, reduced, skew, straightening
from plugins.ocr.textlayer import TextLayer, layer, opened, plausible
from plugins.ocr.words import Fragment, joined_by_gap, merged, place_of
from schemas.page import Box
from schemas.thaitext import tidy
from tests.ocr.drawing import LINES, mojibake, scanned, typed, written

THAI = st.text(st.characters(min_codepoint=0x0E01, max_codepoint=0x0E5B), min_size=1, max_size=4)


def _fragments(pieces: list[tuple[str, bool, float]]) -> list[Fragment]:
    return [
        Fragment(text, Box(20 * at, 5, 20 * at + 15, 30), trust, joined)
        for at, (text, joined, trust) in enumerate(pieces)
    ]


@given(st.lists(st.tuples(THAI, st.booleans(), st.floats(0, 1)), min_size=1, max_size=12))
def test_merging_keeps_every_letter_and_every_blank(pieces: list[tuple[str, bool, float]]) -> None:
    fragments = _fragments(pieces)
    words = merged(fragments)
    groups = [list(pieces[:1])]
    for piece in pieces[1:]:
        if piece[1]:
            groups[-1].append(piece)
        else:
            groups.append([piece])
    expected = [tidy("".join(piece[0] for piece in group)) for group in groups]
    assert [word.text for word in words] == [text for text in expected if text]
    assert all(0 <= word.confidence <= 1 for word in words)
    assert all(word.text == tidy(word.text) for word in words)


@given(st.lists(st.tuples(THAI, st.booleans(), st.floats(0, 1)), min_size=1, max_size=12))
def test_a_word_is_as_wide_as_its_fragments(pieces: list[tuple[str, bool, float]]) -> None:
    fragments = _fragments([(text, at > 0, trust) for at, (text, _, trust) in enumerate(pieces)])
    (word,) = merged(fragments)
    assert word.box == Box(0, 5, 20 * (len(pieces) - 1) + 15, 30)
    assert min(p[2] for p in pieces) - 1e-9 <= word.confidence <= max(p[2] for p in pieces) + 1e-9


def test_sara_am_comes_out_in_one_piece() -> None:
    pieces = [("จ", False, 1.0), ("\u0e4d\u0e32", True, 1.0), ("นวน", True, 1.0)]
    assert merged(_fragments(pieces))[0].text == "จำนวน"


def test_gaps_join_thai_and_keep_latin_words_apart() -> None:
    near = [
        Fragment("จัง", Box(0, 0, 40, 40), 1.0, False),
        Fragment("หวัด", Box(43, 0, 90, 40), 1.0, False),
        Fragment("ตาก", Box(110, 0, 150, 40), 1.0, False),
        Fragment("Tak", Box(170, 0, 210, 40), 1.0, False),
        Fragment("Hall", Box(215, 0, 260, 40), 1.0, False),
    ]
    assert [word.text for word in merged(joined_by_gap(near))] == ["จังหวัด", "ตาก", "Tak", "Hall"]


@given(
    st.integers(200, 3000),
    st.integers(200, 3000),
    st.floats(-5, 5),
    st.floats(0.1, 0.9),
    st.floats(0.1, 0.9),
)
def test_points_come_back_where_they_were(
    width: int, height: int, degrees: float, across: float, down: float
) -> None:
    there = Straightening(width, height, degrees)
    back = Straightening(width, height, -degrees)
    x, y = across * width, down * height
    again = back.back(*there.back(x, y))
    assert again == pytest.approx((x, y), abs=0.01)


def test_a_straightened_dot_is_found_again() -> None:
    gray = np.full((900, 700), 255, np.uint8)
    gray[200:210, 500:510] = 0
    straight = Straightening(700, 900, 3.0)
    rows, columns = np.nonzero(straight.apply(gray) < 128)
    box = Box(int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1)
    left, top, right, bottom = straight.box_back(box)
    assert left <= 500
    assert top <= 200
    assert right >= 510
    assert bottom >= 210
    assert right - left < 20


@pytest.mark.parametrize("degrees", [-3.0, -0.8, 0.5, 2.0])
def test_skew_is_measured(degrees: float) -> None:
    gray = np.asarray(typed().convert("L").rotate(-degrees, fillcolor=255), np.uint8)
    small = reduced(gray, 75 / 300)
    assert skew(small) == pytest.approx(degrees, abs=0.2)
    level = straightening(Sheet(gray, small, 300)).apply(gray)
    assert abs(skew(reduced(level, 75 / 300))) <= LEAST_SKEW + 0.1


def _judged(path: Path) -> TextLayer:
    document = opened(path)
    try:
        return layer(document, 0, 300)
    finally:
        document.close()


def test_written_text_is_believed(tmp_path: Path) -> None:
    assert _judged(written(tmp_path / "a.pdf")).believable


def test_mojibake_is_not_believed(tmp_path: Path) -> None:
    found = _judged(mojibake(tmp_path / "a.pdf"))
    assert len(found.page.text) > 100
    assert not found.believable


def test_a_scan_has_nothing_to_believe(tmp_path: Path) -> None:
    found = _judged(scanned(tmp_path / "a.pdf", 0, profile="fast"))
    assert found.picture > 0.9
    assert found.page.lines == ()
    assert not found.believable


def test_shuffled_letters_are_not_believed() -> None:
    text = " ".join(LINES)
    letters = sorted({char for char in text if "\u0e01" <= char <= "\u0e2e"})
    shifted = dict(zip(letters, letters[7:] + letters[:7], strict=True))
    assert plausible(text)
    assert not plausible("".join(shifted.get(char, char) for char in text))


def test_a_letter_in_english_is_believed() -> None:
    text = "Dear Governor, we are pleased to accept the invitation to the meeting in Tak."
    assert plausible(text)


def test_a_map_that_tears_words_is_not_believed(tmp_path: Path) -> None:
    found = _judged(written(tmp_path / "a.pdf", shaped=True))
    assert "ที่ ตก ๐๐๒๓.๓/๔๖๗๘๙" in found.page.text
    assert not found.believable


def test_text_over_a_scan_is_not_believed(tmp_path: Path) -> None:
    over = tmp_path / "over.pdf"
    with (
        pikepdf.open(scanned(tmp_path / "a.pdf", 0, profile="fast")) as scan,
        pikepdf.open(written(tmp_path / "b.pdf")) as text,
    ):
        scan.pages[0].add_overlay(text.pages[0], None)
        scan.save(over)
    found = _judged(over)
    assert plausible(found.page.text)
    assert not found.believable


def test_every_pair_of_marks_is_kept_with_its_consonant() -> None:
    for mark, tone in itertools.product("\u0e34\u0e35\u0e36\u0e37", "\u0e48\u0e49"):
        (word,) = merged(_fragments([("ท", False, 1.0), (tone, True, 1.0), (mark, True, 1.0)]))
        assert word.text == "ท" + mark + tone


@pytest.mark.parametrize(
    ("left", "top", "place"),
    [
        (600, 100, 1),  # beside the first line, on its right
        (10, 104, 0),  # beside it, on its left
        (600, 122, 1),  # between the first and the second
        (600, 160, 2),
        (100, 0, 0),
        (100, 300, 2),
    ],
)
def test_a_line_stands_below_those_above_it_and_right_of_those_beside_it(
    left: int, top: int, place: int
) -> None:
    lines = [Box(100, 95, 500, 125), Box(100, 150, 900, 180)]
    assert place_of(Box(left, top, left + 200, top + 24), lines) == place
