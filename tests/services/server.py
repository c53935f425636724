"""What the servers of the tests have in common: start, stop, kill, pause, and no orphans."""

import os
import random
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

READY_TIMEOUT = 90.0
"""Seconds a server may take until a client's call works; an idle machine needs five."""
STOP_TIMEOUT = 30.0
"""Seconds a server may take to end after it was asked to."""
PORTS = range(15_000, 32_000)
"""Below the ports that outgoing connections take, so that a server finds its own again."""
LOG_TAIL = 3_000
"""Characters of a server's log that an error quotes."""


class ServerError(Exception):
    """A server is not installed, did not become ready or did not end."""


class Server(ABC):
    """One server with its own folder. Nothing of it outlives the test process.

    ``home`` holds its data until :meth:`remove`; ``ports`` stay the same over restarts.
    """

    binary: ClassVar[str]
    package: ClassVar[str]
    port_count: ClassVar[int] = 1
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM
    user: str | None = None
    """Whom the server runs as; None: as the tests do."""

    def __init__(self) -> None:
        self.program = find_program(self.binary, self.package)
        self.home = Path(tempfile.mkdtemp(prefix=f"saraban-{type(self).__name__.lower()}-"))
        self.ports = free_ports(self.port_count)
        self.password = secrets.token_hex(16)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def url(self) -> str:
        """Where clients find it, with the password."""

    @property
    def log(self) -> Path:
        """What it printed, over all its starts."""
        return self.home / "server.log"

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it and wait until a client's call works. Raises ServerError with the log's end."""
        if self.running:
            return
        self._prepare()
        self._process = self._spawn(self._command(), self._environment())
        deadline = time.monotonic() + READY_TIMEOUT
        while True:
            try:
                self._probe()
            except Exception as error:
                if self.running and time.monotonic() < deadline:
                    time.sleep(0.1)
                    continue
                self.kill()
                tail = self.log.read_text("utf-8", "replace")[-LOG_TAIL:]
                raise ServerError(f"{self.binary} did not become ready: {error}\n{tail}") from error
            return

    def stop(self) -> None:
        """End it in its own orderly way, and whatever it started."""
        if self._process is None:
            return
        family = _family(self._process.pid)
        self._process.send_signal(signal.SIGCONT)
        self._process.send_signal(self.stop_signal)
        try:
            self._process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired as error:
            self.kill()
            raise ServerError(f"{self.binary} did not stop") from error
        self._process = None
        _end(family)

    def kill(self) -> None:
        """SIGKILL it and all its children, as a power cut would."""
        if self._process is None:
            return
        if self.running:
            self._process.send_signal(signal.SIGSTOP)
        family = _family(self._process.pid)
        self._process.kill()
        self._process.wait()
        self._process = None
        _end(family)

    def pause(self) -> None:
        """SIGSTOP it and all its children: connections stay open, nothing answers."""
        self._signal_all(signal.SIGSTOP)

    def wake(self) -> None:
        """Undo :meth:`pause`."""
        self._signal_all(signal.SIGCONT)

    @contextmanager
    def down(self) -> Iterator[None]:
        """Killed for the body, started again after it."""
        self.kill()
        try:
            yield
        finally:
            self.start()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Paused for the body."""
        self.pause()
        try:
            yield
        finally:
            self.wake()

    def pids(self) -> list[int]:
        """Its processes, the first its main one; none while it does not run."""
        return [pid for pid, _ in _family(self._process.pid)] if self._process else []

    def remove(self) -> None:
        """End it at once and delete its data."""
        try:
            self.kill()
        finally:
            shutil.rmtree(self.home)

    def _prepare(self) -> None:  # noqa: B027  a server may need none
        """Make files that a start needs."""

    @abstractmethod
    def _command(self) -> list[str]:
        """What starts it."""

    def _environment(self) -> dict[str, str]:
        return {}

    @abstractmethod
    def _probe(self) -> None:
        """One call of a real client. Raises while the server is not ready."""

    def _spawn(self, command: list[str], extra: dict[str, str]) -> subprocess.Popen[bytes]:
        """Start ``command`` so that it dies with this process."""
        privileges = ["setpriv", "--pdeathsig", "KILL"]
        if self.user:
            privileges += ["--reuid", self.user, "--regid", self.user, "--init-groups"]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [*privileges, "--", *command],
                cwd=self.home,
                env={"PATH": os.environ["PATH"], "HOME": str(self.home), "LC_ALL": "C.UTF-8"}
                | extra,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _signal_all(self, number: signal.Signals) -> None:
        for pid in self.pids():
            os.kill(pid, number)


def find_program(binary: str, package: str) -> str:
    """The path of a program. Raises ServerError naming what installs it."""
    path = os.environ["PATH"] + os.pathsep + "/usr/sbin"
    found = shutil.which(binary, path=path)
    if found is None:
        raise ServerError(f"{binary} is not installed: `script/setup test` installs it ({package})")
    return found


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 on which nothing listens now."""
    found: list[int] = []
    for port in random.sample(PORTS, len(PORTS)):
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
        found.append(port)
        if len(found) == count:
            return found
    raise ServerError(f"{count} free ports were not found")


def _family(main: int) -> list[tuple[int, str]]:
    """``main`` and its descendants: (pid, start time, which no later process shares)."""
    children: dict[int, list[int]] = {}
    started: dict[int, str] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (stat := _stat(int(entry.name))) and stat[0] != "Z":
            children.setdefault(int(stat[1]), []).append(int(entry.name))
            started[int(entry.name)] = stat[19]
    found: list[tuple[int, str]] = []
    waiting = [main] if main in started else []
    while waiting:
        pid = waiting.pop(0)
        found.append((pid, started[pid]))
        waiting += children.get(pid, [])
    return found


def _stat(pid: int) -> list[str] | None:
    """Fields 3 and on of /proc/PID/stat (proc(5)); None when there is no such process."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    return text.rpartition(")")[2].split()


def is_alive(pid: int, started: str | None = None) -> bool:
    """Whether this process runs (a zombie does not); ``started`` tells it from a later one."""
    stat = _stat(pid)
    return stat is not None and stat[0] != "Z" and started in {None, stat[19]}


def _end(family: list[tuple[int, str]]) -> None:
    """SIGKILL who is left and wait until all are gone."""
    deadline = time.monotonic() + STOP_TIMEOUT
    while left := [pid for pid, started in family if is_alive(pid, started)]:
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        if time.monotonic() > deadline:
            raise ServerError(f"processes {left} cannot be ended")
        time.sleep(0.02)
