"""Entry point of the intake plugin."""

from pipeline.hookspecs import hookimpl
from pipeline.intake import Intake


@hookimpl
def register_intakes() -> list[type[Intake]]:
    from plugins.intake.folder import Folder

    return [Folder]
