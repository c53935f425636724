"""What this plugin brings: the stages ``describe-sidecar`` and ``archive-folder``."""

from typing import Any

from pipeline.hookspecs import hookimpl
from pipeline.stage import Stage


@hookimpl
def register_stages() -> list[type[Stage[Any]]]:
    from plugins.archive.describe import DescribeSidecar
    from plugins.archive.folder import ArchiveFolder

    return [DescribeSidecar, ArchiveFolder]
