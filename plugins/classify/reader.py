"""Reads single lines and scattered print with the Thai model, in this process."""

import os
import threading
from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np

from pipeline.models import LANGUAGE, tessdata
from pipeline.pixels import Gray
from schemas.page import Box


@dataclass(frozen=True)
class Words:
    """What was read; ``confidence`` in 0..1."""

    text: str
    confidence: float


class LineReader:
    """Tesseract without dictionaries, kept loaded; one picture at a time.

    ``read`` takes a crop, ``find`` a page or a band of it.
    """

    def __init__(self) -> None:
        os.environ.setdefault("OMP_THREAD_LIMIT", "1")
        import tesserocr

        self._lock = threading.Lock()
        self._api: Any = tesserocr.PyTessBaseAPI(
            path=str(tessdata()),
            lang=LANGUAGE,
            psm=tesserocr.PSM.SINGLE_LINE,
            variables={"load_system_dawg": "0", "load_freq_dawg": "0"},
        )

    def read(self, picture: Gray, angle: float = 0.0) -> Words:
        """The line in ``picture`` after turning it by ``angle`` degrees counter-clockwise."""
        import tesserocr

        with self._lock:
            self._load(_turned(picture, angle) if angle else picture, 300)
            self._api.SetPageSegMode(tesserocr.PSM.SINGLE_LINE)
            text = self._api.GetUTF8Text()
            confidence = self._api.MeanTextConf() / 100
            self._api.Clear()
        return Words(text.strip(), confidence)

    def find(self, picture: Gray, dpi: int, *, block: bool = False) -> list[tuple[Box, Words]]:
        """Every line of scattered print in ``picture``, or of one ``block`` of text; with its
        box."""
        import tesserocr

        found = []
        with self._lock:
            self._load(picture, dpi)
            mode = tesserocr.PSM.SINGLE_BLOCK if block else tesserocr.PSM.SPARSE_TEXT
            self._api.SetPageSegMode(mode)
            self._api.Recognize()
            lines = self._api.GetIterator()
            for line in tesserocr.iterate_level(lines, tesserocr.RIL.TEXTLINE) if lines else ():
                box = line.BoundingBox(tesserocr.RIL.TEXTLINE)
                text = _line_text(line)
                if box and text:
                    confidence = line.Confidence(tesserocr.RIL.TEXTLINE) / 100
                    found.append((Box(*box), Words(text, confidence)))
            self._api.Clear()
        return found

    def _load(self, picture: Gray, dpi: int) -> None:
        pixels = np.ascontiguousarray(picture)
        height, width = pixels.shape
        self._api.SetImageBytes(pixels.tobytes(), width, height, 1, width)
        self._api.SetSourceResolution(dpi)


def _line_text(line: Any) -> str:
    """The text at a result iterator; tesserocr raises where tesseract has none."""
    import tesserocr

    try:
        return str(line.GetUTF8Text(tesserocr.RIL.TEXTLINE)).strip()
    except RuntimeError:
        return ""


def _turned(picture: Gray, angle: float) -> Gray:
    height, width = picture.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    turned = cv2.warpAffine(picture, matrix, (width, height), borderValue=(255.0,))
    return np.asarray(turned, dtype=np.uint8)


@cache
def line_reader() -> LineReader:
    """This process's reader, loaded at the first call."""
    return LineReader()
