"""Nothing of a letter lies where it should not: scratch, logs, dumps, the state store's log."""

import logging
import os
import resource
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from pipeline import tables as t
from pipeline.app import Station
from pipeline.journal import log_to_file
from pipeline.receiving import receive
from pipeline.runner import holding, run_embedded, run_inline
from schemas.document import Document
from schemas.facts import Fact
from tests.engine.conftest import on_sqlite, stored_content

Write = Callable[..., Path]
CANARY = "พญานาคศิลา"

HOLDER = """
import signal, sys, time
from pathlib import Path
from pipeline.app import Station
from pipeline.runner import holding
signal.signal(signal.SIGTERM, signal.SIG_DFL)  # as a terminal starts it,
signal.signal(signal.SIGHUP, signal.SIG_DFL)   # whatever started the tests
signal.signal(signal.SIGINT, signal.default_int_handler)
station = Station.open(Path(sys.argv[1]))
with holding(station):
    station.scratch.mkdir(parents=True)
    (station.scratch / "plaintext").write_text("x")
    print("ready", flush=True)
    time.sleep(60)
"""

DRIVER = """
import sys
from pathlib import Path
from pipeline.app import Station
from pipeline.runner import holding, run_embedded
if __name__ == "__main__":
    station = Station.open(Path(sys.argv[1]))
    with holding(station):
        run_embedded(station)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_stopped_run_leaves_no_plaintext(station: Station, number: int) -> None:
    command = [sys.executable, "-c", HOLDER, str(station.folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    assert (station.scratch / "plaintext").exists()
    process.send_signal(number)
    process.communicate(timeout=20)
    assert not station.scratch.exists()


def _marked(mark: str) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            environment = (entry / "environ").read_bytes()
        except OSError:
            continue
        if mark.encode() in environment:
            found.append(int(entry.name))
    return found


def test_a_worker_never_outlives_a_runner_killed_while_it_started(
    station: Station, source: Write, tmp_path: Path
) -> None:
    receive(station, str(source("a")), station.definition())
    driver = tmp_path / "driver.py"
    driver.write_text(DRIVER)
    mark = f"SARABAN_TEST_MARK={tmp_path}"
    process = subprocess.Popen(
        [sys.executable, str(driver), str(station.folder)],
        env={**os.environ, "SARABAN_TEST_MARK": str(tmp_path)},
    )
    while len(_marked(mark)) < 3:  # the runner, multiprocessing's tracker, a worker
        assert process.poll() is None
        time.sleep(0.01)
    process.kill()
    process.wait()
    deadline = time.monotonic() + 15
    while _marked(mark) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert _marked(mark) == []
    with holding(station):
        assert not station.scratch.exists()


def test_no_process_of_a_station_dumps_its_memory(folder: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    if hard == 0:
        pytest.skip("core dumps are off for good here")
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (4096, hard))
        Station.open(folder).close()
        assert resource.getrlimit(resource.RLIMIT_CORE)[0] == 0
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, (soft, hard))


@pytest.fixture
def logged(station: Station) -> Iterator[Path]:
    """The station's log, written by this process."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers = []
    log_to_file(station.folder)
    yield station.folder / "saraban.log"
    root.handlers, root.level = handlers, level


def test_files_of_a_station_are_for_their_owner_only(
    station: Station, source: Write, logged: Path
) -> None:
    with holding(station):
        receive(station, str(source("a")), station.definition())
        run_inline(station)
    private = [logged, *station.folder.glob("state.db*"), *station.folder.rglob("keys/*.key")]
    private += [f for f in (station.folder / "artifacts").rglob("*") if f.is_file()]
    assert len(private) > 3
    for file in private:
        assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0, file


def test_the_log_takes_only_our_own_words(logged: Path) -> None:
    logging.getLogger("saraban.engine").info("step of %s", "an id")
    try:
        raise ValueError(CANARY)
    except ValueError:
        logging.getLogger("pikepdf").exception("object %s", CANARY)
        logging.getLogger("saraban.engine").exception("an observer failed")
    text = logged.read_text("utf-8")
    assert "step of an id" in text
    assert "pikepdf" in text
    assert "ValueError" in text
    assert CANARY not in text


def test_validation_errors_quote_no_content() -> None:
    class Subject(Fact, name="toy-subject"):
        text: int

    for quote in (
        lambda: Subject.model_validate({"text": CANARY}),
        lambda: Document.model_validate_json(f'{{"facts": "{CANARY}"}}'),
    ):
        with pytest.raises(ValidationError) as caught:
            quote()
        assert CANARY not in str(caught.value)


def test_a_failing_letter_tells_nothing_of_itself(
    station: Station, source: Write, capfd: pytest.CaptureFixture[str]
) -> None:
    with holding(station):
        receive(station, str(source(f"a !secret !bug {CANARY}")), station.definition())
        run_embedded(station)
    (station.folder / "captured").write_text("".join(capfd.readouterr()))
    (station.folder / "rows").write_bytes(stored_content(station))
    for file in station.folder.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert CANARY.encode() not in content, file
            assert b"canary-in-a-traceback" not in content, file


def _types(station: Station) -> list[str]:
    with station.state.read() as tx:
        return list(tx.execute(select(t.event.c.type)).scalars())


@on_sqlite
def test_erasure_is_certified_when_the_stores_log_is_empty_too(
    station: Station, source: Write
) -> None:
    with holding(station):
        receive(station, str(source("a !top", "---", "b")), station.definition())
        reader = sqlite3.connect(station.folder / "state.db", isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM document").fetchall()
        run_inline(station)
        assert "keys-destroyed" in _types(station)
        assert "erasure-certified" not in _types(station)
        reader.execute("COMMIT")
        reader.close()
    with holding(station):
        assert "erasure-certified" in _types(station)
    assert "erasure-certified" in _types(station)
