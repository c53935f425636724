"""A station with toy stages: the whole engine, without OCR."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from pipeline.app import Station
from pipeline.station import make_station
from pipeline.tables import metadata
from tests.services.postgres import PostgresServer

TOY = Path(__file__).parent / "toy"

CLASSIFIED = """
[[steps]]
name = "count"
uses = "toy-count"
[[steps]]
name = "cut"
uses = "toy-cut"
[[steps]]
name = "classify"
uses = "toy-classify"
"""
"""The first steps of every toy definition."""

DEFINITION = (
    'name = "toy"'
    + CLASSIFIED
    + """[[steps]]
name = "misbehave"
uses = "toy-misbehave"
with = {{ flags = "{flags}" }}
retry = {{ attempts = 3, backoff = 0.01 }}
[[steps]]
name = "name"
uses = "toy-name"
[[steps]]
name = "archive"
uses = "toy-archive"
with = {{ root = "archive" }}
"""
)


@pytest.fixture
def toy_plugin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The toy distribution, importable here and in worker processes."""
    monkeypatch.syspath_prepend(TOY)
    path = os.pathsep.join([str(TOY), os.environ.get("PYTHONPATH", "")])
    monkeypatch.setenv("PYTHONPATH", path)
    yield
    sys.modules.pop("toy_stages", None)


on_sqlite = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
"""For tests of the database file itself."""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.service)])
def store(request: pytest.FixtureRequest) -> str:
    """Which database holds the state; the tests run on each."""
    kind: str = request.param
    return kind


@pytest.fixture
def state_url(store: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty state store, as ``saraban.toml`` names it."""
    if store == "sqlite":
        yield "sqlite:///state.db"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = f"t{uuid4().hex}"
    yield server.database(name)
    server.drop(name)


@pytest.fixture
def folder(tmp_path: Path, toy_plugin: None, state_url: str) -> Path:
    """A station's folder; its own copy of every key."""
    place = tmp_path / "station"
    make_station(place, code="TEST1", organisation="สำนักงานทดสอบ", agency="TST")
    flags = tmp_path / "flags"
    flags.mkdir()
    (place / "definitions" / "toy.toml").write_text(DEFINITION.format(flags=flags), "utf-8")
    settings = place / "saraban.toml"
    text = settings.read_text("utf-8").replace('"standard"', '"toy"')
    text = text.replace("sqlite:///state.db", state_url)
    text += '\n[plugins]\nallow = ["toy"]\n[plugins.sees]\ntoy = "TOP_SECRET"\n'
    settings.write_text(text, "utf-8")
    return place


@pytest.fixture
def station(folder: Path) -> Iterator[Station]:
    opened = Station.open(folder)
    yield opened
    opened.close()


@pytest.fixture
def source(tmp_path: Path) -> Callable[..., Path]:
    """Write a toy source file."""

    def write(*pages: str, name: str = "stack.txt") -> Path:
        file = tmp_path / name
        file.write_text("\n".join(pages), "utf-8")
        return file

    return write


def stored_content(station: Station) -> bytes:
    """Every value of every row in the state store."""
    values: list[bytes] = []
    with station.state.read() as tx:
        for table in metadata.sorted_tables:
            for row in tx.execute(table.select()):
                values += [v if isinstance(v, bytes) else str(v).encode() for v in row]
    return b"\n".join(values)
