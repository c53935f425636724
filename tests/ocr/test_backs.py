"""Backs of sheets that show their front through are blank; faint fronts are not."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter, ImageOps

from pipeline.testing.harness import Harness
from plugins.ocr.by_tesserocr import OcrTesserocr, TesserocrOptions
from schemas.artifact import Role
from schemas.outcome import Done
from schemas.page import PageTexts
from tests.letters.degrade import PROFILES, encode
from tests.letters.stack import to_pdf
from tests.letters.typeset import Sheet, Style
from tests.ocr.drawing import LINES

PAPER, GHOST = 244, 227


def faint(mirrored: bool) -> Image.Image:
    """A page of text seventeen gray levels darker than its paper."""
    sheet = Sheet(style=Style())
    for row in range(18):
        sheet.write(350, 400 + 150 * row, LINES[row % len(LINES)])
    art = ImageOps.mirror(sheet.image) if mirrored else sheet.image
    gray = np.asarray(art.convert("L").filter(ImageFilter.GaussianBlur(1.5)), np.float64)
    levels = PAPER - (PAPER - GHOST) * (255 - gray) / 255
    grain = np.random.default_rng(7).normal(0, 0.8, levels.shape)
    return Image.fromarray(np.clip(levels + grain, 0, 255).astype(np.uint8)).convert("RGB")


@pytest.mark.parametrize("mirrored", [True, False])
def test_what_shows_through_from_the_front_is_no_page(tmp_path: Path, mirrored: bool) -> None:
    scan = tmp_path / "a.pdf"
    scan.write_bytes(to_pdf([encode(faint(mirrored), PROFILES["office"])]))
    outcome, workdir = Harness(tmp_path).run(OcrTesserocr(TesserocrOptions()), {Role.PDF: scan})
    assert isinstance(outcome, Done)
    (kept,) = (one for one in outcome.artifacts if one.role == Role.PAGE_TEXT)
    (page,) = PageTexts.model_validate_json((workdir / kept.path).read_bytes()).pages
    assert page.blank is mirrored
    assert bool(page.lines) is not mirrored
