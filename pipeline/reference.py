"""``python -m pipeline.reference FILE``: the reference, written from the code itself."""

import ast
import inspect
import json
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import Any

import typer.main
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from pipeline import errors, hookspecs
from pipeline.host import Host
from pipeline.settings import Settings
from pipeline.stage import Effect, Queue, Stage
from schemas.artifact import Role
from schemas.facts import Fact
from schemas.secrecy import Secrecy

HEAD = """\
# Reference

Written from the code by `python -m pipeline.reference docs/reference.md`; do not edit.

[Hooks](#hooks) · [Stages](#stages) · [Roles](#roles) · [Facts](#facts) · [Commands](#commands) ·
[Exit codes](#exit-codes) · [Settings](#settings)
"""
_ROLE = re.compile(r":\w+:`~?\.?([^`]+)`")
_DOCUMENT = re.compile(r"docs/([\w-]+\.md)")
_CLIMBING = re.compile(r"(?:(?:schemas|pipeline|plugins)\.(?:\w+\.)*)(?=[A-Z]\w*)")


def reference() -> str:
    """The whole reference as Markdown; the same code gives the same text."""
    host = Host()
    parts = [
        HEAD,
        *_hooks(),
        *_stages(host),
        *_roles(),
        *_facts(host),
        *_commands(),
        *_exit_codes(),
        *_settings(),
    ]
    return "\n".join(part.rstrip() + "\n" for part in parts)


def hook_names() -> list[str]:
    """Names of all hooks, in the order of their specification."""
    return [name for name, member in vars(hookspecs).items() if hasattr(member, "saraban_spec")]


def commands() -> dict[str, Any]:
    """The CLI's commands by name (``s3 probe``); each has ``help`` and ``params``."""
    found: dict[str, Any] = {}
    waiting: list[tuple[str, Any]] = [
        ("", typer.main.get_command(import_module("pipeline.cli.main").app))
    ]
    while waiting:
        prefix, group = waiting.pop()
        for name, command in group.commands.items():
            if hasattr(command, "commands"):
                waiting.append((f"{prefix}{name} ", command))
            else:
                found[prefix + name] = command
    return found


def _hooks() -> Iterator[str]:
    yield "## Hooks"
    yield (
        "A plugin module implements any of these with `@hookimpl` from `pipeline.hookspecs` and is "
        "found by the entry-point group `saraban.plugins`. Only the parameters it needs have to be "
        "named."
    )
    for name in hook_names():
        hook = getattr(hookspecs, name)
        yield f"### `{name}`"
        yield f"```python\n{_signature(hook)}\n```"
        yield _prose(hook)


def _signature(function: Any) -> str:
    """As it stands in the source, on one line."""
    written = ast.parse(inspect.getsource(function)).body[0]
    if not isinstance(written, ast.FunctionDef) or written.returns is None:
        raise TypeError(f"{function} is no annotated function")
    returns = ast.unparse(written.returns)
    return f"def {written.name}({ast.unparse(written.args)}) -> {returns}".replace("'", "")


def _stages(host: Host) -> Iterator[str]:
    yield "## Stages"
    yield "A step of a definition names one of them in `uses` and its options in `with`."
    for name, stage in sorted(host.stages.items()):
        yield f"### `{name}`"
        yield _prose(stage)
        yield _table(("", ""), _declared(stage))
        if options := list(_options(stage.Options)):
            yield _table(("option", "type", "default", "meaning"), options)
        else:
            yield "No options."


def _declared(stage: type[Stage[Any]]) -> Iterator[tuple[str, str]]:
    resources = stage.resources
    rows = {
        "revision": str(stage.revision),
        "consumes": _codes(stage.consumes),
        "accepts": _codes(stage.accepts),
        "produces": _codes(stage.produces),
        "reads": _codes(fact.fact_name for fact in stage.reads),
        "states": _codes(fact.fact_name for fact in stage.states),
        "secrets": _codes(stage.secrets),
        "effect": f"`{stage.effect.value}`",
        "sees up to": f"`{stage.sees.value}`",
        "queue": f"`{resources.queue.value}`, {resources.timeout:g} s, {resources.memory} MiB",
    }
    for key, value in rows.items():
        if value:
            yield key, value


def _options(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, str, str, str]]:
    """Rows of the options of one model; options in a table of their own are named with a dot."""
    properties = model.model_json_schema()
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _options(kind, f"{prefix}{name}.")
            continue
        schema = properties["properties"][field.alias or name]
        default = field.get_default(call_default_factory=True)
        yield (
            f"`{prefix}{name}`",
            _type(schema, properties.get("$defs", {})),
            "required" if default is PydanticUndefined else f"`{_plain(default)}`",
            _prose_text(field.description or ""),
        )


def _type(schema: dict[str, Any], definitions: dict[str, Any]) -> str:
    """A JSON Schema in a few words."""
    if "$ref" in schema:
        return _type(definitions[schema["$ref"].rsplit("/", 1)[1]], definitions)
    if "anyOf" in schema:
        return " or ".join(_type(one, definitions) for one in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        return " ".join(f"`{value}`" for value in schema.get("enum", [schema.get("const")]))
    kind = str(schema.get("format", schema.get("type", "any")))
    if kind == "array" and "items" in schema:
        kind = f"list of {_type(schema['items'], definitions)}"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        kind = f"table of {_type(schema['additionalProperties'], definitions)}"
    limits = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    told = [f"{sign} {schema[key]:g}" for key, sign in limits.items() if key in schema]
    if "pattern" in schema:
        told.append(f"`{schema['pattern']}`")
    return f"{kind} {', '.join(told)}".replace("null", "nothing").strip()


def _roles() -> Iterator[str]:
    yield "## Roles"
    yield "What the stored bytes of a document are for. A plugin may use names of its own."
    yield _table(("role", "meaning"), _members(Role))
    yield "### Effects, queues and levels"
    yield _table(("effect", "meaning"), _members(Effect))
    yield "Queues: " + _codes(queue.value for queue in Queue) + "."
    yield "Levels, lowest first: " + ", ".join(f"`{s.value}` {s.thai}" for s in Secrecy) + "."


def _members(kind: type[Enum]) -> Iterator[tuple[str, str]]:
    """Values of an enumeration, each with the string that stands under it in the source."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0]
    body = tree.body if isinstance(tree, ast.ClassDef) else []
    for line, following in zip(body, [*body[1:], None], strict=True):
        if isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant):
            told = following.value if isinstance(following, ast.Expr) else None
            text = str(told.value) if isinstance(told, ast.Constant) else ""
            yield f"`{line.value.value!s}`", _prose_text(text)


def _facts(host: Host) -> Iterator[str]:
    yield "## Facts"
    yield "What stages learned of a document, typed. Import them from `schemas`."
    found: dict[str, type[Fact]] = {}
    stated: dict[str, list[str]] = {}
    for name, stage in sorted(host.stages.items()):
        for fact in (*stage.reads, *stage.states):
            found[fact.fact_name] = fact
        for fact in stage.states:
            stated.setdefault(fact.fact_name, []).append(name)
    rows = (
        (
            f"`{name}`",
            f"`{fact.__module__}.{fact.__qualname__}`",
            _codes(stated.get(name, ["the engine"])),
            _prose(fact).split("\n\n")[0].replace("\n", " "),
        )
        for name, fact in sorted(found.items())
    )
    yield _table(("fact", "class", "stated by", "meaning"), rows)


def _commands() -> Iterator[str]:
    yield "## Commands"
    yield "`SARABAN_LANG=th` or `en` chooses one language; without it people are told in both."
    for name, command in commands().items():
        yield f"### `saraban {name}`"
        yield _prose_text(command.help)
        yield _table(("argument or option", "default", "meaning"), map(_parameter, command.params))


def _parameter(parameter: Any) -> tuple[str, str, str]:
    is_option = parameter.opts[0].startswith("-")
    names = parameter.opts if is_option else [parameter.name.upper()]
    default = parameter.default
    shown = "required" if parameter.required else ""
    if not parameter.required and default not in (None, False, ""):
        shown = f"`{_plain(default)}`"
    if parameter.envvar:
        shown += f" `${parameter.envvar}`"
    return _codes(names), shown.strip(), _prose_text(parameter.help or "")


def _exit_codes() -> Iterator[str]:
    yield "## Exit codes"
    yield "What each of them asks of a person: [exit-codes.md](exit-codes.md)."
    classes = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.SarabanError)
    ]
    rows = (
        (str(code.value), code.name, _codes(k.__name__ for k in classes if k.exit_code is code))
        for code in errors.ExitCode
    )
    yield _table(("code", "name", "raised as"), rows)


def _settings() -> Iterator[str]:
    yield "## Settings"
    yield (
        "`saraban.toml` in the station's folder. Any of them can be overridden by the environment: "
        "`SARABAN_`, then the name in capitals, `__` for each dot."
    )
    yield _table(("setting", "type", "default", "meaning"), _options(Settings))


def _prose(documented: Any) -> str:
    return _prose_text(inspect.getdoc(documented) or "")


def _prose_text(text: str) -> str:
    """A docstring as Markdown: its cross-references become code."""
    text = _ROLE.sub(r"`\1`", inspect.cleandoc(text)).replace("``", "`")
    return _DOCUMENT.sub(r"[\1](\1)", _CLIMBING.sub("", text))


def _plain(value: Any) -> str:
    if isinstance(value, Enum | Path):
        value = value.value if isinstance(value, Enum) else str(value)
    return json.dumps(value, ensure_ascii=False, default=str)


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(heading: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heading, ("---",) * len(heading), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |"
        for line in lines
    )


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(reference(), "utf-8")
