"""Places in buckets, one of each kind for a test."""

from pathlib import Path

import pytest

from tests.services.buckets import Place, make_place
from tests.services.faultproxy import FaultProxy
from tests.services.seaweed import SeaweedServer


@pytest.fixture
def plain(seaweed_server: SeaweedServer, fault_proxy: FaultProxy, tmp_path: Path) -> Place:
    """In a bucket without versions and locks."""
    return make_place(seaweed_server, fault_proxy, tmp_path, locking=False)


@pytest.fixture
def locking(seaweed_server: SeaweedServer, fault_proxy: FaultProxy, tmp_path: Path) -> Place:
    """In a bucket with Object Lock."""
    return make_place(seaweed_server, fault_proxy, tmp_path, locking=True)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that does not answer is given up soon."""
    monkeypatch.setattr("pipeline.s3.bucket.READ_TIMEOUT", 0.7)


@pytest.fixture(autouse=True)
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Next to no pause before a request is sent again."""
    monkeypatch.setattr("pipeline.s3.bucket.BACKOFF", 0.01)
