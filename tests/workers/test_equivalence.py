"""The same input gives the same result, whoever runs it and wherever state and bytes lie.

The embedded runner's result is made once; each fleet must come to the same. Documents that would
race for one name arrive one after another: who comes first is no property of a runner.
"""

import json
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from sqlalchemy import select

from pipeline import tables as t
from pipeline.app import Station
from pipeline.runner import holding, run_embedded
from pipeline.station import make_station
from tests.engine.conftest import DEFINITION, TOY
from tests.services.seaweed import SeaweedServer
from tests.workers.conftest import QUICK, Backend
from tests.workers.fleet import Fleet, submit, wait_done, wait_until
from tests.workers.invariants import violations
from tests.workers.likeness import likeness

pytestmark = [pytest.mark.slow, pytest.mark.service, pytest.mark.xdist_group("equivalence")]

STACK = Path(__file__).parents[2] / "examples" / "stack.pdf"
SCANNED = slice(16, 24)
"""Pages 17 to 24 of the example: a normal, a confidential and a secret letter, and the separators
of the station TAK01 before them."""
FIRST = {
    "one.txt": ["a 1", "a 2", "blank", "---", "b !secret", "---", "c !flaky", "---", "d !bug"],
    "two.txt": ["e !top", "---", "f? may be secret", "---", "g", "blank", "---", "h !top"],
    "lost.txt": ["i", "!lose", "j"],
    "empty.txt": [],
}
THEN = {"again.txt": ["a another", "---", "g the same", "---", "k"]}
"""Two of these names are taken by then."""
ANSWERS = {"toy-level": ["SECRET"], "value-taken": ["keep-both", "duplicate"]}

Finish = Callable[[Station], None]


@dataclass(frozen=True)
class Input:
    """What to run: ``waves`` of sources, each sent when the one before it is done."""

    definition: str
    waves: tuple[tuple[Path, ...], ...]


@pytest.fixture(scope="session")
def toys() -> Iterator[None]:
    """The toy distribution, here and in all processes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(TOY)
        patch.setenv("PYTHONPATH", str(TOY), prepend=os.pathsep)
        yield


@pytest.fixture(scope="session")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A station of which all others are copies, because ids and digests follow from its keys."""
    folder = tmp_path_factory.mktemp("seed") / "station"
    make_station(folder, code="TAK01", organisation="จังหวัดตาก", agency="TAK")
    return folder


@pytest.fixture(scope="session", params=["toy", "standard"])
def given(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Input:
    inbox = tmp_path_factory.mktemp("inbox")
    if request.param == "toy":
        waves = tuple(
            tuple(_written(inbox / name, lines) for name, lines in wave.items())
            for wave in (FIRST, THEN)
        )
        return Input("toy", waves)
    scan = inbox / "scan.pdf"
    with pikepdf.open(STACK) as whole, pikepdf.new() as cut:
        cut.pages.extend(whole.pages[SCANNED])
        cut.save(scan, deterministic_id=True)
    return Input("standard", ((scan,),))


@pytest.fixture(scope="session")
def expected(
    given: Input, seed: Path, toys: None, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    def finish(station: Station) -> None:
        with holding(station):
            run_embedded(station)

    folder = _copy(seed, tmp_path_factory.mktemp("embedded"), given)
    return _played(folder, given, finish)


@pytest.fixture(params=["rabbitmq_postgresql_s3", "redis_sqlite_files"])
def fleet(
    request: pytest.FixtureRequest, given: Input, seed: Path, toys: None, tmp_path: Path
) -> Iterator[Fleet]:
    kind, _, bucket = request.param.rpartition("_")
    backend: Backend = request.getfixturevalue(kind)
    folder = _copy(seed, tmp_path, given)
    settings = folder / "saraban.toml"
    text = settings.read_text("utf-8").replace("sqlite:///state.db", backend.state)
    if bucket == "s3":
        server: SeaweedServer = request.getfixturevalue("seaweed_server")
        text = text.replace("file:artifacts", _bucket(server, folder))
    settings.write_text(text + QUICK.format(broker=backend.broker), "utf-8")
    (tmp_path / "logs").mkdir()
    started = Fleet(folder, tmp_path / "logs")
    yield started
    started.end()


def test_the_same_comes_out(fleet: Fleet, given: Input, expected: dict[str, Any]) -> None:
    fleet.sweeper()
    fleet.worker()
    found = _played(fleet.folder, given, partial(_wait_swept, fleet=fleet))
    for kind, content in expected.items():
        assert found[kind] == content, kind
    fleet.stop()


def _wait_swept(station: Station, fleet: Fleet) -> None:
    def swept() -> bool:
        with station.state.read() as tx:
            return not tx.execute(select(t.doomed).where(t.doomed.c.waits_for.is_(None))).all()

    wait_done(station, fleet, timeout=300)
    wait_until(swept, 30, "doomed bytes are left over", fleet)


def _played(folder: Path, given: Input, finish: Finish) -> dict[str, Any]:
    station = Station.open(folder)
    try:
        for wave in given.waves:
            submit(station, *wave)
            finish(station)
        while questions := station.questions():
            assert given.definition == "toy", [waiting.question for waiting in questions]
            _answer(station)
            finish(station)
        if given.definition == "toy":
            assert violations(station, [file for wave in given.waves for file in wave]) == []
        return likeness(station)
    finally:
        station.close()


def _written(file: Path, lines: list[str]) -> Path:
    file.write_text("\n".join(lines), "utf-8")
    return file


def _copy(seed: Path, place: Path, given: Input) -> Path:
    folder, flags = place / "station", place / "flags"
    shutil.copytree(seed, folder)
    flags.mkdir()
    (folder / "definitions" / "toy.toml").write_text(DEFINITION.format(flags=flags), "utf-8")
    settings = folder / "saraban.toml"
    text = settings.read_text("utf-8").replace('"standard"', f'"{given.definition}"')
    text += '\n[plugins]\nallow = ["toy"]\n[plugins.sees]\ntoy = "TOP_SECRET"\n'
    settings.write_text(text, "utf-8")
    return folder


def _bucket(server: SeaweedServer, folder: Path) -> str:
    """The URL of a new place in a bucket without versions."""
    keys = folder / "keys" / "s3.json"
    keys.write_text(json.dumps({"access_key": server.access_key, "secret_key": server.password}))
    keys.chmod(0o600)
    client = server.client()
    if not client.bucket_exists("plain"):
        client.make_bucket("plain")
    return f"s3:{server.url}/plain/{uuid.uuid4().hex}?credentials=file:keys/s3.json"


def _answer(station: Station) -> None:
    """Each kind of question by its answers in turn, in the order of the documents' cuts."""
    turn = dict.fromkeys(ANSWERS, 0)
    for waiting in sorted(station.questions(), key=lambda w: station.document(w.document).ordinal):
        code = waiting.question.code
        station.decide(waiting, ANSWERS[code][turn[code]], by="somchai")
        turn[code] += 1
