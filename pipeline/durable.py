"""The one durable writer: what it acknowledges survives a power cut; no half file is ever seen."""

import ctypes
import errno
import hashlib
import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import NoSpaceError

PARTIAL_PREFIX = ".partial-"
"""Start of the name of an unfinished file; whatever bears it after a crash may be removed."""

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
"""What the system answers when a disk or a quota is full."""

_NO_HARD_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
_AT_FDCWD = -100
_RENAME_NOREPLACE = 1


class Written(NamedTuple):
    """``size`` in bytes and the SHA-256 (hex) of what was written."""

    size: int
    sha256: str


def write_durably(
    target: Path,
    chunks: Iterable[bytes],
    *,
    replace: bool = True,
    mode: int = 0o600,
    staging: Path | None = None,
) -> Written:
    """Write ``chunks`` to ``target``, whole or not at all, and wait until it is on the disk.

    The unfinished file lies beside the target, or in ``staging`` on the same file system, where
    :func:`discard_partials` finds what a crash left.

    Missing parent folders are made (owner only, plus the group where ``mode`` lets it read). With
    ``replace=False`` an existing target is never touched. When a call fails after the file got its
    name, the whole file may stand there: compare it (:func:`digest_file`) and :func:`sync_file` it.

    Raises:
        FileExistsError: ``replace`` is false and the target exists.
        NoSpaceError: the disk or the quota is full.
        OSError: anything else the disk refuses.
    """
    try:
        make_folder(target.parent, mode=0o750 if mode & 0o040 else 0o700)
        make_folder(staging or target.parent)
        return _write(target, chunks, staging or target.parent, replace=replace, mode=mode)
    except OSError as error:
        if error.errno in FULL:
            raise _no_space() from error
        raise


def make_folder(folder: Path, *, mode: int = 0o700) -> None:
    """Make ``folder`` and its missing parents, each entry on the disk before the next."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for made in reversed(missing):
        made.mkdir(mode=mode, exist_ok=True)
        _sync_folder(made.parent)


def sync_file(path: Path) -> None:
    """Bring an existing file and its directory entry to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    _sync_folder(path.parent)


def digest_file(path: Path) -> Written:
    """Size and SHA-256 of a file as it is read back now."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return Written(os.fstat(stream.fileno()).st_size, digest)


def delete_durably(path: Path) -> None:
    """Delete a file so that a power cut does not bring it back.

    Silent when it, or its folder, is gone already.
    """
    with suppress(FileNotFoundError):
        path.unlink()
        _sync_folder(path.parent)


def discard_partials(target: Path, staging: Path) -> None:
    """Remove what killed attempts to write ``target`` left in ``staging``."""
    for partial in staging.glob(f"{_partial_stem(target)}*"):
        partial.unlink(missing_ok=True)


def _partial_stem(target: Path) -> str:
    return PARTIAL_PREFIX + hashlib.sha256(str(target).encode()).hexdigest()[:16] + "-"


def _write(
    target: Path, chunks: Iterable[bytes], folder: Path, *, replace: bool, mode: int
) -> Written:
    partial = folder / (_partial_stem(target) + secrets.token_hex(8))
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(partial, flags, mode)
    try:
        try:
            written = _fill(descriptor, chunks)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if replace:
            partial.rename(target)
        else:
            _name_new(partial, target)
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
    _sync_folder(target.parent)
    return written


def _fill(descriptor: int, chunks: Iterable[bytes]) -> Written:
    digest = hashlib.sha256()
    size = 0
    for chunk in chunks:
        digest.update(chunk)
        size += len(chunk)
        left = memoryview(chunk)
        while left:
            left = left[os.write(descriptor, left) :]
    return Written(size, digest.hexdigest())


def _name_new(partial: Path, target: Path) -> None:
    """Give the file its name unless that is taken; for disks without hard links, renameat2(2)."""
    try:
        os.link(partial, target)
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        _rename_new(partial, target)


def _rename_new(partial: Path, target: Path) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    names = os.fsencode(partial), os.fsencode(target)
    if libc.renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_NOREPLACE):
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), str(target))


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _no_space() -> NoSpaceError:
    return NoSpaceError(
        "no-space",
        thai="พื้นที่จัดเก็บเต็ม เอกสารต้นทางยังอยู่ที่เดิม โปรดเพิ่มพื้นที่แล้วสั่งทำต่อ",
        english="The disk or its quota is full. The source stays where it is; free some space, "
        "then let the document try again.",
    )
