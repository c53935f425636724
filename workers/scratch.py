"""A worker's own scratch folder, on a machine that may run several."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

LOCK = ".lock"


@contextmanager
def own_scratch(base: Path, node: UUID) -> Iterator[Path]:
    """A folder that lives as long as the worker; what dead workers left is removed first.

    Its lock dies with the process, however that ends, so nothing that is in use is ever removed.
    """
    base.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (base / LOCK).open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        for left in base.iterdir():
            if left.is_dir() and not _in_use(left):
                shutil.rmtree(left, ignore_errors=True)
        own = base / str(node)
        own.mkdir(mode=0o700)
        lock = (own / LOCK).open("w")
        fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield own
    finally:
        shutil.rmtree(own, ignore_errors=True)
        lock.close()


def _in_use(folder: Path) -> bool:
    try:
        with (folder / LOCK).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
