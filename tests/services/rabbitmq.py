"""RabbitMQ with its own node name, port mapper and user; no plugins."""

import os
import subprocess
import time
from typing import Any

from kombu import Connection

from tests.services.server import STOP_TIMEOUT, Server, ServerError, find_program

CONFIGURATION = """\
listeners.tcp.1 = 127.0.0.1:{port}
default_user = saraban
default_pass = {password}
disk_free_limit.absolute = 50MB
consumer_timeout = 3600000
"""
ERLANG = (
    "-kernel inet_dist_use_interface {127,0,0,1} +S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none"
)
"""Node traffic on loopback only; schedulers that do not spin while idle."""


class RabbitServer(Server):
    """A one-node broker. Ports: AMQP, node traffic, epmd."""

    binary = "/usr/lib/rabbitmq/bin/rabbitmq-server"
    package = "Debian package rabbitmq-server"
    port_count = 3

    def __init__(self) -> None:
        super().__init__()
        self._epmd: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"amqp://saraban:{self.password}@127.0.0.1:{self.ports[0]}//"

    def depth(self, queue: str) -> int:
        """Messages that wait in ``queue``; those handed out do not count."""
        with Connection(self.url) as connection:
            channel: Any = connection.default_channel
            return int(channel.queue_declare(queue, passive=True).message_count)

    def purge(self, queue: str) -> int:
        """Drop what waits in ``queue``; answers how many messages."""
        with Connection(self.url) as connection:
            channel: Any = connection.default_channel
            return int(channel.queue_purge(queue))

    def stop(self) -> None:
        try:
            super().stop()
        finally:
            self._stop_epmd()

    def kill(self) -> None:
        try:
            super().kill()
        finally:
            self._stop_epmd()

    def pids(self) -> list[int]:
        return super().pids() + ([self._epmd.pid] if self._epmd else [])

    def _stop_epmd(self) -> None:
        if self._epmd:
            self._epmd.kill()
            self._epmd.wait(STOP_TIMEOUT)
            self._epmd = None

    def _prepare(self) -> None:
        (self.home / "enabled_plugins").write_text("[].\n")
        text = CONFIGURATION.format(port=self.ports[0], password=self.password)
        (self.home / "rabbitmq.conf").write_text(text)
        epmd = [find_program("epmd", "Debian package erlang-base"), "-port", str(self.ports[2])]
        self._epmd = self._spawn([*epmd, "-address", "127.0.0.1"], {})
        ask = [*epmd, "-names"]
        deadline = time.monotonic() + STOP_TIMEOUT
        while subprocess.run(ask, capture_output=True, check=False).returncode:
            if time.monotonic() > deadline:
                raise ServerError("epmd did not become ready")
            time.sleep(0.05)

    def _command(self) -> list[str]:
        return [self.program]

    def _environment(self) -> dict[str, str]:
        return {
            "RUNNING_UNDER_SYSTEMD": "true",  # exec the Erlang machine: its process id is ours
            "RABBITMQ_CONF_ENV_FILE": os.devnull,
            "RABBITMQ_CONFIG_FILE": str(self.home / "rabbitmq"),
            "RABBITMQ_NODENAME": f"saraban{self.ports[0]}@localhost",
            "RABBITMQ_DIST_PORT": str(self.ports[1]),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.home / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(self.home / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.home / "log"),
            "RABBITMQ_PID_FILE": str(self.home / "pid"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": ERLANG,
            "ERL_EPMD_PORT": str(self.ports[2]),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
        }

    def _probe(self) -> None:
        with Connection(self.url, connect_timeout=5) as connection:
            connection.connect()
