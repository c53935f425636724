"""The state store: migrations, keys and registers."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from pipeline import tables as t
from pipeline.app import Station, absolute
from pipeline.database import connect, naming_errors
from pipeline.errors import ConfigurationError, NoSpaceError, SecurityError
from pipeline.keys import DataKey, KeyRing, StationKey
from pipeline.queue import Reach, claim, end
from pipeline.registers import give_number, register_rows
from pipeline.state import State
from schemas.document import Document
from schemas.outcome import RegisterRequest
from schemas.secrecy import Secrecy


@pytest.fixture
def state(tmp_path: Path, state_url: str) -> Iterator[State]:
    keys = KeyRing({Secrecy.TOP_SECRET: StationKey(StationKey.generate())})
    opened = State(absolute(state_url, tmp_path), keys)
    opened.upgrade()
    yield opened
    opened.close()


def test_migrations_make_exactly_the_tables(state: State) -> None:
    with state.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, t.metadata) == []


def add_batch(state: State) -> UUID:
    batch = uuid4()
    with state.write() as tx:
        tx.execute(
            t.batch.insert().values(
                id=batch,
                source="s",
                definition="d",
                definition_sha256="0" * 64,
                definition_toml="",
                received_at=0.0,
            )
        )
    return batch


def test_wrapped_key_opens_its_own_document_only(state: State) -> None:
    batch = add_batch(state)
    key = DataKey.fresh()
    one, two = (Document(id=uuid4(), batch=batch) for _ in range(2))
    with state.write() as tx:
        for document in (one, two):
            state.add(tx, document, key, root=document.id, source="s", fingerprint=None)
        assert state.load(tx, one.id)[0] == one
        row = tx.execute(t.document_key.select().where(t.document_key.c.document == two.id)).one()
        tx.execute(
            t.document_key.update()
            .where(t.document_key.c.document == one.id)
            .values(wrapped=row.wrapped)
        )
    with state.read() as tx, pytest.raises(SecurityError, match="bytes-altered"):
        state.load(tx, one.id)


def test_destroyed_key_is_told(state: State) -> None:
    batch = add_batch(state)
    document = Document(id=uuid4(), batch=batch)
    with state.write() as tx:
        state.add(tx, document, DataKey.fresh(), root=document.id, source="s", fingerprint=None)
        tx.execute(t.document_key.delete())
    with state.read() as tx, pytest.raises(ConfigurationError, match="key-destroyed"):
        state.load(tx, document.id)


def test_register_numbers_have_neither_gap_nor_double(state: State) -> None:
    batch = add_batch(state)
    documents = [Document(id=uuid4(), batch=batch) for _ in range(24)]
    with state.write() as tx:
        for document in documents:
            state.add(tx, document, DataKey.fresh(), root=document.id, source="s", fingerprint=None)
    request = RegisterRequest(register_name="received", year=2569, entry={"subject": "เรื่อง"})

    def give(document: Document) -> None:
        for _ in range(2):
            with state.write() as tx:
                give_number(state, tx, document, 3, request)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(give, documents))
    rows = register_rows(state, "received", 2569)
    assert [row.number for row in rows] == list(range(1, 25))
    assert all(row.entry == {"subject": "เรื่อง"} for row in rows)


def test_two_claims_never_hold_one_work(station: Station) -> None:
    batch = add_batch(station.state)
    document = Document(id=uuid4(), batch=batch)
    from pipeline.transitions import add_work

    definition = station.definition()
    with station.state.write() as tx:
        station.state.add(
            tx, document, DataKey.fresh(), root=document.id, source="s", fingerprint=None
        )
        add_work(station.state, tx, document, definition)
    with ThreadPoolExecutor(8) as pool:
        claims = list(
            pool.map(lambda n: claim(station.state, holder=str(n), reach=Reach()), range(16))
        )
    (held,) = [work for work in claims if work is not None]
    assert held.attempt == 1


def test_woken_attempt_is_fenced(station: Station) -> None:
    now = [1000.0]
    station.state.clock = lambda: now[0]
    test_two_claims_never_hold_one_work(station)
    now[0] += 10_000
    second = claim(station.state, holder="second", reach=Reach())
    assert second is not None
    assert second.attempt == 2
    from dataclasses import replace

    from pipeline.errors import FencedError

    with pytest.raises(FencedError), station.state.write() as tx:
        end(tx, replace(second, token=uuid4()), "finished")
    with station.state.write() as tx:
        end(tx, second, "finished")


def test_a_url_is_told_without_its_password() -> None:
    for url in ("postgres//u:canary@h/d", "postgresql+nothing://u:canary@h/d"):
        with pytest.raises(ConfigurationError, match="bad-state-url") as caught:
            connect(url)
        assert "canary" not in str(caught.value)
        assert caught.value.__cause__ is None
    assert "canary" not in repr(connect("postgresql+psycopg://u:canary@127.0.0.1:1/d"))


def test_a_full_disk_is_named_by_raw_connections_too(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'full.db'}")
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute("CREATE TABLE filler (bytes BLOB)")
        raw.execute("PRAGMA max_page_count = 3")
        with pytest.raises(NoSpaceError), naming_errors(engine):
            raw.execute("INSERT INTO filler VALUES (zeroblob(100000))")
    engine.dispose()
