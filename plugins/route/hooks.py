"""Entry point of the routing plugin."""

from typing import Any

from pipeline.hookspecs import hookimpl
from pipeline.stage import Stage


@hookimpl
def register_stages() -> list[type[Stage[Any]]]:
    from plugins.route.stage import RoutePaper

    return [RoutePaper]
