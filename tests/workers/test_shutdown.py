"""A worker that is told to stop: it finishes the step at hand, or gives it back."""

from collections import Counter

import pytest

from tests.workers.conftest import on_postgresql
from tests.workers.fleet import wait_until
from tests.workers.scene import Scene, stack

Events = Counter[str]

pytestmark = [pytest.mark.slow, on_postgresql]

NAME = "letter-7"


def test_warm_shutdown_finishes_the_step(scene: Scene, undisturbed: Events) -> None:
    scene.set("margin = 5", "margin = 30")
    scene.start()
    (worker,) = scene.fleet.workers
    source = scene.submit(stack(n7="!long"))
    wait_until(lambda: scene.runs(NAME) == 1, 60, "not taken", scene.fleet)
    assert worker.stop() == 0, scene.fleet.told()
    assert scene.attempts(NAME) == 1
    scene.fleet.worker()
    assert scene.finish(source) == undisturbed
    assert scene.attempts(NAME) == 1


def test_impatient_shutdown_gives_the_step_back(scene: Scene, undisturbed: Events) -> None:
    """Not counted, and taken up by another at once."""
    scene.set("margin = 5", "margin = 30\npatience = 3")
    scene.start()
    (worker,) = scene.fleet.workers
    source = scene.submit(stack(n7="!long"))
    wait_until(lambda: scene.runs(NAME) == 1, 60, "not taken", scene.fleet)
    worker.stop(timeout=8)
    assert scene.living() == 0
    scene.fleet.worker()
    assert scene.finish(source) == undisturbed
    assert scene.runs(NAME) == 2
    assert scene.attempts(NAME) == 1
