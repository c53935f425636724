"""A station whose artifacts lie in a bucket: the same work; nothing counted while it is away."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from pipeline import tables as t
from pipeline.app import Station
from pipeline.errors import NoSpaceError, StageError, UnavailableError
from pipeline.receiving import receive
from pipeline.runner import holding, run_inline
from pipeline.sweep import sweep_orphans
from schemas.document import DocumentState
from tests.services.buckets import Place, make_place
from tests.services.faultproxy import FaultProxy, answer, drop_request
from tests.services.seaweed import SeaweedServer

Write = Callable[..., Path]


@pytest.fixture
def place(seaweed_server: SeaweedServer, fault_proxy: FaultProxy, folder: Path) -> Place:
    """The bucket of the station in ``folder``, reached through the proxy."""
    found = make_place(seaweed_server, fault_proxy, folder / "keys", locking=False)
    settings = folder / "saraban.toml"
    text = settings.read_text("utf-8")
    assert 'store = "file:artifacts"' in text
    url = found.faulty.replace(str(folder) + "/", "")
    assert "credentials=file:keys/s3.json" in url
    settings.write_text(text.replace("file:artifacts", url), "utf-8")
    return found


@pytest.fixture
def afar(place: Place, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Station]:
    """The station, opened."""
    monkeypatch.setattr("pipeline.s3.bucket.BACKOFF", 0.01)
    opened = Station.open(folder)
    yield opened
    opened.close()


def states(station: Station) -> dict[str, int]:
    with station.state.read() as tx:
        found = list(tx.execute(select(t.document.c.state)).scalars())
    return {state: found.count(state) for state in set(found)}


def test_a_batch_runs_and_its_bytes_go(afar: Station, place: Place, source: Write) -> None:
    with holding(afar):
        received = receive(afar, str(source("one", "---", "two")), afar.definition())
        assert len(list(afar.store.locators())) == 1
        run_inline(afar, received.batches)
    assert states(afar) == {DocumentState.SPLIT: 1, DocumentState.FINISHED: 2}
    assert list(afar.store.locators()) == []
    assert not (afar.folder / "artifacts").exists()


@pytest.mark.parametrize(
    ("status", "error"), [(503, UnavailableError), (507, NoSpaceError), (0, UnavailableError)]
)
def test_while_the_bucket_is_away_nothing_is_counted(
    afar: Station, place: Place, source: Write, status: int, error: type[StageError]
) -> None:
    fault = answer(status, "Fault") if status else drop_request
    with holding(afar):
        received = receive(afar, str(source("one", "---", "two")), afar.definition())
        for method in ("GET", "PUT"):
            for _ in range(4):
                with (
                    place.proxy.mode(fault, method=method, path=place.prefix) as struck,
                    pytest.raises(error),
                ):
                    run_inline(afar, received.batches)
                assert struck
        with afar.state.read() as tx:
            assert tx.execute(select(t.failure.c.code)).scalars().all() == []
        run_inline(afar, received.batches)
    assert states(afar) == {DocumentState.SPLIT: 1, DocumentState.FINISHED: 2}
    assert sweep_orphans(afar.state, afar.store) == 0
    assert list(afar.store.locators()) == []


def test_an_intake_without_a_bucket_takes_nothing(
    afar: Station, place: Place, source: Write
) -> None:
    file = source("one")
    with (
        holding(afar),
        place.proxy.mode(drop_request, path=place.prefix),
        pytest.raises(UnavailableError, match="s3-unreachable"),
    ):
        receive(afar, str(file), afar.definition())
    assert afar.count_documents() == 0
    assert file.exists()
