"""A plugin of somebody else: built, installed, let in, and in the place of a built-in stage."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from pipeline.stage import Stage, state
from pipeline.station import make_station
from pipeline.testing.conformance import check_run
from pipeline.testing.harness import Harness
from schemas.decision import Decision
from schemas.filing import FileName
from schemas.letter import LetterKind, LetterNumber, OrderNumber, ThaiDate
from schemas.letterfacts import LetterFacts, Reading
from schemas.outcome import Done, Suspend
from tests.letters import Item, Kind, StackSpec, Truth, make_letter, make_stack

SAMPLE = Path(__file__).resolve().parents[1] / "sample_plugin"
PIP = ["pip", "install", "--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--target"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the sample was installed into, as an integrator does it."""
    target = tmp_path_factory.mktemp("site")
    subprocess.run([sys.executable, "-m", *PIP, str(target), str(SAMPLE)], check=True)
    return target


@pytest.fixture
def station(tmp_path: Path) -> Path:
    """A station whose definition names by date, and that does not let the sample in yet."""
    folder = tmp_path / "station"
    make_station(folder, code="TAK01", organisation="จังหวัดตาก", agency="TAK")
    definition = folder / "definitions" / "standard.toml"
    text = definition.read_text("utf-8")
    assert text.count('uses = "name-rule"\n') == 1
    definition.write_text(text.replace('uses = "name-rule"', 'uses = "name-by-date"'), "utf-8")
    return folder


def let_in(station: Path, sees: str = "SECRET") -> None:
    with (station / "saraban.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[plugins]\nallow = ["saraban-name-by-date"]\n')
        settings.write(f'[plugins.sees]\nsaraban-name-by-date = "{sees}"\n')


def saraban(site: Path, station: Path, *arguments: str) -> tuple[int, str, str]:
    """Run the command with the sample on the path."""
    done = subprocess.run(
        [sys.executable, "-c", "from pipeline.cli import main; main()", *arguments, "-s", station],
        env=os.environ | {"PYTHONPATH": str(site), "SARABAN_LANG": "en"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def documents(answer: str) -> list[dict[str, Any]]:
    (batch,) = json.loads(answer)
    rows: list[dict[str, Any]] = batch["sources"][0]["documents"]
    return rows


def scanned(folder: Path, **letter: Any) -> tuple[Path, Truth]:
    spec = StackSpec((Item(make_letter(1, Kind.EXTERNAL, **letter)),), profile="fast")
    pdf, truth = make_stack(spec, seed=1)
    file = folder / "stack.pdf"
    file.write_bytes(pdf)
    return file, truth


@pytest.mark.slow
def test_sample_names_the_letters_of_a_stack(site: Path, station: Path, tmp_path: Path) -> None:
    let_in(station)
    stack, truth = scanned(tmp_path, attachments=1)
    code, answer, errors = saraban(site, station, "run", str(stack), "--json")
    assert code == 0, errors + answer
    (letter,) = truth.documents
    assert letter.number_arabic is not None
    owner, running = letter.number_arabic.split(" ", 1)[1].split("/")
    day = f"{letter.be_year}_{letter.date[5:7]}_{letter.date[8:]}"
    stem = f"{day}_TAK_{owner.strip().replace('.', '_')}_{running.strip()}"
    assert [row["file_name"] for row in documents(answer)] == [stem, f"{stem}_A1"]
    archived = {file.name for file in (station / "archive").rglob("*.pdf")}
    assert archived == {f"{stem}.pdf", f"{stem}_A1.pdf"}


@pytest.fixture
def by_date(monkeypatch: pytest.MonkeyPatch) -> type[Stage[Any]]:
    """The sample's stage, in this process."""
    monkeypatch.syspath_prepend(SAMPLE)
    stage: type[Stage[Any]] = import_module("saraban_name_by_date").NameByDate
    return stage


def test_sample_writes_the_day_as_asked(by_date: type[Stage[Any]], tmp_path: Path) -> None:
    letter = LetterFacts(
        kind=Reading[LetterKind](value=LetterKind.EXTERNAL, confidence=1),
        number=Reading[LetterNumber | OrderNumber](value=LetterNumber.parse("ตก 0023.3/4578")),
        date=Reading[ThaiDate](value=ThaiDate.parse("19 มกราคม 2569")),
    )
    for era, stem in (("BE", "2569_01_19_TAK_0023_3_4578"), ("CE", "2026_01_19_TAK_0023_3_4578")):
        stage = by_date(by_date.Options.model_validate({"agency": "TAK", "era": era}))
        outcome, _ = check_run(Harness(tmp_path), stage, facts=(letter,))
        assert isinstance(outcome, Done)
        assert outcome.facts == state(FileName(stem=stem))
        assert [wish.value for wish in outcome.reserve] == [stem]


@pytest.mark.parametrize(
    ("content", "stem"), [("2569_unknown_day", "2569_unknown_day"), ("../x", None), (None, None)]
)
def test_sample_asks_for_a_name_and_takes_it(
    by_date: type[Stage[Any]], tmp_path: Path, content: str | None, stem: str | None
) -> None:
    letter = LetterFacts(kind=Reading[LetterKind](value=LetterKind.EXTERNAL, confidence=1))
    stage = by_date(by_date.Options.model_validate({"agency": "TAK"}))
    asked, _ = check_run(Harness(tmp_path), stage, facts=(letter,))
    assert isinstance(asked, Suspend)
    answer = Decision(
        code=asked.question.code, choice="", content=content, by="x", at=datetime.now(UTC)
    )
    outcome, _ = check_run(Harness(tmp_path), stage, facts=(letter,), decision=answer)
    told = outcome.facts if isinstance(outcome, Done) else None
    assert told == (state(FileName(stem=stem)) if stem else None)


def test_sample_conforms(site: Path) -> None:
    check = (
        "from saraban_name_by_date import NameByDate as Stage\n"
        "from pipeline.testing.conformance import check_stage\n"
        "check_stage(Stage)"
    )
    environment = os.environ | {"PYTHONPATH": str(site)}
    subprocess.run([sys.executable, "-c", check], env=environment, check=True)


def fatal(answer: str) -> list[str]:
    """Problems of the definition; what this machine merely lacks is left out."""
    return [problem["code"] for problem in json.loads(answer) if not problem["warning"]]


def test_installed_is_not_let_in(site: Path, station: Path) -> None:
    code, answer, _ = saraban(site, station, "check", "--json")
    assert code == 5
    assert fatal(answer) == ["unknown-stage"]
    code, answer, _ = saraban(site, station, "plugins", "--json")
    assert code == 0
    found = {p["distribution"]: p["state"] for p in json.loads(answer)["plugins"]}
    assert found["saraban-name-by-date"] == "not-allowed"


def test_let_in_it_is_checked_and_listed(site: Path, station: Path) -> None:
    let_in(station)
    code, answer, _ = saraban(site, station, "check", "--json")
    assert (code, fatal(answer)) == (0, [])
    _, answer, _ = saraban(site, station, "plugins", "--json")
    assert json.loads(answer)["stages"]["name-by-date"] == "saraban-name-by-date"
