"""Every command as a user calls it: answers, JSON and exit codes."""

import json
from pathlib import Path

import pytest

from tests.stack.conftest import saraban


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("cli") / "station"
    made = saraban(
        "init", str(folder), "--code", "CLI1", "--organisation", "สำนักงาน", "--agency", "TAK"
    )
    assert made.returncode == 0, made.stderr
    return str(folder)


def test_init_answers_in_json(tmp_path: Path) -> None:
    options = ("--code", "CLI2", "--organisation", "สำนักงาน", "--agency", "TAK")
    made = json.loads(saraban("init", str(tmp_path / "new"), *options, "--json").stdout)
    assert made["trial"] is True
    assert all((tmp_path / "new" / file).is_file() for file in made["files"])


def test_init_never_overwrites(station: str) -> None:
    again = saraban("init", station, "--code", "X1", "--organisation", "x", "--agency", "XX")
    assert again.returncode == 5
    assert "station-exists" in again.stderr


def test_keys_are_for_their_owner_only(station: str) -> None:
    for key in (Path(station) / "keys").glob("*.key"):
        assert key.stat().st_mode & 0o077 == 0


def test_empty_station_answers(station: str) -> None:
    for command in ("status", "review"):
        answer = saraban(command, "--station", station, "--json")
        assert (answer.returncode, json.loads(answer.stdout)) == (0, [])
    audit = saraban("audit", "--station", station, "--json")
    assert json.loads(audit.stdout) == {"events": 0, "breaks": []}


def test_doctor_and_check_are_content(station: str) -> None:
    for command in ("doctor", "check"):
        answer = saraban(command, "--station", station, "--json")
        assert answer.returncode == 0, answer.stdout
        assert [p for p in json.loads(answer.stdout) if not p["warning"]] == []


def test_doctor_names_a_plugin_that_is_not_there(
    station: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SARABAN_PLUGINS__ALLOW", '["saraban-mispelt"]')
    problems = json.loads(saraban("doctor", "--station", station, "--json").stdout)
    (told,) = [p for p in problems if p["code"] == "plugin-not-installed"]
    assert "saraban-mispelt" in told["thai"]
    assert told["warning"]


def test_check_tells_lines(station: str, tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text('name = "bad"\n[[steps]]\nname = "a"\nuses = "nothing"\n')
    answer = saraban("check", str(bad), "--station", station)
    assert answer.returncode == 5
    assert "bad.toml:4:" in answer.stdout


def test_plugins_lists_ours(station: str) -> None:
    answer = json.loads(saraban("plugins", "--station", station, "--json").stdout)
    assert {p["state"] for p in answer["plugins"] if p["distribution"] == "saraban"} == {"active"}
    assert answer["stages"]["sign-pades"] == "saraban"


def test_separators_print_a_pdf(station: str, tmp_path: Path) -> None:
    target = tmp_path / "sheets.pdf"
    answer = saraban(
        "separators",
        "--batch",
        "69000001",
        "--count",
        "3",
        "-o",
        str(target),
        "--station",
        station,
        "--json",
    )
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout)["count"] == 3
    assert target.read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_export_of_an_empty_register(station: str, tmp_path: Path, file_format: str) -> None:
    target = tmp_path / f"register.{file_format}"
    answer = saraban(
        "export",
        "received",
        "--year",
        "2569",
        "--format",
        file_format,
        "-o",
        str(target),
        "--station",
        station,
    )
    assert answer.returncode == 0, answer.stderr
    assert target.stat().st_size > 0


def test_verify_says_plainly_that_nothing_is_signed(station: str, tmp_path: Path) -> None:
    import pikepdf

    file = tmp_path / "plain.pdf"
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(file)
    answer = saraban("verify", str(file), "--station", station, "--json")
    assert answer.returncode == 8
    assert json.loads(answer.stdout)["verdict"] == "unsigned"


def test_schemas_are_written(tmp_path: Path) -> None:
    answer = saraban("schemas", str(tmp_path), "--json")
    assert answer.returncode == 0, answer.stderr
    names = {f.name for f in tmp_path.iterdir()}
    assert set(json.loads(answer.stdout)["files"]) == names
    assert {"sidecar.schema.json", "document.schema.json"} <= names
    for file in tmp_path.iterdir():
        assert json.loads(file.read_text("utf-8"))["$id"].startswith("urn:saraban:")


def test_unknown_document_and_usage_errors(station: str) -> None:
    assert saraban("show", "ffff", "--station", station).returncode == 5
    assert saraban("run", "--station", station).returncode == 5
    assert saraban("run", "--nonsense").returncode == 2


def test_wrong_names_and_places_are_told_not_traced(station: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    below = str(tmp_path / "file" / "below")
    wrong = (
        ("export", "nosuch", "-o", str(tmp_path / "x.csv")),
        ("export", "received", "-o", below),
        ("separators", "--batch", "69000001", "-o", below),
        ("check", str(tmp_path / "nosuch.toml")),
        ("review", "--choose", "accept"),
        ("retry", "ffff"),
    )
    for command in wrong:
        answer = saraban(*command, "--station", station)
        assert answer.returncode == 5, command
        assert answer.stderr.startswith("✗"), command
        assert "Traceback" not in answer.stderr, command
    assert saraban("schemas", below).returncode == 5
    small = saraban("init", below, "--code", "tak", "--organisation", "x", "--agency", "ตก")
    assert small.returncode == 5
    assert "capital letters" in small.stderr
    assert "pydantic" not in small.stderr
    assert saraban("export", "received", "--year", "69", "--station", station).returncode == 2
