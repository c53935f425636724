"""Entry point of the register stage."""

from typing import Any

from pipeline.hookspecs import hookimpl
from pipeline.stage import Stage


@hookimpl
def register_stages() -> list[type[Stage[Any]]]:
    from plugins.register.stage import RegisterReceived

    return [RegisterReceived]
