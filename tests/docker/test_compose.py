"""docker/compose.yaml: right by the specification, contained, to each process its own keys."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from compose_spec import PyOptions

from pipeline.host import Host
from pipeline.loader import check_definition
from pipeline.settings import Settings, read_settings
from pipeline.station import make_station
from schemas.secrecy import Secrecy
from tests.docker.conftest import ROOT
from tests.docker.dockerfile import parse
from workers.broker import PASSWORD

FILE = ROOT / "docker" / "compose.yaml"
ONE_SHOT = {"migrate", "buckets", "saraban"}
WORKERS = {"worker", "worker-sign", "worker-sealed"}
SECRET_NAME = re.compile(r"pass|secret|token|key", re.IGNORECASE)

Service = dict[str, Any]


def read() -> dict[str, Any]:
    compose = PyOptions(apply_merge=True).from_yaml(FILE.read_text("utf-8"))
    compose.validate()
    content: dict[str, Any] = compose.to_dict()
    return content


COMPOSE = read()
SERVICES: dict[str, Service] = COMPOSE["services"]
OURS = {name for name, service in SERVICES.items() if service["image"].startswith("saraban:")}


def mounted(service: Service) -> set[str]:
    """Names of the secrets a service is given."""
    return {
        secret if isinstance(secret, str) else secret["source"]
        for secret in service.get("secrets", [])
    }


def references(service: Service) -> dict[str, str]:
    """Reference of each secret that saraban is told of, by its name."""
    told: dict[str, str] = json.loads(service["environment"].get("SARABAN_SECRETS", "{}"))
    return told


def seconds(duration: str) -> int:
    return sum(
        int(number) * {"s": 1, "m": 60, "h": 3600}[unit]
        for number, unit in re.findall(r"(\d+)([smh])", duration)
    )


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_contained(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert "privileged" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert {"cpus", "memory"} <= service["deploy"]["resources"]["limits"].keys()
    assert service["restart"] == ("no" if name in ONE_SHOT else "unless-stopped")


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_has_a_user_without_privileges(name: str) -> None:
    *_, last = parse((ROOT / "docker" / "Dockerfile").read_text("utf-8"))
    (image_user,) = [i.value for i in last.instructions if i.name == "USER"]
    user = SERVICES[name].get("user", image_user if name in OURS else "root")
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - ONE_SHOT))
def test_every_lasting_service_tells_whether_it_is_well(name: str) -> None:
    health = SERVICES[name]["healthcheck"]
    assert health["test"][0] == "CMD"
    assert seconds(health["timeout"]) < seconds(health["interval"])


@pytest.mark.parametrize("name", SERVICES)
def test_images_are_pinned(name: str) -> None:
    assert re.fullmatch(r"[\w./-]+:\d+\.[\w.-]+", SERVICES[name]["image"])


def test_our_image_has_the_version_of_the_project() -> None:
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    (version,) = re.findall(r'^version = "(.+)"$', project, re.MULTILINE)
    assert {SERVICES[name]["image"] for name in OURS} == {f"saraban:{version}"}


def test_nothing_is_reached_from_outside() -> None:
    assert not [name for name, service in SERVICES.items() if service.get("ports")]
    assert all(network["internal"] is True for network in COMPOSE["networks"].values())
    assert all("network_mode" not in service for service in SERVICES.values())


@pytest.mark.parametrize("name", SERVICES)
def test_no_secret_lies_in_the_environment(name: str) -> None:
    for variable, value in SERVICES[name].get("environment", {}).items():
        if variable == "SARABAN_SECRETS":
            assert all(ref.startswith("file:/run/secrets/") for ref in json.loads(value).values())
        elif SECRET_NAME.search(variable) or "PGPASS" in variable:
            assert str(value).startswith("/run/secrets/"), variable


def test_every_secret_is_a_file_of_the_office_and_used() -> None:
    named = COMPOSE["secrets"]
    assert all(secret["file"].startswith("./office/secrets/") for secret in named.values())
    assert set().union(*(mounted(service) for service in SERVICES.values())) == named.keys()


@pytest.mark.parametrize("name", sorted(OURS - {"buckets"}))
def test_a_process_is_told_of_the_secrets_it_is_given_and_no_more(name: str) -> None:
    told = {ref.removeprefix("file:/run/secrets/") for ref in references(SERVICES[name]).values()}
    assert told == mounted(SERVICES[name]) - {"pgpass", "s3.json"}


@pytest.fixture
def station(tmp_path: Path) -> Path:
    make_station(tmp_path / "tak", code="TAK01", organisation="จังหวัดตาก", agency="TAK")
    settings = tmp_path / "tak" / "saraban.toml"
    text = settings.read_text("utf-8")
    settings.write_text(re.sub(r"\[secrets\][^\[]*", "", text), "utf-8")
    return tmp_path / "tak"


def settings_of(name: str, station: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """What saraban reads in this container."""
    for variable, value in SERVICES[name]["environment"].items():
        monkeypatch.setenv(variable, value)
    return read_settings(station)


def test_the_workers_cover_every_queue_once(station: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = [
        queue
        for name in sorted(WORKERS)
        for queue in settings_of(name, station, monkeypatch).workers.queues
    ]
    assert sorted(taken) == ["cpu", "io", "sealed", "sign"]


@pytest.mark.parametrize("name", sorted(WORKERS))
def test_a_worker_holds_what_its_stages_need_and_no_other_secret(
    name: str, station: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(name, station, monkeypatch)
    definition = station / "definitions" / "standard.toml"
    _, _, stages = check_definition(definition.read_text("utf-8"), "standard", Host(), station)
    needed = {
        secret
        for stage in stages
        if stage.resources.queue in settings.workers.queues
        for secret in stage.secrets
    }
    lower = {f"station-key-{level.lower()}" for level in Secrecy if level <= Secrecy.SECRET}
    keys = lower | ({"station-key"} if settings.workers.clearance is Secrecy.TOP_SECRET else set())
    assert settings.secrets.keys() == needed | keys | {PASSWORD}


@pytest.mark.parametrize("name", sorted(WORKERS))
def test_a_worker_gets_more_time_to_stop_than_it_takes(
    name: str, station: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    patience = settings_of(name, station, monkeypatch).workers.patience
    assert seconds(SERVICES[name]["stop_grace_period"]) >= patience + 30


def test_the_sweeper_holds_no_key_of_any_document() -> None:
    assert references(SERVICES["sweeper"]).keys() == {PASSWORD}


def test_the_health_check_asks_where_the_image_answers() -> None:
    *_, last = parse((ROOT / "docker" / "Dockerfile").read_text("utf-8"))
    values = {instruction.name: instruction.value for instruction in last.instructions}
    settings = [i.value for i in last.instructions if i.name == "ENV" and "HEALTH" in i.value]
    (address,) = [value.partition("=")[2] for value in settings]
    url = f"http://{address}/livez"
    assert url in values["HEALTHCHECK"]
    for name in WORKERS | {"sweeper"}:
        assert url in SERVICES[name]["healthcheck"]["test"][-1]
