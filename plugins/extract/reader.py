"""Second readings of the lines that decide a field, straight from the picture.

The recogniser states high confidence for wrong digits and lost tone marks too; only readings made
differently show which are sure. A line's crop is read with its letters set off, smaller, and tight,
larger. Where these and the page's own reading are not of one mind it is read widened and slanted
too. A label that was read to the letter is left out. Lines that the page's reading lost are looked
for in a block.
"""

import os
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from typing import Any, Final, NamedTuple

from pipeline.linework import without_leaders
from pipeline.models import LANGUAGE, tessdata
from pipeline.pixels import Gray
from plugins.extract.crop import cropped, parted, set_off, slanted, tight, widened
from plugins.extract.labels import SPELT, labelled
from plugins.extract.layout import Run, Sheet, around
from plugins.extract.majority import agreement, retold, settled, with_lent
from plugins.extract.picture import black_on_white
from plugins.extract.values import date_in, number_in
from schemas.page import Box, Line, Word
from schemas.thaitext import skeleton, tidy

BLOCK: Final = 6
WHOLE: Final = 13
"""Tesseract's page segmentation modes: a block of lines; the picture is the line."""


LONGEST_MISREAD: Final = 5
"""Letters of what ``ที่`` or ``วันที่`` may be misread as."""
READINGS: Final = 5
"""How often a line is read where its first three readings are not of one mind."""


_SURE: Final = 0.85
_LATIN: Final = re.compile(r"[(“\"']*[A-Za-z][A-Za-z0-9&./+-]*[)”\"',.]*")


class Readings(NamedTuple):
    """The :data:`READINGS` of one sheet, the page's own first, and what the most of them say,
    letter by letter. Where three readings were of one mind the others are taken to be so too."""

    single: tuple[Sheet, ...]
    agreed: Sheet


class SecondReader:
    """Reads again with one loaded model, which is kept."""

    def __init__(self) -> None:
        self._turn = threading.Lock()

    def lines(self, sheet: Sheet, chosen: frozenset[int], gray: Gray) -> Readings:
        """``sheet`` with the runs at the indices ``chosen`` read again from ``gray``."""
        texts = {index: self._again(sheet, sheet.runs[index], gray) for index in sorted(chosen)}
        told = {index: _told(sheet.runs[index], five) for index, five in texts.items()}
        others = tuple(
            _with(sheet, {n: retold(sheet.runs[n], five[way], 1.0) for n, five in texts.items()})
            for way in range(1, READINGS)
        )
        return Readings((sheet, *others), _with(sheet, told))

    def band(self, sheet: Sheet, gray: Gray, top: int, bottom: int) -> Sheet:
        """What stands between ``top`` and ``bottom`` (pixels of ``sheet``), read as one block."""
        page = sheet.page
        black = without_leaders(black_on_white(gray[max(top, 0) : bottom]), page.dpi)
        with self._shown(black, BLOCK, page.dpi) as engine:
            engine.Recognize()
            lines = tuple(_lines(engine, max(top, 0)))
        return Sheet.of(page.model_copy(update={"lines": lines}), sheet.frame)

    def _again(self, sheet: Sheet, run: Run, gray: Gray) -> tuple[str, ...]:
        """The run as it was read, and four times more."""
        dpi = sheet.page.dpi
        label, value, start = _divided(run, gray, dpi)
        crop = cropped(gray, value.box, dpi, start)

        latin = _latin(run)

        def read(picture: Gray) -> str:
            text = label + self._text(picture, WHOLE, dpi)
            return with_lent(run.text, text, latin) if latin else text

        three = (run.text, read(set_off(crop)), read(tight(crop)))
        if len({"".join(text.split()) for text in three}) == 1:
            return (*three, run.text, run.text)
        return (*three, read(widened(crop)), read(slanted(crop)))

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


def _divided(run: Run, gray: Gray, dpi: float) -> tuple[str, Run, int]:
    """The label of ``run`` with the blank behind it, its value, and the column that parts them;
    all of it is the value where they cannot be told apart."""
    if len(run.words) == 1 or not _opens_value(run):
        return "", run, 0
    label, value = (Run(words, run.page) for words in (run.words[:1], run.words[1:]))
    start = parted(gray, label.box, value.box, dpi)
    return ("", run, 0) if start is None else (label.text + " ", value, start)


def _opens_value(run: Run) -> bool:
    """Whether the first word of ``run`` is a label that was read to the letter, or that a number or
    a day follows which shows it to be one."""
    label = skeleton(run.words[0].text)
    if label in SPELT:
        return True
    value = Run(run.words[1:], run.page).text
    parsed = number_in(value) or date_in(value)
    short = len(label) <= LONGEST_MISREAD and not any(c.isdigit() for c in label)
    return short and parsed is not None and parsed.start == 0


def _latin(run: Run) -> list[tuple[int, int]]:
    """Where sure Latin words stand in the text of ``run``: the model that reads again has none."""
    spans, start = [], 0
    for word in run.words:
        if word.confidence >= _SURE and _LATIN.fullmatch(word.text):
            spans.append((start, start + len(word.text)))
        start += len(word.text) + 1
    return spans


def _told(run: Run, texts: Sequence[str]) -> Run | None:
    """``run`` as the readings make it, as sure as they agree on what stands behind its label."""
    text = settled(texts)
    whole = retold(run, text, 1.0)
    found = labelled(whole) if whole else None
    label = len(text) - len(found.value.text) if found and found.value else 0
    return retold(run, text, agreement(text, texts, label))


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
