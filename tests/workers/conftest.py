"""Stations of toy stages on each pair of broker and state store, and fleets that work them."""

import os
import shutil
import subprocess
import sys
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from pipeline import tables as t
from pipeline.app import Station
from pipeline.keys import KeyRing
from pipeline.state import State
from pipeline.station import make_station
from tests.engine.conftest import DEFINITION, TOY, source, station, toy_plugin
from tests.workers.fleet import Fleet
from tests.workers.scene import COUNTING, Scene, stack
from tests.workers.scene import DEFINITION as STRUCK

__all__ = ["source", "station", "toy_plugin"]

QUICK = """
[workers]
broker = "{broker}"
slots = 2
heartbeat = 0.5
margin = 5
pause = 0.5
"""
"""So that a test need not wait for a dead worker's half minute."""


@dataclass(frozen=True)
class Backend:
    """Where a fleet keeps its state, and who carries its messages."""

    state: str
    broker: str


@pytest.fixture
def redis_sqlite(request: pytest.FixtureRequest) -> Backend:
    return Backend("sqlite:///state.db", request.getfixturevalue("redis_server").url)


@pytest.fixture
def rabbitmq_postgresql(request: pytest.FixtureRequest) -> Backend:
    name = f"t{uuid.uuid4().hex}"
    state = request.getfixturevalue("postgres_server").database(name)
    return Backend(state, request.getfixturevalue("rabbitmq_server").url)


def _on(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("backend", [name], indirect=True)


on_sqlite, on_postgresql = _on("redis_sqlite"), _on("rabbitmq_postgresql")
"""For faults that belong to one backend."""


@pytest.fixture(params=["redis_sqlite", "rabbitmq_postgresql"])
def backend(request: pytest.FixtureRequest) -> Backend:
    found: Backend = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def folder(tmp_path: Path, toy_plugin: None, backend: Backend) -> Path:
    return make_toy_station(tmp_path, backend)


def make_toy_station(place: Path, backend: Backend, definition: str = DEFINITION) -> Path:
    """A station with a code, and therefore broker queues, of its own."""
    folder, flags = place / "station", place / "flags"
    code = f"T{uuid.uuid4().hex[:8].upper()}"
    make_station(folder, code=code, organisation="สำนักงานทดสอบ", agency="TST")
    flags.mkdir(exist_ok=True)
    (folder / "definitions" / "toy.toml").write_text(definition.format(flags=flags), "utf-8")
    settings = folder / "saraban.toml"
    text = settings.read_text("utf-8").replace('"standard"', '"toy"')
    text = text.replace("sqlite:///state.db", backend.state)
    text += '\n[plugins]\nallow = ["toy"]\n[plugins.sees]\ntoy = "TOP_SECRET"\n'
    text += QUICK.format(broker=backend.broker)
    settings.write_text(text, "utf-8")
    return folder


@pytest.fixture
def fleet(folder: Path, tmp_path: Path) -> Iterator[Fleet]:
    logs = tmp_path / "logs"
    logs.mkdir()
    started = Fleet(folder, logs)
    yield started
    started.end()


@pytest.fixture
def scene(
    tmp_path: Path, toy_plugin: None, backend: Backend, request: pytest.FixtureRequest
) -> Iterator[Scene]:
    """A station to be struck; its definition has effects that must not happen twice."""
    folder = make_struck_station(tmp_path, backend)
    (tmp_path / "logs").mkdir()
    station, fleet = Station.open(folder), Fleet(folder, tmp_path / "logs")
    on_redis = backend.broker.startswith("redis")
    made = Scene(
        station,
        fleet,
        broker=request.getfixturevalue("redis_server" if on_redis else "rabbitmq_server"),
        database=None if on_redis else request.getfixturevalue("postgres_server"),
        place=tmp_path,
    )
    yield made
    fleet.end()
    made.station.close()
    shutil.rmtree(station.scratch, ignore_errors=True)


def make_struck_station(place: Path, backend: Backend) -> Path:
    """A toy station whose stages count what they do."""
    for name in COUNTING:
        (place / "flags" / name).mkdir(parents=True)
    return make_toy_station(place, backend, STRUCK)


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Counter[str]:
    """The events of the stack in an embedded run."""
    place = tmp_path_factory.mktemp("undisturbed")
    folder = make_struck_station(place, Backend("sqlite:///state.db", ""))
    settings = folder / "saraban.toml"
    settings.write_text(settings.read_text("utf-8").partition("[workers]")[0], "utf-8")
    file = place / "stack.txt"
    file.write_text("\n".join(stack()), "utf-8")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(TOY), *sys.path])}
    program = [sys.executable, "-c", "from pipeline.cli import main; main()"]
    command = [*program, "run", "--station", str(folder), str(file)]
    subprocess.run(command, env=environment, check=True, timeout=120)
    state = State(f"sqlite:///{folder / 'state.db'}", KeyRing({}))
    with state.read() as tx:
        events = Counter(tx.execute(select(t.event.c.type)).scalars())
    state.close()
    return events
