"""What a machine that is set up wrongly is told: where it is wrong, never with a password."""

import re
from pathlib import Path

import pytest

from pipeline.app import Station
from pipeline.cli.console import say_who_goes_on
from pipeline.cli.progress import wait
from pipeline.errors import ConfigurationError, ExitCode, SarabanError, UnavailableError
from pipeline.keys import KeyRing
from pipeline.state import State
from pipeline.station import make_station
from tests.services.postgres import PostgresServer
from tests.services.server import free_ports
from tests.workers.conftest import Backend, on_sqlite
from tests.workers.fleet import Fleet, wait_until
from workers.broker import declare_all, make_app
from workers.health import Health, served

THAI = re.compile(r"[ก-๙]")


def at_broker(folder: Path, broker: str) -> Path:
    """A station whose settings name this broker."""
    make_station(folder, code="REF1", organisation="สำนักงานทดสอบ", agency="TST")
    with (folder / "saraban.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'[workers]\nbroker = "{broker}"\n')
    return folder


def told(folder: Path, kind: type[SarabanError]) -> SarabanError:
    """What declaring the station's queues ends in."""
    station = Station.open(folder)
    try:
        with pytest.raises(kind) as caught:
            declare_all(make_app(station), station)
    finally:
        station.close()
    return caught.value


def test_a_wrong_password_is_told_from_silence(backend: Backend, tmp_path: Path) -> None:
    head, _, where = backend.broker.rpartition("@")
    wrong = re.sub(r":[^:]*$", ":wrong", head)
    error = told(at_broker(tmp_path / "station", f"{wrong}@{where}"), ConfigurationError)
    assert error.code == "broker-refused"
    for text in (error.thai, error.english):
        assert where.partition("/")[0] in text
        assert "broker-password" in text
        assert "wrong" not in text


def test_a_missing_virtual_host_or_database_is_refused(backend: Backend, tmp_path: Path) -> None:
    address = backend.broker.rpartition("/")[0]
    assert told(at_broker(tmp_path / "station", f"{address}/99"), ConfigurationError).code == (
        "broker-refused"
    )


@pytest.mark.parametrize("scheme", ["amqp", "redis"])
def test_a_broker_that_is_down_is_named(scheme: str, tmp_path: Path) -> None:
    where = f"127.0.0.1:{free_ports(1)[0]}"
    error = told(at_broker(tmp_path / "station", f"{scheme}://u:secret@{where}"), UnavailableError)
    assert error.code == "broker-unavailable"
    assert all(where in text and "secret" not in text for text in (error.thai, error.english))


def test_a_machine_without_the_definition_is_told_where_it_belongs(tmp_path: Path) -> None:
    station = Station.open(at_broker(tmp_path / "station", "redis://127.0.0.1"))
    (station.folder / "definitions" / "standard.toml").unlink()
    with pytest.raises(ConfigurationError, match="no-definition") as caught:
        station.definition()
    station.close()
    assert str(station.folder / "definitions") in caught.value.english


def test_a_misspelt_broker_is_no_setting(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"workers\.broker"):
        Station.open(at_broker(tmp_path / "station", "ampq://127.0.0.1"))


@on_sqlite
def test_a_sweeper_that_is_refused_ends(backend: Backend, tmp_path: Path) -> None:
    folder = at_broker(tmp_path / "station", re.sub(r":[^:@]*@", ":wrong@", backend.broker))
    fleet = Fleet(folder, tmp_path)
    try:
        sweeper = fleet.sweeper()
        assert sweeper.process.wait(30) == ExitCode.CONFIGURATION
        assert "broker-refused" in sweeper.log.read_text()
    finally:
        fleet.end()


@on_sqlite
@pytest.mark.parametrize("kind", ["worker", "sweeper"])
def test_who_cannot_reach_the_store_does_not_start(
    kind: str, backend: Backend, tmp_path: Path
) -> None:
    folder = at_broker(tmp_path / "station", backend.broker)
    settings = folder / "saraban.toml"
    bucket = "s3:http://127.0.0.1:1/work?credentials=file:keys/s3.json"
    settings.write_text(settings.read_text("utf-8").replace("file:artifacts", bucket), "utf-8")
    fleet = Fleet(folder, tmp_path)
    try:
        started = fleet.worker() if kind == "worker" else fleet.sweeper()
        assert started.process.wait(30) == ExitCode.CONFIGURATION
        assert str(folder / "keys" / "s3.json") in started.log.read_text("utf-8")
    finally:
        fleet.end()


def test_a_watcher_learns_that_nobody_works(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_station(tmp_path / "station", code="REF3", organisation="สำนักงานทดสอบ", agency="TST")
    station = Station.open(tmp_path / "station")
    left = iter([(1, 0), (1, 0), (0, 0)])
    monkeypatch.setattr("pipeline.queue.pending", lambda _state: next(left))
    wait(station, quiet=True)
    station.close()
    assert "No saraban-worker runs now" in capsys.readouterr().err
    assert not list(left)


def test_a_sweeper_says_that_it_waits_for_the_broker(tmp_path: Path) -> None:
    broker = f"redis://127.0.0.1:{free_ports(1)[0]}"
    fleet = Fleet(at_broker(tmp_path / "station", broker), tmp_path)
    try:
        sweeper = fleet.sweeper()
        wait_until(
            lambda: "broker-unavailable" in sweeper.log.read_text(), 30, "nothing said", fleet
        )
        assert sweeper.stop() == ExitCode.OK
    finally:
        fleet.end()


def test_a_refusing_state_store_is_named(postgres_server: PostgresServer) -> None:
    where = f"127.0.0.1:{postgres_server.ports[0]}/postgres"
    state = State(f"postgresql+psycopg://saraban:wrong@{where}", KeyRing({}))
    with pytest.raises(UnavailableError) as caught, state.read():
        pass
    for text in (caught.value.thai, caught.value.english):
        assert where in text
        assert "PGPASSFILE" in text
        assert "wrong" not in text


@pytest.mark.parametrize("address", ["9180", "localhost:", "127.0.0.1:port", "127.0.0.1:99999"])
def test_a_health_service_needs_a_host_and_a_port(address: str) -> None:
    health = Health(alive=lambda: True, ready={}, metrics=lambda: b"")
    with (
        pytest.raises(ConfigurationError, match="health-refused") as caught,
        served(address, health),
    ):
        pass
    assert address in caught.value.thai


@pytest.mark.parametrize("kind", ["saraban-worker", "saraban-sweeper"])
def test_help_is_in_both_languages(kind: str, tmp_path: Path) -> None:
    fleet = Fleet(tmp_path, tmp_path)
    started = fleet.worker("--help") if kind == "saraban-worker" else fleet.sweeper("--help")
    assert started.process.wait(30) == ExitCode.OK
    help_text = started.log.read_text("utf-8")
    assert THAI.search(help_text)
    assert "--station" in help_text
    assert ("[workers]" in help_text) == (kind == "saraban-worker")


def test_who_goes_on_depends_on_the_broker(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_station(tmp_path / "alone", code="REF2", organisation="สำนักงานทดสอบ", agency="TST")
    folders = {
        tmp_path / "alone": "saraban run --resume",
        at_broker(tmp_path / "many", "redis://127.0.0.1"): "saraban status --watch",
    }
    for folder, command in folders.items():
        station = Station.open(folder)
        say_who_goes_on(station, "บันทึกแล้ว", "Recorded.")
        station.close()
        assert capsys.readouterr().out.count(f"`{command}`") == 2
