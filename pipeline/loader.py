"""Definitions: read, check wholly, and report every problem with its line."""

import hashlib
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipeline.errors import ConfigurationError
from pipeline.host import Host
from pipeline.stage import Problem, Stage
from schemas.artifact import Role
from schemas.definition import Definition


@dataclass(frozen=True)
class LoadedDefinition:
    """A checked definition with its stages built. ``toml`` and ``sha256``: the exact text."""

    definition: Definition
    toml: str
    sha256: str
    stages: tuple[Stage[Any], ...]


def find_definition(name: str, folder: Path) -> Path:
    """The station's definition of that name. Raises ConfigurationError when there is none."""
    file = folder / "definitions" / f"{name}.toml"
    if not file.is_file():
        raise ConfigurationError(
            "no-definition",
            thai=f"ไม่พบนิยามงานชื่อ {name} ในโฟลเดอร์ {file.parent}",
            english=f"There is no definition named {name} in {file.parent}.",
        )
    return file


def load_definition(toml: str, where: str, host: Host, folder: Path) -> LoadedDefinition:
    """Parse, check and build. Raises ConfigurationError with all problems, one a line.

    Paths in options are relative to the station's ``folder``.
    """
    problems, definition, stages = check_definition(toml, where, host, folder)
    fatal = [problem for problem in problems if not problem.warning]
    if fatal or definition is None:
        raise ConfigurationError(
            "bad-definition",
            thai="นิยามงานไม่ถูกต้อง:\n" + "\n".join(_line(p, p.thai) for p in fatal),
            english="The definition is wrong:\n" + "\n".join(_line(p, p.english) for p in fatal),
        )
    digest = hashlib.sha256(toml.encode()).hexdigest()
    return LoadedDefinition(definition, toml, digest, tuple(stages))


def check_definition(
    toml: str, where: str, host: Host, folder: Path
) -> tuple[list[Problem], Definition | None, list[Stage[Any]]]:
    """Every problem of a definition, the definition as far as it parses, and its stages."""
    try:
        definition = Definition.model_validate(tomllib.loads(toml))
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        place = int(found[1]) if found else len(toml.splitlines())
        return [_problem("toml-syntax", str(error), where, place)], None, []
    except ValidationError as error:
        return _grammar_problems(error, toml, where), None, []
    problems: list[Problem] = []
    stages: list[Stage[Any]] = []
    names: set[str] = set()
    for index, step in enumerate(definition.steps):
        if step.name in names:
            line = line_of(toml, index, "name")
            problems.append(_problem("step-name-twice", f"step {step.name} twice", where, line))
        names.add(step.name)
        kind = host.stages.get(step.uses)
        if kind is None:
            problems.append(_unknown_stage(step.uses, host, where, line_of(toml, index, "uses")))
            continue
        try:
            options = kind.Options.model_validate(step.options, context={"folder": folder})
        except ValidationError as error:
            problems += _option_problems(error, step.uses, toml, index, where)
            continue
        stages.append(kind(options))
    problems += _flow_problems(definition, host, toml, where)
    for answer in host.hook.check_definition(definition=definition, stages=host.stages):
        problems += answer
    return problems, definition, stages


def line_of(toml: str, step: int, key: str) -> int | None:
    """1-based line of ``key`` in the step-th ``[[steps]]`` table, else of the table itself."""
    seen = -1
    table: int | None = None
    for number, text in enumerate(toml.splitlines(), 1):
        if re.match(r"\s*\[\[\s*steps\s*\]\]", text):
            seen += 1
            if seen == step:
                table = number
        elif (seen == step and re.match(rf"\s*\"?{re.escape(key)}\"?\s*[=.]", text)) or (
            seen == step and re.search(rf"[{{,]\s*{re.escape(key)}\s*=", text)
        ):
            return number
    return table


def _grammar_problems(error: ValidationError, toml: str, where: str) -> list[Problem]:
    problems = []
    for item in error.errors():
        location = item["loc"]
        in_step = len(location) > 1 and location[0] == "steps" and isinstance(location[1], int)
        line = line_of(toml, int(location[1]), str(location[-1])) if in_step else None
        path = ".".join(str(part) for part in location)
        problems.append(_problem("definition-grammar", f"{path}: {item['msg']}", where, line))
    return problems


def _option_problems(
    error: ValidationError, uses: str, toml: str, index: int, where: str
) -> list[Problem]:
    return [
        _problem(
            "bad-option",
            f"{uses}: {'.'.join(str(part) for part in item['loc'])}: {item['msg']}",
            where,
            line_of(toml, index, str(item["loc"][0]) if item["loc"] else "with"),
        )
        for item in error.errors()
    ]


def _unknown_stage(uses: str, host: Host, where: str, line: int | None) -> Problem:
    text = f"no plugin brings a stage named {uses}"
    if failed := host.failed():
        text += "; these failed to load: " + ", ".join(
            f"{plugin.distribution}:{plugin.name} ({plugin.error})" for plugin in failed
        )
    return _problem("unknown-stage", text, where, line)


def _flow_problems(definition: Definition, host: Host, toml: str, where: str) -> list[Problem]:
    """A step may only consume what intake or an earlier step produces."""
    at_hand = {Role.SOURCE.value}
    problems = []
    for index, step in enumerate(definition.steps):
        kind = host.stages.get(step.uses)
        if kind is None:
            continue
        if missing := set(kind.consumes) - at_hand:
            text = (
                f"{step.uses} consumes {', '.join(sorted(missing))}, which no earlier step produces"
            )
            line = line_of(toml, index, "uses")
            problems.append(_problem("nothing-to-consume", text, where, line))
        at_hand |= set(kind.produces)
    return problems


def _problem(code: str, english: str, where: str, line: int | None) -> Problem:
    return Problem(code, thai=f"แก้ไขนิยามงาน: {english}", english=english, where=where, line=line)


def _line(problem: Problem, text: str) -> str:
    return f"{problem.where}:{problem.line or 1}: {text} [{problem.code}]"
