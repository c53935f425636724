"""What sightings at one place amount to, drawn by nobody and read as told."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.pixels import Picture
from plugins.classify.clusters import Cluster, moved
from plugins.classify.ink import Component, inks
from plugins.classify.judging import Judgement, judge
from plugins.classify.notes import Note
from plugins.classify.phrases import read_run
from plugins.classify.reader import Words
from plugins.classify.sight import Channel, Sighting
from plugins.classify.stamps import ColouredInk
from plugins.classify.surroundings import Surroundings
from schemas.evidence import Finding
from schemas.page import Box
from schemas.secrecy import Secrecy

WIDTH, HEIGHT = 1240, 1754
PLACE = Box(520, 30, 710, 90)
TALL = 45


def sheet() -> Picture:
    return np.full((HEIGHT, WIDTH, 3), 250, np.uint8)


def judged(sightings: list[Sighting], picture: Picture | None = None) -> list[Judgement]:
    picture = sheet() if picture is None else picture
    ink = inks(picture)
    coloured = {
        Channel.RED: ColouredInk(ink.red, ink.red_alone, ink.but_red),
        Channel.COLD: ColouredInk(ink.cold, ink.cold_alone, ink.but_cold),
    }
    return judge(
        sightings, Surroundings(picture, ink.black, ink.worn, coloured, ink.lightest, True)
    )


def sighting(text: str, confidence: float, channel: Channel, box: Box = PLACE) -> Sighting:
    """Four even letters that were read as ``text``."""
    letters = tuple(
        Component(n + 1, moved(Box(0, 10, 40, 10 + TALL), box.left + 50 * n, box.top), 900)
        for n in range(4)
    )
    cluster = Cluster(box, letters, letters)
    return Sighting(channel, box, cluster, Words(text, confidence), read_run(text))


UNREAD = sighting("ลนกก", 0.79, Channel.BLACK)
SUSPICIOUS = sighting("ลบที", 0.4, Channel.HEAVY)


@pytest.mark.parametrize("seen", [[SUSPICIOUS], [UNREAD, SUSPICIOUS], [SUSPICIOUS, UNREAD]])
def test_what_cannot_be_read_hides_nothing_suspicious_at_its_place(seen: list[Sighting]) -> None:
    assert UNREAD.strength > SUSPICIOUS.strength
    (found,) = judged(seen)
    assert (found.finding, found.note) == (Finding.DOUBT, Note.LIKE_A_MARK)
    assert found.level is Secrecy.TOP_SECRET


def ending_at(text: str, right: int) -> Sighting:
    return sighting(text, 0.95, Channel.RED, Box(right - 190, 30, right, 90))


@pytest.mark.parametrize("right", [WIDTH, WIDTH - TALL // 4])
def test_a_mark_that_the_papers_edge_may_cut_suspects_the_longest(right: int) -> None:
    (found,) = judged([ending_at("ลับ", right)])
    assert (found.finding, found.note) == (Finding.DOUBT, Note.UNSURE_LEVEL)
    assert found.level is Secrecy.TOP_SECRET


def test_a_mark_that_ends_at_a_scanners_dark_border_is_cut_too() -> None:
    bordered = sheet()
    bordered[:, WIDTH - 30 :] = 20
    (found,) = judged([ending_at("ลับ", WIDTH - 34)], bordered)
    assert (found.finding, found.level) == (Finding.DOUBT, Secrecy.TOP_SECRET)


@pytest.mark.parametrize(
    ("text", "right"), [("ลับ", WIDTH - TALL), ("ลับ", PLACE.right), ("ลับมาก", WIDTH)]
)
def test_a_mark_clear_of_the_edge_or_a_longer_one_is_whole(text: str, right: int) -> None:
    (found,) = judged([ending_at(text, right)])
    assert (found.finding, found.level) == (Finding.MARK, read_run(text).level)


def test_a_mark_at_the_left_edge_has_its_beginning() -> None:
    (found,) = judged([replace(ending_at("ลับ", 200), channel=Channel.BLACK)])
    assert found.finding is Finding.MARK
