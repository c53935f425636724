"""Second readings of the places that decide a name, straight from the picture.

The recogniser states high confidence for wrong digits too; only readings made differently show
which are sure. Rows of leader dots, which hide what is typed on them, are taken out first.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.models import LANGUAGE, tessdata
from pipeline.pageview import PageView, Picture
from plugins.extract.layout import Sheet, around
from schemas.page import Box, Line, PageText, Word
from schemas.thaitext import tidy

Gray = NDArray[np.uint8]
BLOCK, SPARSE = 6, 11
"""Tesseract's page segmentation modes: one block of text; as much text as there is."""
MODES: Final = (BLOCK, SPARSE)
LARGEST_DOT: Final = 0.093
REACH: Final = 0.93
LEVEL: Final = 0.034
FEWEST_DOTS: Final = 7
"""Centimetres: how big a leader dot is, how far its neighbours lie and how level; and how many."""


class SecondReader:
    """Reads bands of a page once for each of :data:`MODES`. One loaded model each, kept."""

    def __init__(self) -> None:
        self._engines: dict[int, Any] = {}
        self._turn = threading.Lock()

    def read(
        self, pdf: Path, sheet: Sheet, top: int, bottom: int, *, black_only: bool = False
    ) -> tuple[Sheet, ...]:
        """The runs between ``top`` and ``bottom`` (pixels of ``sheet``), one sheet a mode.

        ``pdf`` holds the page at the place its number says. ``black_only`` leaves coloured ink out,
        so that what a seal covers can be read.
        """
        page = sheet.page
        view = PageView(pdf=pdf, index=page.number - 1, text=page, dpi=round(page.dpi))
        gray = view.picture.max(axis=2) if black_only else _gray(view.picture)
        band = _black_on_white(_level(gray, page)[max(top, 0) : bottom])
        band = _without_leaders(band, page.dpi)
        return tuple(Sheet.of(self._page(band, page, top, mode), sheet.frame) for mode in MODES)

    def _page(self, band: Gray, page: PageText, top: int, mode: int) -> PageText:
        height, width = band.shape
        with self._engine(mode) as engine:
            engine.SetImageBytes(band.tobytes(), width, height, 1, width)
            engine.SetSourceResolution(round(page.dpi))
            engine.Recognize()
            lines = tuple(_lines(engine, top))
        return page.model_copy(update={"lines": lines})

    @contextmanager
    def _engine(self, mode: int) -> Iterator[Any]:
        with self._turn:
            if mode not in self._engines:
                self._engines[mode] = _loaded(mode)
            yield self._engines[mode]
            self._engines[mode].Clear()


def _loaded(mode: int) -> Any:
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")
    import tesserocr

    engine = tesserocr.PyTessBaseAPI(path=str(tessdata()), lang=LANGUAGE, psm=mode)
    engine.SetVariable("debug_file", os.devnull)
    return engine


def _gray(picture: Picture) -> Gray:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)


def _level(gray: Gray, page: PageText) -> Gray:
    """The page as it was read: level, at the resolution of its text."""
    size = (page.width, page.height)
    if (gray.shape[1], gray.shape[0]) != size:
        gray = np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), np.uint8)
    if not page.skew:
        return gray
    matrix = cv2.getRotationMatrix2D((size[0] / 2, size[1] / 2), page.skew, 1.0)
    paper = float(np.percentile(gray[::16, ::16], 90))
    return np.asarray(cv2.warpAffine(gray, matrix, size, borderValue=paper), np.uint8)


def _black_on_white(gray: Gray) -> Gray:
    soft = cv2.GaussianBlur(gray, (0, 0), 0.8)
    return np.asarray(cv2.threshold(soft, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[1], np.uint8)


def _without_leaders(page: Gray, dpi: float) -> Gray:
    """``page`` without dots that stand in a row of at least seven."""
    _, labels, stats, centres = cv2.connectedComponentsWithStats((page == 0).astype(np.uint8))
    scale = dpi / 2.54
    size = LARGEST_DOT * scale
    sides = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]]
    dots = np.flatnonzero((sides <= size).all(axis=1))
    dots = dots[np.argsort(centres[dots, 1])]
    heights, columns = centres[dots, 1], centres[dots, 0]
    first = np.searchsorted(heights, heights - LEVEL * scale)
    last = np.searchsorted(heights, heights + LEVEL * scale, side="right")
    leaders = [
        dot
        for dot, column, a, b in zip(dots, columns, first, last, strict=True)
        if np.count_nonzero(np.abs(columns[a:b] - column) <= REACH * scale) >= FEWEST_DOTS
    ]
    out = page.copy()
    out[np.isin(labels, leaders)] = 255
    return out


def _lines(engine: Any, top: int) -> Iterator[Line]:
    """Lines of whole words: fragments without a blank between them belong together."""
    from tesserocr import RIL

    words: list[list[Word]] = []
    found = engine.GetIterator()
    while found is not None:
        if found.IsAtBeginningOf(RIL.TEXTLINE):
            yield from _line(words)
            words = []
        word = _word(found, RIL.WORD, top)
        if word and words and found.BlanksBeforeWord() == 0:
            words[-1].append(word)
        elif word:
            words.append([word])
        if not found.Next(RIL.WORD):
            break
    yield from _line(words)


def _line(words: list[list[Word]]) -> Iterator[Line]:
    if words:
        whole = tuple(_joined(fragments) for fragments in words)
        yield Line(words=whole, box=around(word.box for word in whole))


def _joined(fragments: list[Word]) -> Word:
    line = Line(words=tuple(fragments), box=around(word.box for word in fragments))
    text = tidy("".join(word.text for word in fragments))
    return Word(text=text, box=line.box, confidence=line.confidence)


def _word(found: Any, level: Any, top: int) -> Word | None:
    box = found.BoundingBox(level)
    try:
        text = (found.GetUTF8Text(level) or "").strip()
    except RuntimeError:
        return None
    if not box or not text:
        return None
    left, upper, right, lower = box
    confidence = min(max(found.Confidence(level) / 100, 0.0), 1.0)
    return Word(text=text, box=Box(left, upper + top, right, lower + top), confidence=confidence)
