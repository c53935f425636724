"""The servers as fixtures: one of each kind for a test process, started when first asked for.

A test that stops or pauses one brings it back (``with server.down():``, ``with server.paused():``).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import pytest

from tests.services.faultproxy import FaultProxy
from tests.services.postgres import PostgresServer
from tests.services.rabbitmq import RabbitServer
from tests.services.redis import RedisServer
from tests.services.seaweed import SeaweedServer
from tests.services.server import Server

S = TypeVar("S", bound=Server)

SERVERS = {"redis_server", "rabbitmq_server", "postgres_server", "seaweed_server"}
BACKENDS = {"backend", "redis_sqlite", "rabbitmq_postgresql"}
"""Fixtures that start servers by their names."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks every test that uses a server as ``service``."""
    for item in items:
        if (SERVERS | BACKENDS).intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.service)


@contextmanager
def started(server: S) -> Iterator[S]:
    """Runs for the body; its data is deleted after it."""
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    with started(RedisServer()) as server:
        yield server


@pytest.fixture(scope="session")
def rabbitmq_server() -> Iterator[RabbitServer]:
    with started(RabbitServer()) as server:
        yield server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    with started(PostgresServer()) as server:
        yield server


@pytest.fixture(scope="session")
def seaweed_server() -> Iterator[SeaweedServer]:
    with started(SeaweedServer()) as server:
        yield server


@pytest.fixture(scope="session")
def fault_proxy(seaweed_server: SeaweedServer) -> Iterator[FaultProxy]:
    """Stands in front of the S3 server, for as long as that keeps its ports."""
    with FaultProxy("127.0.0.1", seaweed_server.ports[0]) as proxy:
        yield proxy
