"""Each server starts, serves, keeps what it acknowledged over a SIGKILL, and leaves nothing."""

import io
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from kombu import Connection, Exchange, Queue
from kombu.simple import SimpleQueue
from minio.commonconfig import COMPLIANCE
from minio.error import S3Error
from minio.retention import Retention

from tests.services.fixtures import SERVERS
from tests.services.postgres import PostgresServer
from tests.services.rabbitmq import RabbitServer
from tests.services.redis import RedisServer
from tests.services.seaweed import SeaweedServer
from tests.services.server import Server, ServerError, find_program, is_alive

WORD = "หนังสือราชการ"
QUEUE_SETTLES = 1.0
"""Seconds until RabbitMQ 3.10 has a new quorum queue's name on disk; killed before, it loses it."""


def put_redis(server: RedisServer) -> None:
    with server.client() as client:
        client.rpush("letters", WORD)


def get_redis(server: RedisServer) -> str:
    with server.client() as client:
        found: Any = client.lpop("letters")
        return str(found, "utf-8")


def letters(connection: Any) -> SimpleQueue:
    quorum = {"x-queue-type": "quorum"}
    queue: Any = Queue("letters", Exchange(""), routing_key="letters", queue_arguments=quorum)
    return SimpleQueue(connection, queue, serializer="json")


def put_rabbitmq(server: RabbitServer) -> None:
    with Connection(server.url, transport_options={"confirm_publish": True}) as connection:
        letters(connection).put(WORD)
    time.sleep(QUEUE_SETTLES)


def get_rabbitmq(server: RabbitServer) -> str:
    with Connection(server.url) as connection:
        message = letters(connection).get(timeout=10)
        message.ack()
        return str(message.payload)


def put_postgres(server: PostgresServer) -> None:
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE letters (word text)")
        connection.execute("INSERT INTO letters VALUES (%s)", (WORD,))


def get_postgres(server: PostgresServer) -> str:
    with psycopg.connect(server.url) as connection:
        row = connection.execute("DELETE FROM letters RETURNING word").fetchone()
        connection.execute("DROP TABLE letters")
        assert row
        return str(row[0])


def put_seaweed(server: SeaweedServer) -> None:
    client, data = server.client(), WORD.encode()
    client.make_bucket("letters")
    client.put_object("letters", "word", io.BytesIO(data), len(data))


def get_seaweed(server: SeaweedServer) -> str:
    client = server.client()
    found = client.get_object("letters", "word")
    word = found.read().decode()
    found.close()
    client.remove_object("letters", "word")
    client.remove_bucket("letters")
    return word


@dataclass(frozen=True)
class Kind:
    """A server class, and how a word is left with it and fetched back."""

    server: type[Server]
    put: Callable[[Any], None]
    get: Callable[[Any], str]


KINDS = {
    "redis_server": Kind(RedisServer, put_redis, get_redis),
    "rabbitmq_server": Kind(RabbitServer, put_rabbitmq, get_rabbitmq),
    "postgres_server": Kind(PostgresServer, put_postgres, get_postgres),
    "seaweed_server": Kind(SeaweedServer, put_seaweed, get_seaweed),
}
each = pytest.mark.parametrize(
    "fixture", [pytest.param(name, marks=pytest.mark.service) for name in sorted(KINDS)]
)


def test_all_are_tried() -> None:
    assert set(KINDS) == SERVERS


@each
def test_keeps_what_it_acknowledged(fixture: str, request: pytest.FixtureRequest) -> None:
    server: Server = request.getfixturevalue(fixture)
    kind = KINDS[fixture]
    kind.put(server)
    before = server.pids()
    with server.down():
        assert not server.running
        assert not any(is_alive(pid) for pid in before)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", server.ports[0]), 5)
    assert kind.get(server) == WORD


@each
def test_paused_answers_nothing_until_woken(fixture: str, request: pytest.FixtureRequest) -> None:
    server: Server = request.getfixturevalue(fixture)
    kind = KINDS[fixture]
    with server.paused(), socket.create_connection(("127.0.0.1", server.ports[0]), 5) as caller:
        caller.settimeout(0.5)
        caller.sendall(b"GET / HTTP/1.0\r\n\r\n")
        with pytest.raises(TimeoutError):
            caller.recv(1)
    kind.put(server)
    assert kind.get(server) == WORD


@each
def test_leaves_nothing(fixture: str) -> None:
    server = KINDS[fixture].server()
    server.start()
    assert reachable_from_elsewhere(server) == []
    pids = server.pids()
    assert pids
    server.stop()
    assert not any(is_alive(pid) for pid in pids)
    server.remove()
    assert not server.home.exists()


@each
def test_dies_with_the_test_process(fixture: str) -> None:
    kind = KINDS[fixture].server
    code = (
        f"from {kind.__module__} import {kind.__name__} as S; import time\n"
        "s = S(); s.start(); print(s.home, *s.pids(), flush=True); time.sleep(600)"
    )
    root = Path(__file__).parents[2]
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=root)
    assert child.stdout
    home, *words = child.stdout.readline().decode().split()
    child.kill()
    child.wait()
    try:
        pids = [int(word) for word in words]
        assert pids
        deadline = time.monotonic() + 10
        while left := [pid for pid in pids if is_alive(pid)]:
            assert time.monotonic() < deadline, f"{left} outlive the process that started them"
            time.sleep(0.05)
    finally:
        subprocess.run(["rm", "-r", home], check=True)


def test_a_missing_program_is_named() -> None:
    with pytest.raises(ServerError, match=r"script/setup test.*redis-server"):
        find_program("redis-server-of-nobody", "Debian package redis-server")


def test_what_does_not_start_shows_its_log() -> None:
    server = RedisServer()
    try:
        with (
            socket.create_server(("127.0.0.1", server.ports[0])),
            pytest.raises(ServerError, match=r"(?s)did not become ready.*in use"),
        ):
            server.start()
    finally:
        server.remove()


def test_databases_are_apart(postgres_server: PostgresServer) -> None:
    for name in ("one", "two"):
        url = postgres_server.database(name).replace("+psycopg", "")
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE letters (word text)")
    postgres_server.drop("one")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url.replace("/two", "/one"))
    postgres_server.drop("two")


def test_commits_are_durable(postgres_server: PostgresServer) -> None:
    with psycopg.connect(postgres_server.url) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            assert connection.execute(f"SHOW {setting}").fetchone() == ("on",)


def test_queue_can_be_counted_and_purged(rabbitmq_server: RabbitServer) -> None:
    put_rabbitmq(rabbitmq_server)
    deadline = time.monotonic() + 10
    while rabbitmq_server.depth("letters") != 1:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert rabbitmq_server.purge("letters") == 1
    assert rabbitmq_server.depth("letters") == 0


def test_locked_object_stays(seaweed_server: SeaweedServer) -> None:
    from datetime import UTC, datetime, timedelta

    client = seaweed_server.client()
    client.make_bucket("locked", object_lock=True)
    until = datetime.now(UTC) + timedelta(days=1)
    made = client.put_object(
        "locked", "record", io.BytesIO(b"signed"), 6, retention=Retention(COMPLIANCE, until)
    )
    with pytest.raises(S3Error, match="AccessDenied"):
        client.remove_object("locked", "record", version_id=made.version_id)
    for path in ("/buckets/locked?recursive=true", "/buckets/locked/record"):
        request = urllib.request.Request(seaweed_server.filer_url + path, method="DELETE")  # noqa: S310
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(request, timeout=10)  # noqa: S310
    found = client.get_object("locked", "record", version_id=made.version_id)
    assert found.read() == b"signed"
    found.close()


def open_files(pid: int) -> set[str]:
    """What the process holds open; nothing of one that ends while it is asked."""
    try:
        return {str(entry.readlink()) for entry in Path(f"/proc/{pid}/fd").iterdir()}
    except (FileNotFoundError, ProcessLookupError):
        return set()


def reachable_from_elsewhere(server: Server) -> list[str]:
    """Listening sockets of the server's processes that other machines can reach."""
    mine = {socket for pid in server.pids() for socket in open_files(pid)}
    listening = "0A"
    found = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            local, state, inode = (line.split()[place] for place in (1, 3, 9))
            if state == listening and f"socket:[{inode}]" in mine:
                found.append(local)
    assert found, "no listening socket was seen: the check is blind"
    loopback = (
        "0100007F:",  # 127.0.0.1, the same as an IPv6 address, ::1
        "0000000000000000FFFF00000100007F:",
        "00000000000000000000000001000000:",
    )
    return [local for local in found if not local.startswith(loopback)]
