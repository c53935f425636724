"""Redis as a queue: what was acknowledged is in the append-only file."""

from redis import Redis

from tests.services.server import Server


class RedisServer(Server):
    """``redis-server`` with a password, writing through on every command."""

    binary = "redis-server"
    package = "Debian package redis-server"

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.ports[0]}/0"

    def client(self) -> Redis:
        """A new client."""
        return Redis.from_url(self.url)

    def _command(self) -> list[str]:
        options = {
            "port": str(self.ports[0]),
            "bind": "127.0.0.1",
            "dir": str(self.home),
            "requirepass": self.password,
            "appendonly": "yes",
            "appendfsync": "always",
            "save": "",
            "maxmemory-policy": "noeviction",
        }
        return [
            self.program,
            *(word for key, value in options.items() for word in (f"--{key}", value)),
        ]

    def _probe(self) -> None:
        with self.client() as client:
            client.ping()
