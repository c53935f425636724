"""A worker's own scratch folder, on a machine that may run several."""

import fcntl
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import UUID

from workers.node import is_child

LOCK = ".lock"
TIDY = 5.0
"""Seconds for which plaintext may outlive a killed process."""


@contextmanager
def own_scratch(base: Path, node: UUID) -> Iterator[Path]:
    """A folder that lives as long as the worker, with one folder for each pool process.

    What dead workers and dead pool processes left is removed, at first and all the while. A
    worker's lock dies with its processes, so nothing that is in use is ever removed.
    """
    base.mkdir(mode=0o700, parents=True, exist_ok=True)
    own = base / str(node)
    with _locked(base / LOCK):
        _remove_unused([left for left in base.iterdir() if left.is_dir()])
        own.mkdir(mode=0o700)
        lock = (own / LOCK).open("w")
        fcntl.flock(lock, fcntl.LOCK_EX)
    ended = threading.Event()
    threading.Thread(target=_tidy, args=(base, own, ended), name="tidy", daemon=True).start()
    try:
        yield own
    finally:
        ended.set()
        shutil.rmtree(own, ignore_errors=True)
        lock.close()


def _tidy(base: Path, own: Path, ended: threading.Event) -> None:
    while not ended.wait(TIDY):
        with suppress(OSError):  # another may remove the same, or this worker its own
            with _locked(base / LOCK):
                _remove_unused([lock.parent for lock in base.glob(f"*/{LOCK}")])
            for left in own.iterdir():
                if left.name.isdigit() and not is_child(int(left.name)):
                    shutil.rmtree(left, ignore_errors=True)


def _remove_unused(folders: list[Path]) -> None:
    for folder in folders:
        with _locked(folder / LOCK, wait=False) as unused:
            if unused:
                shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _locked(file: Path, *, wait: bool = True) -> Iterator[bool]:
    """Whether the lock was got. It is given up at the end even if a forked child has the file."""
    with file.open("a") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        try:
            yield True
        finally:
            fcntl.flock(stream, fcntl.LOCK_UN)
