"""docker/*.lock: what the image and the bundle install is what was tested, and nothing more."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.docker.conftest import ROOT

Pins = dict[str, tuple[str, frozenset[str]]]


def pins(file: Path) -> Pins:
    """Version with its marker, and hashes, of each package in a lock file."""
    text = re.sub(r" \\\n\s+", " ", file.read_text("utf-8"))
    found: Pins = {}
    for name, version, rest in re.findall(r"^([\w.-]+)==(\S+)(.*)$", text, re.MULTILINE):
        marker = rest.partition("--hash")[0].strip(" ;")
        found[name] = (f"{version} {marker}".strip(), frozenset(re.findall(r"--hash=(\S+)", rest)))
    return found


ALL = pins(ROOT / "requirements.lock")


@pytest.mark.parametrize("name", ["requirements.lock", "build.lock"])
def test_what_is_installed_is_what_is_tested(name: str) -> None:
    installed = pins(ROOT / "docker" / name)
    assert installed
    assert all(hashes for _, hashes in installed.values())
    differing = {
        package: (version, ALL.get(package, ("", frozenset()))[0])
        for package, (version, hashes) in installed.items()
        if package not in ALL
        or ALL[package][0].split()[0] != version.split()[0]
        or not hashes <= ALL[package][1]
    }
    assert differing == {}


def test_all_that_the_project_depends_on_is_installed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    runtime = pins(ROOT / "docker" / "requirements.lock")
    named = {normal(line) for line in project["project"]["dependencies"]}
    assert named - runtime.keys() == set()
    tools = {normal(line) for line in project["dependency-groups"]["dev"]}
    assert {"pytest", "ruff", "mypy"} <= tools
    assert tools & runtime.keys() == set()


def normal(requirement: str) -> str:
    (name,) = re.findall(r"^[\w.-]+", requirement)
    return re.sub(r"[-_.]+", "-", name).lower()
