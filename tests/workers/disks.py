"""A disk whose power can be cut: an ext4 image, and copies of it as of any moment.

The image is a file on XFS, mounted through a loop device. What ext4 was asked to bring to the disk
(fsync) is in that file; what it still holds in memory is not. ``cp --reflink`` copies the file at
one instant, because XFS locks it against writes for the clone, after writing out what the loop
device gave it. The copy is therefore what a power cut at that instant leaves; mounting it replays
ext4's journal, as a restart does.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PROGRAMS = ("mkfs.xfs", "mkfs.ext4", "mount", "umount", "cp")
HOST_SIZE, DISK_SIZE = 2 << 30, 128 << 20
"""Bytes of the images; both are sparse."""


class Disk:
    """The disk in use, mounted at ``root``."""

    def __init__(self, place: Path) -> None:
        self.host = place / "host"
        self.root = place / "disk"
        self.image = self.host / "disk.img"
        for folder in (self.host, self.root):
            folder.mkdir()

    def cut(self, number: int) -> Path:
        """What the disk holds now, as another image."""
        copy = self.host / f"cut-{number}.img"
        _run("cp", "--reflink=always", str(self.image), str(copy))
        return copy


@contextmanager
def cuttable_disk() -> Iterator[Disk]:
    """A new disk; skips the test where it cannot be made. Nothing stays mounted."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount")
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    memory = Path("/dev/shm")  # noqa: S108 - the folder in it is private
    base = memory if memory.is_dir() and shutil.disk_usage(memory).free > HOST_SIZE else None
    place = Path(tempfile.mkdtemp(prefix="saraban-disk-", dir=base))
    disk = Disk(place)
    try:
        backing = place / "host.img"
        _make(backing, HOST_SIZE, "mkfs.xfs", "-q", "-m", "reflink=1")
        with _mounted_or_skipped(backing, disk.host):
            _make(disk.image, DISK_SIZE, "mkfs.ext4", "-q")
            with mounted(disk.image, disk.root):
                yield disk
    finally:
        shutil.rmtree(place)


@contextmanager
def mounted(image: Path, root: Path) -> Iterator[None]:
    """Mount through a loop device, which goes when the last file in it is closed."""
    _run("mount", "-o", "loop", str(image), str(root))
    try:
        yield
    finally:
        _run("umount", "--lazy", str(root))


@contextmanager
def _mounted_or_skipped(image: Path, root: Path) -> Iterator[None]:
    try:
        _run("mount", "-o", "loop", str(image), str(root))
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no loop device or no XFS here: {error.stderr.decode().strip()}")
    try:
        yield
    finally:
        _run("umount", "--lazy", str(root))


def _make(image: Path, size: int, *command: str) -> None:
    image.touch()
    os.truncate(image, size)
    _run(*command, str(image))


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
