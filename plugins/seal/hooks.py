"""What this plugin brings: the stage ``seal-cms``."""

from typing import Any

from pipeline.hookspecs import hookimpl
from pipeline.stage import Stage


@hookimpl
def register_stages() -> list[type[Stage[Any]]]:
    from plugins.seal.stage import SealCms

    return [SealCms]
