"""Stage ``ocr-ocrmypdf``: OCRmyPDF as it comes, with the tesseract of the distribution."""

from pathlib import Path

import pikepdf

from pipeline.stage import Problem, StageContext
from plugins.ocr.reading import Order, ReadOptions, ReadPages
from plugins.ocr.recogniser import missing_models
from schemas.page import PageText


class OcrOcrmypdf(ReadPages[ReadOptions]):
    """Plain OCRmyPDF: its rasteriser, its orientation, a tesseract process for each page."""

    name = "ocr-ocrmypdf"
    revision = 1
    Options = ReadOptions

    def preflight(self) -> list[Problem]:
        return missing_models(self.options.languages)

    def engine(self) -> str:
        import ocrmypdf
        from ocrmypdf.builtin_plugins.tesseract_ocr import TesseractOcrEngine

        models = "+".join(self.options.languages)
        tesseract = TesseractOcrEngine.version()  # type: ignore[no-untyped-call]
        return f"ocrmypdf {ocrmypdf.__version__}, tesseract {tesseract}, {models}"

    def read_pages(self, context: StageContext, order: Order) -> dict[int, PageText]:
        from plugins.ocr.engine import run_ocrmypdf
        from plugins.ocr.overheard import Overheard

        engine = Overheard()
        run_ocrmypdf(
            engine,
            context,
            order,
            self.options,
            tesseract_pagesegmode=self.options.psm,
            tesseract_timeout=min(context.remaining(), self.options.page_seconds),
        )
        turns = _turns(order.source, order.target)
        return {
            index: page.model_copy(update={"turn": turns[index]})
            for index, page in engine.pages.items()
        }


def _turns(before: Path, after: Path) -> list[int]:
    """Degrees clockwise that each page was turned."""
    with pikepdf.open(before) as old, pikepdf.open(after) as new:
        return [
            (int(new_page.obj.get("/Rotate", 0)) - int(old_page.obj.get("/Rotate", 0))) % 360
            for old_page, new_page in zip(old.pages, new.pages, strict=True)
        ]
