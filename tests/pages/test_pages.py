"""A page is seen as PDFium draws it, whether its scan is taken as it is or it is drawn."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pikepdf
import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline import pages as looking
from pipeline.pages import Pages, fitted
from pipeline.pageview import PageView
from schemas.page import PageText
from tests.pages.papers import KINDS, UNUSUAL, drawing, hide_text, print_of, scanned

LEVELS = 4
"""Gray levels by which averaging here and in PDFium are rounded differently."""
SIDES = st.integers(150, 400).filter(lambda side: side % 8)
"""Pixels of a scan. One of whole JPEG blocks PDFium decodes at half or quarter size, if that will
do, and so averages otherwise."""


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """PDFium may not draw."""

    def refused(*_: object, **__: object) -> None:
        raise AssertionError("the page was drawn")

    monkeypatch.setattr(pypdfium2.PdfPage, "render", refused)


def seen(path: Path, dpi: float) -> NDArray[np.uint8]:
    with Pages(path) as pages, pages.look(0, dpi) as (pixels, size):
        return fitted(pixels, size)


def levels_apart(path: Path, dpi: float) -> int:
    """Most gray levels between the scan that is seen and the page that PDFium draws.

    Where a side ends on a whole pixel, PDFium may take one more for rounding, stretch the picture
    over it and leave it out.
    """
    drawn = drawing(path, dpi)
    height, width = drawn.shape[:2]
    with Pages(path) as pages, pages.look(0, dpi) as (scan, size):
        assert size == (width, height)
        return min(
            int(cv2.absdiff(larger[top : top + height, left : left + width], drawn).max())
            for tall in (0, 1)
            for wide in (0, 1)
            for larger in [fitted(scan, (width + wide, height + tall))]
            for top in range(tall + 1)
            for left in range(wide + 1)
        )


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(sorted(KINDS)),
    width=SIDES,
    height=SIDES,
    turn=st.sampled_from([0, 90, 180, 270]),
    dpi=st.sampled_from([75, 100, 150, 200, 250, 299]),
    seed=st.integers(0, 1000),
)
def test_a_scan_is_seen_as_pdfium_draws_it(
    tmp_path: Path, kind: str, width: int, height: int, turn: int, dpi: int, seed: int
) -> None:
    paper = KINDS[kind](print_of(width, height, seed))
    paper.leaf["/Rotate"] = turn
    assert levels_apart(paper.write(tmp_path / "scan.pdf"), dpi) <= LEVELS


@pytest.mark.parametrize("kind", KINDS)
def test_a_scan_is_taken_as_it_is(kind: str, tmp_path: Path, undrawn: None) -> None:
    paper = KINDS[kind](print_of(240, 320, 1))
    hide_text(paper)
    path = paper.write(tmp_path / "scan.pdf")
    with Pages(path) as pages, pages.look(0, 150) as (pixels, size):
        assert pixels.shape == (320, 240, 3)
        assert size == (120, 160)


@pytest.mark.parametrize("change", UNUSUAL)
def test_a_page_with_anything_unusual_is_drawn(change: str, tmp_path: Path) -> None:
    paper = scanned(print_of(240, 320, 2))
    UNUSUAL[change](paper)
    path = paper.write(tmp_path / "unusual.pdf")
    assert np.array_equal(seen(path, 150), drawing(path, 150))


def test_the_unusual_pages_look_otherwise(tmp_path: Path) -> None:
    plain = drawing(scanned(print_of(240, 320, 2)).write(tmp_path / "plain.pdf"), 150)
    alike = set()
    for name, change in UNUSUAL.items():
        paper = scanned(print_of(240, 320, 2))
        change(paper)
        shown = drawing(paper.write(tmp_path / f"{name}.pdf"), 150)
        if shown.shape == plain.shape and np.abs(shown.astype(int) - plain).max() <= LEVELS:
            alike.add(name)
    assert alike == set()


def test_a_scan_coarser_than_asked_for_is_drawn(tmp_path: Path) -> None:
    path = scanned(print_of(240, 320, 3)).write(tmp_path / "coarse.pdf")
    assert np.array_equal(seen(path, 350), drawing(path, 350))


def test_a_very_large_scan_is_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = scanned(print_of(240, 320, 3)).write(tmp_path / "large.pdf")
    monkeypatch.setattr(looking, "MOST_PIXELS", 240 * 320 - 1)
    assert np.array_equal(seen(path, 150), drawing(path, 150))


def test_a_file_whose_structure_cannot_be_read_is_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = scanned(print_of(240, 320, 3)).write(tmp_path / "odd.pdf")

    def refused(_: Path) -> Any:
        raise pikepdf.PdfError

    monkeypatch.setattr(pikepdf, "open", refused)
    assert np.array_equal(seen(path, 150), drawing(path, 150))


def test_a_picture_outlives_its_look_and_is_red_green_blue(tmp_path: Path) -> None:
    path = scanned(print_of(240, 320, 4)).write(tmp_path / "scan.pdf")
    view = PageView(path, 0, PageText(number=1, width=120, height=160, dpi=150))
    assert np.array_equal(view.picture, seen(path, 150)[:, :, ::-1])
