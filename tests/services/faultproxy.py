"""An HTTP proxy that misbehaves on command: a network, and a server, on a bad day.

It stands in front of a real server, passes every request on unchanged (so that signatures hold),
and strikes the requests that a mode selects::

    with FaultProxy("127.0.0.1", port) as proxy:
        with proxy.mode(answer(503, "SlowDown"), method="PUT", times=2):
            ...
        with proxy.mode(drop_answer, path=r"/archive/"):
            ...
"""

import http.client
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Self

UPSTREAM_TIMEOUT = 120.0
_HOP = {"connection", "keep-alive", "transfer-encoding"}
_ERROR = (
    '<?xml version="1.0" encoding="UTF-8"?><Error><Code>{}</Code>'
    "<Message>fault</Message><Resource>/</Resource><RequestId>0</RequestId></Error>"
)


class Request(NamedTuple):
    """What came in; ``path`` with its query."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Answer(NamedTuple):
    """What goes out; ``cut``: how many bytes of the body go before the connection breaks."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    cut: int | None = None


Forward = Callable[[Request], Answer]
Fault = Callable[[Request, Forward], Answer | None]
"""Makes the answer, by calling on the server or not; None breaks the connection."""


def answer(status: int, code: str = "", content_type: str = "application/xml") -> Fault:
    """Answers itself; the server never hears of the request."""

    def strike(_request: Request, _forward: Forward) -> Answer:
        body = _ERROR.format(code).encode() if code else b""
        return Answer(status, [("Content-Type", content_type)], body)

    return strike


def act_then_answer(status: int, code: str) -> Fault:
    """The server acts, but the client is told that it failed."""

    def strike(request: Request, forward: Forward) -> Answer | None:
        forward(request)
        return answer(status, code)(request, forward)

    return strike


def delay(seconds: float) -> Fault:
    """Passes the answer on late."""

    def strike(request: Request, forward: Forward) -> Answer:
        time.sleep(seconds)
        return forward(request)

    return strike


def cut_answer(after: int) -> Fault:
    """Breaks the connection after so many bytes of the answer's body."""

    def strike(request: Request, forward: Forward) -> Answer:
        return forward(request)._replace(cut=after)

    return strike


def corrupt_answer(request: Request, forward: Forward) -> Answer:
    """Turns one bit in the middle of the answer's body."""
    whole = forward(request)
    body = bytearray(whole.body)
    if body:
        body[len(body) // 2] ^= 1
    return whole._replace(body=bytes(body))


def drop_request(_request: Request, _forward: Forward) -> None:
    """Breaks the connection; the server never hears of the request."""


def drop_answer(request: Request, forward: Forward) -> None:
    """The server acts, then the connection breaks: the client cannot know."""
    forward(request)


@dataclass
class _Mode:
    fault: Fault
    method: str
    path: re.Pattern[str]
    left: int | None
    struck: list[Request] = field(default_factory=list)

    def takes(self, request: Request) -> bool:
        return bool(
            self.left != 0
            and self.method in {"", request.method}
            and self.path.search(request.path)
        )


class FaultProxy:
    """Listens on a free port of 127.0.0.1 while it is entered. ``seen`` lists every request."""

    def __init__(self, host: str, port: int) -> None:
        self.upstream = host, port
        self.seen: list[Request] = []
        self._modes: list[_Mode] = []
        self._lock = threading.Lock()
        self._server = _Listener(("127.0.0.1", 0), _Connection)
        self._server.proxy = self
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @contextmanager
    def mode(
        self, fault: Fault, *, method: str = "", path: str = "", times: int | None = None
    ) -> Iterator[list[Request]]:
        """Strikes for the body those requests that fit; the list fills with what was struck.

        ``path`` is a regular expression searched for in path and query; ``times`` bounds how many
        are struck. Of modes within one another the innermost that fits strikes.
        """
        mode = _Mode(fault, method, re.compile(path), times)
        with self._lock:
            self._modes.append(mode)
        try:
            yield mode.struck
        finally:
            with self._lock:
                self._modes.remove(mode)

    def respond(self, request: Request) -> Answer | None:
        """The answer to one request, or None to break the connection."""
        with self._lock:
            self.seen.append(request)
            mode = next((m for m in reversed(self._modes) if m.takes(request)), None)
            if mode is not None:
                mode.struck.append(request)
                mode.left = None if mode.left is None else mode.left - 1

        return mode.fault(request, self._forward) if mode else self._forward(request)

    def _forward(self, request: Request) -> Answer:
        upstream = http.client.HTTPConnection(*self.upstream, timeout=UPSTREAM_TIMEOUT)
        try:
            upstream.putrequest(
                request.method, request.path, skip_host=True, skip_accept_encoding=True
            )
            for name, value in request.headers.items():
                if name.lower() not in _HOP:
                    upstream.putheader(name, value)
            upstream.endheaders(request.body or None)
            told = upstream.getresponse()
            body = told.read()
            return Answer(told.status, told.getheaders(), body)
        except OSError:
            return Answer(502, [("Content-Type", "text/plain")], b"no upstream")
        finally:
            upstream.close()


class _Listener(ThreadingHTTPServer):
    proxy: FaultProxy
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no fault of the proxy."""


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Listener

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        request = Request(self.command, self.path, dict(self.headers.items()), body)
        told = self.server.proxy.respond(request)
        if told is None:
            self._break()
            return
        self.send_response_only(told.status)
        for name, value in told.headers:
            if name.lower() not in _HOP | {"content-length"}:
                self.send_header(name, value)
        head = {name.lower(): value for name, value in told.headers}
        size = head.get("content-length") if self.command == "HEAD" else str(len(told.body))
        self.send_header("Content-Length", size or "0")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(told.body if told.cut is None else told.body[: told.cut])
        if told.cut is not None:
            self._break()

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _serve  # noqa: N815

    def _break(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_: Any) -> None:
        """Silent: the tests look at ``seen``."""
