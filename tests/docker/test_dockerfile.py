"""docker/Dockerfile keeps its rules; the builder of the tests refuses what it does not know."""

import re
from pathlib import Path, PurePosixPath

import pytest

from tests.docker.conftest import ROOT
from tests.docker.dockerfile import Builder, Ignored, Stage, parse
from tests.docker.root import Root

TEXT = (ROOT / "docker" / "Dockerfile").read_text("utf-8")
STAGES = parse(TEXT)
IGNORED = Ignored.parse((ROOT / ".dockerignore").read_text("utf-8"))


def values(name: str, stages: list[Stage] = STAGES) -> list[str]:
    return [i.value for stage in stages for i in stage.instructions if i.name == name]


def test_the_base_is_pinned_by_tag_and_can_be_pinned_by_digest() -> None:
    assert re.search(r"^ARG BASE=debian:\d+\.\d+-slim$", TEXT, re.MULTILINE)
    assert [stage.base for stage in STAGES] == ["debian:12.11-slim", "system", "system"]


def test_packages_come_without_recommendations_and_lists() -> None:
    (installing,) = [run for run in values("RUN") if "apt-get" in run]
    assert "--no-install-recommends" in installing
    assert "rm -rf /var/lib/apt/lists/*" in installing


def test_python_packages_come_by_hash_or_from_here() -> None:
    commands = [part for run in values("RUN") for part in run.split("&&") if "pip " in part]
    assert len(commands) == 4
    for command in commands:
        assert "--require-hashes" in command or "--no-index" in command


def test_the_image_ends_as_a_user_without_privileges() -> None:
    *_, last = STAGES
    assert [i.name for i in last.instructions if i.name in {"USER", "RUN"}][-1] == "USER"
    assert values("USER") == ["10001:10001"]


def test_nothing_is_fetched_and_no_secret_is_built_in() -> None:
    names = {i.name for stage in STAGES for i in stage.instructions}
    assert names <= {"RUN", "COPY", "ENV", "USER", "WORKDIR", "HEALTHCHECK", "CMD"}
    assert not re.search(r"curl|wget|https?://(?!127\.0\.0\.1)", "\n".join(values("RUN")))
    assert not re.search(r"password|token|secret", TEXT, re.IGNORECASE)


@pytest.mark.parametrize(
    "place", [".git/config", ".venv/bin/python", "station/keys/station.key", "tests/conftest.py",
              "docker/office/secrets/broker", "pipeline/__pycache__/app.cpython-311.pyc"],
)  # fmt: skip
def test_what_the_image_does_not_need_is_not_sent(place: str) -> None:
    assert PurePosixPath(place) in IGNORED


def test_what_the_image_needs_is_sent() -> None:
    copied = [value.split()[:-1] for value in values("COPY") if not value.startswith("--from")]
    for place in [source for sources in copied for source in sources]:
        assert (ROOT / place).exists()
        assert PurePosixPath(place) not in IGNORED


@pytest.mark.parametrize(
    "line",
    [
        "ADD x /x",
        "SHELL /bin/bash",
        "RUN --mount=type=cache true",
        'RUN ["true"]',
        "COPY --chown=1:1 x /x",
        "COPY absent /x",
        "ENV A=$B",
        "USER nobody",
    ],
)
def test_the_builder_refuses_what_it_does_not_understand(line: str, tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / ".dockerignore").write_text("*\n!x\n!absent\n")
    (tmp_path / "x").touch()
    builder = Builder(Root(tmp_path / "base"), tmp_path, tmp_path / "built")
    (tmp_path / "built").mkdir()
    with pytest.raises(ValueError, match=r"Not understood|not in the context|invalid literal"):
        builder.build(f"FROM debian\n{line}\n")


def test_the_builder_copies_as_the_reference_says(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "built").mkdir()
    (tmp_path / "x" / "__pycache__").mkdir(parents=True)
    (tmp_path / "x" / "a").write_text("a")
    (tmp_path / "x" / "__pycache__" / "a.pyc").touch()
    (tmp_path / ".dockerignore").write_text("*\n!x\n!f\n**/__pycache__\n")
    (tmp_path / "f").write_text("f")
    text = """
        # a comment
        ARG BASE=debian
        FROM ${BASE} AS first
        COPY x/ /inside/x/
        FROM debian
        WORKDIR /work
        COPY f ./
        COPY f /renamed
        COPY --from=first /inside /taken
        ENV A=1 B="two words"
    """
    image = Builder(Root(tmp_path / "base"), tmp_path, tmp_path / "built").build(text)
    files = {str(f.relative_to(image.root.path)) for f in image.root.path.rglob("*") if f.is_file()}
    assert files == {"work/f", "renamed", "taken/x/a"}
    assert image.environment == {"A": "1", "B": "two words"}
    assert image.workdir == "/work"
