"""The stage ``archive-folder``: records go into a folder for good, whole or not at all."""

import os
from pathlib import Path

from pydantic import Field

from pipeline.durable import digest_file, discard_partials, sync_file, write_durably
from pipeline.errors import TransientError
from pipeline.stage import (
    Effect,
    Problem,
    Queue,
    Resources,
    Stage,
    StageContext,
    StationPath,
)
from plugins.archive.plan import (
    ARCHIVED_ROLES,
    ArchivingOptions,
    Planned,
    archived,
    name_taken,
    plan,
)
from schemas.archive import Receipt, StoredFile
from schemas.filing import FileName
from schemas.outcome import Done
from schemas.secrecy import Secrecy
from schemas.signing import Sealing

FILE_MODE = 0o640
"""Archived files: the station may write, its group may read."""
STAGING = ".staging"
"""Folder of unfinished files, on the archive's own disk."""


class ArchiveOptions(ArchivingOptions):
    """Options of ``archive-folder``."""

    root: StationPath = Field(
        Path("archive"), validate_default=True, description="Folder of the archive."
    )


class ArchiveFolder(Stage[ArchiveOptions]):
    """Files a record under ``<B.E. year>/<level>/<name>``; never overwrites, never leaves half.

    A letter without a mark: ``x.pdf`` and ``x.json``. ลับ and ลับมาก: ``x.pdf.p7m``, ``x.json.p7m``
    and an ``x.json`` that tells nothing of the content; without envelopes they are refused. Each
    file is read back from the disk before the receipt is given.
    """

    name = "archive-folder"
    revision = 2
    Options = ArchiveOptions
    accepts = ARCHIVED_ROLES
    reads = (FileName, Sealing)
    states = (Receipt,)
    resources = Resources(queue=Queue.IO, timeout=300.0)
    effect = Effect.KEYED
    sees = Secrecy.SECRET

    def preflight(self) -> list[Problem]:
        """Whether the archive's folder is there and writable, or can be made."""
        place = self.options.root.absolute()
        while not place.exists():
            place = place.parent
        if place.is_dir() and os.access(place, os.W_OK | os.X_OK):
            return []
        return [
            Problem(
                "archive-not-writable",
                thai=f"เขียนลงที่เก็บ {self.options.root} ไม่ได้ โปรดตรวจสิทธิ์ของโฟลเดอร์",
                english=f"The archive {self.options.root} cannot be written; check the folder's "
                "permissions.",
            )
        ]

    def run(self, context: StageContext) -> Done:
        """Write what is not there yet. Raises SecurityError when a name is taken by other bytes."""
        planned = plan(context)
        return self._done([self._store(file) for file in planned])

    def reconcile(self, context: StageContext) -> Done | None:
        """The receipt if every file already stands there with the right bytes, else None."""
        stored = []
        for file in plan(context):
            target, expected = self.options.root / file.name, file.described()
            if not target.is_file() or _read_back(target, file.name) != expected:
                return None
            sync_file(target)
            stored.append(expected)
        return self._done(stored)

    def _store(self, file: Planned) -> StoredFile:
        target = self.options.root / file.name
        staging = self.options.root / STAGING
        discard_partials(target, staging)
        try:
            size, sha256 = write_durably(
                target, file.chunks(), replace=False, mode=FILE_MODE, staging=staging
            )
        except FileExistsError:
            return self._same(target, file)
        written = StoredFile(name=file.name, sha256=sha256, size=size)
        if _read_back(target, file.name) != written:
            target.unlink()
            raise _unsound(target)
        return written

    def _same(self, target: Path, file: Planned) -> StoredFile:
        expected = file.described()
        if _read_back(target, file.name) != expected:
            raise name_taken(file.name)
        sync_file(target)
        return expected

    def _done(self, stored: list[StoredFile]) -> Done:
        return archived(
            self.options.root.resolve().as_uri(), stored, keep_copies=self.options.keep_copies
        )


def _read_back(target: Path, name: str) -> StoredFile:
    """What stands on the disk, not in the system's cache (as far as the system lets go of it)."""
    with target.open("rb") as stream:
        os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    size, sha256 = digest_file(target)
    return StoredFile(name=name, sha256=sha256, size=size)


def _unsound(target: Path) -> TransientError:
    return TransientError(
        "archive-read-back",
        thai=f"อ่านไฟล์ {target.name} กลับจากที่เก็บแล้วไม่ตรงกับที่เขียน ระบบจะลองใหม่ โปรดตรวจดิสก์",
        english=f"The archive gave back other bytes than were written to {target.name}; it will be "
        "tried again. Check the disk.",
    )
