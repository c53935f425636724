"""Pieces of pages that the spotter learns from."""

import random
from pathlib import Path

import numpy as np
import pytest

from training.fonts import Font, Fonts
from training.spotting.pieces import BEGINS, BESIDE, ELSEWHERE, PIECES, Pieces, cells, write
from training.spotting.scenes import Scene, scene
from training.spotting.sheet import SIDE, Ink, Material, Sheet
from training.spotting.stencils import Place

_BEARING = 8
"""Pixels by which a turned letter may stand off its place; half of the first may be covered."""


@pytest.fixture(scope="module")
def material() -> Material:
    """The system's fonts alone."""
    fonts = Fonts(Path("/nonexistent"))
    faces = [fonts.path(Font(stem, "")) for stem in ("Laksaman", "Norasi", "Loma-Bold")]
    words = ["ประชุม", "โครงการ", "กลับ", "งบประมาณ", "ลำดับ", "รายงาน"]
    return Material(words, faces, [fonts.path(Font("Purisa", ""))])


def test_the_same_seed_draws_the_same_piece(material: Material) -> None:
    one, again = (scene(material, 7, marked=True) for _ in range(2))
    assert one.first == again.first
    assert np.array_equal(one.picture, again.picture)
    assert not np.array_equal(one.picture, scene(material, 8, marked=True).picture)


@pytest.mark.parametrize("seed", range(12))
def test_a_mark_is_drawn_where_the_piece_says(material: Material, seed: int) -> None:
    drawn = scene(material, seed, marked=True)
    assert drawn.picture.shape == (SIDE, SIDE, 3)
    assert drawn.first is not None
    assert drawn.whole is not None
    left, top, right, bottom = drawn.first
    assert -SIDE / 4 < left < right < SIDE * 1.25
    assert -SIDE / 4 < top < bottom < SIDE * 1.25
    middle = (left + right) / 2
    assert drawn.whole.left - _BEARING <= middle <= drawn.whole.right + _BEARING


def test_of_inks_apart_one_is_seen_in_gray_and_others_leave_a_trace(material: Material) -> None:
    red, blue = (0.9, 0.1, 0.1), (0.1, 0.2, 0.7)
    sheet = Sheet(material, random.Random(1), np.random.default_rng(1), 1.0, apart=Ink.RED)
    for colour, left in ((red, 80.0), (blue, 240.0)):
        sheet.lay(np.ones((40, 40), np.float32), (left, 100.0), colour, 0)
    assert np.ptp(sheet.paper, axis=2).max() == 0
    assert np.isclose(sheet.paper[100, 80, 0], 0.1)
    assert sheet.paper[100, 240, 0] > 0.75


def test_a_piece_without_a_mark_says_so(material: Material) -> None:
    drawn = scene(material, 3, marked=False)
    assert drawn.first is None
    assert np.all(cells(drawn) == ELSEWHERE)


def test_cells_tell_where_the_mark_begins_and_what_is_not_taught() -> None:
    paper = np.full((SIDE, SIDE, 3), 255, np.uint8)
    taught = cells(Scene(paper, Place(40, 40, 72, 64), Place(40, 40, 120, 64)))
    rows, columns = np.nonzero(taught == BEGINS)
    assert set(rows) == {6}
    assert set(columns) == {6, 7}
    assert taught[6, 12] == BESIDE
    assert taught[6, 17] == taught[2, 6] == ELSEWHERE


def test_a_short_mark_begins_in_one_cell_at_least() -> None:
    paper = np.full((SIDE, SIDE, 3), 255, np.uint8)
    taught = cells(Scene(paper, Place(41, 41, 44, 44), Place(41, 41, 44, 44)))
    assert np.count_nonzero(taught == BEGINS) == 1


@pytest.mark.slow
def test_files_are_kept_and_their_marks_stay_whole_in_every_batch(
    material: Material, tmp_path: Path
) -> None:
    (file,) = write(material, 3, 1, tmp_path)
    before = file.stat().st_mtime_ns
    assert write(material, 3, 1, tmp_path) == [file]
    assert file.stat().st_mtime_ns == before

    pieces = Pieces.load([file])
    assert len(pieces.pictures) == PIECES
    begun = np.count_nonzero((pieces.cells == BEGINS).any((1, 2)))
    assert begun == PIECES // 2
    batches = list(pieces.batches(50, np.random.default_rng(1)))
    moved = np.concatenate([batch.cells for batch in batches])
    assert np.count_nonzero((moved == BEGINS).any((1, 2))) == begun
    sizes = np.sort(np.count_nonzero(moved == BEGINS, axis=(1, 2)))
    assert np.array_equal(sizes, np.sort(np.count_nonzero(pieces.cells == BEGINS, axis=(1, 2))))
    pictures = np.concatenate([batch.pictures for batch in batches])
    assert 0 <= pictures.min() < pictures.max() <= 1
