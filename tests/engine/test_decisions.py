"""What an answer may do, and for how long it holds."""

from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Self

import pytest

from pipeline.app import Station
from pipeline.errors import ConfigurationError
from pipeline.overview import DocumentRow, overview
from pipeline.receiving import receive
from pipeline.runner import holding, run_embedded, run_inline
from schemas.document import DocumentState
from tests.engine.conftest import CLASSIFIED

Write = Callable[..., Path]

STEPS = (
    'name = "{name}"'
    + CLASSIFIED
    + """[[steps]]
name = "last"
uses = "toy-{name}"
"""
)


def begin(station: Station, source: Path, name: str, *, options: str = "") -> DocumentRow:
    """Run one source under the definition that ends with the stage ``toy-name``."""
    file = station.folder / "definitions" / f"{name}.toml"
    file.write_text(STEPS.format(name=name) + options, "utf-8")
    with holding(station):
        receive(station, str(source), station.definition(name))
    return go_on(station)


def go_on(station: Station, *, workers: bool = True) -> DocumentRow:
    with holding(station):
        (run_embedded if workers else run_inline)(station)
    (batch,) = station.batches()
    (document,) = overview(station.state, [batch.id])[0].sources[0].documents
    return document


def answer(station: Station, choice: str) -> DocumentRow:
    (waiting,) = station.questions()
    station.decide(waiting, choice, by="somchai")
    return go_on(station)


@pytest.mark.parametrize("dies", [1, 2])
def test_an_unclear_effect_is_never_repeated_without_an_answer(
    station: Station, source: Write, tmp_path: Path, dies: int
) -> None:
    flags = tmp_path / "flags"
    file = source("a" + " !die" * dies)
    waiting = begin(station, file, "once", options=f'with = {{ flags = "{flags}" }}')
    for _ in range(dies - 1):
        assert waiting.question == "did-it-happen"
        waiting = answer(station, "no")
    assert waiting.question == "did-it-happen"
    assert answer(station, "yes").state is DocumentState.FINISHED
    (count,) = [f for f in flags.iterdir() if f.is_file()]
    assert len(count.read_text()) == dies


def test_only_an_answer_that_names_the_level_lowers_it(station: Station, source: Write) -> None:
    assert begin(station, source("a !secret"), "ask").question == "toy-ask"
    stopped = answer(station, "lower")
    assert stopped.problem is not None
    assert stopped.problem["code"] == "secrecy-lowered"


def test_an_answer_that_ended_in_quarantine_is_asked_again(station: Station, source: Write) -> None:
    begin(station, source("a"), "ask")
    stopped = answer(station, "fail")
    assert stopped.problem is not None
    assert stopped.problem["code"] == "told-to-fail"
    station.retry(stopped.id)
    assert go_on(station).question == "toy-ask"
    assert answer(station, "fine").state is DocumentState.FINISHED


class Late(datetime):
    """A desk whose clock is an hour slow."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return super().now(tz) - timedelta(hours=1)


def test_an_answer_counts_whatever_the_time_is_where_it_was_given(
    station: Station, source: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.app.datetime", Late)
    begin(station, source("a"), "ask")
    stopped = answer(station, "fail")
    station.retry(stopped.id)
    assert go_on(station).question == "toy-ask"
    assert answer(station, "fine").state is DocumentState.FINISHED


def test_retry_needs_something_to_do(station: Station, source: Write) -> None:
    file = source("a")
    file.unlink()
    stopped = begin(station, file, "ask")
    assert stopped.state is DocumentState.QUARANTINED
    with pytest.raises(ConfigurationError, match="nothing-to-retry"):
        station.retry(stopped.id)
    assert go_on(station).state is DocumentState.QUARANTINED
