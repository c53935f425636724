"""The hook ``check_definition``: an order of steps that no secret letter would survive is told."""

from pathlib import Path

import pytest

from pipeline.host import Host
from pipeline.loader import check_definition
from pipeline.station import make_station

HOST = Host()


@pytest.fixture(scope="module")
def standard(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("station") / "s"
    make_station(folder, code="TAK01", organisation="จังหวัดตาก", agency="TAK")
    return (folder / "definitions" / "standard.toml").read_text("utf-8")


def codes(toml: str) -> list[tuple[str, bool]]:
    problems, _, _ = check_definition(toml, "x.toml", HOST, Path())
    return [(problem.code, problem.warning) for problem in problems]


def test_standard_definition_has_no_problem(standard: str) -> None:
    assert codes(standard) == []


@pytest.mark.parametrize(
    ("step", "code"), [("classify", "step-before-classifying"), ("route", "top-secret-not-routed")]
)
def test_missing_step_is_warned_of_once(step: str, code: str, standard: str) -> None:
    tables = standard.split("[[steps]]")
    without = "[[steps]]".join(table for table in tables if f'name = "{step}"' not in table)
    assert codes(without) == [(code, True)]
