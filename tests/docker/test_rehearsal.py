"""The services of compose.yaml as processes, with their commands, environments and own secrets,
on real servers: a normal and a secret letter pass through all of them."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pikepdf
import pytest

from tests.docker.conftest import ROOT, STATION
from tests.docker.test_compose import SERVICES, WORKERS, mounted
from tests.services.postgres import PostgresServer
from tests.services.rabbitmq import RabbitServer
from tests.services.seaweed import SeaweedServer

pytestmark = [pytest.mark.slow, pytest.mark.service, pytest.mark.xdist_group("docker")]

SCANS = {"order": (14, 15), "secret": (19, 20)}
"""Pages of the example stack: a separator and an order; a separator and a letter marked ลับ."""
ARCHIVED = [
    *(
        "2569/confidential/2569_TAK_0017_2_84.json",
        "2569/confidential/2569_TAK_0017_2_84.json.p7m",
        "2569/confidential/2569_TAK_0017_2_84.pdf.p7m",
    ),
    *("2569/normal/2569_TAK_ORDER_1234.json", "2569/normal/2569_TAK_ORDER_1234.pdf"),
]
PATIENCE = 120.0
"""Seconds for what takes ten on an idle machine."""

if os.geteuid() != 0:
    pytest.skip("the secrets are given to other users: needs root", allow_module_level=True)


class Rehearsal:
    """Folders as the containers would see them: settings, definition, and only their secrets."""

    def __init__(
        self, folder: Path, changes: Mapping[str, str], secrets: Mapping[str, str]
    ) -> None:
        """``changes``: what stands for a container's address, by that address. ``secrets``:
        contents of those that the servers of the tests have chosen otherwise."""
        self._folder = folder
        self._changes = changes
        prepare = str(ROOT / "docker" / "prepare.py")
        command = [sys.executable, prepare, *STATION, str(folder / "office")]
        subprocess.run(command, check=True, capture_output=True)
        for name, content in secrets.items():
            (folder / "office" / "secrets" / name).write_text(content, "utf-8")

    def container(self, service: str) -> Path:
        """The station folder of a service, made when first asked for."""
        place = self._folder / service
        if not place.exists():
            office = self._folder / "office"
            (place / "definitions").mkdir(parents=True)
            (place / "secrets").mkdir()
            for name in ("saraban.toml", "definitions/standard.toml"):
                text = (office / name).read_text("utf-8")
                (place / name).write_text(self._here(text, place), "utf-8")
            for secret in mounted(SERVICES[service]):
                shutil.copy2(office / "secrets" / secret, place / "secrets" / secret)
        return place

    def start(self, service: str, *arguments: str, health: int = 0) -> "subprocess.Popen[bytes]":
        """The process of a service; ``arguments`` instead of its command."""
        place = self.container(service)
        about = SERVICES[service]
        environment = {
            **{name: value for name, value in os.environ.items() if "SARABAN" not in name},
            **{name: self._here(v, place) for name, v in about.get("environment", {}).items()},
            "SARABAN_WORKERS__SLOTS": "1",
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        }
        if health:
            environment["SARABAN_WORKERS__HEALTH"] = f"127.0.0.1:{health}"
        command = [*about.get("entrypoint", []), *(arguments or about.get("command", []))]
        command = command or ["saraban-worker", "--station", "/station"]
        command = [self._here(word, place) for word in command]
        log = (place / "log").open("ab")
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=log)

    def run(self, service: str, *arguments: str) -> str:
        """Standard output of a service that ends by itself, and must end well."""
        process = self.start(service, *arguments)
        out, _ = process.communicate(timeout=PATIENCE)
        told = (self.container(service) / "log").read_text("utf-8")
        assert process.returncode == 0, (service, out, told)
        return out.decode()

    def _here(self, text: str, place: Path) -> str:
        changes = {
            **self._changes,
            "/run/secrets": str(place / "secrets"),
            "/prepare": str(ROOT / "docker"),
        }
        for there, here in changes.items():
            text = text.replace(there, here)
        return str(place) if text == "/station" else text


@pytest.fixture
def rehearsal(
    tmp_path: Path,
    postgres_server: PostgresServer,
    rabbitmq_server: RabbitServer,
    seaweed_server: SeaweedServer,
) -> Iterator[Rehearsal]:
    database = "rehearsal"
    postgres_server.database(database)
    state = f"127.0.0.1:{postgres_server.ports[0]}"
    changes = {
        "saraban@postgres/saraban": f"saraban@{state}/{database}",
        "saraban@rabbitmq/saraban": f"saraban@127.0.0.1:{rabbitmq_server.ports[0]}//",
        "http://storage:8333": seaweed_server.url,
    }
    keys = {"access_key": seaweed_server.access_key, "secret_key": seaweed_server.password}
    secrets = {
        "pgpass": f"{state}:{database}:saraban:{postgres_server.password}\n",
        "broker": rabbitmq_server.password,
        "s3.json": json.dumps(keys),
    }
    yield Rehearsal(tmp_path, changes, secrets)
    postgres_server.drop(database)


@contextmanager
def running(rehearsal: Rehearsal, services: Iterable[str]) -> Iterator[None]:
    """The services, from when all say that they are ready until they have stopped as asked."""
    ports = {service: free_port() for service in services}
    with ExitStack() as processes:
        started = {}
        for service, port in ports.items():
            started[service] = processes.enter_context(rehearsal.start(service, health=port))
            processes.callback(started[service].kill)
        for service, process in started.items():
            wait_until(
                lambda: process.poll() is not None or answers(ports[service]),  # noqa: B023
                f"{service} is ready",
            )
            assert process.poll() is None, (rehearsal.container(service) / "log").read_text("utf-8")
        yield
        for process in started.values():
            process.terminate()
        assert {service: started[service].wait(PATIENCE) for service in started} == dict.fromkeys(
            started, 0
        )


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def wait_until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, f"not within {PATIENCE:.0f} s: {what}"
        time.sleep(0.3)


def test_letters_pass_through_the_processes_of_the_compose_file(
    rehearsal: Rehearsal, seaweed_server: SeaweedServer, tmp_path: Path
) -> None:
    for name, pages in SCANS.items():
        with pikepdf.open(ROOT / "examples" / "stack.pdf") as stack, pikepdf.new() as scan:
            scan.pages.extend(stack.pages[page] for page in pages)
            scan.save(tmp_path / f"{name}.pdf")
    scans = [str(tmp_path / f"{name}.pdf") for name in SCANS]
    rehearsal.run("buckets")
    rehearsal.run("migrate")
    with running(rehearsal, ("sweeper", *sorted(WORKERS))):
        rehearsal.run("saraban", "submit", *scans, "--station", "/station")
        client = seaweed_server.client()

        def archived() -> list[str]:
            found = client.list_objects("saraban-archive", recursive=True)
            return sorted(str(thing.object_name) for thing in found)

        wait_until(lambda: len(archived()) >= len(ARCHIVED), "all is archived")
        assert archived() == ARCHIVED
        rehearsal.run("saraban", "status", "--watch", "--station", "/station")
    for name in ARCHIVED:
        retention = client.get_object_retention("saraban-archive", name)
        assert retention is not None
        assert retention.mode == "COMPLIANCE"
