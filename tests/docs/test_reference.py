"""The documents say what the code does: reference, hooks, commands, links."""

import inspect
import re
import subprocess
from pathlib import Path

import pytest

from pipeline import hookspecs
from pipeline.errors import ExitCode
from pipeline.host import OWN, Host
from pipeline.reference import commands, hook_names, reference

ROOT = Path(__file__).resolve().parents[2]
HOST = Host()
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:work|tmp|home|root|Users)/\w")


def texts() -> list[Path]:
    """Every text of the project that a person reads."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md", "NOTICE"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.split()]


def test_reference_is_up_to_date() -> None:
    written = (ROOT / "docs" / "reference.md").read_text("utf-8")
    assert written == reference(), "run: python -m pipeline.reference docs/reference.md"


@pytest.mark.parametrize("name", hook_names())
def test_hook_says_who_calls_it(name: str) -> None:
    told = inspect.getdoc(getattr(hookspecs, name)) or ""
    assert "Called" in told


@pytest.mark.parametrize("name", hook_names())
def test_hook_is_used_by_a_built_in_plugin(name: str) -> None:
    users = getattr(HOST.hook, name).get_hookimpls()
    assert [user for user in users if user.plugin_name.startswith(f"{OWN}:")]


@pytest.mark.parametrize("name", hook_names())
def test_hook_is_tested(name: str) -> None:
    here = Path(__file__)
    tests = (file for file in (ROOT / "tests").rglob("*.py") if file != here)
    assert any(re.search(rf"\b{name}\b", file.read_text("utf-8")) for file in tests)


@pytest.mark.parametrize("name", sorted(HOST.stages))
def test_stage_tells_what_it_does(name: str) -> None:
    assert vars(HOST.stages[name]).get("__doc__")


def test_every_command_answers_in_json() -> None:
    mute = {
        name
        for name, command in commands().items()
        if not any("--json" in parameter.opts for parameter in command.params)
    }
    assert mute == set()


def test_command_help_is_in_both_languages() -> None:
    for name, command in commands().items():
        first = command.help.split("\n\n")[0]
        assert re.search("[ก-๙]", first), name
        assert re.search("[A-Za-z]", first), name


def test_every_exit_code_is_explained() -> None:
    told = (ROOT / "docs" / "exit-codes.md").read_text("utf-8")
    rows = {
        int(code): name for code, name in re.findall(r"^\| (\d+) \| `(\w+)` \|", told, re.MULTILINE)
    }
    assert rows == {code.value: code.name for code in ExitCode}


def anchors(markdown: str) -> set[str]:
    """Fragments that GitHub gives to the headings of a text."""
    headings = re.findall(r"^#+ (.+)$", markdown, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).strip().replace(" ", "-") for h in headings}


@pytest.mark.parametrize("file", texts(), ids=lambda file: str(file.relative_to(ROOT)))
def test_relative_links_resolve(file: Path) -> None:
    markdown = file.read_text("utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", markdown):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, fragment = target.partition("#")
        linked = (file.parent / name) if name else file
        assert linked.exists(), target
        if fragment:
            assert fragment in anchors(linked.read_text("utf-8")), target


@pytest.mark.parametrize("file", texts(), ids=lambda file: str(file.relative_to(ROOT)))
def test_no_text_names_a_place_on_one_machine(file: Path) -> None:
    assert not MACHINE_PATHS.search(file.read_text("utf-8"))


def test_every_document_is_reached_from_the_index() -> None:
    index = (ROOT / "docs" / "index.md").read_text("utf-8")
    linked = set(re.findall(r"\]\(([\w-]+\.md)\)", index))
    assert linked == {file.name for file in (ROOT / "docs").glob("*.md")} - {"index.md"}
