"""What this plugin brings: the stage ``sign-pades``, verification, trial keys for a new station."""

from typing import Any

from pipeline.hookspecs import hookimpl
from pipeline.stage import Stage


@hookimpl
def register_stages() -> list[type[Stage[Any]]]:
    from plugins.sign.stage import SignPades

    return [SignPades]
