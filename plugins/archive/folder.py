"""The stage ``archive-folder``: records go into a folder for good, whole or not at all."""

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import Field

from pipeline.durable import digest_file, discard_partials, sync_file, write_durably
from pipeline.errors import DocumentError, SecurityError, TransientError
from pipeline.stage import (
    Effect,
    Problem,
    Queue,
    Resources,
    Stage,
    StageContext,
    StageOptions,
    StationPath,
    state,
)
from schemas.archive import (
    ENVELOPE_SUFFIX,
    RECORD_SUFFIX,
    SIDECAR_SUFFIX,
    Receipt,
    SealedSidecar,
    StoredFile,
)
from schemas.artifact import Role
from schemas.filing import FileName
from schemas.outcome import Done
from schemas.secrecy import Secrecy
from schemas.signing import Sealing

FILE_MODE = 0o640
"""Archived files: the station may write, its group may read."""
NO_YEAR = "no-year"
STAGING = ".staging"
"""Folder of unfinished files, on the archive's own disk."""
WORKING_ROLES = (Role.PDF, Role.SEARCHABLE, Role.PAGE_TEXT, Role.FINISHED)
ARCHIVED_ROLES = (Role.RECORD, Role.SIDECAR, Role.ENVELOPE, Role.SIDECAR_ENVELOPE)
_YEAR = re.compile(r"(\d{4})(?:\d{4})?(?:_|$)")
"""A name starts with its B.E. year, or with the whole day as in ``25690119_TAK_announcement``."""
_CMS_OID = bytes.fromhex("2a864886f70d01")
"""Start of every content type of CMS (RFC 5652 section 4): 1.2.840.113549.1."""


class ArchiveOptions(StageOptions):
    """Options of ``archive-folder``."""

    root: StationPath = Field(
        Path("archive"), validate_default=True, description="Folder of the archive."
    )
    keep_copies: bool = Field(
        False,
        description="Keep record and sidecar in the artifact store as well; otherwise the archive "
        "holds the only copy.",
    )


@dataclass(frozen=True)
class Planned:
    """A file to be: ``name`` relative to the archive, content from a file or from memory."""

    name: str
    source: Path | bytes

    def chunks(self) -> Iterator[bytes]:
        if isinstance(self.source, bytes):
            yield self.source
            return
        with self.source.open("rb") as stream:
            while chunk := stream.read(1 << 20):
                yield chunk

    def described(self) -> StoredFile:
        """Size and digest of what shall stand there."""
        if isinstance(self.source, bytes):
            sha256 = hashlib.sha256(self.source).hexdigest()
            return StoredFile(name=self.name, sha256=sha256, size=len(self.source))
        size, sha256 = digest_file(self.source)
        return StoredFile(name=self.name, sha256=sha256, size=size)


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
        return self._receipt([self._store(file) for file in planned])

    def reconcile(self, context: StageContext) -> Done | None:
        """The receipt if every file already stands there with the right bytes, else None."""
        stored = []
        for file in plan(context):
            target, expected = self.options.root / file.name, file.described()
            if not target.is_file() or _read_back(target, file.name) != expected:
                return None
            sync_file(target)
            stored.append(expected)
        return self._receipt(stored)

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
            raise SecurityError(
                "archive-name-taken",
                thai=f"ในที่เก็บมีไฟล์ชื่อ {file.name} ที่เนื้อหาต่างกันอยู่แล้ว ระบบไม่เขียนทับ "
                "โปรดตรวจว่าเลขที่หนังสือซ้ำหรืออ่านผิด",
                english=f"The archive already has another file called {file.name}; nothing is "
                "overwritten. Check whether the letter's number was read wrongly or used twice.",
            )
        sync_file(target)
        return expected

    def _receipt(self, stored: list[StoredFile]) -> Done:
        receipt = Receipt(
            archive=self.options.root.resolve().as_uri(),
            files=tuple(stored),
            archived_at=datetime.now(UTC),
        )
        retire = WORKING_ROLES if self.options.keep_copies else (*WORKING_ROLES, *ARCHIVED_ROLES)
        return Done(facts=state(receipt), retire=retire)


def plan(context: StageContext) -> list[Planned]:
    """The files that the document becomes. Raises SecurityError where plaintext would be filed."""
    name = context.fact(FileName)
    if name is None:
        raise DocumentError(
            "no-file-name",
            thai="เอกสารยังไม่มีชื่อไฟล์ โปรดตรวจว่าขั้นตอนตั้งชื่ออยู่ก่อนขั้นตอนนี้",
            english="The document has no file name yet; the naming step must come before this one.",
        )
    level = context.document.exposure
    year = _YEAR.match(name.stem)
    stem = f"{year[1] if year else NO_YEAR}/{level.lower()}/{name.stem}"
    if level is Secrecy.NORMAL:
        return [
            Planned(stem + RECORD_SUFFIX, _input(context, Role.RECORD)),
            Planned(stem + SIDECAR_SUFFIX, _input(context, Role.SIDECAR)),
        ]
    return _sealed_plan(context, level, stem)


def _sealed_plan(context: StageContext, level: Secrecy, stem: str) -> list[Planned]:
    sealing = context.fact(Sealing)
    envelopes = [context.inputs.get(role) for role in (Role.ENVELOPE, Role.SIDECAR_ENVELOPE)]
    record, sidecar = envelopes
    if level is Secrecy.TOP_SECRET or sealing is None or record is None or sidecar is None:
        raise _unsealed()
    if not (_is_cms(record) and _is_cms(sidecar)):
        raise _unsealed()
    planned = [
        Planned(stem + RECORD_SUFFIX + ENVELOPE_SUFFIX, record),
        Planned(stem + SIDECAR_SUFFIX + ENVELOPE_SUFFIX, sidecar),
    ]
    public = SealedSidecar(
        secrecy=level,
        secrecy_thai=level.thai,
        algorithm=sealing.algorithm,
        recipients=sealing.recipients,
        envelopes=tuple(file.described() for file in planned),
    )
    content = f"{public.model_dump_json(indent=2)}\n".encode()
    return [*planned, Planned(stem + SIDECAR_SUFFIX, content)]


def _input(context: StageContext, role: Role) -> Path:
    try:
        return context.inputs[role]
    except KeyError:
        raise DocumentError(
            "nothing-to-archive",
            thai=f"ไม่มีไฟล์ {role} ให้จัดเก็บ โปรดตรวจลำดับขั้นตอนในไฟล์นิยาม",
            english=f"There is no {role} to archive; check the order of the definition's steps.",
        ) from None


def _is_cms(envelope: Path) -> bool:
    with envelope.open("rb") as stream:
        head = stream.read(64)
    return head[:1] == b"\x30" and _CMS_OID in head


def _read_back(target: Path, name: str) -> StoredFile:
    """What stands on the disk, not in the system's cache (as far as the system lets go of it)."""
    with target.open("rb") as stream:
        os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    size, sha256 = digest_file(target)
    return StoredFile(name=name, sha256=sha256, size=size)


def _unsealed() -> SecurityError:
    return SecurityError(
        "not-sealed",
        thai="เอกสารมีชั้นความลับแต่ยังไม่ได้เข้ารหัส จึงไม่จัดเก็บ โปรดตรวจว่าขั้นตอนเข้ารหัสอยู่ก่อนขั้นตอนนี้",
        english="The document is secret but not sealed, so it is not archived; the sealing step "
        "must come before this one.",
    )


def _unsound(target: Path) -> TransientError:
    return TransientError(
        "archive-read-back",
        thai=f"อ่านไฟล์ {target.name} กลับจากที่เก็บแล้วไม่ตรงกับที่เขียน ระบบจะลองใหม่ โปรดตรวจดิสก์",
        english=f"The archive gave back other bytes than were written to {target.name}; it will be "
        "tried again. Check the disk.",
    )
