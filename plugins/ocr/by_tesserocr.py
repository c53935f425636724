"""Stage ``ocr-tesserocr``: the standard reader."""

from pydantic import Field

from pipeline.models import LANGUAGE
from pipeline.stage import Problem, StageContext
from plugins.ocr.reading import Order, ReadOptions, ReadPages
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
    latin: str = Field(
        "eng",
        description="Tesseract model that reads the Latin words among Thai; empty for none.",
    )


class OcrTesserocr(ReadPages[TesserocrOptions]):
    """OCRmyPDF with tesseract inside this process and our Thai model."""

    name = "ocr-tesserocr"
    revision = 10
    Options = TesserocrOptions

    def __init__(self, options: TesserocrOptions) -> None:
        from plugins.ocr.tesseract import Tesseract

        super().__init__(options)
        self._tesseract = Tesseract(options.languages, options.psm, options.latin)

    def preflight(self) -> list[Problem]:
        latin = missing_models((self.options.latin,), osd=False) if self.options.latin else []
        return missing_models(self.options.languages) + latin

    def engine(self) -> str:
        return self._tesseract.name

    def read_pages(self, context: StageContext, order: Order) -> dict[int, PageText]:
        from plugins.ocr.engine import read_with

        return read_with(self._tesseract, context, order, self.options)
