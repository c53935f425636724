"""Large batches: shown source by source, and to people only where somebody is needed."""

import json
from pathlib import Path

import pytest

from pipeline.app import Station
from pipeline.cli.tables import print_batches, print_batches_json
from pipeline.errors import ExitCode
from pipeline.overview import batch_head, exit_code
from pipeline.receiving import receive
from pipeline.runner import holding, run_inline
from schemas.document import DocumentState

SOURCES = 30


def test_only_what_needs_somebody_is_shown(
    station: Station, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for number in range(SOURCES):
        (inbox / f"{number:03}.txt").write_text(f"n{number}" + ("?" if number == 7 else ""))
    with holding(station):
        received = receive(station, str(inbox), station.definition())
        run_inline(station, received.batches)
    heads = [batch_head(station.state, batch) for batch in received.batches]
    assert exit_code(heads) is ExitCode.PERSON_NEEDED
    assert heads[0].documents == {
        DocumentState.FINISHED: SOURCES - 1,
        DocumentState.SUSPENDED: 1,
    }
    print_batches_json(station, heads)
    (batch,) = json.loads(capsys.readouterr().out)
    assert len(batch["sources"]) == SOURCES
    assert batch["exit_code"] == int(ExitCode.PERSON_NEEDED)
    print_batches(station, heads)
    shown = capsys.readouterr().out
    assert "007.txt" in shown
    assert "008.txt" not in shown
