"""Entry point: the stages that change a document's form."""

from typing import Any

from pipeline.hookspecs import hookimpl
from pipeline.stage import Stage


@hookimpl
def register_stages() -> list[type[Stage[Any]]]:
    from plugins.convert.pdfa import FinishPdfA
    from plugins.convert.topdf import ConvertPdf

    return [ConvertPdf, FinishPdfA]
