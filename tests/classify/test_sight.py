"""What explains a cluster of large print, and what never does."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from plugins.classify.clusters import find_clusters
from plugins.classify.phrases import read_run
from plugins.classify.reader import Words
from plugins.classify.sight import Channel, Sighting


def sighting(text: str, channel: Channel, confidence: float = 0.92) -> Sighting:
    """A cluster of two blocks, read surely as ``text``."""
    mask = np.zeros((60, 120), dtype=np.uint8)
    mask[10:50, 10:40] = mask[10:50, 50:80] = 255
    (cluster,) = find_clusters(mask, 20)[1]
    return Sighting(channel, cluster.box, cluster, Words(text, confidence), read_run(text))


@pytest.mark.parametrize("text", ["บันทึกข้อความ", "ด่วนที่สุด", "จังหวัดตาก"])
def test_other_words_explain_a_cluster(text: str) -> None:
    assert sighting(text, Channel.BLACK).explained


@pytest.mark.parametrize("channel", list(Channel))
@pytest.mark.parametrize(
    "text",
    [
        "บันทึกข้อความ ลับมาก",
        "ประกาศสำนักงานปลัดกระทรวงมหาดไทย ลับที่สุด",
        "ด่วนที่สุด ลับ",
        "สำเนาถูกต้อง ลับ",
        "ลับ",
    ],
)
def test_words_beside_a_mark_never_explain_it(text: str, channel: Channel) -> None:
    assert not sighting(text, channel).explained


def test_a_coloured_stamp_read_unsurely_is_not_explained() -> None:
    """Print over print of one colour reads as the stronger of the two, less surely."""
    assert sighting("ด่วนที่สุด", Channel.RED).explained
    unsure = sighting("ด่วนที่สุด", Channel.RED, 0.8)
    assert unsure.explained
    assert not replace(unsure, twice=True).explained
    assert not sighting("ด่วนที่สุด", Channel.RED, 0.7).explained


@pytest.mark.parametrize("end", [(60, 40), (40, 58), (30, 60)])
def test_a_staple_is_no_print(end: tuple[int, int]) -> None:
    mask = np.zeros((80, 100), dtype=np.uint8)
    cv2.line(mask, (28, 22), end, 255, 6)
    assert not find_clusters(mask, 15)[1]


def test_a_bent_stroke_is_print() -> None:
    mask = np.zeros((80, 100), dtype=np.uint8)
    cv2.line(mask, (28, 22), (50, 60), 255, 6)
    cv2.line(mask, (50, 60), (72, 22), 255, 6)
    assert len(find_clusters(mask, 15)[1]) == 1
