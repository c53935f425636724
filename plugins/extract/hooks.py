"""Entry point of the extracting stage."""

from typing import Any

from pipeline.hookspecs import hookimpl
from pipeline.stage import Stage


@hookimpl
def register_stages() -> list[type[Stage[Any]]]:
    from plugins.extract.stage import ExtractLetter

    return [ExtractLetter]
