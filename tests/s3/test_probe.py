"""``saraban s3 probe``: a bucket that keeps its promises, and many that do not."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.cli.main import app
from pipeline.errors import ConfigurationError, UnavailableError
from pipeline.host import Host
from pipeline.station import make_station
from plugins.archive import probe as probing
from schemas.storage import StorageProbe
from tests.services.buckets import Place
from tests.services.faultproxy import Answer, Fault, Forward, Request, answer, drop_request

ALL = {
    "versions-kept",
    "lock-enabled",
    "object-locked",
    "not-deleted",
    "not-shortened",
    "extended",
    "written-once",
    "written-once-together",
    "checksum-enforced",
    "legal-hold",
    "not-overwritten",
    "versions-listed",
}


def probe_storage(url: str) -> StorageProbe:
    found: StorageProbe | None = Host().hook.probe_storage(url=url)
    assert found is not None
    return found


def failed(found: StorageProbe) -> set[str]:
    return {finding.code for finding in found.findings if not finding.held}


def test_an_archive(locking: Place) -> None:
    found = probe_storage(locking.url)
    assert {finding.code for finding in found.findings} == ALL
    assert failed(found) == set()
    assert found.is_archive
    assert "credentials" not in found.storage


def test_a_bucket_without_lock_is_none(plain: Place) -> None:
    found = probe_storage(plain.url)
    assert not found.is_archive
    assert failed(found) == {"versions-kept", "lock-enabled"}
    assert plain.versions() == [], "nothing was written"


def test_another_scheme_is_for_others() -> None:
    assert Host().hook.probe_storage(url="file:archive") is None


def test_nothing_is_proven_by_silence(locking: Place) -> None:
    with locking.proxy.mode(drop_request), pytest.raises(UnavailableError, match="s3-unreachable"):
        probe_storage(locking.faulty)
    with (
        locking.proxy.mode(answer(403, "AccessDenied"), path="object-lock"),
        pytest.raises(ConfigurationError, match="s3-denied"),
    ):
        probe_storage(locking.faulty)


def test_what_an_ended_probe_left_is_removed(
    locking: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = f"{probing.FOLDER}of-an-earlier-probe"
    locking.bucket.put(left, b"x")
    probe_storage(locking.url)
    names = {name for name, _ in locking.versions()}
    assert left not in names
    assert names, "what is still locked stays"


@dataclass
class Once:
    """A fault that begins with the first request of one kind."""

    begins: Callable[[Request], bool]
    fault: Fault
    begun: bool = False

    def __call__(self, request: Request, forward: Forward) -> Answer | None:
        self.begun = self.begun or self.begins(request)
        if self.begun and request.method in {"GET", "HEAD"} and "versionId" in request.path:
            return self.fault(request, forward)
        return forward(request)


def refusal_hidden(status: int) -> Fault:
    """Says that it did what it refused to do."""

    def strike(request: Request, forward: Forward) -> Answer:
        told = forward(request)
        if told.status != status:
            return told
        return Answer(200, [("x-amz-version-id", "x"), ("Content-Type", "application/xml")], b"")

    return strike


def without_markers(request: Request, forward: Forward) -> Answer:
    told = forward(request)
    body = re.sub(rb"<DeleteMarker>.*?</DeleteMarker>", b"", told.body, flags=re.DOTALL)
    return told._replace(body=body)


def headers_without(name: str) -> Fault:
    def strike(request: Request, forward: Forward) -> Answer:
        told = forward(request)
        kept = [header for header in told.headers if name not in header[0].lower()]
        return told._replace(headers=kept)

    return strike


def is_deletion(request: Request) -> bool:
    return request.method == "DELETE" and "locked" in request.path


def is_relocking(request: Request) -> bool:
    return request.method == "PUT" and "retention" in request.path


def is_overwriting(request: Request) -> bool:
    return request.method == "PUT" and b"take the place" in request.body


GONE = answer(404, "NoSuchVersion")


@pytest.mark.parametrize(
    ("fault", "method", "path", "lost"),
    [
        (headers_without("object-lock-mode"), "HEAD", "locked", "object-locked"),
        (Once(is_deletion, GONE), "", "locked", "not-deleted"),
        (Once(is_relocking, headers_without("retain-until")), "", "locked", "not-shortened"),
        (answer(403, "AccessDenied"), "PUT", "retention", "extended"),
        (refusal_hidden(412), "PUT", "locked$", "written-once"),
        (refusal_hidden(412), "PUT", "raced", "written-once-together"),
        (refusal_hidden(400), "PUT", "damaged", "checksum-enforced"),
        (headers_without("legal-hold"), "HEAD", "held", "legal-hold"),
        (Once(is_overwriting, GONE), "", "locked", "not-overwritten"),
        (without_markers, "GET", "versions=", "versions-listed"),
    ],
)
def test_each_broken_promise_is_found(
    locking: Place, fault: Fault, method: str, path: str, lost: str
) -> None:
    where = f"{locking.prefix}.*{path}" if path != "versions=" else path
    with locking.proxy.mode(fault, method=method, path=where):
        found = probe_storage(locking.faulty)
    assert lost in failed(found)
    assert not found.is_archive


@pytest.fixture
def station(tmp_path: Path) -> Path:
    folder = tmp_path / "station"
    make_station(folder, code="TAK01", organisation="จังหวัดตาก", agency="TAK")
    return folder


def saraban(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, list(words))
    return done.exit_code, done.stdout


def test_command_says_it_plainly(
    station: Path, locking: Place, plain: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, told = saraban("s3", "probe", locking.url, "-s", str(station))
    assert (code, told.count("✓")) == (0, 2 * len(ALL))
    assert "May be called an archive." in told
    assert "ใช้เป็นที่เก็บถาวรได้" in told
    code, told = saraban("s3", "probe", plain.url, "-s", str(station))
    assert code == 5
    assert "Must not be called an archive." in told
    code, told = saraban("s3", "probe", plain.url, "-s", str(station), "--json")
    assert (code, json.loads(told)["is_archive"]) == (5, False)
    assert str(plain.credentials) not in told


def test_command_takes_the_definitions_archive(station: Path, locking: Place) -> None:
    assert saraban("s3", "probe", "-s", str(station))[0] == 5
    definition = station / "definitions" / "standard.toml"
    text = definition.read_text("utf-8")
    (station / "keys" / "s3.json").write_bytes(locking.credentials.read_bytes())
    (station / "keys" / "s3.json").chmod(0o600)
    url = locking.url.replace(str(locking.credentials), "keys/s3.json")
    folder = 'uses = "archive-folder"\nwith = { root = "archive" }'
    assert folder in text
    bucket = f'uses = "archive-s3"\nwith = {{ url = "{url}" }}'
    definition.write_text(text.replace(folder, bucket), "utf-8")
    code, told = saraban("s3", "probe", "-s", str(station), "--json")
    assert (code, json.loads(told)["is_archive"]) == (0, True)
