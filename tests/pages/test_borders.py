"""Dark strips along the edges of a scan are found and erased, and nothing else is."""

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.borders import DEEPEST, Border
from tests.letters.paper import bordered

DPI = 200
HEIGHT, WIDTH = 2339, 1654

Pixels = NDArray[np.uint8]


def paper() -> Pixels:
    return np.full((HEIGHT, WIDTH), 240, np.uint8)


def erased(page: Pixels, deepest: float = DEEPEST) -> Pixels:
    return Border.of(page, DPI, deepest).erased(page)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("inches", [0.2, 0.4, 1.2])
def test_slanted_strips_along_all_edges_are_erased(seed: int, inches: float) -> None:
    rng = np.random.default_rng(seed)
    page = np.repeat(paper()[:, :, None], 3, axis=2)
    framed = np.ascontiguousarray(bordered(page, inches * DPI, rng)[:, :, 0])
    assert (framed < 100).any()
    assert not (erased(framed) < 100).any()


def test_a_page_without_strips_is_left_as_it_is() -> None:
    page = paper()
    page[:6, 200:280] = 0
    page[900:960, :30] = 0
    assert np.array_equal(erased(page), page)


def test_letters_beside_a_strip_stay() -> None:
    page = paper()
    page[:, :40] = 12
    page[1000:1030, 60:90] = 0
    page[1200:1204, 40:300] = 0
    clean = erased(page)
    assert (clean[:, :40] == 255).all()
    assert (clean[1000:1030, 60:90] == 0).all()
    assert (clean[1200:1204, 60:300] == 0).all()


def test_what_is_deeper_than_allowed_is_not_erased_altogether() -> None:
    page = paper()
    page[:, : WIDTH // 4] = 12
    middle = erased(page, deepest=0.06)[HEIGHT // 4 : -HEIGHT // 4]
    assert (middle[:, : int(0.05 * WIDTH)] == 255).all()
    assert (middle[:, int(0.08 * WIDTH) : WIDTH // 4] == 12).all()


def test_strips_found_on_a_small_picture_are_erased_from_the_large() -> None:
    page = paper()
    page[: HEIGHT // 50] = 12
    border = Border.of(np.ascontiguousarray(page[::2, ::2]), DPI / 2)
    assert not (border.erased(page) < 100).any()
