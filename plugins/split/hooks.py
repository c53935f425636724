"""Entry point of the plugin ``split``."""

from typing import Any

from pipeline.hookspecs import hookimpl
from pipeline.stage import Stage


@hookimpl
def register_stages() -> list[type[Stage[Any]]]:
    from plugins.split.attachments import SplitAttachments
    from plugins.split.stack import SplitStack

    return [SplitStack, SplitAttachments]
