"""Stage ``ocr-pytesseract``: one tesseract process a page, started by pytesseract."""

import itertools
from pathlib import Path
from typing import Any

from pipeline.errors import ConfigurationError, TransientError
from pipeline.pixels import Gray
from pipeline.stage import Problem, StageContext
from plugins.ocr.reading import Order, ReadOptions, ReadPages
from plugins.ocr.recogniser import Orientation, folder_of, missing_models
from plugins.ocr.words import Fragment, ReadLine, around, joined_by_gap, merged
from schemas.page import Box, PageText


class Pytesseract:
    """A :class:`plugins.ocr.recogniser.Recogniser` that writes each picture to ``workdir``."""

    def __init__(self, languages: tuple[str, ...], psm: int, workdir: Path) -> None:
        self.languages, self.psm, self.workdir = languages, psm, workdir
        self._numbers = itertools.count()

    @property
    def name(self) -> str:
        from importlib.metadata import version

        import pytesseract

        engine = pytesseract.get_tesseract_version()
        return (
            f"pytesseract {version('pytesseract')}, tesseract {engine}, {'+'.join(self.languages)}"
        )

    def orientation(self, gray: Gray, dpi: float) -> Orientation | None:
        import pytesseract

        try:
            found = self._ask(pytesseract.image_to_osd, gray, dpi, ("osd",), psm=0, seconds=60.0)
        except pytesseract.TesseractError:
            return None
        return Orientation(int(found["rotate"]), float(found["orientation_conf"]))

    def read(self, gray: Gray, dpi: float, seconds: float) -> list[ReadLine]:
        import pytesseract

        ask = pytesseract.image_to_data
        table = self._ask(ask, gray, dpi, self.languages, psm=self.psm, seconds=seconds)
        rows = [
            dict(zip(table, values, strict=True)) for values in zip(*table.values(), strict=True)
        ]
        words = [row for row in rows if row["level"] == 5]
        lines = itertools.groupby(words, lambda r: (r["block_num"], r["par_num"], r["line_num"]))
        return [line for _, group in lines if (line := _line(list(group)))]

    def _ask(
        self,
        ask: Any,
        gray: Gray,
        dpi: float,
        languages: tuple[str, ...],
        *,
        psm: int,
        seconds: float,
    ) -> dict[str, Any]:
        import cv2
        import pytesseract

        picture = self.workdir / f"page-{next(self._numbers)}.pgm"
        cv2.imwrite(str(picture), gray)
        folder = folder_of(languages)
        config = f"--psm {psm} --dpi {round(dpi)} --tessdata-dir {folder}"
        try:
            answer: dict[str, Any] = ask(
                str(picture),
                lang="+".join(languages),
                config=config,
                timeout=seconds,
                output_type=pytesseract.Output.DICT,
            )
        except RuntimeError as error:
            if isinstance(error, pytesseract.TesseractError):
                raise
            raise TransientError(
                "recognition-timeout",
                thai="อ่านอักษรของหน้าหนึ่งไม่เสร็จภายในเวลาที่กำหนด ระบบจะลองใหม่",
                english="Reading one page took longer than allowed; it will be tried again.",
            ) from error
        finally:
            picture.unlink()
        return answer


def _line(rows: list[dict[str, Any]]) -> ReadLine | None:
    fragments = [
        Fragment(
            str(row["text"]),
            Box(row["left"], row["top"], row["left"] + row["width"], row["top"] + row["height"]),
            float(row["conf"]) / 100,
            joined=False,
        )
        for row in rows
        if str(row["text"]).strip()
    ]
    words = merged(joined_by_gap(fragments))
    if not words:
        return None
    box = around(word.box for word in words)
    return ReadLine(words, box, 0.0, -0.2 * (box.bottom - box.top))


class OcrPytesseract(ReadPages[ReadOptions]):
    """OCRmyPDF with a tesseract process for each page; any model that tesseract has."""

    name = "ocr-pytesseract"
    revision = 2
    Options = ReadOptions

    def preflight(self) -> list[Problem]:
        return missing_models(self.options.languages)

    def engine(self) -> str:
        return Pytesseract(self.options.languages, self.options.psm, Path()).name

    def read_pages(self, context: StageContext, order: Order) -> dict[int, PageText]:
        from plugins.ocr.engine import read_with

        problems = self.preflight()
        if problems:
            first = problems[0]
            raise ConfigurationError(first.code, thai=first.thai, english=first.english)
        recogniser = Pytesseract(self.options.languages, self.options.psm, context.workdir)
        return read_with(recogniser, context, order, self.options)
