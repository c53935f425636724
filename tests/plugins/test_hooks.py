"""The hooks that no other test reaches by name, answered by the built-in plugins."""

import csv
import io
import logging
import stat
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from pipeline.audit import ZERO
from pipeline.cli.main import app
from pipeline.errors import ConfigurationError
from pipeline.hookspecs import hookimpl
from pipeline.host import Host
from pipeline.keys import StationKey
from pipeline.stage import Stage, StageContext, StageOptions
from pipeline.station import make_station
from pipeline.testing.harness import Harness
from schemas.event import Event
from schemas.outcome import Done, Outcome
from schemas.register import RegisterRow


def test_register_intakes_brings_the_folder(tmp_path: Path) -> None:
    ((intake,),) = Host().hook.register_intakes()
    (tmp_path / "scan.pdf").touch()
    assert intake.accepts(str(tmp_path))
    assert not intake.accepts("imap://mail.example")
    assert [source.path.name for source in intake().collect(str(tmp_path))] == ["scan.pdf"]


def test_open_artifact_store_takes_exactly_one_answer(tmp_path: Path) -> None:
    host = Host()
    url = f"file:{tmp_path}/artifacts"
    store = host.one("open_artifact_store", url, url=url)
    assert store.put("ab/cd", [b"cipher"])[0] == 6
    assert list(store.locators()) == ["ab/cd"]
    with pytest.raises(ConfigurationError, match="open-artifact-store-unknown"):
        host.one("open_artifact_store", "ftp:x", url="ftp:x")
    host.manager.register(_SecondStore())
    with pytest.raises(ConfigurationError, match="open-artifact-store-ambiguous"):
        host.one("open_artifact_store", url, url=url)


class _SecondStore:
    @hookimpl
    def open_artifact_store(self, url: str) -> str:
        return url


def test_resolve_secret_reads_private_files_only(tmp_path: Path) -> None:
    host = Host()
    key = tmp_path / "station.key"
    key.write_bytes(StationKey.generate())
    key.chmod(0o600)
    assert host.one("resolve_secret", "x", reference=f"file:{key}") == key.read_bytes()
    key.chmod(0o640)
    with pytest.raises(ConfigurationError, match="secret-exposed"):
        host.one("resolve_secret", "x", reference=f"file:{key}")


class _Inner(Stage[StageOptions]):
    """Done at once."""

    name = "inner-stage"
    revision = 1

    def run(self, context: StageContext) -> Outcome:
        return Done(facts={"document": str(context.document.id)})


class _ThroughHook(_Inner):
    """Runs another stage as the engine does."""

    name = "outer-stage"

    def run(self, context: StageContext) -> Outcome:
        outcome: Outcome = Host().hook.run_stage(stage=_Inner(self.options), context=context)
        return outcome


def test_run_stage_is_timed_and_keeps_its_outcome(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    identity = uuid4()
    with caplog.at_level(logging.INFO, "saraban.journal"):
        outcome, _ = Harness(tmp_path).run(_ThroughHook(StageOptions()), identity=identity)
    assert outcome == Done(facts={"document": str(identity)})
    (line,) = [r.message for r in caplog.records if r.name == "saraban.journal"]
    assert line.startswith(f"stage=inner-stage document={identity} wall=")


def test_on_event_logs_ids_and_counts_only(caplog: pytest.LogCaptureFixture) -> None:
    event = Event(
        batch=uuid4(),
        document=uuid4(),
        sequence=3,
        type="document-cut",
        agent="split-stack@1",
        at=datetime.now(UTC),
        detail={"word": "nothing of this may be logged"},
        previous=ZERO,
        leaf=ZERO,
    )
    with caplog.at_level(logging.INFO, "saraban.journal"):
        Host().hook.on_event(event=event)
    (line,) = [r.message for r in caplog.records if r.name == "saraban.journal"]
    assert line == f"document-cut document={event.document} sequence=3"


def _row() -> RegisterRow:
    return RegisterRow(
        register_name="received",
        year=2569,
        number=7,
        given_at=datetime.now(UTC),
        entry={"letter_number": "ตก ๐๐๒๓/๑", "subject": "=1+1"},
    )


def test_export_register_answers_csv_and_xlsx(tmp_path: Path) -> None:
    export = Host().hook.export_register
    table = export(register_name="received", rows=[_row()], file_format="csv").decode("utf-8-sig")
    (_, line) = csv.reader(io.StringIO(table))
    assert line[:3] == ["2569", "7", "ตก ๐๐๒๓/๑"]
    assert "'=1+1" in line
    book = tmp_path / "r.xlsx"
    book.write_bytes(export(register_name="received", rows=[_row()], file_format="xlsx"))
    cells = [[cell.value for cell in row] for row in load_workbook(book).worksheets[0]]
    assert cells[1][:3] == ["2569", "7", "ตก ๐๐๒๓/๑"]
    assert export(register_name="received", rows=[_row()], file_format="ods") is None


def test_exported_register_is_its_owners_only(tmp_path: Path) -> None:
    station = tmp_path / "station"
    make_station(station, code="TAK01", organisation="จังหวัดตาก", agency="TAK")
    file = tmp_path / "received.csv"
    asked = ["export", "received", "-o", str(file), "-s", str(station)]
    assert CliRunner().invoke(app, asked).exit_code == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert CliRunner().invoke(app, [*asked, "--format", "ods"]).exit_code == 5
