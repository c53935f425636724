"""What words and emblems account for, and what they do not."""

import cv2
import numpy as np
import pytest

from pipeline.pixels import Picture
from plugins.classify.ink import inks
from plugins.classify.sight import Channel
from plugins.classify.stamps import ColouredInk
from plugins.classify.surroundings import Surroundings
from schemas.page import Box

WORDS = Box(300, 400, 420, 430)
AROUND = Box(290, 190, 430, 446)


def around(picture: Picture) -> Surroundings:
    ink = inks(picture)
    coloured = {
        Channel.RED: ColouredInk(ink.red, ink.red_alone, ink.but_red),
        Channel.COLD: ColouredInk(ink.cold, ink.cold_alone, ink.but_cold),
    }
    return Surroundings(picture, ink.black, ink.worn, coloured, ink.lightest, True, [WORDS])


@pytest.fixture
def page() -> Picture:
    """A figure alike on both sides, and words under it that were read, 150 dpi."""
    sheet = np.full((1754, 1240, 3), 250, np.uint8)
    corners = np.array([(360, 200), (420, 285), (360, 370), (300, 285)])
    cv2.fillPoly(sheet, [corners], (20, 20, 20))
    for left in range(WORDS.left + 4, WORDS.right - 8, 14):
        cv2.rectangle(sheet, (left, WORDS.top + 6), (left + 8, WORDS.bottom - 4), (20, 20, 20), 2)
    return sheet


def test_an_emblem_and_words_that_were_read_account_for_their_ink(page: Picture) -> None:
    assert around(page).accounts_for(AROUND)
    assert not around(page).may_be_mark(AROUND)


def test_words_alone_account_for_nothing_a_mark_may_lie_on_them(page: Picture) -> None:
    assert not around(page).accounts_for(Box(290, 390, 430, 440))


@pytest.mark.parametrize("colour", [(20, 20, 20), (200, 30, 40), (40, 60, 170)])
def test_ink_beside_the_words_is_accounted_for_by_nothing(
    page: Picture, colour: tuple[int, int, int]
) -> None:
    cv2.rectangle(page, (290, 434), (310, 446), colour, 2)
    assert not around(page).accounts_for(AROUND)


def test_pale_ink_is_accounted_for_by_nothing(page: Picture) -> None:
    cv2.putText(page, "SECRET", (700, 120), cv2.FONT_HERSHEY_SIMPLEX, 2, (200, 200, 200), 4)
    assert not around(page).accounts_for(Box(690, 60, 1000, 140))


def test_colour_on_the_words_is_not_theirs(page: Picture) -> None:
    cv2.line(page, (WORDS.left, 415), (WORDS.right, 415), (210, 20, 30), 5)
    assert not around(page).accounts_for(AROUND)


def test_narrow_fringes_of_the_words_are_theirs(page: Picture) -> None:
    cv2.line(
        page, (WORDS.left + 4, WORDS.top + 4), (WORDS.left + 13, WORDS.top + 4), (230, 90, 90), 1
    )
    assert around(page).accounts_for(AROUND)
