"""What workers tell of themselves, and that no word of a document is among it."""

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.services.server import free_ports
from tests.workers.conftest import on_postgresql, on_sqlite
from tests.workers.fleet import wait_until
from tests.workers.scene import Scene

pytestmark = pytest.mark.slow

CANARY = "canary"
"""In every word of a document, and in its file's name."""


@pytest.fixture
def collected() -> Iterator[tuple[str, list[bytes]]]:
    """URL of an OpenTelemetry collector (OTLP over HTTP), and what it was sent."""
    sent: list[bytes] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", sent
    server.shutdown()
    server.server_close()
    thread.join()


@on_sqlite
def test_no_word_of_a_document_leaves(scene: Scene, collected: tuple[str, list[bytes]]) -> None:
    """Not in logs, metrics, messages or spans, also when a letter fails."""
    collector, sent = collected
    (worker_port, sweeper_port) = free_ports(2)
    scene.set("margin = 5", f'margin = 5\notlp = "{collector}"')
    worker = scene.fleet.worker("--health", f"127.0.0.1:{worker_port}")
    scene.fleet.sweeper("--health", f"127.0.0.1:{sweeper_port}")
    commands = ("", " !secret", " !flaky", " !bug", " !top")
    titles = [f"{CANARY}-{number}{command}" for number, command in enumerate(commands)]
    scene.submit("\n---\n".join(titles).split("\n"), f"{CANARY}.txt")
    scene.settle()
    metrics = [_ask(port, "/metrics")[1] for port in (worker_port, sweeper_port)]
    scene.fleet.stop()

    logs = [line for log in scene.fleet.logs.iterdir() for line in log.read_text().splitlines()]
    told_as_json = [json.loads(line)["event"] for line in logs if line.startswith("{")]
    assert any(event.startswith("document-finished") for event in told_as_json)
    messages = b"".join(f.read_bytes() for f in scene.broker.home.rglob("*.aof"))
    assert messages.count(b"saraban.run_step") >= len(titles)
    assert 'saraban_step_seconds_count{outcome="done",stage="toy-archive"} 3.0' in metrics[0]
    assert "saraban_worker_slots 2.0" in metrics[1]
    spans = _spans(sent)
    assert sum(span.name == "step toy-archive" for span in spans) == 3
    told = [*logs, *metrics, *map(str, spans), messages.decode("utf-8", "replace")]
    assert [line for line in told if CANARY in line] == []
    assert worker.process.returncode == 0


@on_postgresql
def test_health_follows_the_state_store(scene: Scene) -> None:
    assert scene.database is not None
    ports = free_ports(2)
    scene.fleet.worker("--health", f"127.0.0.1:{ports[0]}")
    scene.fleet.sweeper("--health", f"127.0.0.1:{ports[1]}")

    def all_answer(status: int) -> bool:
        return {_ask(port, "/readyz")[0] for port in ports} == {status}

    wait_until(lambda: all_answer(200), 30, "not ready", scene.fleet)
    with scene.database.down():
        wait_until(lambda: all_answer(503), 15, "still ready", scene.fleet)
        assert {_ask(port, "/livez")[0] for port in ports} == {200}
        assert json.loads(_ask(ports[0], "/readyz")[1])["state"] is False
        assert _ask(ports[1], "/metrics")[0] == 503
    wait_until(lambda: all_answer(200), 30, "not ready again", scene.fleet)
    assert {_ask(port, "/metrics")[0] for port in ports} == {200}


def _ask(port: int, path: str) -> tuple[int, str]:
    """Status and body; 0 when nobody listens."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


def _spans(sent: list[bytes]) -> list[Span]:
    return [
        span
        for body in sent
        for of_resource in ExportTraceServiceRequest.FromString(body).resource_spans
        for of_scope in of_resource.scope_spans
        for span in of_scope.spans
    ]
