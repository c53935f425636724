"""Entry point of the register plugin: its stages, and registers as files."""

from collections.abc import Iterable
from typing import Any

from pipeline.hookspecs import hookimpl
from pipeline.stage import Stage
from schemas.register import RegisterRow


@hookimpl
def register_stages() -> list[type[Stage[Any]]]:
    from plugins.register.duplicates import CheckDuplicate
    from plugins.register.stage import RegisterReceived

    return [CheckDuplicate, RegisterReceived]


@hookimpl
def export_register(rows: Iterable[RegisterRow], file_format: str) -> bytes | None:
    from plugins.register.export import register_file

    return register_file(rows, file_format)
