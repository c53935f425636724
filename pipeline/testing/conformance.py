"""Conformance: what every stage must hold, whoever wrote it. For tests of stages, ours and others'.

Both checks raise AssertionError with every fault found, one a line::

    def test_declaration() -> None:
        check_stage(NameByDate)

    def test_runs(tmp_path: Path) -> None:
        check_run(Harness(tmp_path), NameByDate(DateOptions()), facts=(letter,))
"""

import hashlib
import inspect
import os
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, get_args
from uuid import uuid4

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from pipeline.stage import Effect, Queue, Resources, Stage, StageOptions
from pipeline.testing.harness import Harness
from schemas.base import Name
from schemas.facts import Fact
from schemas.outcome import Divert, Done, Kept, Outcome, Split
from schemas.secrecy import Secrecy

_NAME: TypeAdapter[str] = TypeAdapter(Name)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_ONE_PATH = frozenset({"os.mkdir", "os.truncate"})
_TWO_PATHS = frozenset({"os.rename", "os.link", "os.symlink"})


def check_stage(kind: type[Stage[Any]]) -> None:
    """Check what a stage class declares: name, revision, options, roles, facts, effect, sight."""
    faults = [
        *_identity_faults(kind),
        *_option_faults(kind.Options, "Options"),
        *_role_faults(kind),
        *_fact_faults(kind),
        *_effect_faults(kind),
    ]
    _report(f"{kind.__module__}.{kind.__qualname__}", faults)


def check_run(
    harness: Harness,
    stage: Stage[Any],
    inputs: Mapping[str, Path] | None = None,
    **arguments: Any,
) -> tuple[Outcome, Path]:
    """Run a stage, check the run, and answer its outcome and workdir.

    ``arguments`` are those of :meth:`Harness.run`. What an outcome keeps and states must have been
    declared. A PURE stage runs twice: both runs must state the same facts (moments aside) and keep
    the same roles, and this process may write nowhere but below ``harness.root``.
    """
    if stage.effect is not Effect.PURE:
        outcome, workdir = harness.run(stage, inputs, **arguments)
        _report(stage.name, _outcome_faults(stage, outcome, workdir))
        return outcome, workdir
    arguments.setdefault("identity", uuid4())
    with _watched_writes(harness.root) as strays:
        outcome, workdir = harness.run(stage, inputs, **arguments)
        again, _ = harness.run(stage, inputs, **arguments)
    faults = _outcome_faults(stage, outcome, workdir)
    faults += [f"wrote outside its workdir: {path}" for path in sorted(strays)]
    if _essence(outcome) != _essence(again):
        faults.append("is PURE, but two runs on the same input gave different outcomes")
    _report(stage.name, faults)
    return outcome, workdir


def _report(subject: str, faults: Iterable[str]) -> None:
    if text := "\n".join(f"  - {fault}" for fault in faults):
        raise AssertionError(f"{subject} does not conform:\n{text}")


def _named(value: object) -> bool:
    try:
        _NAME.validate_python(value)
    except ValidationError:
        return False
    return True


def _identity_faults(kind: type[Stage[Any]]) -> Iterator[str]:
    name, revision = getattr(kind, "name", None), getattr(kind, "revision", None)
    if not _named(name) or "-" not in str(name):
        yield f"name {name!r} is not verb-how: lower case, digits and at least one hyphen"
    if not isinstance(revision, int) or isinstance(revision, bool) or revision < 1:
        yield f"revision {revision!r} is no whole number from 1"
    if not (vars(kind).get("__doc__") or "").strip():
        yield "has no docstring of its own; it is the stage's entry in the reference"
    if inspect.isabstract(kind):
        yield "is abstract: run is missing"
    resources = kind.resources
    if not isinstance(resources, Resources) or not isinstance(resources.queue, Queue):
        yield "resources is no Resources with a Queue"
    elif resources.timeout <= 0 or resources.memory <= 0:
        yield "resources: timeout and memory must be above zero"
    if not isinstance(kind.sees, Secrecy):
        yield "sees is no Secrecy"


def _option_faults(options: type[BaseModel], where: str) -> Iterator[str]:
    if not issubclass(options, StageOptions):
        yield f"{where} does not derive from StageOptions"
    if options.model_config.get("frozen") is not True:
        yield f"{where} is not frozen"
    if options.model_config.get("extra") != "forbid":
        yield f"{where} lets unknown options pass"
    for name, field in options.model_fields.items():
        if not (field.description or "").strip():
            yield f"{where}.{name} has no description"
        for nested in _models(field):
            yield from _option_faults(nested, f"{where}.{name}")


def _models(field: FieldInfo) -> Iterator[type[BaseModel]]:
    for part in (field.annotation, *get_args(field.annotation)):
        if isinstance(part, type) and issubclass(part, BaseModel):
            yield part


def _role_faults(kind: type[Stage[Any]]) -> Iterator[str]:
    for attribute in ("consumes", "accepts", "produces", "secrets"):
        names = getattr(kind, attribute)
        if not isinstance(names, tuple):
            yield f"{attribute} is no tuple"
            continue
        yield from (f"{attribute}: {name!r} is no name" for name in names if not _named(name))
        if len(set(names)) != len(names):
            yield f"{attribute} names one thing twice"
    for role in sorted({*kind.consumes} & {*kind.accepts}):
        yield f"{role} is both consumed (required) and accepted (optional)"


def _fact_faults(kind: type[Stage[Any]]) -> Iterator[str]:
    for attribute in ("reads", "states"):
        for fact in getattr(kind, attribute):
            if not (isinstance(fact, type) and issubclass(fact, Fact)):
                yield f"{attribute}: {fact!r} is no Fact"
            elif not _named(getattr(fact, "fact_name", None)):
                yield f"{attribute}: {fact.__name__} has no proper name"


def _effect_faults(kind: type[Stage[Any]]) -> Iterator[str]:
    reconciles = kind.reconcile is not Stage.reconcile
    if kind.effect is Effect.KEYED and not reconciles:
        yield "effect is KEYED, but reconcile is not its own: it could act twice after a crash"
    if kind.effect is not Effect.KEYED and reconciles:
        yield f"reconcile is never called while effect is {kind.effect.name}"


def _outcome_faults(stage: Stage[Any], outcome: Outcome, workdir: Path) -> list[str]:
    declared = {fact.fact_name for fact in stage.states}
    faults = [
        f"stated the fact {name} without declaring it in states"
        for name in sorted(_stated(outcome) - declared)
    ]
    for kept in _kept(outcome):
        file = workdir / kept.path
        if kept.role not in stage.produces:
            faults.append(f"kept the role {kept.role} without declaring it in produces")
        if not file.is_file():
            faults.append(f"kept {kept.role}, but the file is gone")
        elif hashlib.sha256(file.read_bytes()).hexdigest() != kept.sha256:
            faults.append(f"changed {kept.role} after keeping it")
    return faults


def _stated(outcome: Outcome) -> set[str]:
    match outcome:
        case Done() | Divert():
            return set(outcome.facts)
        case Split():
            return {name for part in outcome.parts for name in part.facts}
        case _:
            return set()


def _kept(outcome: Outcome) -> tuple[Kept, ...]:
    match outcome:
        case Done() | Divert():
            return outcome.artifacts
        case Split():
            return tuple(kept for part in outcome.parts for kept in part.artifacts)
        case _:
            return ()


def _essence(outcome: Outcome) -> object:
    """An outcome without the bytes it kept and without moments: those may differ honestly."""
    plain: dict[str, Any] = outcome.model_dump(mode="json")
    for holder in (plain, *plain.get("parts", ())):
        holder["artifacts"] = [kept["role"] for kept in holder.get("artifacts", ())]
    return _timeless(plain)


def _timeless(value: object) -> object:
    if isinstance(value, dict):
        return {key: _timeless(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_timeless(inner) for inner in value]
    return "a moment" if isinstance(value, str) and _MOMENT.match(value) else value


@contextmanager
def _watched_writes(root: Path) -> Iterator[set[str]]:
    """Paths outside ``root`` that this process opens for writing, makes or renames to.

    An audit hook cannot be taken away again, so it stays behind, deaf. External tools are not
    seen; the sandbox confines those.
    """
    strays: set[str] = set()
    watching = True
    home = root.resolve()

    def audit(event: str, arguments: tuple[Any, ...]) -> None:
        if watching:
            strays.update(_outside(home, _written(event, arguments)))

    compiling, temporary = sys.dont_write_bytecode, tempfile.tempdir
    sys.dont_write_bytecode, tempfile.tempdir = True, str(home)
    sys.addaudithook(audit)
    try:
        yield strays
    finally:
        watching = False
        sys.dont_write_bytecode, tempfile.tempdir = compiling, temporary


def _written(event: str, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING:
        return arguments[:1]
    if event in _ONE_PATH:
        return arguments[:1]
    return arguments[1:2] if event in _TWO_PATHS else ()


def _outside(home: Path, paths: tuple[Any, ...]) -> Iterator[str]:
    """Those of ``paths`` that are neither below ``home`` nor the null device."""
    for path in paths:
        if not isinstance(path, str | bytes | os.PathLike):
            continue
        absolute = Path(os.path.abspath(os.fsdecode(path)))  # noqa: PTH100 - links stay as named
        real = absolute.parent.resolve() / absolute.name
        if not any(real.is_relative_to(place) for place in (home, "/dev/null", "/proc")):
            yield str(real)
