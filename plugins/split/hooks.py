"""Entry point of the plugin ``split``."""

from typing import Any

from pipeline.hookspecs import hookimpl
from pipeline.stage import Stage


@hookimpl
def register_stages() -> list[type[Stage[Any]]]:
    from plugins.split.attachments import SplitAttachments
    from plugins.split.stack import SplitStack

    return [SplitStack, SplitAttachments]


@hookimpl
def print_separators(station: str, batch: str, first: int, count: int) -> bytes:
    from plugins.split.sheets import separator_sheets

    return separator_sheets(station, batch, first, count)
