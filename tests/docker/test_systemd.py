"""docker/systemd: units that systemd accepts, hardened, with the policy of the compose file."""

import json
import os
import re
import shlex
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from pipeline.settings import WorkersSection, read_settings
from pipeline.station import make_station
from tests.docker.conftest import ROOT
from tests.docker.test_compose import SERVICES, references

FOLDER = ROOT / "docker" / "systemd"
SERVICE_OF = {
    "cpu": "worker",
    "sign": "worker-sign",
    "sealed": "worker-sealed",
    "sweeper": "sweeper",
}
UNITS = [
    *(f"saraban-worker@{group}.service" for group in ("cpu", "sign", "sealed")),
    *("saraban-sweeper.service", "saraban-station.target"),
]
EXPOSURE = {"saraban-worker@.service": 32, "saraban-sweeper.service": 18}
"""Tenths of systemd's exposure level (0 safe, 100 exposed) that a service stays under. A worker
lets bubblewrap make namespaces and mounts, in which hostile documents are then opened."""
NEEDED_BY_BUBBLEWRAP = {
    "ProtectHostname": "a host name of its own",
    "ProtectProc": "a /proc of its own",
    "ProtectKernelTunables": "a /proc of its own",
    "ProtectKernelLogs": "a /proc of its own",
    "PrivateUsers": "user namespaces",
}


def environment(group: str) -> dict[str, str]:
    """What systemd reads from an environment file: quotes may span lines, # begins a comment."""
    words = shlex.split((FOLDER / f"{group}.env").read_text("utf-8"), comments=True)
    return dict(word.split("=", 1) for word in words)


def directives(unit: str) -> dict[str, str]:
    lines = (FOLDER / unit).read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if re.match(r"[A-Z]\w+=", line))


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units, their commands taken from the environment that runs the tests."""
    for file in FOLDER.iterdir():
        if file.suffix in {".service", ".target"}:
            text = file.read_text("utf-8").replace("/opt/saraban/current", str(ROOT / ".venv"))
            (tmp_path / file.name).write_text(text, "utf-8")
    return tmp_path


def test_systemd_accepts_the_units(units: Path) -> None:
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *UNITS],
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{units}:"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert [line for line in done.stderr.splitlines() if "saraban" in line] == []
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("unit", EXPOSURE)
def test_systemd_finds_little_exposed(unit: str, units: Path) -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager",
         f"--threshold={EXPOSURE[unit]}", units / unit],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_the_sandbox_of_external_tools_is_not_cut_off() -> None:
    assert NEEDED_BY_BUBBLEWRAP.keys() & directives("saraban-worker@.service").keys() == set()
    assert "AF_NETLINK" in directives("saraban-worker@.service")["RestrictAddressFamilies"]


def test_bubblewrap_makes_no_call_that_the_worker_may_not(tmp_path: Path) -> None:
    trace = tmp_path / "calls"
    cage = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    cage += ["--hostname", "sandbox", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev"]
    cage += ["--tmpfs", "/mnt", "--", "true"]
    subprocess.run(["strace", "-f", "-qq", "-o", trace, *cage], check=True)
    called = set(re.findall(r"^\d+ +(\w+)\(", trace.read_text(), re.MULTILINE))
    allowed = directives("saraban-worker@.service")["SystemCallFilter"].split()
    assert "unshare" in called or "clone" in called
    assert called - set().union(*map(calls, allowed)) == set()


def calls(name: str) -> set[str]:
    """The system calls in a set of systemd's, or the one of this name."""
    if not name.startswith("@"):
        return {name}
    listed = subprocess.run(
        ["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True
    ).stdout
    inner = [line.strip() for line in listed.splitlines()[1:]]
    return set().union(*(calls(word) for word in inner if word and not word.startswith("#")))


def test_a_worker_gets_more_time_to_stop_than_it_takes() -> None:
    patience = WorkersSection().patience
    assert int(directives("saraban-worker@.service")["TimeoutStopSec"]) >= patience + 30
    assert directives("saraban-worker@.service")["KillMode"] == "mixed"


@pytest.mark.parametrize("group", SERVICE_OF)
def test_each_process_is_given_the_same_as_its_container(group: str) -> None:
    here, there = environment(group), SERVICES[SERVICE_OF[group]]
    assert json.loads(here["SARABAN_SECRETS"]).keys() == references(there).keys()
    for variable in ("SARABAN_WORKERS__QUEUES", "SARABAN_WORKERS__CLEARANCE"):
        assert here.get(variable) == there["environment"].get(variable)


def test_settings_of_the_machine_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_station(tmp_path / "tak", code="TAK01", organisation="จังหวัดตาก", agency="TAK")
    shutil.copy(FOLDER / "saraban.toml", tmp_path / "tak")
    for variable, value in environment("sign").items():
        monkeypatch.setenv(variable, value)
    settings = read_settings(tmp_path / "tak")
    assert settings.secrets["signer-key"] == "file:keys/signer.key"
    assert settings.workers.health == "127.0.0.1:9181"


@pytest.mark.skipif(os.geteuid() != 0, reason="makes users in a folder: needs root")
def test_each_process_has_a_user_and_folders_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    for command, file in (
        (["systemd-sysusers"], FOLDER / "sysusers.conf"),
        (["systemd-tmpfiles", "--create"], FOLDER / "tmpfiles.conf"),
    ):
        subprocess.run([*command, f"--root={tmp_path}", file], check=True, capture_output=True)
    passwd = (tmp_path / "etc/passwd").read_text("utf-8")
    users = dict(re.findall(r"^saraban-(\w+):[^:]*:(\d+):", passwd, re.MULTILINE))
    assert users.keys() == SERVICE_OF.keys()
    for group, user in users.items():
        for folder in (f"etc/saraban/keys/{group}", f"var/lib/saraban/{group}"):
            about = (tmp_path / folder).stat()
            assert (about.st_uid, stat.S_IMODE(about.st_mode)) == (int(user), 0o700)
        settings = tmp_path / f"var/lib/saraban/{group}/saraban.toml"
        assert str(settings.readlink()) == "/etc/saraban/saraban.toml"
