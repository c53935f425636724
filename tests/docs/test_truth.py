"""What the documents show can be typed: commands, options, stages, codes, the tutorial's plugin."""

import re
import shlex
from pathlib import Path

import pytest

from pipeline.host import Host
from pipeline.reference import commands

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "tests" / "sample_plugin"
SHOWN = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
COMMAND = re.compile(r"^(?: {4}|\| `)(?:\$ )?(?:\.venv/bin/)?saraban ([^`#\n]+)", re.MULTILINE)
QUESTION = re.compile(r"^\| `([a-z]+-?[a-z]+)` \|", re.MULTILINE)


def fences(markdown: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", markdown, re.MULTILINE | re.DOTALL)


def typed() -> list[tuple[str, str]]:
    return [
        (file.name, line) for file in SHOWN for line in COMMAND.findall(file.read_text("utf-8"))
    ]


@pytest.mark.parametrize(("file", "line"), typed())
def test_shown_command_exists_with_its_options(file: str, line: str) -> None:
    first, *arguments = shlex.split(line)
    known = commands().get(first.rstrip(",")) or commands()[f"{first} {arguments[0]}"]
    options = {option for parameter in known.params for option in parameter.opts} | {"--help"}
    assert {a for a in arguments if a.startswith("-")} <= options, file


def test_enough_commands_were_looked_at() -> None:
    assert {line.split()[0].rstrip(",") for _, line in typed()} >= {
        "init",
        "run",
        "review",
        "export",
    }


def test_shown_stages_exist() -> None:
    stages = Host().stages.keys() | {"name-by-date"}
    shown = {
        name
        for file in SHOWN
        for name in re.findall(r'^uses = "([^"]+)"', file.read_text(), re.MULTILINE)
    }
    assert shown
    assert shown <= stages


def test_tutorial_questions_are_asked_somewhere() -> None:
    section = (ROOT / "docs" / "tutorial.md").read_text("utf-8").split("## 4.")[1].split("## 5.")[0]
    asked = QUESTION.findall(section)
    assert len(asked) == 8
    code = "".join(
        file.read_text("utf-8")
        for package in ("plugins", "pipeline")
        for file in (ROOT / package).rglob("*.py")
    )
    assert [question for question in asked if f'"{question}"' not in code] == []


def test_plugin_tutorial_shows_the_sample_itself() -> None:
    tutorial = (ROOT / "docs" / "tutorial-plugin.md").read_text("utf-8").split("## 5.")[0]
    module = (SAMPLE / "saraban_name_by_date.py").read_text("utf-8").splitlines()
    project = (SAMPLE / "pyproject.toml").read_text("utf-8").splitlines()
    for language, source in (("python", module), ("toml", project)):
        blocks = fences(tutorial, language)
        assert blocks
        for line in "".join(blocks).splitlines():
            assert line in source or line.endswith('…"""'), line
