"""Pieces of ink are what OpenCV says they are."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.pieces import connected


@given(
    rows=st.integers(1, 40),
    columns=st.integers(1, 40),
    share=st.floats(0, 1),
    seed=st.integers(0, 2**32 - 1),
)
def test_pieces_are_those_of_opencv(rows: int, columns: int, share: float, seed: int) -> None:
    ink = np.random.default_rng(seed).random((rows, columns)) < share
    mask = np.where(ink, np.uint8(255), np.uint8(0))
    _, labels, stats, centres = cv2.connectedComponentsWithStats(mask, connectivity=8)
    found = connected(mask)
    assert np.array_equal(found.labels, labels)
    assert np.array_equal(found.stats[1:], stats[1:])
    assert np.allclose(found.centres[1:], centres[1:])


@pytest.mark.parametrize("shape", [(0, 0), (0, 5), (5, 0), (5, 5)])
def test_a_mask_without_ink_has_no_pieces(shape: tuple[int, int]) -> None:
    found = connected(np.zeros(shape, np.uint8))
    assert found.labels.shape == shape
    assert len(found.stats) == len(found.centres) == 1
