"""Entry point of the naming stage."""

from typing import Any

from pipeline.hookspecs import hookimpl
from pipeline.stage import Stage


@hookimpl
def register_stages() -> list[type[Stage[Any]]]:
    from plugins.naming.stage import NameByRule

    return [NameByRule]
