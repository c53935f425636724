"""Stores that go away, a disk that fills up: no document's fault, and nothing is lost."""

import os
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.queue import Reach
from tests.services.buckets import make_place
from tests.services.faultproxy import FaultProxy, answer, delay, drop_answer, drop_request
from tests.services.seaweed import SeaweedServer
from tests.services.server import free_ports
from tests.workers.conftest import on_postgresql, on_sqlite
from tests.workers.fleet import wait_until
from tests.workers.scene import Scene, stack
from workers.node import MISSED, Node

Events = Counter[str]

pytestmark = pytest.mark.slow

BEAT = 0.5
"""Seconds between two signs of life, as the settings of the scene say."""
IN_FULL_SWING = 20
"""Finished steps after which a test strikes; all are 139."""


@on_postgresql
def test_state_store_away(scene: Scene, undisturbed: Events) -> None:
    """Longer than a worker may be silent: those who work on meanwhile are not taken for dead."""
    assert scene.database is not None
    scene.set("margin = 5", "margin = 30")
    scene.start(workers=2)
    source = scene.submit(stack(n7="!long"))
    scene.wait_for(IN_FULL_SWING)
    wait_until(lambda: scene.runs("letter-7") == 1, 60, "not taken", scene.fleet)
    with scene.database.down():
        time.sleep(5)
    scene.wait_for(scene.events()["step-finished"] + 5)
    scene.database.stop()
    scene.database.start()
    assert scene.finish(source) == undisturbed
    assert scene.attempts("letter-7") == 1


@on_postgresql
def test_silence_during_an_outage_is_not_held_against_a_worker(scene: Scene) -> None:
    """It is taken for dead once the state store answered for as long as it may be silent."""
    assert scene.database is not None
    node = Node(scene.station.state, Reach(), slots=1, beat=BEAT)
    scene.fleet.sweeper("--health", f"127.0.0.1:{(port := free_ports(1)[0])}")
    wait_until(lambda: _listening(port), 30, "no sweeper came up", scene.fleet)
    node.join()
    with scene.database.down():
        time.sleep(1.2 * MISSED * BEAT)
    began = time.monotonic()
    wait_until(lambda: not scene.living(), 30, "was never taken for dead", scene.fleet)
    assert time.monotonic() - began > 0.5 * MISSED * BEAT


def _listening(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """The station's folder, on a disk of its own."""
    if os.geteuid():
        pytest.skip("only root can mount")
    folder = tmp_path / "station"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)]
    if subprocess.run(command, check=False).returncode:
        pytest.skip("this machine mounts nothing")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@on_sqlite
def test_disk_full(small_disk: Path, scene: Scene, undisturbed: Events) -> None:
    """State store, artifacts and archive find no room; once there is some, all goes on."""
    scene.set("[runner]", "[runner]\nlargest_input_mib = 1")
    scene.start(workers=2)
    source = scene.submit(stack())
    scene.wait_for(IN_FULL_SWING)
    filler = small_disk / "filler"
    _fill(filler)
    wait_until(
        lambda: any("given back" in worker.log.read_text() for worker in scene.fleet.workers),
        30,
        "nobody missed the room",
        scene.fleet,
    )
    time.sleep(4)
    filler.unlink()
    assert scene.finish(source) == undisturbed
    assert len(scene.fleet.sweepers) == 1
    assert scene.most_attempts() == 1


FAULTS = (
    drop_request,
    drop_answer,
    answer(409, "OperationAborted"),
    answer(500, "InternalError"),
    answer(503, "SlowDown"),
    answer(507, "InsufficientStorage"),
)
"""What a bucket does on a bad day, each for a second."""


@on_postgresql
def test_bucket_away(
    scene: Scene, seaweed_server: SeaweedServer, fault_proxy: FaultProxy, undisturbed: Events
) -> None:
    place = make_place(seaweed_server, fault_proxy, scene.station.folder / "keys", locking=False)
    scene.set("file:artifacts", place.faulty)
    scene.start(workers=2)
    source = scene.submit(stack())
    scene.wait_for(5)
    for fault in FAULTS:
        with place.proxy.mode(fault, path=place.prefix) as struck:
            wait_until(lambda struck=struck: len(struck) > 2, 30, "nobody came", scene.fleet)  # type: ignore[misc]
            time.sleep(1)
    with place.proxy.mode(delay(0.5), path=place.prefix):
        time.sleep(2)
    with seaweed_server.down():
        time.sleep(2)
    assert scene.finish(source) == undisturbed
    assert scene.most_attempts() == 1


def _fill(filler: Path) -> None:
    with filler.open("wb", buffering=0) as stream:
        for size in (1 << 20, 1 << 12):
            try:
                while True:
                    stream.write(bytes(size))
            except OSError:
                continue
