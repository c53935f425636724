"""Strike workers, sweepers and brokers in mid-run: nothing is lost, nothing is doubled.

Every test sends the same stack, and wants the same events as of an embedded run that nobody
disturbed, besides the invariants.
"""

import os
import random
import signal
import time
from collections import Counter
from contextlib import suppress
from typing import Any

import pytest
from kombu import Connection

from pipeline.stage import Queue
from schemas.document import DocumentState
from schemas.secrecy import Secrecy
from tests.workers.fleet import wait_until
from tests.workers.scene import Scene, stack
from workers.broker import make_app
from workers.topology import queue_name

Events = Counter[str]

pytestmark = pytest.mark.slow

IN_FULL_SWING = 20
"""Finished steps after which a test strikes; all are 139."""
POISONED = 3
"""Attempts of the step that a poison letter kills."""


def test_killed_workers(scene: Scene, undisturbed: Events) -> None:
    """Pool processes; a worker with its pool; one without, whose pool must die with it."""
    scene.start(workers=2)
    source = scene.submit(stack())
    scene.wait_for(IN_FULL_SWING)
    first, second = scene.fleet.workers
    for _ in range(4):
        with suppress(ProcessLookupError, IndexError):
            os.kill(first.children()[0], signal.SIGKILL)
        scene.wait_for(scene.events()["step-finished"] + 5)
    first.kill()
    third = scene.fleet.worker()
    scene.wait_for(scene.events()["step-finished"] + 10)
    children = second.children()
    second.kill(group=False)
    wait_until(lambda: not set(children) & set(scene.fleet.processes()), 5, "orphans", scene.fleet)
    third.kill()
    scene.fleet.worker()
    assert scene.finish(source) == undisturbed


def test_killed_sweeper_and_purged_broker(scene: Scene, undisturbed: Events) -> None:
    """Messages vanish while nobody can tell again; the next sweeper finds what they were about."""
    scene.start()
    source = scene.submit(stack())
    scene.wait_for(IN_FULL_SWING)
    scene.fleet.sweepers[0].kill()
    for _ in range(10):
        _purge(scene)
        time.sleep(0.1)
    scene.fleet.sweeper()
    assert scene.finish(source) == undisturbed


def test_broker_away(scene: Scene, undisturbed: Events) -> None:
    scene.start(workers=2)
    source = scene.submit(stack())
    scene.wait_for(IN_FULL_SWING)
    with scene.broker.down():
        time.sleep(6)
    assert scene.finish(source) == undisturbed


def test_messages_delivered_thrice(scene: Scene, undisturbed: Events) -> None:
    scene.start(workers=2)
    source = scene.submit(stack())
    chance = random.Random(3)
    app = make_app(scene.station)
    scene.wait_for(2)
    for _ in range(6):
        scene.deliver_again(app, 3, chance)
        time.sleep(0.3)
    assert scene.finish(source) == undisturbed


def test_frozen_worker_is_fenced(scene: Scene, undisturbed: Events) -> None:
    """A whole worker sleeps past its death; what it had in hand, others did meanwhile.

    It has that one step in hand: an effect outside that a sleeper has yet to do, no fence reaches.
    """
    scene.fleet.sweeper()
    frozen = scene.fleet.worker("--slots", "1")
    source = scene.submit(stack(n7="!long"))
    wait_until(lambda: scene.runs("letter-7") == 1, 60, "not taken", scene.fleet)
    with scene.held_still():
        frozen.send(signal.SIGSTOP, group=True)
    scene.fleet.worker()
    wait_until(lambda: scene.runs("letter-7") == 2, 60, "not done", scene.fleet)
    scene.settle()
    frozen.send(signal.SIGCONT, group=True)
    wait_until(lambda: "result dropped" in frozen.log.read_text(), 20, "not fenced", scene.fleet)
    assert scene.finish(source) == undisturbed


def test_poison_and_hanging_step(scene: Scene) -> None:
    """A letter that kills whoever touches it is set aside, readable; its neighbours finish.

    One whose step hangs loses its process once the lease is over, and finishes at the second try.
    """
    scene.start()
    scene.submit(stack(n7="!kill-always", n11="!long"))
    scene.settle()
    scene.fleet.stop()
    (stopped,) = [row.id for row in scene.documents(DocumentState.QUARANTINED)]
    assert scene.name(stopped) == "letter-7"
    assert len((scene.flags / "misbehave" / stopped.hex).read_text()) == POISONED
    (artifact,) = scene.station.document(stopped).artifacts
    scene.station.read(artifact, scene.place / "read")
    assert (scene.place / "read").read_text() == "letter-7 !kill-always"
    ended = {DocumentState.FINISHED, DocumentState.DIVERTED, DocumentState.SPLIT}
    assert {row.state for row in scene.documents() if row.id != stopped} == ended
    assert max(len(flag.read_text()) for flag in (scene.flags / "misbehave").iterdir()) == POISONED
    assert scene.attempts("letter-11") == 2
    scene.check_scratch()


def _purge(scene: Scene) -> None:
    code = scene.station.settings.station.code
    with Connection(scene.broker.url) as connection, connection.channel() as opened:
        channel: Any = opened
        for queue in Queue:
            for level in Secrecy:
                channel.queue_purge(queue_name(code, queue, level))
