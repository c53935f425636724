"""Entry point of the routing plugin."""

from typing import Any

from pipeline.hookspecs import hookimpl
from pipeline.stage import Problem, Stage
from schemas.definition import Definition


@hookimpl
def register_stages() -> list[type[Stage[Any]]]:
    from plugins.route.stage import RoutePaper

    return [RoutePaper]


@hookimpl
def check_definition(definition: Definition, stages: dict[str, type[Stage[Any]]]) -> list[Problem]:
    from plugins.route.order import order_problems

    return order_problems(definition, stages)
