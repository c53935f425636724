"""Every built-in stage conforms, as declared and as run; and the checks do find faults."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pydantic import BaseModel, Field

from pipeline.host import Host
from pipeline.stage import Effect, Stage, StageContext, StageOptions, state
from pipeline.testing.conformance import check_run, check_stage
from pipeline.testing.harness import Harness
from schemas.filing import FileName
from schemas.outcome import Done, Outcome

STAGES = Host().stages


@pytest.mark.parametrize("name", sorted(STAGES))
def test_built_in_stage_conforms(name: str) -> None:
    check_stage(STAGES[name])


class Sound(Stage[StageOptions]):
    """A stage without fault."""

    name = "do-nothing"
    revision = 1
    produces = ("note",)
    states = (FileName,)

    def run(self, context: StageContext) -> Outcome:
        note = context.workdir / "note.txt"
        note.write_text("ok", "utf-8")
        kept = context.keep(note, "note", "text/plain")
        return Done(artifacts=(kept,), facts=state(FileName(stem="x")))


def test_sound_stage_conforms(tmp_path: Path) -> None:
    check_stage(Sound)
    outcome, workdir = check_run(Harness(tmp_path), Sound(StageOptions()))
    assert isinstance(outcome, Done)
    assert (workdir / outcome.artifacts[0].path).read_text("utf-8") == "ok"


class Loose(BaseModel):
    bare: int = 1


class Nested(StageOptions):
    inner: Loose = Field(Loose(), description="Options in a table of their own.")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"name": "Nothing"}, "verb-how"),
        ({"name": "nothing"}, "verb-how"),
        ({"revision": 0}, "revision 0"),
        ({"revision": True}, "revision True"),
        ({"__doc__": None}, "no docstring"),
        ({"Options": Loose}, "Options.bare has no description"),
        ({"Options": Loose}, "does not derive from StageOptions"),
        ({"Options": Loose}, "is not frozen"),
        ({"Options": Nested}, "Options.inner.bare has no description"),
        ({"produces": ("Big Role",)}, "'Big Role' is no name"),
        ({"produces": "note"}, "produces is no tuple"),
        ({"consumes": ("pdf",), "accepts": ("pdf",)}, "both consumed"),
        ({"consumes": ("pdf", "pdf")}, "twice"),
        ({"reads": (Loose,)}, "is no Fact"),
        ({"effect": Effect.KEYED}, "reconcile is not its own"),
        ({"reconcile": lambda _self, _context: None}, "never called"),
        ({"sees": "SECRETS"}, "sees is no Secrecy"),
        ({"resources": None}, "no Resources"),
    ],
)
def test_faulty_declaration_is_found(changes: dict[str, Any], fault: str) -> None:
    body = {"__doc__": "Faulty.", **changes}
    with pytest.raises(AssertionError, match=fault):
        check_stage(type("Faulty", (Sound,), body))


def test_abstract_stage_is_found() -> None:
    with pytest.raises(AssertionError, match="run is missing"):
        check_stage(type("Faulty", (Stage,), {"__doc__": "x", "name": "a-b", "revision": 1}))


Run = Callable[[Any, StageContext], Outcome]


def _writes_outside(self: Any, context: StageContext) -> Outcome:
    (context.workdir.parents[1] / "stray.txt").write_text("secret", "utf-8")
    return Done()


def _renames_outside(self: Any, context: StageContext) -> Outcome:
    inside = context.workdir / "x"
    inside.touch()
    inside.rename(context.workdir.parents[1] / "stray.txt")
    return Done()


def _undeclared_role(self: Any, context: StageContext) -> Outcome:
    file = context.workdir / "x"
    file.touch()
    return Done(artifacts=(context.keep(file, "surprise", "text/plain"),))


def _undeclared_fact(self: Any, context: StageContext) -> Outcome:
    return Done(facts={"surprise": 1})


def _changed_file(self: Any, context: StageContext) -> Outcome:
    file = context.workdir / "x"
    file.touch()
    kept = context.keep(file, "note", "text/plain")
    file.write_text("later", "utf-8")
    return Done(artifacts=(kept,))


def _fickle(self: Any, context: StageContext) -> Outcome:
    return Done(facts=state(FileName(stem=uuid4().hex)))


def _tells_the_time(self: Any, context: StageContext) -> Outcome:
    return Done(facts={"file-name": {"made": [datetime.now(UTC).isoformat()]}})


def test_moments_may_differ_between_runs(tmp_path: Path) -> None:
    stage = type("Timed", (Sound,), {"run": _tells_the_time})
    check_run(Harness(tmp_path), stage(StageOptions()))


@pytest.mark.parametrize(
    ("run", "fault"),
    [
        (_writes_outside, "wrote outside its workdir"),
        (_renames_outside, "wrote outside its workdir"),
        (_undeclared_role, "kept the role surprise"),
        (_undeclared_fact, "stated the fact surprise"),
        (_changed_file, "changed note"),
        (_fickle, "two runs"),
    ],
)
def test_faulty_run_is_found(run: Run, fault: str, tmp_path: Path) -> None:
    faulty = type("Faulty", (Sound,), {"run": run})
    with pytest.raises(AssertionError, match=fault):
        check_run(Harness(tmp_path / "scratch"), faulty(StageOptions()))
