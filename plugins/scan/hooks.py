"""Entry point of the plugin ``scan``."""

from typing import Any

from pipeline.hookspecs import hookimpl
from pipeline.stage import Stage


@hookimpl
def register_stages() -> list[type[Stage[Any]]]:
    from plugins.scan.collate import CollateDuplex
    from plugins.scan.stage import CheckScan

    return [CheckScan, CollateDuplex]
