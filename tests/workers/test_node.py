"""A worker's own process shares no lock with the pool processes that it forks."""

import os
import signal
from pathlib import Path

import pytest

from pipeline.keys import KeyRing
from pipeline.queue import Reach, release
from pipeline.state import State
from workers.node import Node

FORKS = 60


def test_pool_processes_inherit_no_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.database.LOCK_TIMEOUT", 1_000)
    url = f"sqlite:///{tmp_path}/state.db"
    state = State(url, KeyRing({}))
    state.upgrade()
    node = Node(state, Reach(), slots=1, beat=0.0001)
    node.join()
    node.keep_alive()
    for _ in range(FORKS):
        child = os.fork()
        if child == 0:
            signal.alarm(5)
            try:
                release(State(url, KeyRing({})), "nobody")
            except BaseException:  # noqa: BLE001 - the parent must see any failure as one
                os._exit(1)
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
    node.leave()
