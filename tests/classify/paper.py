"""Scanned letters of one page, read by the real reader, as the classifying stage gets them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from bench.reading.stamps import Pixels
from pipeline.pageview import PageView
from pipeline.testing.harness import Harness
from plugins.ocr.by_tesserocr import OcrTesserocr, TesserocrOptions
from schemas.artifact import Role
from schemas.outcome import Done
from schemas.page import PageText, PageTexts
from tests.letters import PROFILES, Kind, Level, encode, letter_pages, make_letter, scan
from tests.letters.stack import to_pdf
from tests.letters.typeset import Sheet

Drawing = Callable[[Sheet, np.random.Generator], None]


@dataclass(frozen=True)
class Scanned:
    """A read letter: what the stage consumes."""

    searchable: Path
    page_text: Path

    @property
    def inputs(self) -> dict[str, Path]:
        return {Role.SEARCHABLE: self.searchable, Role.PAGE_TEXT: self.page_text}

    def views(self) -> list[PageView]:
        texts = PageTexts.model_validate_json(self.page_text.read_bytes())
        return [PageView(self.searchable, i, text) for i, text in enumerate(texts.pages)]


def draw(
    level: Level = Level.NORMAL,
    *,
    profile: str = "fast",
    kind: Kind = Kind.EXTERNAL,
    stamping: Drawing | None = None,
    seed: int = 3,
    **changes: Any,
) -> bytes:
    """The first page of a letter as a scan; ``stamping`` may add ink of its own."""
    rng = np.random.default_rng(seed)
    letter = make_letter(seed, kind, level=level, length=1, **changes)
    art = letter_pages(letter, rng)[0][0]
    sheet = Sheet(letter.style, image=art.image.copy())
    if stamping is not None:
        stamping(sheet, rng)
    return _scanned(sheet.image, profile, seed)


def _scanned(image: Image.Image, profile: str, seed: int) -> bytes:
    settings = PROFILES[profile]
    return to_pdf([encode(scan(image, settings, np.random.default_rng(seed)), settings)])


def typed_page(seed: int, length: int) -> Pixels:
    """The first page of a letter that nobody has stamped, 150 dpi."""
    letter = make_letter(seed, Kind.EXTERNAL, length=length)
    page = letter_pages(letter, np.random.default_rng(seed))[0][0].image
    small = cv2.resize(np.asarray(page), (1240, 1754), interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8)


def read(root: Path, pdf: bytes) -> Scanned:
    """What the reader makes of a PDF."""
    source = root / "source.pdf"
    source.write_bytes(pdf)
    outcome, workdir = Harness(root).run(OcrTesserocr(TesserocrOptions()), {Role.PDF: source})
    assert isinstance(outcome, Done)
    kept = {artifact.role: workdir / artifact.path for artifact in outcome.artifacts}
    return Scanned(kept[Role.SEARCHABLE], kept[Role.PAGE_TEXT])


def unread(root: Path, pdf: bytes) -> PageView:
    """The page alone, as one whose words are known to nobody."""
    path = root / "page.pdf"
    path.write_bytes(pdf)
    return PageView(path, 0, PageText(number=1, width=1654, height=2339, dpi=200))
