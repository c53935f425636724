"""An artifact store in a folder."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from pipeline.artifacts import ArtifactStore
from pipeline.durable import delete_durably, write_durably
from pipeline.errors import DocumentError


class FolderStore(ArtifactStore):
    """One file a locator below ``root``. Durable: see :func:`pipeline.durable.write_durably`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, locator: str, chunks: Iterable[bytes]) -> tuple[int, str]:
        return write_durably(self.root / locator, chunks)

    def open(self, locator: str) -> BinaryIO:
        try:
            return (self.root / locator).open("rb")
        except FileNotFoundError as error:
            raise DocumentError(
                "stored-bytes-missing",
                thai="ไม่พบข้อมูลที่เก็บไว้ในคลังงาน โปรดกู้คืนโฟลเดอร์ artifacts จากสำเนาสำรอง",
                english="Stored bytes are missing. Restore the artifact folder from its backup.",
            ) from error

    def delete(self, locator: str) -> None:
        """Durable. Removes the document's folder too when nothing else is in it."""
        path = self.root / locator
        delete_durably(path)
        with suppress(OSError):
            path.parent.rmdir()

    def locators(self) -> Iterator[str]:
        """Unfinished files of a crash are answered too, so that a sweep removes them."""
        for folder, _, files in os.walk(self.root):
            for name in files:
                yield str(Path(folder, name).relative_to(self.root))

    def free(self) -> int | None:
        place = self.root
        while not place.exists():
            place = place.parent
        room = os.statvfs(place)
        return room.f_bavail * room.f_frsize
