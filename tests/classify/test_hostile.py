"""Marks where they are hardest to see: each is read, or a person is asked."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from bench.reading.stamped import PARTS
from bench.reading.stamped import page as drawn_page
from bench.reading.stamps import INKS, Pixels, Stamp, lay, receipt, scribble
from pipeline.pageview import PageView
from plugins.classify.picture import look
from schemas.evidence import Evidence, Finding
from schemas.page import Box, Line, PageText, Word
from tests.classify.paper import typed_page, unread
from tests.letters.degrade import ScanPage
from tests.letters.stack import to_pdf

DPI = 150
MIDDLE = 620
HEAD, EMBLEM, TEXT, STAMP = (MIDDLE, 60), (MIDDLE, 200), (600, 900), (980, 110)
UPRIGHT = Line(
    words=(Word(text="เรียน", box=Box(150, 500, 220, 530), confidence=0.5),),
    box=Box(150, 500, 220, 530),
)


@pytest.fixture(scope="module")
def typed() -> Pixels:
    """A typed letter that nobody has stamped."""
    return typed_page(5, length=2)


def looked(folder: Path, sheet: Pixels) -> list[Evidence]:
    """What the picture of a page is evidence of."""
    _, data = cv2.imencode(".jpg", sheet[:, :, ::-1], (cv2.IMWRITE_JPEG_QUALITY, 65))
    view = unread(folder, to_pdf([ScanPage(data.tobytes(), 1240, 1754, DPI, 3)]))
    text = PageText(number=1, width=1240, height=1754, dpi=DPI, lines=(UPRIGHT,))
    return look(replace(view, text=text))


def cleared(folder: Path, sheet: Pixels) -> bool:
    """Whether the picture of a page says that it bears no mark."""
    return any(piece.finding is Finding.CLEAR for piece in looked(folder, sheet))


def stamp(text: str, colour: str, points: float = 36, **changes: Any) -> Stamp:
    return Stamp(text, "Norasi", points, INKS[colour], wear=0.2, **changes)


HOSTILE = {
    "black on the emblem": (EMBLEM, stamp("ลับ", "black")),
    "black on the emblem, turned": (EMBLEM, stamp("ลับมาก", "black", turn=-7)),
    "black on the emblem, framed": (EMBLEM, stamp("ลับที่สุด", "black", frame="plain")),
    "black on the emblem, spaced": (EMBLEM, stamp("ลั  บ", "black", 44)),
    "black beside the emblem's middle": ((MIDDLE + 50, 170), stamp("ลับ", "black", 24)),
    "black on the emblem's wing": ((MIDDLE - 70, 150), stamp("ลับ", "black", 28)),
    "black among the emblem's feathers": ((MIDDLE + 41, 143), stamp("ลับ", "black", 31)),
    "black on the emblem, faint": (EMBLEM, stamp("ลับมาก", "black", ink=0.6)),
    "blue on the emblem": (EMBLEM, stamp("ลับ", "blue", 30, frame="plain")),
    "violet on the emblem": (EMBLEM, stamp("ลับ", "violet", 30)),
    "black on type": (TEXT, stamp("ลับ", "black")),
    "black on type, small": ((329, 880), stamp("ลับ", "black", 25)),
    "black on type, turned": (TEXT, stamp("ลับที่สุด", "black", turn=6)),
    "black on type, half hidden": (TEXT, stamp("ลับมาก", "black", hidden=-0.25)),
    "black on type, framed": (TEXT, stamp("ลับมาก", "black", frame="round")),
    "blue on type, faint": (TEXT, stamp("ลับที่สุด", "blue", 24, ink=0.5)),
    "red on type": (TEXT, stamp("ลับ", "red", 24, turn=8)),
    "red on a red stamp": (STAMP, stamp("ลับ", "red", 44, ink=0.6)),
    "red on a red stamp, framed": (STAMP, stamp("ลับมาก", "red", 40, ink=0.6, frame="double")),
    "crimson on a red stamp": (STAMP, stamp("ลับ", "crimson", 44, ink=0.6, turn=-5)),
    "black on a red stamp": (STAMP, stamp("ลับ", "black", 48, turn=7)),
    "blue on a red stamp": (STAMP, stamp("ลับมาก", "blue", 40)),
    "black on a red stamp, small": (STAMP, stamp("ลับที่สุด", "black", 21)),
    "black on a red stamp, faint, hidden": (STAMP, stamp("ลับ", "black", 51, ink=0.7, hidden=-0.18)),
    "violet on a red stamp, faint": (STAMP, stamp("ลับ", "violet", 26, ink=0.5, frame="plain")),
    "blue on the emblem, light": ((MIDDLE + 41, 160), stamp("ลับ", "blue", 25, bold=False)),
    "black on type, pale, hidden": (TEXT, stamp("ลับมาก", "black", 25, ink=0.6, frame="plain")),
    "black between type, pale": ((500, 1500), stamp("ลั  บ", "black", 38, ink=0.5, frame="double")),
    "blue, pale and light": (HEAD, stamp("ลั  บ", "blue", 24, bold=False, ink=0.45)),
    "black, typed, hardly larger than the body": (
        HEAD,
        Stamp("ลับมาก", "TlwgTypist", 20, INKS["black"]),
    ),
    "crimson, pale and light, hardly larger than the body": (
        HEAD,
        Stamp("ลับมาก", "TlwgTypewriter", 21, INKS["crimson"], bold=False, ink=0.3, turn=-7),
    ),
    "black, spaced": (HEAD, stamp("ลั  บ  ม  า  ก", "black", 40)),
    "black at the foot, spaced": ((MIDDLE, 1690), stamp("ลั  บ", "black", 46)),
    "red, spaced": (HEAD, stamp("ลั  บ", "red", 24)),
    "red, only the end": (HEAD, stamp("ลับที่สุด", "red", hidden=-0.3)),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_mark_is_never_cleared(tmp_path: Path, typed: Pixels, case: str) -> None:
    centre, mark = HOSTILE[case]
    sheet, rng = typed.copy(), np.random.default_rng(2)
    if centre == STAMP:
        beneath = stamp("สำเนาถูกต้อง", "red", 30, frame="plain")
        lay(sheet, beneath.stencil(DPI, rng), centre, beneath.colour)
    lay(sheet, mark.stencil(DPI, rng), centre, mark.colour)
    assert not cleared(tmp_path, sheet)


MISSED = {
    "black on type as pale": ("measured", 600),
    "black on type, worn": ("measured", 690),
    "pale, in small letters": ("measured", 821),
    "black and light, on the emblem": ("measured", 492),
    "black and pale, framed, on the emblem": ("measured", 201578),
    "violet and pale, on type": ("measured", 668),
    "typed on the emblem's legs": ("measured", 958),
    "crimson and pale, on type": ("measured", 1117),
    "typed, spaced far": ("tuned", 20013),
    "typed, spaced farther": ("measured", 201199),
    "crimson, spaced, on a slanting line": ("measured", 201858),
    "red, half on a red receive stamp": ("measured", 202697),
    "blue, in a frame that type cut into pieces": ("measured", 300781),
    "red and spaced, a trace of it on the emblem": ("measured", 300548),
    "black, in the emblem's gaps": ("tuned", 30252),
    "black, its frame on the emblem": ("tuned", 60237),
    "blue letters on either side of the emblem": ("tuned", 30421),
    "crimson on a red stamp": ("tuned", 30250),
    "red on a red stamp": ("tuned", 30592),
    "red on a larger red stamp": ("tuned", 30658),
    "black and light, on a red stamp": ("tuned", 31104),
    "violet on a red stamp, under type": ("tuned", 31154),
    "black on type, framed and turned": ("tuned", 30989),
}


@pytest.mark.parametrize("case", MISSED)
def test_what_the_bench_missed_before_is_not_missed_again(tmp_path: Path, case: str) -> None:
    part, number = MISSED[case]
    drawn = drawn_page(PARTS[part], number, marked=True)
    (width, height), dpi = drawn.size, drawn.dpi
    path = tmp_path / "page.pdf"
    path.write_bytes(drawn.pdf)
    text = PageText(number=1, width=width, height=height, dpi=dpi, lines=(UPRIGHT,))
    assert all(piece.finding is not Finding.CLEAR for piece in look(PageView(path, 0, text)))


def test_open_letters_under_a_pen_are_never_cleared(tmp_path: Path, typed: Pixels) -> None:
    sheet, rng = typed.copy(), np.random.default_rng(2)
    mark = replace(stamp("ลั  บ", "violet", 44, frame="round", ink=0.62), family="Loma")
    lay(sheet, mark.stencil(DPI, rng), TEXT, mark.colour)
    pen = scribble(1.2, 0.4, DPI, rng)
    lay(sheet, pen, TEXT, INKS["blue"])
    assert not cleared(tmp_path, sheet)


def test_an_uneven_emblem_is_cleared(tmp_path: Path, typed: Pixels) -> None:
    sheet, wing = typed.copy(), (slice(100, 310), slice(MIDDLE, 760))
    rows, columns = np.mgrid[0:210, 0:140].astype(np.float32)
    bent = columns + 4 * np.sin(rows / 40) * np.sin(columns / 60), rows + 3 * np.sin(columns / 50)
    sheet[wing] = cv2.remap(sheet[wing], *bent, cv2.INTER_LINEAR, borderValue=(255, 255, 255))
    assert cleared(tmp_path, sheet)


def test_an_emblem_with_coloured_fringes_is_cleared(tmp_path: Path, typed: Pixels) -> None:
    sheet = typed.copy()
    shift = np.array([[1, 0, 0], [0, 1, 0.6]], dtype=np.float32)
    red = np.ascontiguousarray(sheet[:, :, 0])
    sheet[:, :, 0] = cv2.warpAffine(red, shift, (1240, 1754), borderValue=(255.0,))
    assert cleared(tmp_path, sheet)


@pytest.mark.parametrize("ink", ["red", "blue", "violet"])
def test_a_receive_stamp_is_cleared_and_a_mark_on_it_is_not(
    tmp_path: Path, typed: Pixels, ink: str
) -> None:
    sheet, rng = typed.copy(), np.random.default_rng(2)
    rows = ("สำนักงานสารบรรณกลาง", "เลขรับ ๔๑๒", "วันที่ ............", "เวลา ............ น.")
    lay(sheet, receipt(rows, "Loma", DPI, rng), STAMP, INKS[ink])
    assert cleared(tmp_path, sheet)
    mark = stamp("ลับ", ink, 30)
    lay(sheet, mark.stencil(DPI, rng), STAMP, mark.colour)
    assert not cleared(tmp_path, sheet)


@pytest.mark.parametrize("turn", [0, -3])
def test_a_framed_stamp_of_other_words_is_cleared(
    tmp_path: Path, typed: Pixels, turn: float
) -> None:
    sheet, rng = typed.copy(), np.random.default_rng(2)
    other = stamp("สำเนาถูกต้อง", "red", 30, frame="plain", turn=turn)
    lay(sheet, other.stencil(DPI, rng), STAMP, other.colour)
    assert cleared(tmp_path, sheet)
