"""Second readings of the lines that decide a field, straight from the picture.

The recogniser states high confidence for wrong digits and lost tone marks too; only readings made
differently show which are sure. A line's crop is read in gray, set off the middle; then, where that
differs from the page's own reading or the line holds digits, once more in black and white without
what leads from label to value. Lines that the page's reading lost are looked for in a block.
"""

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from typing import Any, Final, NamedTuple

from pipeline.linework import without_leaders
from pipeline.models import LANGUAGE, tessdata
from plugins.extract.crop import cropped, set_off
from plugins.extract.labels import labelled
from plugins.extract.layout import Run, Sheet, around
from plugins.extract.majority import agreement, retold, settled
from plugins.extract.picture import Gray, black_on_white
from schemas.page import Box, Line, Word
from schemas.thaitext import arabic_digits, tidy

BLOCK: Final = 6
WHOLE: Final = 13
"""Tesseract's page segmentation modes: a block of lines; the picture is the line."""


class Readings(NamedTuple):
    """One sheet read three times, and what the most of them say, letter by letter."""

    single: tuple[Sheet, Sheet, Sheet]
    agreed: Sheet


class SecondReader:
    """Reads again with one loaded model, which is kept."""

    def __init__(self) -> None:
        self._turn = threading.Lock()

    def lines(self, sheet: Sheet, chosen: frozenset[int], gray: Gray) -> Readings:
        """``sheet`` with the runs at the indices ``chosen`` read twice more from ``gray``."""
        texts = {index: self._again(sheet, sheet.runs[index], gray) for index in sorted(chosen)}
        told = {index: _told(sheet.runs[index], three) for index, three in texts.items()}
        second, third = (
            {index: retold(sheet.runs[index], three[way], 1.0) for index, three in texts.items()}
            for way in (1, 2)
        )
        single = (sheet, _with(sheet, second), _with(sheet, third))
        return Readings(single, _with(sheet, told))

    def band(self, sheet: Sheet, gray: Gray, top: int, bottom: int) -> Sheet:
        """What stands between ``top`` and ``bottom`` (pixels of ``sheet``), read as one block."""
        page = sheet.page
        black = without_leaders(black_on_white(gray[max(top, 0) : bottom]), page.dpi)
        with self._shown(black, BLOCK, page.dpi) as engine:
            engine.Recognize()
            lines = tuple(_lines(engine, max(top, 0)))
        return Sheet.of(page.model_copy(update={"lines": lines}), sheet.frame)

    def _again(self, sheet: Sheet, run: Run, gray: Gray) -> tuple[str, str, str]:
        """The run as it was read, and twice more."""
        dpi = sheet.page.dpi
        crop = cropped(gray, run.box, dpi)
        second = self._text(set_off(crop), WHOLE, dpi)
        plain = second == run.text and not any(c.isdigit() for c in arabic_digits(second))
        third = run.text if plain else self._text(black_on_white(crop), WHOLE, dpi)
        return run.text, second, third

    def _text(self, crop: Gray, mode: int, dpi: float) -> str:
        with self._shown(crop, mode, dpi) as engine:
            return " ".join(tidy(engine.GetUTF8Text()).split())

    @contextmanager
    def _shown(self, picture: Gray, mode: int, dpi: float) -> Iterator[Any]:
        height, width = picture.shape
        with self._turn:
            self._engine.SetPageSegMode(mode)
            self._engine.SetImageBytes(picture.tobytes(), width, height, 1, width)
            self._engine.SetSourceResolution(round(dpi))
            yield self._engine
            self._engine.Clear()

    @cached_property
    def _engine(self) -> Any:
        os.environ.setdefault("OMP_THREAD_LIMIT", "1")
        import tesserocr

        engine = tesserocr.PyTessBaseAPI(path=str(tessdata()), lang=LANGUAGE)
        engine.SetVariable("debug_file", os.devnull)
        return engine


def _told(run: Run, three: Sequence[str]) -> Run | None:
    """``run`` as the readings make it, as sure as they agree on what stands behind its label."""
    text = settled(three)
    whole = retold(run, text, 1.0)
    found = labelled(whole) if whole else None
    label = len(text) - len(found.value.text) if found and found.value else 0
    return retold(run, text, agreement(text, three, label))


def _with(sheet: Sheet, told: dict[int, Run | None]) -> Sheet:
    runs = (told.get(index, run) for index, run in enumerate(sheet.runs))
    return replace(sheet, runs=tuple(run for run in runs if run is not None))


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
