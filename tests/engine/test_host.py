"""Plugins: let in by name, refused when unclear, shown when broken."""

import json
from pathlib import Path

import pytest

from pipeline.app import Station
from pipeline.errors import ConfigurationError
from pipeline.host import Host, PluginState
from pipeline.loader import check_definition, load_definition


def install(folder: Path, distribution: str, module: str, code: str) -> None:
    """A distribution on the path, as an installer leaves it."""
    (folder / f"{module}.py").write_text(code, "utf-8")
    info = folder / f"{distribution}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[saraban.plugins]\nmain = {module}\n")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def state_of(host: Host, distribution: str) -> tuple[PluginState, str]:
    (info,) = [p for p in host.plugins if p.distribution == distribution]
    return info.state, info.error


def test_built_in_plugins_come_through_their_entry_points() -> None:
    host = Host()
    assert host.failed() == []
    assert {"ocr-tesserocr", "sign-pades", "archive-folder"} <= host.stages.keys()
    assert all(host.distribution_of(name) == "saraban" for name in host.stages)


def test_only_allowed_distributions_take_part(site: Path) -> None:
    install(site, "stranger", "stranger_main", "raise SystemError('must not be imported')")
    host = Host()
    assert state_of(host, "stranger") == (PluginState.NOT_ALLOWED, "")


def test_broken_plugin_is_shown_and_stops_only_who_needs_it(site: Path, tmp_path: Path) -> None:
    install(site, "broken", "broken_main", "import no_such_module")
    host = Host(["broken"])
    state, error = state_of(host, "broken")
    assert state is PluginState.FAILED
    assert "no_such_module" in error
    toml = 'name = "x"\n[[steps]]\nname = "a"\nuses = "from-broken"\n'
    problems, _, _ = check_definition(toml, "x.toml", host, tmp_path)
    (problem,) = [p for p in problems if p.code == "unknown-stage"]
    assert problem.line == 4
    assert "no_such_module" in problem.english


def test_misspelt_hook_fails_the_plugin(site: Path) -> None:
    code = (
        "from pipeline.hookspecs import hookimpl\n@hookimpl\ndef register_stage():\n    return []\n"
    )
    install(site, "typo", "typo_main", code)
    state, error = state_of(Host(["typo"]), "typo")
    assert state is PluginState.FAILED
    assert "register_stage" in error


STAGE = """
from pipeline.hookspecs import hookimpl
from pipeline.stage import Stage
class Twice(Stage):
    name = "{name}"
    revision = 1
    def run(self, context): ...
@hookimpl
def register_stages():
    return [Twice]
"""


def test_repeated_name_is_refused_naming_both(site: Path) -> None:
    install(site, "one", "one_main", STAGE.format(name="same-name"))
    install(site, "two", "two_main", STAGE.format(name="same-name"))
    with pytest.raises(ConfigurationError, match=r"one.*two"):
        Host(["one", "two"])


def test_no_plugin_may_take_a_built_in_name(site: Path) -> None:
    install(site, "thief", "thief_main", STAGE.format(name="sign-pades"))
    with pytest.raises(ConfigurationError, match=r"saraban.*thief"):
        Host(["thief"])


BAD = """name = "bad"

[[steps]]
name = "one"
uses = "name-rule"
with = { agency = "lower", nonsense = 1 }

[[steps]]
name = "one"
uses = "no-such-stage"

[[steps]]
name = "late"
uses = "seal-cms"
"""


def test_every_problem_of_a_definition_is_told_with_its_line(tmp_path: Path) -> None:
    problems, _, _ = check_definition(BAD, "bad.toml", Host(), tmp_path)
    told = {(p.code, p.line) for p in problems}
    assert {
        ("bad-option", 6),
        ("step-name-twice", 9),
        ("unknown-stage", 10),
        ("nothing-to-consume", 14),
    } <= told
    with pytest.raises(ConfigurationError) as caught:
        load_definition(BAD, "bad.toml", Host(), tmp_path)
    assert "bad.toml:6:" in caught.value.english
    assert "bad.toml:10:" in caught.value.thai


@pytest.mark.parametrize(
    ("toml", "line"),
    [('name = "x"\nsteps = [', 2), ('name = "x"\n[[steps]]\nname = "a"\nuse = "b"\n', 2)],
)
def test_grammar_problems_have_lines(toml: str, line: int, tmp_path: Path) -> None:
    problems, _, _ = check_definition(toml, "x.toml", Host(), tmp_path)
    assert line in {p.line for p in problems}


def test_stranger_may_not_see_secrets(folder: Path, tmp_path: Path) -> None:
    settings = folder / "saraban.toml"
    settings.write_text(settings.read_text().replace('toy = "TOP_SECRET"', 'toy = "NORMAL"'))
    station = Station.open(folder)
    source = tmp_path / "s.txt"
    source.write_text("a")
    from pipeline.overview import overview
    from pipeline.receiving import receive
    from pipeline.runner import holding, run_inline

    with holding(station):
        received = receive(station, str(source), station.definition())
        run_inline(station, received.batches)
    (document,) = overview(station.state, received.batches)[0].sources[0].documents
    assert document.problem is not None
    assert document.problem["code"] == "stage-may-not-see"
    assert json.dumps(document.problem, ensure_ascii=False).count("plugins.sees")
    station.close()
