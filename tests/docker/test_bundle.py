"""The bundle of script/bundle: made, installed without a network, and a letter through it."""

import json
import os
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.docker.conftest import ROOT, STATION, Office
from tests.docker.root import Bind, Root, copy_root

pytestmark = [pytest.mark.service, pytest.mark.slow, pytest.mark.xdist_group("docker")]

CLERK = (2000, 2000)
ADDRESS = re.compile(rb"[a-z]+://[^\s/]*(pypi|pythonhosted|debian\.org|simple)")
GROUPS = ("cpu", "sign", "sealed", "sweeper")


@pytest.fixture(scope="module")
def archive(debian: Root, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once; ``debian`` is asked for so that nothing is made where nothing can be installed."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([ROOT / "script" / "bundle", folder], check=True, capture_output=True)
    (made,) = folder.iterdir()
    return made


@pytest.fixture(scope="module")
def bundle(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    (unpacked,) = folder.iterdir()
    return unpacked


@pytest.fixture(scope="module")
def machine(debian: Root, bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Root:
    """A Debian without network on which install.sh has run."""
    root = copy_root(debian, tmp_path_factory.mktemp("machine") / "root")
    done = install(root, bundle)
    assert done.returncode == 0, done.stdout + done.stderr
    return root


def install(root: Root, bundle: Path) -> subprocess.CompletedProcess[str]:
    return root.run(["/mnt/install.sh"], binds=[Bind(bundle, "/mnt")])


def test_a_letter_passes_where_there_was_never_a_network(machine: Root, volume: Path) -> None:
    os.chown(volume, *CLERK)
    office = Office(machine, volume, CLERK, {"PATH": "/usr/local/bin:/usr/bin:/bin"})
    office.types("saraban", "init", "/station/tak", *STATION)
    assert "ready" in office.types("saraban", "doctor", "--station", "/station/tak")
    (batch,) = json.loads(
        office.types("saraban", "run", "/station/scan.pdf", "--station", "/station/tak", "--json")
    )
    (archived,) = (volume / "tak" / "archive").rglob("*.pdf")
    assert archived.name == "2569_TAK_ORDER_1234.pdf"
    assert batch["sources"][0]["pages"]["documents"] == 1


def test_installing_again_changes_nothing(machine: Root, bundle: Path) -> None:
    python = machine.path / "opt/saraban/0.1.0/bin/python"
    settings = machine.path / "etc/saraban/cpu.env"
    settings.write_text("# ours\n")
    before = python.lstat()
    done = install(machine, bundle)
    assert done.returncode == 0, done.stderr
    assert python.lstat() == before
    assert settings.read_text() == "# ours\n"
    assert "packages" not in done.stdout


def test_a_changed_bundle_is_refused(machine: Root, bundle: Path, tmp_path: Path) -> None:
    forged = tmp_path / "forged"
    shutil.copytree(bundle, forged, copy_function=os.link)
    lock = forged / "requirements.lock"
    content = lock.read_bytes()
    lock.unlink()
    lock.write_bytes(content + b"# one line more\n")
    done = install(machine, forged)
    assert done.returncode == 1
    assert "damaged or were changed" in done.stderr


def test_another_debian_is_refused(machine: Root, bundle: Path, tmp_path: Path) -> None:
    older = tmp_path / "older"
    shutil.copytree(bundle, older, copy_function=os.link)
    (older / "platform").unlink()
    (older / "platform").write_text("bullseye amd64\n")
    done = install(machine, older)
    assert done.returncode == 1
    assert "this bundle is for bullseye amd64" in done.stderr


def test_every_file_is_listed_and_none_tells_a_registry(bundle: Path) -> None:
    lines = (bundle / "SHA256SUMS").read_text("utf-8").splitlines()
    listed = {line.split(maxsplit=1)[1] for line in lines}
    present = {f"./{f.relative_to(bundle)}" for f in bundle.rglob("*") if f.is_file()}
    assert listed == present - {"./SHA256SUMS"}
    ours = [f for f in bundle.rglob("*") if f.is_file() and f.suffix not in {".deb", ".whl"}]
    assert [f for f in ours if ADDRESS.search(f.read_bytes())] == []


def test_the_archive_tells_nothing_of_who_made_it_when(archive: Path) -> None:
    with tarfile.open(archive) as packed:
        members = packed.getmembers()
    assert len({member.mtime for member in members}) == 1
    assert {(member.uid, member.gid, member.uname, member.gname) for member in members} == {
        (0, 0, "", "")
    }
    names = [member.name for member in members]
    assert names == sorted(names, key=lambda name: name.split("/"))


def test_our_wheel_is_the_same_each_time(tmp_path: Path) -> None:
    made = []
    for time in ("first", "second"):
        command = [str(ROOT / ".venv/bin/python"), "-m", "pip", "-qq", "wheel", "--no-deps"]
        command += ["--no-index", "--no-build-isolation", "--wheel-dir", str(tmp_path / time)]
        environment = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}
        subprocess.run([*command, str(ROOT)], env=environment, check=True)
        (wheel,) = (tmp_path / time).iterdir()
        made.append(wheel.read_bytes())
    assert made[0] == made[1]


def test_services_and_their_commands_are_installed(machine: Root) -> None:
    units = list((machine.path / "etc/systemd/system").glob("saraban*.service"))
    assert len(units) == 2
    for unit in units:
        (command,) = re.findall(r"^ExecStart=(\S+)", unit.read_text("utf-8"), re.MULTILINE)
        assert machine.run([command, "--help"]).returncode == 0
    told = {file.name for file in (machine.path / "etc/saraban").iterdir()}
    assert told == {"saraban.toml", *(f"{group}.env" for group in GROUPS)}
