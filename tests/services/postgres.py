"""PostgreSQL with durable commits, on its own cluster."""

import os
import shutil
import signal
from pathlib import Path

import psycopg
from psycopg import sql

from tests.services.server import Server, ServerError

PACKAGE = "Debian package postgresql"
OPTIONS = """\
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
shared_buffers = 32MB
max_connections = 200
max_wal_size = 256MB
"""


class PostgresServer(Server):
    """Runs as the user ``postgres`` where the tests run as root, which the server refuses."""

    package = PACKAGE
    stop_signal = signal.SIGINT

    def __init__(self) -> None:
        self.binary = str(_programs() / "postgres")  # type: ignore[misc]
        super().__init__()
        self.user = "postgres" if os.geteuid() == 0 else None
        self.data = self.home / "data"

    @property
    def url(self) -> str:
        """The maintenance database, in psycopg's own form."""
        return f"postgresql://saraban:{self.password}@127.0.0.1:{self.ports[0]}/postgres"

    def database(self, name: str) -> str:
        """Make an empty database; its SQLAlchemy URL."""
        self._maintain("CREATE DATABASE {}", name)
        address = f"127.0.0.1:{self.ports[0]}"
        return f"postgresql+psycopg://saraban:{self.password}@{address}/{name}"

    def drop(self, name: str) -> None:
        """Drop a database, and whoever is still connected to it."""
        self._maintain("DROP DATABASE {} WITH (FORCE)", name)

    def _maintain(self, statement: str, name: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(sql.Identifier(name)))

    def _prepare(self) -> None:
        if self.data.exists():
            return
        words = self.home / "password"
        words.write_text(self.password)
        if self.user:
            shutil.chown(self.home, self.user, self.user)
            shutil.chown(words, self.user, self.user)
        command = [str(_programs() / "initdb"), "--no-sync", "-D", str(self.data)]
        command += ["-U", "saraban", "-A", "scram-sha-256", f"--pwfile={words}"]
        made = self._spawn([*command, "--encoding=UTF8", "--locale=C.UTF-8"], {})
        if made.wait():
            raise ServerError(f"initdb failed:\n{self.log.read_text()}")
        with (self.data / "postgresql.conf").open("a") as settings:
            settings.write(OPTIONS + f"port = {self.ports[0]}\n")

    def _command(self) -> list[str]:
        return [self.program, "-D", str(self.data)]

    def _probe(self) -> None:
        with psycopg.connect(self.url, connect_timeout=5) as connection:
            connection.execute("SELECT 1")


def _programs() -> Path:
    """The newest version's programs; Debian keeps them off the search path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not found:
        raise ServerError(f"postgres is not installed: `script/setup test` installs it ({PACKAGE})")
    return found[-1].parent
