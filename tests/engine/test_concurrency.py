"""Many processes on one PostgreSQL: what siblings share stays whole; who is not there is told."""

import itertools
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import Connection, func, insert, select, text

from pipeline import tables as t
from pipeline.app import Station
from pipeline.attempt import Attempt
from pipeline.audit import verify_chains
from pipeline.database import LOCK_TIMEOUT, connect
from pipeline.errors import NoSpaceError, UnavailableError
from pipeline.keys import DataKey, KeyRing, StationKey
from pipeline.overview import overview
from pipeline.queue import Reach, claim
from pipeline.receiving import receive
from pipeline.registers import give_number, register_rows
from pipeline.runner import holding, run_inline
from pipeline.state import State
from pipeline.sweep import sweep_doomed
from schemas.document import Document, DocumentState
from schemas.outcome import RegisterRequest
from schemas.secrecy import Secrecy
from tests.services.postgres import PostgresServer

pytestmark = pytest.mark.parametrize(
    "store", [pytest.param("postgresql", marks=pytest.mark.service)], indirect=True
)
PROCESSES = 4
ROUNDS = 4
"""Without the lock on the source's row every round leaves it unreleased."""
SIBLINGS = 4
Write = Callable[..., Path]
T = TypeVar("T")


def at_once(work: Callable[..., T], *given: tuple[object, ...]) -> list[T]:
    """Call ``work`` in a process each, all beginning at the same moment."""
    with ProcessPoolExecutor(len(given), mp_context=get_context("spawn")) as pool:
        list(pool.map(time.sleep, [0.5] * len(given)))  # all processes are up
        start = time.time() + 0.5
        futures: list[Future[T]] = [pool.submit(_at, start, work, *one) for one in given]
        return [future.result(timeout=120) for future in futures]


def _at(start: float, work: Callable[..., T], *given: object) -> T:
    time.sleep(max(0.0, start - time.time()))
    return work(*given)


def give_numbers(folder: Path, share: int, count: int) -> None:
    station = Station.open(folder)
    batch = uuid4()
    request = RegisterRequest(register_name="received", year=2569, entry={"share": share})
    with station.state.write() as tx:
        tx.execute(insert(t.batch).values(**batch_row(batch)))
    for _ in range(count):
        document = Document(id=uuid4(), batch=batch)
        with station.state.write() as tx:
            station.state.add(
                tx, document, DataKey.fresh(), root=document.id, source="s", fingerprint=None
            )
            give_number(station.state, tx, document, 3, request)
    station.close()


def batch_row(batch: UUID) -> dict[str, object]:
    return {
        "id": batch,
        "source": "s",
        "definition": "d",
        "definition_sha256": "0" * 64,
        "definition_toml": "",
        "received_at": 0.0,
    }


@pytest.mark.slow
def test_numbers_given_at_once_have_neither_gap_nor_double(station: Station) -> None:
    at_once(give_numbers, *[(station.folder, share, 50) for share in range(PROCESSES)])
    rows = register_rows(station.state, "received", 2569)
    assert [row.number for row in rows] == list(range(1, 201))
    order = [row.entry["share"] for row in rows]
    assert sum(a != b for a, b in itertools.pairwise(order)) > 20, "one after another"


@pytest.mark.slow
def test_siblings_that_end_together_release_their_source(station: Station, source: Write) -> None:
    """All siblings commit their last step at the same moment, in a thread and station each."""
    definition = station.definition()
    crew = [Station.open(station.folder) for _ in range(SIBLINGS)]
    letters = [
        source(*[line for m in range(SIBLINGS) for line in (f"r{n}s{m}", "---")], name=f"{n}.txt")
        for n in range(ROUNDS)
    ]
    with holding(station):
        for letter in letters:
            receive(station, str(letter), definition)
            run_until_the_last_step(station, len(definition.stages))
            gate = threading.Barrier(SIBLINGS)
            with ThreadPoolExecutor(SIBLINGS) as pool:
                list(pool.map(run_one, crew, [gate] * SIBLINGS))
    for one in crew:
        one.close()
    rows = overview(station.state, [row.id for row in station.batches()])
    assert len(rows) == ROUNDS
    for row in rows:
        states = [d.state for d in row.sources[0].documents]
        assert states == [DocumentState.FINISHED] * SIBLINGS
    assert [row.id for row in rows if not row.released] == []
    with station.state.read() as tx:
        released = select(func.count()).where(t.event.c.type == "source-released")
        assert tx.execute(released).scalar_one() == ROUNDS
        assert verify_chains(tx)[1] == []


def run_until_the_last_step(station: Station, steps: int) -> None:
    engine = station.engine("first")
    while True:
        with station.state.read() as tx:
            before = select(func.count()).where(
                t.work.c.state == "ready", t.work.c.step < steps - 1
            )
            if not tx.execute(before).scalar_one():
                return
        work = claim_below(station, steps - 1)
        assert engine.run_work(work)


def claim_below(station: Station, step: int) -> UUID:
    with station.state.read() as tx:
        query = select(t.work.c.id).where(t.work.c.state == "ready", t.work.c.step < step)
        identity: UUID = tx.execute(query.order_by(t.work.c.step).limit(1)).scalar_one()
    return identity


def run_one(station: Station, gate: threading.Barrier) -> None:
    """Run one due step; its transition ends only when every sibling's is about to."""
    engine = station.engine(f"sibling-{threading.get_ident()}")
    work = claim(station.state, holder=engine.holder, reach=Reach())
    assert work is not None
    attempt = Attempt(engine, work, engine.definition_of(work.batch))
    apply = attempt._apply

    def together(*given: Any) -> None:
        gate.wait(60)
        apply(*given)

    attempt._apply = together  # type: ignore[method-assign,assignment]
    attempt.execute(engine.scratch / work.id.hex)
    shutil.rmtree(engine.scratch / work.id.hex)


def take(folder: Path, file: Path) -> tuple[int, int, list[UUID]]:
    station = Station.open(folder)
    received = receive(station, str(file), station.definition())
    station.close()
    return received.new, received.known, received.batches


@pytest.mark.slow
def test_one_file_received_at_once_becomes_one_document(station: Station, source: Write) -> None:
    for n in range(3):
        file = source(f"{n}" * (1 << 20), name=f"{n}.txt")
        taken = at_once(take, *[(station.folder, file)] * PROCESSES)
        assert sum(new for new, _, _ in taken) == 1
        assert sum(known for _, known, _ in taken) == PROCESSES - 1
        assert len({tuple(batches) for _, _, batches in taken}) == 1
    with station.state.read() as tx:
        assert tx.execute(select(func.count()).select_from(t.document)).scalar_one() == 3
        assert tx.execute(select(func.count()).select_from(t.batch)).scalar_one() == 3
    assert len(list(station.store.locators())) == 3


def test_one_refusal_told_at_once_is_one_document(station: Station, source: Write) -> None:
    file = source("a")
    file.unlink()
    taken = at_once(take, *[(station.folder, file)] * PROCESSES)
    assert len({tuple(batches) for _, _, batches in taken}) == 1
    with station.state.read() as tx:
        assert tx.execute(select(func.count()).select_from(t.document)).scalar_one() == 1


def open_only(folder: Path) -> int:
    station = Station.open(folder)
    with station.state.read() as tx:
        tables: int = tx.execute(text("SELECT count(*) FROM alembic_version")).scalar_one()
    station.close()
    return tables


def test_many_processes_make_the_tables_once(folder: Path) -> None:
    assert at_once(open_only, *[(folder,)] * PROCESSES) == [1] * PROCESSES


@pytest.fixture
def state(state_url: str) -> Iterator[State]:
    opened = State(state_url, KeyRing({Secrecy.TOP_SECRET: StationKey(StationKey.generate())}))
    opened.upgrade()
    yield opened
    opened.close()


def test_a_server_that_is_away_is_told_and_its_return_noticed(
    state: State, postgres_server: PostgresServer
) -> None:
    with state.write() as tx:
        tx.execute(insert(t.batch).values(**batch_row(uuid4())))
    with postgres_server.down():
        for look in (state.read, state.write):
            with pytest.raises(UnavailableError, match="state-unavailable"), look():
                pass
        with pytest.raises(UnavailableError, match="state-unavailable") as caught:
            state.upgrade()
        assert postgres_server.password not in str(caught.value)
    with state.read() as tx:
        assert tx.execute(select(func.count()).select_from(t.batch)).scalar_one() == 1


def test_a_connection_lost_on_the_way_is_told(
    state: State, postgres_server: PostgresServer
) -> None:
    with pytest.raises(UnavailableError), state.write() as tx:  # noqa: PT012
        tx.execute(insert(t.batch).values(**batch_row(uuid4())))
        own = tx.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with psycopg.connect(postgres_server.url, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", (own,))
        tx.execute(select(t.batch))
    with state.read() as tx:
        assert tx.execute(select(func.count()).select_from(t.batch)).scalar_one() == 0


def test_a_deadlock_is_nobodys_fault(state: State) -> None:
    one, two = uuid4(), uuid4()
    with state.write() as tx:
        tx.execute(insert(t.batch), [batch_row(one), batch_row(two)])
    gate = threading.Barrier(2)

    def lock(first: UUID, second: UUID) -> str:
        try:
            with state.write() as tx:
                tx.execute(t.batch.update().where(t.batch.c.id == first).values(source="x"))
                gate.wait(30)
                tx.execute(t.batch.update().where(t.batch.c.id == second).values(source="x"))
        except UnavailableError as error:
            return error.english
        return "committed"

    with ThreadPoolExecutor(2) as pool:
        ends = sorted(pool.map(lock, (one, two), (two, one)))
    assert "40P01" in ends[0]
    assert ends[1] == "committed"


def test_waiting_for_a_lock_ends(state: State) -> None:
    with state.read() as tx:
        assert tx.execute(text("SHOW lock_timeout")).scalar_one() == f"{LOCK_TIMEOUT // 60_000}min"
    with state.write() as tx:
        tx.execute(insert(t.batch).values(**batch_row(uuid4())))
    with state.write() as holder:
        holder.execute(t.batch.update().values(source="x"))
        with pytest.raises(UnavailableError, match="55P03"), state.write() as tx:  # noqa: PT012
            tx.execute(text("SET LOCAL lock_timeout = '100ms'"))
            tx.execute(t.batch.update().values(source="y"))


def test_a_full_disk_of_the_server_is_no_space(state: State) -> None:
    with pytest.raises(NoSpaceError, match="state-disk-full"), state.write() as tx:
        tx.execute(text("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100'; END $$"))


def test_a_look_is_consistent_and_writes_nothing(state: State) -> None:
    with state.read() as tx:
        assert tx.execute(select(func.count()).select_from(t.batch)).scalar_one() == 0
        with state.write() as other:
            other.execute(insert(t.batch).values(**batch_row(uuid4())))
        assert tx.execute(select(func.count()).select_from(t.batch)).scalar_one() == 0
        with pytest.raises(Exception, match="read-only"):
            tx.execute(t.batch.delete())


def test_erased_keys_leave_the_table(station: Station, source: Write) -> None:
    """Counted in the table's only page, where a deleted row lies until it is vacuumed."""
    with holding(station):
        receive(station, str(source("a !top")), station.definition())
        run_inline(station)
    with station.state.write() as tx:
        tx.execute(text("CREATE EXTENSION pageinspect"))
        assert rows_on_the_page(tx) == keys(tx)


def test_keys_that_somebody_may_still_see_are_not_certified_as_erased(
    station: Station, source: Write
) -> None:
    with station.state.write() as tx:
        tx.execute(text("CREATE EXTENSION pageinspect"))
    with holding(station):
        receive(station, str(source("a !top")), station.definition())
        with station.state.read() as look:
            before = keys(look)
            run_inline(station)
            assert keys(look) == before
        with station.state.read() as tx:
            assert certificates(tx) == 0
            assert rows_on_the_page(tx) > keys(tx)
        sweep_doomed(station.state, station.store)
    with station.state.read() as tx:
        assert certificates(tx) > 0
        assert rows_on_the_page(tx) == keys(tx)


def rows_on_the_page(tx: Connection) -> int:
    rows = "SELECT count(*) FROM heap_page_items(get_raw_page('document_key', 0)) WHERE lp_len > 0"
    return int(tx.execute(text(rows)).scalar_one())


def keys(tx: Connection) -> int:
    return tx.execute(select(func.count()).select_from(t.document_key)).scalar_one()


def certificates(tx: Connection) -> int:
    told = select(func.count()).where(t.event.c.type == "erasure-certified")
    return tx.execute(told).scalar_one()


def test_the_password_may_lie_in_a_file(
    state_url: str, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    words = tmp_path / "pgpass"
    words.write_text(f"127.0.0.1:*:*:saraban:{postgres_server.password}\n")
    words.chmod(0o600)
    bare = state_url.replace(f":{postgres_server.password}", "")
    engine = connect(f"{bare}?passfile={words}")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
    engine.dispose()
    assert os.environ.get("PGPASSWORD") is None
