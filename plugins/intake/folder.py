"""Files and folders on this machine."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from pipeline.durable import PARTIAL_PREFIX
from pipeline.intake import Intake, Source


class Folder(Intake):
    """One file, or every file below a folder. Never writes there: the source stays as it is."""

    name: ClassVar[str] = "folder"

    @classmethod
    def accepts(cls, address: str) -> bool:
        return "://" not in address

    def collect(self, address: str) -> Iterator[Source]:
        """Sources by path. Hidden and unfinished files are left alone, links not followed.

        A folder that cannot be looked into is a source itself, so that it is told, not skipped.
        """
        root = Path(address)
        if not root.is_dir():
            yield Source(name=address, path=root)
            return
        closed: list[OSError] = []
        for folder, folders, files in os.walk(root, onerror=closed.append):
            folders.sort()
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in sorted(files):
                path = Path(folder, name)
                if not name.startswith((".", PARTIAL_PREFIX)) and _may_be_file(path):
                    yield Source(name=str(path), path=path)
        for error in closed:
            yield Source(name=str(error.filename), path=Path(error.filename))


def _may_be_file(path: Path) -> bool:
    """Whether it is no link, pipe or device. What cannot be looked at is left to its reader."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return True
