"""The stage ``archive-s3``: records go into a bucket with Object Lock, once, and stay."""

import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from pipeline.errors import ConfigurationError, SecurityError, TransientError
from pipeline.s3.address import StationBucket
from pipeline.stage import Effect, Problem, Queue, Resources, Stage, StageContext
from plugins.archive.plan import (
    ARCHIVED_ROLES,
    ArchivingOptions,
    Planned,
    archived,
    name_taken,
    plan,
)
from schemas.archive import LockedFile, ObjectLock, Receipt, StoredFile
from schemas.filing import FileName
from schemas.outcome import Done
from schemas.secrecy import Secrecy
from schemas.signing import Sealing

if TYPE_CHECKING:
    from pipeline.s3.bucket import Bucket, Content


class S3ArchiveOptions(ArchivingOptions):
    """Options of ``archive-s3``."""

    url: StationBucket = Field(
        description="Address of the bucket: "
        "`s3:https://host/bucket/prefix?credentials=file:keys/s3.json`."
    )
    mode: Literal["COMPLIANCE", "GOVERNANCE"] = Field(
        "COMPLIANCE",
        description="Who may end the retention early: nobody, or accounts with that right.",
    )
    years: int = Field(
        10, ge=1, le=100, description="Whole calendar years after this one that a file is kept."
    )
    legal_hold: bool = Field(
        False, description="Also keep each file until a person lifts its legal hold."
    )


class ArchiveS3(Stage[S3ArchiveOptions]):
    """Files a record as ``<B.E. year>/<level>/<name>`` in a bucket whose objects are locked.

    Names and contents are those of ``archive-folder``. A name is written once
    (``If-None-Match: *``), checked by the server (SHA-256) and locked in the same request; then
    bytes and lock are read back, and only then the receipt is given, with the version of each file.
    ``saraban s3 probe`` shows whether a server keeps what it promises.
    """

    name = "archive-s3"
    revision = 1
    Options = S3ArchiveOptions
    accepts = ARCHIVED_ROLES
    reads = (FileName, Sealing)
    states = (Receipt,)
    resources = Resources(queue=Queue.IO, timeout=600.0)
    effect = Effect.KEYED
    libraries = ("pipeline.s3.bucket",)
    sees = Secrecy.SECRET

    @cached_property
    def bucket(self) -> "Bucket":
        from pipeline.s3.bucket import Bucket

        return Bucket.at(self.options.url)

    def preflight(self) -> list[Problem]:
        """Whether the bucket is there with versions and Object Lock; a silent server only warns."""
        try:
            locks = self.bucket.keeps_versions() and self.bucket.has_lock()
        except (ConfigurationError, TransientError) as error:
            passing = isinstance(error, TransientError)
            return [Problem(error.code, error.thai, error.english, warning=passing)]
        if locks:
            return []
        address = self.bucket.address
        return [
            Problem(
                "archive-not-locking",
                thai=f"{address} ไม่ได้เปิด Object Lock จึงใช้เป็นที่เก็บถาวรไม่ได้ "
                "โปรดสร้าง bucket ใหม่ที่เปิด Object Lock",
                english=f"{address} has no Object Lock, so it is no archive. Make a new bucket "
                "with Object Lock.",
            )
        ]

    def run(self, context: StageContext) -> Done:
        """Write what is not there yet. Raises SecurityError when a name is taken by other bytes."""
        from pipeline.s3.refusals import blameless

        stored = []
        for file in plan(context):
            context.remaining()
            with blameless():
                stored.append(self._store(file))
        return self._done(stored)

    def reconcile(self, context: StageContext) -> Done | None:
        """The receipt if every file already stands there, locked, with the right bytes."""
        from pipeline.s3.refusals import blameless

        with blameless():
            stored = [self._standing(file) for file in plan(context)]
        return None if None in stored else self._done([file for file in stored if file])

    def _store(self, file: Planned) -> LockedFile:
        if standing := self._standing(file):
            return standing
        with _content(file) as content:
            version = self.bucket.put(file.name, content, new=True, lock=self._lock())
        written = self._standing(file, fresh=version)
        if written is None:
            raise _unsound(file.name)
        return written

    def _standing(self, file: Planned, fresh: str | None = None) -> LockedFile | None:
        """The file if it stands in the archive; ``fresh`` is the version that was just written."""
        versions = self.bucket.versions(file.name)
        if not versions:
            return None
        if len(versions) > 1 or versions[0].marker:
            raise _altered(file.name)
        version = versions[0].id
        expected, found = file.described(), self._read_back(file.name, version)
        if found != expected:
            if version == fresh or self._read_back(file.name, version) != found:
                raise _unsound(file.name)
            raise name_taken(file.name)
        return LockedFile(
            **expected.model_dump(), version=version, lock=self._secured(file.name, version)
        )

    def _read_back(self, name: str, version: str) -> StoredFile:
        from pipeline.s3.bucket import digest_stream

        size, sha256 = digest_stream(self.bucket.open(name, version))
        return StoredFile(name=name, sha256=sha256, size=size)

    def _secured(self, name: str, version: str) -> ObjectLock:
        """The lock as it is read back, made as strong as it has to be."""
        wanted = self._lock()
        lock = self.bucket.lock_of(name, version)
        if not lock.covers(wanted):
            self.bucket.set_retention(name, version, wanted)
            if wanted.legal_hold:
                self.bucket.set_legal_hold(name, version, on=True)
            lock = self.bucket.lock_of(name, version)
        if not lock.covers(wanted):
            raise _unlocked(name)
        return lock

    def _lock(self) -> ObjectLock:
        """Retention to the end of a calendar year, so that trying again asks for the same."""
        year = datetime.now(UTC).year + self.options.years + 1
        return ObjectLock(
            mode=self.options.mode,
            until=datetime(year, 1, 1, tzinfo=UTC),
            legal_hold=self.options.legal_hold,
        )

    def _done(self, files: list[LockedFile]) -> Done:
        return archived(str(self.bucket.address), files, keep_copies=self.options.keep_copies)


@contextmanager
def _content(file: Planned) -> Iterator["Content"]:
    """The bytes of a file, however long, without reading them into memory."""
    if isinstance(file.source, bytes):
        yield file.source
        return
    with file.source.open("rb") as stream:
        if not stream.read(1):
            yield b""
            return
        with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            yield mapped


def _altered(name: str) -> SecurityError:
    return SecurityError(
        "archive-altered",
        thai=f"ในที่เก็บมีไฟล์ {name} มากกว่าหนึ่งรุ่น หรือมีผู้สั่งลบทับไว้ ทั้งที่ระบบเขียนเพียงครั้งเดียว โปรดแจ้งผู้ดูแลระบบ",
        english=f"The archive holds {name} in several versions or hidden by a deletion, although "
        "a name is written once. Tell the administrator.",
    )


def _unlocked(name: str) -> SecurityError:
    return SecurityError(
        "archive-not-locked",
        thai=f"แม่ข่ายไม่ได้ล็อกไฟล์ {name} ตามที่สั่ง จึงยังไม่ถือว่าจัดเก็บแล้ว โปรดสั่ง `saraban s3 probe`",
        english=f"The server did not lock {name} as asked, so it does not count as archived. "
        "Run `saraban s3 probe`.",
    )


def _unsound(name: str) -> TransientError:
    return TransientError(
        "archive-read-back",
        thai=f"อ่านไฟล์ {name} กลับจากที่เก็บแล้วไม่ตรงกับที่เขียน ระบบจะลองใหม่ โปรดตรวจเครือข่ายและแม่ข่าย",
        english=f"The archive gave back other bytes than were written to {name}; it will be "
        "tried again. Check the network and the server.",
    )
