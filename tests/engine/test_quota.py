"""The archive quota: reserved at acceptance, settled by receipts, right under concurrency."""

import threading
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from pipeline import tables as t
from pipeline.app import Station
from pipeline.cli.main import app
from pipeline.errors import ExitCode, NoSpaceError
from pipeline.keys import DataKey
from pipeline.quota import GIB, Quota, give_back, settle
from pipeline.receiving import Received, receive
from pipeline.runner import holding, run_inline
from schemas.document import Document, DocumentState

Write = Callable[..., Path]
LETTERS = ("first letter", "page two", "---", "second letter")


def used(station: Station) -> int:
    with station.state.read() as tx:
        return station.quota.used(tx)


def shares(station: Station) -> int:
    """The sum that the agency's row must always equal."""
    with station.state.read() as tx:
        query = select(func.coalesce(func.sum(t.storage_share.c.bytes), 0))
        return int(tx.execute(query).scalar_one())


def limit(folder: Path, size: int) -> None:
    with (folder / "saraban.toml").open("a", encoding="utf-8") as settings:
        settings.write(f"\n[archive]\nquota_gib = {size / GIB!r}\n")


def archived(folder: Path) -> int:
    """Bytes that lie in the archive."""
    return sum(path.stat().st_size for path in (folder / "archive").glob("*.txt"))


def take(station: Station, file: Path) -> Received:
    with holding(station):
        received = receive(station, str(file), station.definition())
        run_inline(station, received.batches)
    return received


def test_a_source_reserves_its_size_until_its_letters_are_kept(
    station: Station, source: Write
) -> None:
    file = source(*LETTERS)
    with holding(station):
        received = receive(station, str(file), station.definition())
        assert used(station) == shares(station) == file.stat().st_size
        run_inline(station, received.batches)
    assert used(station) == shares(station) == archived(station.folder) > 0
    take(station, file)
    assert used(station) == archived(station.folder), "a known source is not counted twice"


def test_a_letter_that_leaves_keeps_nothing(station: Station, source: Write) -> None:
    take(station, source("stays", "---", "leaves !top"))
    with station.state.read() as tx:
        states = set(tx.execute(select(t.document.c.state)).scalars())
    assert DocumentState.DIVERTED in states
    assert used(station) == shares(station) == archived(station.folder)


def test_a_letter_in_quarantine_keeps_the_reservation(station: Station, source: Write) -> None:
    file = source("good", "---", "bad !bug")
    take(station, file)
    left = file.stat().st_size - archived(station.folder)
    assert used(station) == shares(station) == archived(station.folder) + left


def test_beyond_the_quota_nothing_is_taken_in(folder: Path, source: Write) -> None:
    first, second = source(*LETTERS), source("another letter", name="more.txt")
    limit(folder, first.stat().st_size + 3)
    station = Station.open(folder)
    try:
        with holding(station):
            receive(station, str(first), station.definition())
            stored = set(station.store.locators())
            with pytest.raises(NoSpaceError, match="quota-reached") as caught:
                receive(station, str(second), station.definition())
            assert "TST" in caught.value.thai
            assert station.count_documents() == 1
            assert set(station.store.locators()) == stored
            assert used(station) == first.stat().st_size
        assert second.exists()
    finally:
        station.close()


def test_losing_the_last_room_to_another_leaves_nothing(
    folder: Path, source: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = source("a letter")
    limit(folder, file.stat().st_size - 1)
    monkeypatch.setattr(Quota, "check", lambda *_: None)
    station = Station.open(folder)
    try:
        with holding(station), pytest.raises(NoSpaceError, match="quota-reached"):
            receive(station, str(file), station.definition())
        assert station.count_documents() == 0
        assert list(station.store.locators()) == []
        assert used(station) == shares(station) == 0
    finally:
        station.close()


def add_document(station: Station, batch: UUID, root: UUID | None = None) -> UUID:
    identity = uuid4()
    with station.state.write() as tx:
        document = Document(id=identity, batch=batch)
        station.state.add(tx, document, DataKey.fresh(), root=root or identity, source="x")
    return identity


def test_writers_at_the_same_moment_share_what_there_is(station: Station, source: Write) -> None:
    (batch,) = take(station, source("a letter")).batches
    before = used(station)
    quota = Quota(station.settings.station.agency, before + 100)
    roots = [add_document(station, batch) for _ in range(40)]
    taken: list[UUID] = []

    def reserve(mine: list[UUID]) -> None:
        for root in mine:
            try:
                with station.state.write() as tx:
                    quota.reserve(tx, root, 7)
            except NoSpaceError:
                continue
            taken.append(root)

    threads = [threading.Thread(target=reserve, args=(roots[n::4],)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 100 // 7
    assert used(station) == shares(station) == before + 7 * (100 // 7)

    def finish(mine: list[UUID]) -> None:
        for root in mine:
            with station.state.write() as tx:
                settle(tx, root, 11)

    threads = [threading.Thread(target=finish, args=(taken[n::4],)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert used(station) == shares(station) == before + 11 * (100 // 7)


def test_receipts_come_out_of_the_reservation(station: Station, source: Write) -> None:
    (batch,) = take(station, source("a letter")).batches
    before = used(station)
    root = add_document(station, batch)
    parts = [add_document(station, batch, root) for _ in range(3)]
    expected = [
        (parts[0], 40, 100),
        (parts[1], 50, 100),
        (parts[1], 50, 100),
        (parts[2], 30, 120),
        (parts[0], 35, 115),
    ]
    with station.state.write() as tx:
        station.quota.reserve(tx, root, 100)
    for part, size, total in expected:
        with station.state.write() as tx:
            settle(tx, part, size)
        assert used(station) - before == total
        assert used(station) == shares(station)
    with station.state.write() as tx:
        give_back(tx, root)
    assert used(station) - before == 115


def test_sources_from_before_are_left_alone(station: Station, source: Write) -> None:
    (batch,) = take(station, source("a letter")).batches
    before, root = used(station), add_document(station, batch)
    with station.state.write() as tx:
        settle(tx, root, 1000)
        give_back(tx, root)
    assert used(station) == before


def test_people_see_it(folder: Path, source: Write) -> None:
    file = source("a letter")
    limit(folder, int(file.stat().st_size * 1.05))
    station = Station.open(folder)
    take(station, file)
    station.close()
    shown = CliRunner().invoke(app, ["status", "-s", str(folder)]).stdout
    assert "archive quota of TST" in shown
    assert "โควตา" in shown
    checked = CliRunner().invoke(app, ["doctor", "-s", str(folder), "--json"])
    assert '"quota-nearly-reached"' in checked.stdout
    assert checked.exit_code == ExitCode.OK
