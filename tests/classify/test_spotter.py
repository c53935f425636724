"""Marks are known by their look, and what offices write and stamp besides is none."""

import hashlib
import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from bench.reading.stamps import INKS, Pixels, Stamp, lay, receipt, scribble
from plugins.classify import spotter
from plugins.classify.picture import look
from plugins.classify.spotter import likeness
from plugins.classify.surroundings import HARD, UNLIKE
from schemas.evidence import Evidence, Finding
from schemas.page import Box
from tests.classify.paper import draw, typed_page, unread
from tests.letters.stamps import RECEIVED_AT, receive_stamp, seal, signature, stamp_text
from tests.letters.typeset import Sheet, cm
from training.fonts import Font, Fonts
from training.spotting.scenes import scene
from training.spotting.sheet import SIDE, Material

DPI = 150
PLACE = (620.0, 700.0)
AROUND = Box(420, 600, 820, 800)
SEALED = (1500.0, 2500.0)
"""The middle of a seal, in pixels of a page of 300 dpi."""


@pytest.fixture(scope="module")
def typed() -> Pixels:
    """A typed page, 150 dpi."""
    return typed_page(11, length=3)


@pytest.mark.parametrize("points", [20, 36, 60, 110])
@pytest.mark.parametrize("text", ["ลับ", "ลับมาก", "ลับที่สุด"])
@pytest.mark.parametrize("colour", ["red", "black"])
def test_a_mark_is_known_at_any_size_on_type(
    typed: Pixels, text: str, points: float, colour: str
) -> None:
    sheet, rng = typed.copy(), np.random.default_rng(1)
    stamp = Stamp(text, "Umpush", points, INKS[colour], turn=3, wear=0.2)
    lay(sheet, stamp.stencil(DPI, rng), PLACE, stamp.colour)
    assert likeness(sheet, AROUND) > 0.9


@pytest.mark.parametrize("seed", range(4))
def test_a_receive_stamp_and_a_signature_are_no_marks(typed: Pixels, seed: int) -> None:
    sheet, rng = typed.copy(), np.random.default_rng(seed)
    rows = ("สำนักงานสารบรรณกลาง", "เลขรับ ๔๑๒", "วันที่ ............", "เวลา ............ น.")
    lay(sheet, receipt(rows, "Umpush", DPI, rng), PLACE, INKS["violet"])
    lay(sheet, scribble(260, 90, DPI, rng), (640, 1300), INKS["blue"])
    assert likeness(sheet, AROUND) < UNLIKE[0]
    assert likeness(sheet, Box(500, 1240, 780, 1360)) < UNLIKE[0]


def test_a_box_that_reaches_over_the_page_is_looked_at_as_far_as_the_page_goes(
    typed: Pixels,
) -> None:
    for box in (Box(-50, -50, 30, 30), Box(1200, 1700, 1400, 1900), Box(600, 600, 601, 601)):
        assert 0 <= likeness(typed, box) <= 1


def test_the_provenance_is_that_of_the_shipped_networks() -> None:
    shipped = Path(spotter.__file__).with_name("spotter.onnx")
    told = json.loads(shipped.with_suffix(".json").read_text("utf-8"))
    assert told["network"]["sha256"] == hashlib.sha256(shipped.read_bytes()).hexdigest()
    assert len(told["joined"]) == 2


def test_few_marks_are_lost_in_fonts_that_it_never_saw() -> None:
    fonts = Fonts(Path("/nonexistent"))
    faces = [fonts.path(Font(stem, "")) for stem in ("Umpush", "Kinnari-Bold", "Sawasdee")]
    words = ["ประชุม", "โครงการ", "กลับ", "งบประมาณ", "ลำดับ", "รายงาน", "จังหวัด", "ได้รับ"]
    material = Material(words, faces, [fonts.path(Font("Purisa", ""))])
    whole = Box(0, 0, SIDE * 3 // 2, SIDE * 3 // 2)
    found = {
        marked: [
            likeness(_enlarged(scene(material, seed, marked=marked).picture), whole)
            for seed in range(900_000, 900_100)
        ]
        for marked in (True, False)
    }
    assert sum(like < HARD[0] for like in found[True]) <= 18
    assert sum(like < UNLIKE[0] for like in found[False]) >= 75


def _enlarged(piece: Pixels) -> Pixels:
    """A piece of 100 dpi in the resolution in which pages are looked at."""
    larger = cv2.resize(piece, None, fx=1.5, fy=1.5, interpolation=cv2.INTER_CUBIC)
    return np.asarray(larger, dtype=np.uint8)


@pytest.mark.parametrize("place", ["middle", "rim"])
def test_a_mark_on_a_seal_in_its_own_ink_is_asked_about(tmp_path: Path, place: str) -> None:
    down = {"middle": 0, "rim": cm(1.9)}[place]

    def sealed(sheet: Sheet, rng: np.random.Generator) -> None:
        seal(sheet, SEALED, "สำนักงาน")
        stamp_text(sheet, "ลับมาก", (SEALED[0], SEALED[1] + down), rng, points=24)

    assert _asked(look(unread(tmp_path, draw(stamping=sealed))))


def test_a_pen_on_a_receive_stamp_asks_nobody(tmp_path: Path) -> None:
    def received(sheet: Sheet, rng: np.random.Generator) -> None:
        rows = ("เลขรับ ............", "วันที่ ............", "เวลา ............ น.")
        receive_stamp(sheet, "สำนักงานสารบรรณกลาง", rows, rng)
        signature(sheet, (RECEIVED_AT[0] + 60, RECEIVED_AT[1] + 40), rng)

    assert not _asked(look(unread(tmp_path, draw(stamping=received))))


def _asked(evidence: list[Evidence]) -> bool:
    return any(piece.finding is Finding.DOUBT for piece in evidence)
