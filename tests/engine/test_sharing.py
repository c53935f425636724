"""Who holds a station alone, and who stores bytes beside others: no letter is lost between them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from pipeline import tables as t
from pipeline.app import Station, absolute
from pipeline.errors import BusyError, FencedError
from pipeline.keys import KeyRing, StationKey
from pipeline.queue import Reach, claim, claim_one, end, release_all
from pipeline.receiving import receive
from pipeline.runner import beside_others, holding, run_inline
from pipeline.settings import WorkersSection
from pipeline.state import State
from pipeline.sweep import STILL, sweep_orphans
from schemas.document import DocumentState
from schemas.secrecy import Secrecy
from workers.node import MISSED

Write = Callable[..., Path]


def test_nobody_takes_in_while_another_cleans_up(folder: Path) -> None:
    one, two = Station.open(folder), Station.open(folder)
    with holding(one), pytest.raises(BusyError), beside_others(two):
        pass
    with beside_others(one), beside_others(two), pytest.raises(BusyError), holding(one):
        pass
    with holding(one):
        pass
    one.close()
    two.close()


def test_what_is_committed_during_a_clean_up_is_no_orphan(
    station: Station, source: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = station.store.locators

    def meanwhile() -> Iterator[str]:
        receive(station, str(source("a")), station.definition())
        return listed()

    monkeypatch.setattr(station.store, "locators", meanwhile)
    assert sweep_orphans(station.state, station.store) == 0
    monkeypatch.undo()
    with holding(station):
        run_inline(station)
    with station.state.read() as tx:
        states = tx.execute(select(t.document.c.state)).scalars().all()
    assert set(states) == {DocumentState.SPLIT, DocumentState.FINISHED}


def test_who_was_silent_commits_nothing_after_a_clean_up(station: Station, source: Write) -> None:
    """The bytes of his step may have been deleted as orphans."""
    receive(station, str(source("a")), station.definition())
    silent = claim(station.state, holder="silent:1", reach=Reach())
    assert silent is not None
    release_all(station.state)
    with pytest.raises(FencedError), station.state.write() as tx:
        end(tx, silent, "finished")
    again = claim(station.state, holder="next:1", reach=Reach())
    assert again is not None
    assert again.id == silent.id


def test_work_is_left_to_a_machine_that_has_the_key(station: Station, source: Write) -> None:
    """Else a machine whose keys do not fit would put the whole batch into quarantine."""
    receive(station, str(source("a")), station.definition())
    with station.state.read() as tx:
        work = tx.execute(select(t.work.c.id)).scalar_one()
    keys = KeyRing({Secrecy.NORMAL: StationKey(StationKey.generate())})
    other = State(absolute(station.settings.state, station.folder), keys)
    assert claim_one(other, work, holder="other:1", reach=Reach()) is None
    other.close()
    assert claim_one(station.state, work, holder="right:1", reach=Reach()) is not None


def test_no_living_worker_is_silent_for_long() -> None:
    """Else the station could be held alone beside it."""
    slowest = next(
        rule.le for rule in WorkersSection.model_fields["heartbeat"].metadata if hasattr(rule, "le")
    )
    assert slowest * MISSED <= STILL
