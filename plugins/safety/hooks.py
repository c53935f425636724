"""Entry point: the stage that looks at a file before anything opens it."""

from typing import Any

from pipeline.hookspecs import hookimpl
from pipeline.stage import Stage


@hookimpl
def register_stages() -> list[type[Stage[Any]]]:
    from plugins.safety.check import CheckSafety

    return [CheckSafety]
