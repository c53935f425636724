"""A station with toy stages: the whole engine, without OCR."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.app import Station
from pipeline.station import make_station

TOY = Path(__file__).parent / "toy"

DEFINITION = """
name = "toy"
[[steps]]
name = "count"
uses = "toy-count"
[[steps]]
name = "cut"
uses = "toy-cut"
[[steps]]
name = "classify"
uses = "toy-classify"
[[steps]]
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


@pytest.fixture
def toy_plugin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The toy distribution, importable here and in worker processes."""
    monkeypatch.syspath_prepend(TOY)
    path = os.pathsep.join([str(TOY), os.environ.get("PYTHONPATH", "")])
    monkeypatch.setenv("PYTHONPATH", path)
    yield
    sys.modules.pop("toy_stages", None)


@pytest.fixture
def folder(tmp_path: Path, toy_plugin: None) -> Path:
    """A station's folder; its own copy of every key."""
    place = tmp_path / "station"
    make_station(place, code="TEST1", organisation="สำนักงานทดสอบ", agency="TST")
    flags = tmp_path / "flags"
    flags.mkdir()
    (place / "definitions" / "toy.toml").write_text(DEFINITION.format(flags=flags), "utf-8")
    settings = place / "saraban.toml"
    text = settings.read_text("utf-8").replace('"standard"', '"toy"')
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
