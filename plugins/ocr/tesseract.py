"""Tesseract inside this process: no files, no start-up, models kept loaded."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from queue import Empty, LifoQueue
from typing import Any

from pipeline.errors import ConfigurationError, TransientError
from pipeline.linework import without_leaders, without_rules
from pipeline.pixels import Gray
from plugins.ocr.latin import settled, to_read_again, without_scraps
from plugins.ocr.linecut import (
    LATIN,
    Row,
    cut,
    measured,
    pieces,
    shown_with,
    whole_words,
    without_marks,
)
from plugins.ocr.raster import reduced
from plugins.ocr.recogniser import Orientation, folder_of, missing_models
from plugins.ocr.strays import lost_rows, with_page_number, with_strays
from plugins.ocr.words import Fragment, ReadLine, confidence, merged, place_of
from schemas.page import Box

_RAW_LINE, _LINE = 13, 7
"""Tesseract's segmentation modes for a picture of one line: taken as it is, or cut at its letters,
as the published models know it."""
_SURE, _UNSURE = 0.88, 0.6
"""Confidence from which what stands in no line is text, and from which what stands in another line
is."""
_OSD_DPI = 150
"""Orientation is told as well from 150 dpi, in half the time."""


class Tesseract:
    """A :class:`plugins.ocr.recogniser.Recogniser`.

    ``psm`` is the page segmentation mode with which tesseract finds the lines; each is then cut by
    :mod:`plugins.ocr.linecut` and read by itself. ``latin`` is the model that reads Latin words
    (:mod:`plugins.ocr.latin`); empty for none. Each thread that reads has loaded engines of its
    own; an idle one is used again. Each is cleared after its page.
    """

    def __init__(self, languages: tuple[str, ...], psm: int, latin: str = "") -> None:
        self.languages, self.psm, self.latin = languages, psm, latin
        self._finders: LifoQueue[Any] = LifoQueue()
        self._readers: LifoQueue[Any] = LifoQueue()
        self._latins: LifoQueue[Any] = LifoQueue()
        self._turners: LifoQueue[Any] = LifoQueue()

    @property
    def name(self) -> str:
        from importlib.metadata import version

        import tesserocr

        engine = str(tesserocr.tesseract_version()).split()[1]
        models = "+".join(self.languages) + (f", Latin words {self.latin}" if self.latin else "")
        return f"tesserocr {version('tesserocr')}, tesseract {engine}, {models}"

    def orientation(self, gray: Gray, dpi: float) -> Orientation | None:
        """From tesseract's orientation and script detection."""
        small = reduced(gray, _OSD_DPI / dpi)
        with self._borrowed(self._turners, ("osd",), 0) as api:
            _show(api, small, _OSD_DPI)
            found = api.DetectOrientationScript()
        if not found:
            return None
        return Orientation((360 - int(found["orient_deg"])) % 360, float(found["orient_conf"]))

    def rows(self, gray: Gray, dpi: float) -> list[Row]:
        """Where the lines of a page of black letters stand, in reading order."""
        with self._borrowed(self._finders, self.languages, self.psm) as api:
            _show(api, gray, dpi)
            found = [measured(gray, dpi, box, baseline) for box, baseline in _laid_out(api)]
        return without_marks(gray, dpi, [row for row in found if row])

    def read(self, gray: Gray, dpi: float, seconds: float) -> list[ReadLine]:
        until = time.monotonic() + seconds
        undotted = without_leaders(gray, dpi)
        gray = without_rules(undotted, dpi)
        rows = with_strays(gray, self.rows(undotted, dpi))
        rows = with_page_number(gray, dpi, rows)
        with self._borrowed(self._readers, self.languages, _RAW_LINE) as api:
            lines = [(row, _read_row(api, gray, dpi, row, until)) for row in rows]
            for row in lost_rows(gray, dpi, rows):
                line = _read_row(api, gray, dpi, row, until)
                if line and confidence(line.words) >= _SURE:
                    lines.insert(place_of(row.box, (other.box for other, _ in lines)), (row, line))
        told = told_once([(row, line) for row, line in lines if line])
        return [self._with_latin(line, row, gray, dpi) for row, line in told]

    def _with_latin(self, line: ReadLine, row: Row, gray: Gray, dpi: float) -> ReadLine:
        """``line`` with its Latin words read by the model that knows them."""
        again = to_read_again(line.words)
        if not self.latin or not any(again):
            return line
        with self._borrowed(self._latins, (self.latin,), _LINE) as api:
            words = tuple(
                settled(word, *_read_word(api, gray, dpi, row, word.box)) if doubted else word
                for word, doubted in zip(line.words, again, strict=True)
            )
        return replace(line, words=without_scraps(words, line.words))

    @contextmanager
    def _borrowed(
        self, idle: "LifoQueue[Any]", languages: tuple[str, ...], psm: int
    ) -> Iterator[Any]:
        try:
            api = idle.get_nowait()
        except Empty:
            api = _engine(languages, psm)
        yield api
        api.Clear()
        idle.put(api)


def _engine(languages: tuple[str, ...], psm: int) -> Any:
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")
    import tesserocr

    folder = folder_of(languages)
    if folder is None:
        problem = missing_models(languages, osd=False)[0]
        raise ConfigurationError(problem.code, thai=problem.thai, english=problem.english)
    api = tesserocr.PyTessBaseAPI(path=str(folder), lang="+".join(languages), psm=psm)
    api.SetVariable("debug_file", os.devnull)
    return api


def _show(api: Any, gray: Gray, dpi: float) -> None:
    height, width = gray.shape
    api.SetImageBytes(gray.tobytes(), width, height, 1, width)
    api.SetSourceResolution(round(dpi))


def _laid_out(api: Any) -> Iterator[tuple[Box, float]]:
    """Box and baseline, at the middle of the box, of each line that layout analysis finds."""
    from tesserocr import RIL

    lines = api.AnalyseLayout()
    while lines is not None:
        box, baseline = lines.BoundingBox(RIL.TEXTLINE), lines.Baseline(RIL.TEXTLINE)
        if box and baseline:
            (_, left), (_, right) = baseline
            yield Box(*box), (left + right) / 2
        if not lines.Next(RIL.TEXTLINE):
            return


def told_once(lines: list[tuple[Row, ReadLine]]) -> list[tuple[Row, ReadLine]]:
    """``lines`` without what was read unsurely in the midst of one that was read surely, as its
    vowel and tone marks alone."""
    sure = [row for row, line in lines if confidence(line.words) >= _SURE]
    return [
        (row, line)
        for row, line in lines
        if confidence(line.words) >= _UNSURE or not any(shown_with(row, other) for other in sure)
    ]


def _read_row(api: Any, gray: Gray, dpi: float, row: Row, until: float) -> ReadLine | None:
    """Raises TransientError when it is not done at ``until`` of the monotonic clock."""
    words = tuple(
        word
        for piece in pieces(gray, row)
        for word in merged(_read_piece(api, gray, dpi, piece, until))
    )
    return ReadLine(words, row.box, 0.0, row.baseline - row.box.bottom) if words else None


def _read_piece(api: Any, gray: Gray, dpi: float, piece: Row, until: float) -> Iterator[Fragment]:
    height, width = gray.shape
    seen = cut(piece, width, height)
    _show(api, gray[seen.top : seen.bottom, seen.left : seen.right], dpi)
    left = until - time.monotonic()
    if left <= 0 or not api.Recognize(max(round(left * 1000), 1)):
        raise TransientError(
            "recognition-timeout",
            thai="อ่านอักษรของหน้าหนึ่งไม่เสร็จภายในเวลาที่กำหนด ระบบจะลองใหม่",
            english="Reading one page took longer than allowed; it will be tried again.",
        )
    yield from _fragments(api, seen.left, piece.box)


def _fragments(api: Any, start: int, line: Box) -> Iterator[Fragment]:
    """What was read of a part of a page that begins at the column ``start``.

    Boxes are as high as ``line``: of a single line tesseract tells only where a word begins and
    ends.
    """
    from tesserocr import RIL

    words = api.GetIterator()
    while words is not None:
        box = words.BoundingBox(RIL.WORD)
        text = _text(words, RIL.WORD)
        if box and text:
            left, right = (min(max(x + start, line.left), line.right) for x in (box[0], box[2]))
            yield Fragment(
                text,
                Box(left, line.top, right, line.bottom),
                words.Confidence(RIL.WORD) / 100,
                words.BlanksBeforeWord() == 0,
            )
        if not words.Next(RIL.WORD):
            return


def _read_word(api: Any, gray: Gray, dpi: float, row: Row, box: Box) -> tuple[str, float]:
    """What stands in ``row`` about ``box``, and the confidence, 0..1."""
    height, width = gray.shape
    seen = cut(whole_words(gray, row, box.left, box.right), width, height, *LATIN)
    _show(api, gray[seen.top : seen.bottom, seen.left : seen.right], dpi)
    return str(api.GetUTF8Text()), api.MeanTextConf() / 100


def _text(words: Any, level: Any) -> str:
    """Empty where the iterator stands on nothing that was read."""
    try:
        return str(words.GetUTF8Text(level))
    except RuntimeError:
        return ""
