"""Stage ``ocr-tesserocr``: the standard reader."""

from pathlib import Path

from pydantic import Field

from pipeline.models import LANGUAGE
from pipeline.stage import Problem, StageContext
from plugins.ocr.reading import ReadOptions, ReadPages
from plugins.ocr.recogniser import missing_models
from schemas.page import PageText


class TesserocrOptions(ReadOptions):
    """Options of ``ocr-tesserocr``."""

    languages: tuple[str, ...] = Field(
        (LANGUAGE,),
        min_length=1,
        description="Tesseract models, the leading language first. Ours alone reads Thai digits "
        "best: eng beside it turns digits into letters.",
    )
    least_dpi: float = Field(
        150.0, gt=0, description="Pages scanned more coarsely are enlarged to this for reading."
    )
    most_dpi: float = Field(
        300.0, gt=0, description="Pages scanned more finely are reduced to this for reading."
    )
    page_seconds: float = Field(
        120.0, gt=0, description="Longest time for one page before the attempt is given up."
    )


class OcrTesserocr(ReadPages[TesserocrOptions]):
    """OCRmyPDF with tesseract inside this process and our Thai model."""

    name = "ocr-tesserocr"
    revision = 1
    Options = TesserocrOptions

    def __init__(self, options: TesserocrOptions) -> None:
        from plugins.ocr.tesseract import Tesseract

        super().__init__(options)
        self._tesseract = Tesseract(options.languages, options.psm)

    def preflight(self) -> list[Problem]:
        return missing_models(self.options.languages)

    def engine(self) -> str:
        return self._tesseract.name

    def read_pages(
        self, context: StageContext, source: Path, target: Path, pages: list[int], again: bool
    ) -> dict[int, PageText]:
        from plugins.ocr.engine import PageReader, run_ocrmypdf

        reader = PageReader(
            recogniser=self._tesseract,
            least_dpi=self.options.least_dpi,
            most_dpi=self.options.most_dpi,
            seconds=lambda: min(context.remaining(), self.options.page_seconds),
            languages_read=self.options.languages,
        )
        try:
            run_ocrmypdf(
                source,
                target,
                reader,
                workdir=context.workdir,
                languages=self.options.languages,
                pages=pages,
                jobs=context.cores,
                again=again,
            )
        finally:
            reader.close()
        return reader.pages
