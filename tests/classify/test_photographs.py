"""Photographs are told from everything else that is dark; a mark read on one still counts."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from bench.reading.stamps import Pixels, Stamp, lay
from plugins.classify.photographs import photographs
from schemas.page import Box
from tests.classify.test_hostile import DPI, MIDDLE, cleared, stamp, typed
from tests.classify.test_surroundings import around

__all__ = ["typed"]

PICTURE = Box(300, 950, 800, 1300)


def scenery(seed: int, box: Box) -> Pixels:
    """Soft shapes in many colours, with grain."""
    rng = np.random.default_rng(seed)
    size = (box.right - box.left, box.bottom - box.top)
    coarse = rng.integers(20, 215, (8, 11, 3), dtype=np.uint8)
    soft = cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC).astype(float)
    return np.asarray(np.clip(soft + rng.normal(0, 4, soft.shape), 0, 225), np.uint8)


def illustrated(sheet: Pixels, box: Box = PICTURE, seed: int = 1) -> Pixels:
    """A page with a photograph in a gap of its text."""
    page = sheet.copy()
    page[max(box.top - 50, 0) : box.bottom + 50] = 255
    page[box.top : box.bottom, box.left : box.right] = scenery(seed, box)
    return page


def stamped(page: Pixels, mark: Stamp) -> None:
    """Print a mark into the head."""
    lay(page, mark.stencil(DPI, np.random.default_rng(2)), (MIDDLE, 60), mark.colour)


def test_photographs_are_found_and_mostly_ask_nobody(tmp_path: Path, typed: Pixels) -> None:
    pages = [illustrated(typed, seed=seed) for seed in range(1, 13)]
    for page in pages:
        (found,) = photographs(page)
        assert np.abs(np.subtract(found, PICTURE)).max() <= 24
    assert sum(cleared(tmp_path, page) for page in pages) > len(pages) / 2


def test_ink_on_photographs_side_by_side_lies_on_photographs_unless_in_the_head(
    typed: Pixels,
) -> None:
    page = illustrated(typed, Box(200, 240, 600, 620))
    page[240:620, 640:1040] = scenery(2, Box(640, 240, 1040, 620))
    seen = around(page)
    assert len(seen.photographs) == 2
    assert seen.on_photograph(Box(210, 250, 1030, 610))
    assert not seen.on_photograph(Box(210, 245, 400, 290))
    assert not seen.on_photograph(Box(210, 250, 1030, 900))


def test_type_stamps_and_filled_boxes_are_no_photographs(typed: Pixels) -> None:
    page = typed.copy()
    stamped(page, stamp("ลับมาก", "red", 60, frame="double"))
    cv2.rectangle(page, (300, 950), (800, 1300), (180, 30, 30), -1)
    cv2.putText(page, "LABEL", (330, 1200), cv2.FONT_HERSHEY_SIMPLEX, 5, (255, 255, 255), 30)
    assert photographs(page) == []


def test_the_shadow_of_a_lid_is_no_photograph(typed: Pixels) -> None:
    page = typed.copy()
    shadow = np.linspace(20, 220, 400, dtype=np.uint8)[None, :, None]
    page[900:1400, -400:] = np.minimum(page[900:1400, -400:], shadow[:, ::-1])
    assert photographs(page) == []


@pytest.mark.parametrize("text", ["ลับ", "ลับมาก", "ลับที่สุด"])
def test_a_mark_in_the_head_of_a_page_with_a_photograph_is_seen(
    tmp_path: Path, typed: Pixels, text: str
) -> None:
    page = illustrated(typed)
    stamped(page, stamp(text, "red"))
    assert not cleared(tmp_path, page)


def test_a_picture_in_the_head_is_asked_about(tmp_path: Path, typed: Pixels) -> None:
    assert not cleared(tmp_path, illustrated(typed, Box(300, 20, 800, 280)))
