"""Stations of toy stages on each pair of broker and state store, and fleets that work them."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.app import Station
from pipeline.station import make_station
from tests.engine.conftest import DEFINITION, toy_plugin
from tests.workers.fleet import Fleet

__all__ = ["toy_plugin"]

QUICK = """
[workers]
broker = "{broker}"
slots = 2
heartbeat = 0.5
margin = 5
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


@pytest.fixture(params=["redis_sqlite", "rabbitmq_postgresql"])
def backend(request: pytest.FixtureRequest) -> Backend:
    found: Backend = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def folder(tmp_path: Path, toy_plugin: None, backend: Backend) -> Path:
    return make_toy_station(tmp_path, backend)


def make_toy_station(place: Path, backend: Backend) -> Path:
    """A station with a code, and therefore broker queues, of its own."""
    folder, flags = place / "station", place / "flags"
    code = f"T{uuid.uuid4().hex[:8].upper()}"
    make_station(folder, code=code, organisation="สำนักงานทดสอบ", agency="TST")
    flags.mkdir()
    (folder / "definitions" / "toy.toml").write_text(DEFINITION.format(flags=flags), "utf-8")
    settings = folder / "saraban.toml"
    text = settings.read_text("utf-8").replace('"standard"', '"toy"')
    text = text.replace("sqlite:///state.db", backend.state)
    text += '\n[plugins]\nallow = ["toy"]\n[plugins.sees]\ntoy = "TOP_SECRET"\n'
    text += QUICK.format(broker=backend.broker)
    settings.write_text(text, "utf-8")
    return folder


@pytest.fixture
def station(folder: Path) -> Iterator[Station]:
    opened = Station.open(folder)
    yield opened
    opened.close()


@pytest.fixture
def fleet(folder: Path, tmp_path: Path) -> Iterator[Fleet]:
    logs = tmp_path / "logs"
    logs.mkdir()
    started = Fleet(folder, logs)
    yield started
    started.end()


@pytest.fixture
def source(tmp_path: Path) -> Callable[..., Path]:
    """Write a toy source file."""

    def write(*pages: str, name: str = "stack.txt") -> Path:
        file = tmp_path / name
        file.write_text("\n".join(pages), "utf-8")
        return file

    return write
