"""Workers and sweepers do what the embedded runner does."""

from collections.abc import Callable
from pathlib import Path

from pipeline.app import Station
from pipeline.overview import overview
from schemas.document import DocumentState
from tests.workers.fleet import Fleet, submit, wait_done

Write = Callable[..., Path]


def states(station: Station) -> list[DocumentState]:
    (batch,) = [row.id for row in station.batches()]
    return [d.state for d in overview(station.state, [batch])[0].sources[0].documents]


def test_a_stack_goes_through(station: Station, fleet: Fleet, source: Write) -> None:
    fleet.sweeper()
    worker = fleet.worker()
    submit(station, source("a", "---", "b !secret", "---", "c !flaky", "---", "d !bug"))
    wait_done(station, fleet)
    finished = DocumentState.FINISHED
    assert states(station) == [finished, finished, finished, DocumentState.QUARANTINED]
    assert worker.stop() == 0, fleet.told()
