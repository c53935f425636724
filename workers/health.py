"""``/livez``, ``/readyz`` and ``/metrics``, served beside the work."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Annotated, NamedTuple

import typer

from pipeline.errors import ConfigurationError, SarabanError

Check = Callable[[], bool]
HealthOption = Annotated[
    str | None,
    typer.Option(help="host:port of the health service. ที่อยู่บริการตรวจสุขภาพ"),
]


class Health(NamedTuple):
    """What a process tells of itself. ``ready``: named checks that must all hold."""

    alive: Check
    ready: dict[str, Check]
    metrics: Callable[[], bytes]


def _listen(address: str, health: Health) -> ThreadingHTTPServer:
    host, _, port = address.rpartition(":")
    try:
        if not host:
            raise ValueError("no host")
        server = ThreadingHTTPServer((host, int(port)), _answering(health))
    except (OSError, OverflowError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "host:port"
        raise ConfigurationError(
            "health-refused",
            thai=f"เปิดบริการตรวจสุขภาพที่ {address} ไม่ได้ ({reason}) โปรดแก้ค่า health เช่น 127.0.0.1:9180",
            english=f"The health service cannot be served at {address} ({reason}). Set `health` "
            "to a free one like 127.0.0.1:9180.",
        ) from error
    server.daemon_threads = True
    return server


@contextmanager
def served(address: str | None, health: Health) -> Iterator[int | None]:
    """Serve on ``host:port`` in a thread; nothing when ``address`` is None. Answers the port.

    Raises ConfigurationError when this machine cannot serve there.
    """
    if address is None:
        yield None
        return
    server = _listen(address, health)
    threading.Thread(target=server.serve_forever, name="health", daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


def _answering(health: Health) -> type[BaseHTTPRequestHandler]:
    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            match self.path:
                case "/livez":
                    self._say(_holds(health.alive), b"{}\n", "application/json")
                case "/readyz":
                    checks = {name: _holds(check) for name, check in health.ready.items()}
                    body = json.dumps(checks).encode() + b"\n"
                    self._say(all(checks.values()), body, "application/json")
                case "/metrics":
                    self._metrics()
                case _:
                    self.send_error(HTTPStatus.NOT_FOUND)

        def _metrics(self) -> None:
            try:
                body = health.metrics()
            except SarabanError:
                self._say(False, b"", "text/plain")
            else:
                self._say(True, body, "text/plain; version=0.0.4; charset=utf-8")

        def _say(self, well: bool, body: bytes, kind: str) -> None:
            self.send_response(HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Requests of a probe every few seconds are no news."""

    return Answers


def _holds(check: Check) -> bool:
    try:
        return check()
    except Exception:  # noqa: BLE001 - whatever fails in a check, it does not hold
        return False
