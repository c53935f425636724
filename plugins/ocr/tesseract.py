"""Tesseract inside this process: no files, no start-up, models kept loaded."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, LifoQueue
from typing import Any

from pipeline.errors import ConfigurationError, TransientError
from plugins.ocr.raster import Gray, reduced
from plugins.ocr.recogniser import Orientation, folder_of, missing_models
from plugins.ocr.words import Fragment, ReadLine, around, merged
from schemas.page import Box

_OSD_DPI = 150
"""Orientation is told as well from 150 dpi, in half the time."""


class Tesseract:
    """A :class:`plugins.ocr.recogniser.Recogniser`.

    One loaded engine for each thread that reads at the same time; an idle one is used again. Each
    is cleared after its page. ``psm`` is tesseract's page segmentation mode.
    """

    def __init__(self, languages: tuple[str, ...], psm: int) -> None:
        self.languages, self.psm = languages, psm
        self._readers: LifoQueue[Any] = LifoQueue()
        self._turners: LifoQueue[Any] = LifoQueue()

    @property
    def name(self) -> str:
        from importlib.metadata import version

        import tesserocr

        engine = str(tesserocr.tesseract_version()).split()[1]
        return f"tesserocr {version('tesserocr')}, tesseract {engine}, {'+'.join(self.languages)}"

    def orientation(self, gray: Gray, dpi: float) -> Orientation | None:
        """From tesseract's orientation and script detection."""
        small = reduced(gray, _OSD_DPI / dpi)
        with self._borrowed(self._turners, ("osd",), 0) as api:
            _show(api, small, _OSD_DPI)
            found = api.DetectOrientationScript()
        if not found:
            return None
        return Orientation((360 - int(found["orient_deg"])) % 360, float(found["orient_conf"]))

    def read(self, gray: Gray, dpi: float, seconds: float) -> list[ReadLine]:
        with self._borrowed(self._readers, self.languages, self.psm) as api:
            _show(api, gray, dpi)
            if not api.Recognize(max(round(seconds * 1000), 1)):
                raise TransientError(
                    "recognition-timeout",
                    thai="อ่านอักษรของหน้าหนึ่งไม่เสร็จภายในเวลาที่กำหนด ระบบจะลองใหม่",
                    english="Reading one page took longer than allowed; it will be tried again.",
                )
            return [line for line in map(_line, _lines(api)) if line]

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


def _lines(api: Any) -> Iterator[tuple[list[Fragment], Box, Any]]:
    """Fragments, box and baseline of each line, in tesseract's reading order."""
    from tesserocr import RIL

    words = api.GetIterator()
    while words is not None:
        fragments: list[Fragment] = []
        box, baseline = words.BoundingBox(RIL.TEXTLINE), words.Baseline(RIL.TEXTLINE)
        last, more = False, True
        while not last and more:
            fragment = _fragment(words, RIL.WORD)
            if fragment:
                fragments.append(fragment)
            last = words.IsAtFinalElement(RIL.TEXTLINE, RIL.WORD)
            more = words.Next(RIL.WORD)
        if fragments and box:
            yield fragments, Box(*box), baseline
        if not more:
            return


def _fragment(words: Any, level: Any) -> Fragment | None:
    box = words.BoundingBox(level)
    try:
        text = words.GetUTF8Text(level)
    except RuntimeError:
        return None
    if not box or not text:
        return None
    joined = words.BlanksBeforeWord() == 0
    return Fragment(text, Box(*box), words.Confidence(level) / 100, joined)


def _line(found: tuple[list[Fragment], Box, Any]) -> ReadLine | None:
    fragments, box, baseline = found
    words = merged(fragments)
    if not words:
        return None
    box = around([box, *(word.box for word in words)])
    if not baseline:
        return ReadLine(words, box, 0.0, -0.2 * (box.bottom - box.top))
    (x1, y1), (x2, y2) = baseline
    slope = (y2 - y1) / (x2 - x1) if x2 > x1 else 0.0
    return ReadLine(words, box, slope, y1 + slope * (box.left - x1) - box.bottom)
