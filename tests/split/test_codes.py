"""Separator sheets: printed, scanned badly, read again; wrong codes are never taken for sound."""

from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pytest
import segno

from pipeline.errors import ConfigurationError
from pipeline.pageview import PageView
from pipeline.pixels import Picture
from plugins.split.codes import SheetCode, SheetReading, read_sheet
from plugins.split.sheets import separator_sheets
from schemas.page import PageText
from tests.letters import page_image, separator_page, separator_payload

CODE = SheetCode("TAK01", "69000001", 7)


def _picture(pdf: Path, dpi: int = 150) -> Picture:
    return PageView(pdf, 0, PageText(number=1, width=1, height=1, dpi=dpi), dpi).picture


def _worsened(picture: Picture, degrees: float, noise: float) -> Picture:
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    turned = cv2.warpAffine(picture, matrix, (width, height), borderValue=(255, 255, 255))
    soft = cv2.GaussianBlur(turned, (0, 0), 1.0).astype(np.float64) * 0.6 + 70
    noisy = soft + np.random.default_rng(1).normal(0, noise, soft.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def _bearing(*payloads: str) -> Picture:
    """A page with one code beside the other."""
    page = np.full((1000, 1600), 255, np.uint8)
    for place, payload in enumerate(payloads):
        rows = [list(row) for row in segno.make_qr(payload, error="q").matrix_iter(scale=10)]
        code = np.where(np.array(rows), 0, 255)
        page[100 : 100 + code.shape[0], 100 + 750 * place : 100 + 750 * place + code.shape[1]] = (
            code
        )
    return np.repeat(page[:, :, None], 3, axis=2)


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sheets") / "sheets.pdf"
    path.write_bytes(separator_sheets("TAK01", "69000001", 7, 2))
    return path


@pytest.mark.parametrize("degrees", [0, 3, -11, 90, 180])
@pytest.mark.parametrize("noise", [0, 45])
def test_a_printed_sheet_is_read_however_it_was_fed(
    sheet: Path, degrees: float, noise: float
) -> None:
    assert read_sheet(_worsened(_picture(sheet), degrees, noise)) == SheetReading(CODE)


@pytest.mark.parametrize("corner", ["large", "top left", "bottom right"])
def test_one_code_of_the_three_is_enough(sheet: Path, corner: str) -> None:
    picture = _picture(sheet).copy()
    places = {"large": np.s_[380:800, 300:950], "top left": np.s_[80:300, 80:300]}
    places["bottom right"] = np.s_[1400:1700, 850:1240]
    for name, place in places.items():
        if name != corner:
            picture[place] = 255
    assert read_sheet(picture) == SheetReading(CODE)


def test_sheets_are_numbered_vectors_with_embedded_fonts(sheet: Path) -> None:
    with pikepdf.open(sheet) as pdf:
        assert len(pdf.pages) == 2
        for leaf in pdf.pages:
            assert not leaf.get_images()
            fonts = leaf.resources.Font.values()
            assert all("/FontFile2" in f.DescendantFonts[0].FontDescriptor for f in fonts)


@pytest.mark.parametrize("profile", ["office", "skewed", "faded", "photocopy"])
@pytest.mark.parametrize("turn", [0, 180])
def test_sheets_of_another_printer_are_read(profile: str, turn: int) -> None:
    scanned = page_image(separator_page("69000001", 3), profile, seed=4, turn=turn).convert("RGB")
    half = scanned.resize((scanned.width // 2, scanned.height // 2))
    found = read_sheet(np.asarray(half))
    assert found == SheetReading(SheetCode("TAK01", "69000001", 3))


def test_both_printers_agree_on_the_payload() -> None:
    assert separator_payload("TAK01", "69000001", 7) == CODE.payload


@pytest.mark.parametrize(
    "payload",
    [
        "SRB1|TAK01|69000001|8|" + CODE.payload[-8:],
        CODE.payload[:-8] + CODE.payload[-8:].lower(),
        CODE.payload.replace("SRB1", "SRB2"),
        CODE.payload + "0",
        "SRB1|TAK01|69000001|7",
        "SRB1|TAK 01|69000001|7|00000000",
        "SRB1|TAK01|69000001|0|00000000",
    ],
)
def test_a_wrong_code_is_seen_but_never_sound(payload: str) -> None:
    assert SheetCode.parse(payload) is None
    assert read_sheet(_bearing(payload)) == SheetReading(None)


def test_codes_that_disagree_are_not_sound() -> None:
    other = SheetCode("TAK01", "69000001", 8)
    assert read_sheet(_bearing(CODE.payload, CODE.payload)) == SheetReading(CODE)
    assert read_sheet(_bearing(CODE.payload, other.payload)) == SheetReading(None)


def test_other_codes_and_plain_pages_are_no_sheets() -> None:
    assert read_sheet(_bearing("https://example.org/letter/1")) is None
    assert read_sheet(np.full((1754, 1240, 3), 255, np.uint8)) is None


@pytest.mark.parametrize(
    ("station", "batch", "ordinal"),
    [("", "1", 1), ("TAK|1", "1", 1), ("ตาก", "1", 1), ("T" * 25, "1", 1), ("T", "1", 0)],
)
def test_names_that_cannot_be_coded_are_refused(station: str, batch: str, ordinal: int) -> None:
    with pytest.raises(ConfigurationError):
        SheetCode(station, batch, ordinal)


@pytest.mark.parametrize("count", [0, 1000])
def test_too_many_sheets_are_refused(count: int) -> None:
    with pytest.raises(ConfigurationError, match="separator-count"):
        separator_sheets("TAK01", "1", 1, count)
