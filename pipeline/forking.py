"""Worker processes that are forked from one process which has imported what they need."""

import ctypes
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import forkserver, util
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerContext
from multiprocessing.process import parent_process

_PR_SET_PDEATHSIG = 1


def settle() -> None:
    """Choose where the fork server's socket lies; call it before temporary files go elsewhere."""
    util.get_temp_dir()


@contextmanager
def fork_server(modules: Sequence[str]) -> Iterator[ForkServerContext]:
    """Makes processes from one that has imported ``modules`` and holds no file and no key.

    That one ends with the body, when all processes it made have ended; their CPU time counts as
    that of children.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(modules))
    try:
        yield context
    finally:
        forkserver._forkserver._stop()  # type: ignore[attr-defined]  # noqa: SLF001


def die_with_parents() -> None:
    """Be killed when the fork server ends, or the process that asked for this one.

    Without the server nobody would tell that process when this one ends.
    """
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    parent = parent_process()
    if parent is None:
        raise RuntimeError("this process was not started by multiprocessing")
    threading.Thread(target=_follow, args=(parent.sentinel,), daemon=True).start()


def _follow(sentinel: int) -> None:
    wait([sentinel])
    os.kill(os.getpid(), signal.SIGKILL)
