"""``/livez``, ``/readyz`` and ``/metrics``, served beside the work."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from pipeline.errors import SarabanError

Check = Callable[[], bool]


class Health(NamedTuple):
    """What a process tells of itself. ``ready``: named checks that must all hold."""

    alive: Check
    ready: dict[str, Check]
    metrics: Callable[[], bytes]


@contextmanager
def served(address: str | None, health: Health) -> Iterator[int | None]:
    """Serve on ``host:port`` in a thread; nothing when ``address`` is None. Answers the port."""
    if address is None:
        yield None
        return
    host, _, port = address.rpartition(":")
    server = ThreadingHTTPServer((host, int(port)), _answering(health))
    server.daemon_threads = True
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
