"""Files and folders on this machine."""

import os
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
        """Sources by path. Hidden and unfinished files are left alone, links not followed."""
        root = Path(address)
        if not root.is_dir():
            yield Source(name=address, path=root)
            return
        for folder, folders, files in os.walk(root):
            folders.sort()
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in sorted(files):
                path = Path(folder, name)
                if not name.startswith((".", PARTIAL_PREFIX)) and not path.is_symlink():
                    yield Source(name=str(path), path=path)
