"""Locks that somebody keeps for too long: no document is to blame."""

import time

import pytest
from sqlalchemy import delete, select

from pipeline import database
from pipeline import tables as t
from pipeline.app import Station, absolute
from pipeline.errors import UnavailableError
from pipeline.keys import KeyRing
from pipeline.state import State

on_postgresql = pytest.mark.parametrize("store", ["postgresql"], indirect=True)


def other_process(station: Station) -> State:
    return State(absolute(station.settings.state, station.folder), KeyRing({}))


def test_a_kept_lock_is_waited_for_and_then_left(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "LOCK_TIMEOUT", 200)
    monkeypatch.setitem(database.CONNECTION, "options", "-c lock_timeout=200")
    other = other_process(station)
    with station.state.write() as tx:
        if tx.dialect.name == "postgresql":
            tx.exec_driver_sql("LOCK TABLE reservation IN EXCLUSIVE MODE")
        with pytest.raises(UnavailableError), other.write() as late:
            late.execute(delete(t.reservation))
    with other.write() as tx:
        tx.execute(delete(t.reservation))
    other.close()


@on_postgresql
def test_a_frozen_transaction_loses_its_locks(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a machine that stands still would hold up all others for as long."""
    options = database.CONNECTION["options"].replace(str(database.IDLE_TIMEOUT), "200")
    monkeypatch.setitem(database.CONNECTION, "options", options)
    frozen = other_process(station)
    with pytest.raises(UnavailableError):
        _stand_still(frozen, station.state)
    frozen.close()


def _stand_still(frozen: State, others: State) -> None:
    with frozen.write() as tx:
        tx.exec_driver_sql("LOCK TABLE reservation IN EXCLUSIVE MODE")
        time.sleep(0.6)
        with others.write() as other:
            other.execute(delete(t.reservation))
        tx.execute(select(t.reservation))


@on_postgresql
def test_machines_with_different_clocks_agree_on_the_time(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else one whose clock is half a minute ahead takes all others for dead."""
    true = time.time
    monkeypatch.setattr(time, "time", lambda: true() + 3600)
    other = other_process(station)
    with other.read():
        pass
    assert other.clock() == pytest.approx(station.state.clock(), abs=5)
    other.close()
    monkeypatch.setattr(time, "time", lambda: true() - 3600)
    assert other.clock() == pytest.approx(station.state.clock(), abs=5)
