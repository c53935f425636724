"""The image of docker/Dockerfile, really built, and a letter through it as its user."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.docker.conftest import ROOT, STATION, Office
from tests.docker.dockerfile import Builder, Image
from tests.docker.root import Bind, Root, machine_access
from tests.docker.test_compose import COMPOSE, OURS, SERVICES

pytestmark = [pytest.mark.service, pytest.mark.slow, pytest.mark.xdist_group("docker")]

LARGEST_MIB = 1500
UNPRIVILEGED = (10001, 10001)


@pytest.fixture(scope="module")
def image(debian: Root, tmp_path_factory: pytest.TempPathFactory) -> Image:
    folder = tmp_path_factory.mktemp("image")
    binds, environment = machine_access()
    builder = Builder(debian, ROOT, folder, binds=binds, environment=environment)
    return builder.build((ROOT / "docker" / "Dockerfile").read_text("utf-8"))


@pytest.fixture
def office(image: Image, volume: Path) -> Office:
    os.chown(volume, *image.user)
    return Office(image.root, volume, image.user, dict(image.environment))


def test_a_letter_passes_through_the_image(office: Office, volume: Path) -> None:
    assert "saraban" in office.types("saraban", "--help").lower()
    office.types("saraban", "init", "/station/tak", *STATION)
    assert "ready" in office.types("saraban", "doctor", "--station", "/station/tak")
    (batch,) = json.loads(
        office.types("saraban", "run", "/station/scan.pdf", "--station", "/station/tak", "--json")
    )
    (archived,) = (volume / "tak" / "archive").rglob("*.pdf")
    assert archived.name == "2569_TAK_ORDER_1234.pdf"
    assert batch["sources"][0]["pages"]["documents"] == 1
    verified = office.types(
        "saraban", "verify", f"/station/{archived.relative_to(volume)}", "--station", "/station/tak"
    )
    assert "trial" in verified.lower()


def test_the_secrets_of_the_compose_file_are_prepared_in_the_image(
    image: Image, tmp_path: Path
) -> None:
    shutil.copytree(ROOT / "docker", tmp_path / "docker", ignore=shutil.ignore_patterns("office"))
    done = image.root.run(
        ["python3", "/docker/prepare.py", *STATION, "/docker/office"],
        environment=image.environment,
        binds=[Bind(tmp_path / "docker", "/docker", writable=True)],
    )
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "docker" / "office" / "secrets"
    assert {f"./office/secrets/{file.name}" for file in folder.iterdir()} == {
        secret["file"] for secret in COMPOSE["secrets"].values()
    }
    (ours,) = {service.get("user", "10001:10001") for service in map(SERVICES.get, OURS) if service}
    owners = {"postgres": "postgres", "rabbitmq": "rabbitmq.conf", "storage": "storage.json"}
    for file in folder.iterdir():
        (user,) = {
            SERVICES[service]["user"] for service, name in owners.items() if name == file.name
        } or {ours}
        about = file.stat()
        assert (f"{about.st_uid}:{about.st_gid}", about.st_mode & 0o777) == (user, 0o600), file


def test_the_image_runs_as_an_unprivileged_user(image: Image, office: Office) -> None:
    assert image.user == UNPRIVILEGED
    assert office.types("id", "-u").strip() == "10001"


def test_its_user_can_write_nowhere_in_the_image(image: Image) -> None:
    found = image.root.run(
        ["find", "/", "-xdev", "(", "-path", "/proc", "-o", "-path", "/station", ")", "-prune",
         "-o", "-writable", "-not", "-type", "l", "-print"],
        user=image.user,
    )  # fmt: skip
    assert set(found.stdout.split()) <= {"/tmp", "/run", "/var/tmp"}  # noqa: S108


def test_nothing_in_the_image_gives_privileges(image: Image) -> None:
    assert image.root.run(["find", "/", "-xdev", "-type", "f", "-perm", "/6000"]).stdout == ""


def test_the_image_holds_no_build_tools_keys_or_traces_of_the_machine(image: Image) -> None:
    inside = image.root.path
    assert not (inside / "build").exists()
    assert not list((inside / "opt/saraban").rglob("hatchling"))
    assert not list(inside.glob("opt/saraban/**/*.key"))
    assert not (inside / "run/machine").exists()
    assert [folder.name for folder in (inside / "opt").iterdir()] == ["saraban"]
    assert not list((inside / "var/lib/apt/lists").glob("*Packages*"))
    assert not list((inside / "root").glob(".*pip*"))


def test_every_module_is_compiled(image: Image) -> None:
    packages = image.root.path / "opt/saraban/lib/python3.11/site-packages"
    for name in ("schemas", "pipeline", "plugins", "workers", "sqlalchemy", "pikepdf"):
        for source in (packages / name).rglob("*.py"):
            compiled = source.parent / "__pycache__" / f"{source.stem}.cpython-311.pyc"
            assert compiled.exists(), source


def test_the_image_is_small(image: Image, record_property: Callable[[str, object], None]) -> None:
    measured = subprocess.run(
        ["du", "-sxm", str(image.root.path)], capture_output=True, text=True, check=True
    )
    mebibytes = int(measured.stdout.split()[0])
    record_property("image_mib", mebibytes)
    assert mebibytes < LARGEST_MIB
