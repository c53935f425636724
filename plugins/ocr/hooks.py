"""Entry point of the readers."""

from typing import Any

from pipeline.hookspecs import hookimpl
from pipeline.stage import Stage


@hookimpl
def register_stages() -> list[type[Stage[Any]]]:
    """The three readers; a definition names one of them."""
    from plugins.ocr.by_ocrmypdf import OcrOcrmypdf
    from plugins.ocr.by_pytesseract import OcrPytesseract
    from plugins.ocr.by_tesserocr import OcrTesserocr

    return [OcrTesserocr, OcrOcrmypdf, OcrPytesseract]
