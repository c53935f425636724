"""``archive-s3``: once, locked, read back; nobody takes it away again."""

import hashlib
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from minio.commonconfig import COMPLIANCE, GOVERNANCE
from minio.error import S3Error
from minio.retention import Retention

from pipeline.errors import SecurityError
from pipeline.s3.bucket import Bucket
from pipeline.testing.conformance import check_run
from pipeline.testing.harness import Harness
from plugins.archive.s3 import ArchiveS3, S3ArchiveOptions
from schemas.archive import LockedFile
from schemas.filing import FileName
from schemas.outcome import Done
from schemas.secrecy import Secrecy
from tests.archive.conftest import CMS, SEALING
from tests.s3.filing import ONCE, RECORD, STEM, Desk, locked
from tests.services.buckets import Place


@pytest.fixture
def desk(locking: Place, tmp_path: Path) -> Desk:
    return Desk(tmp_path, locking.url)


def bytes_of(place: Place, file: LockedFile) -> bytes:
    return place.bucket.open(file.name, file.version).read()


def test_a_letter_is_stored_locked_and_receipted(desk: Desk, locking: Place) -> None:
    receipt = desk.file()
    assert receipt.archive == f"s3:http://127.0.0.1:{locking.port}/{locking.name}/{locking.prefix}"
    assert locking.versions() == ONCE
    for file, content in zip(locked(receipt), desk.content.values(), strict=True):
        assert bytes_of(locking, file) == content
        assert file.sha256 == hashlib.sha256(content).hexdigest()
        assert file.lock.mode == "COMPLIANCE"
        assert file.lock.until == datetime(datetime.now(UTC).year + 11, 1, 1, tzinfo=UTC)
        assert locking.bucket.lock_of(file.name, file.version) == file.lock


def test_it_conforms(desk: Desk, locking: Place, tmp_path: Path) -> None:
    inputs = {}
    for role, content in desk.content.items():
        inputs[role] = tmp_path / role
        inputs[role].write_bytes(content)
    outcome, _ = check_run(
        Harness(tmp_path / "scratch"),
        desk.stage(),
        inputs,
        facts=(FileName(stem=STEM),),
        classified=True,
    )
    assert isinstance(outcome, Done)
    assert locking.versions() == ONCE


def test_the_owner_of_all_rights_cannot_end_it(desk: Desk, locking: Place) -> None:
    record = locked(desk.file())[0]
    key = f"{locking.prefix}/{record.name}"
    client, bucket = locking.client, locking.name
    assert record.lock.until is not None
    shorter = Retention(COMPLIANCE, record.lock.until - timedelta(days=1))
    weaker = Retention(GOVERNANCE, record.lock.until)
    attacks: list[Callable[[], object]] = [
        lambda: client.remove_object(bucket, key, record.version),
        lambda: locking.bucket.delete(record.name, record.version, bypass=True),
        lambda: client.set_object_retention(bucket, key, shorter, record.version),
        lambda: client.set_object_retention(bucket, key, weaker, record.version),
        lambda: client.remove_bucket(bucket),
    ]
    for attack in attacks:
        with pytest.raises(Exception, match=r"AccessDenied|BucketNotEmpty"):
            attack()
    client.put_object(bucket, key, io.BytesIO(b"another"), 7)
    client.remove_object(bucket, key)
    assert bytes_of(locking, record) == desk.content["record"]
    assert locking.bucket.lock_of(record.name, record.version) == record.lock


def test_legal_hold_and_governance_are_read_back(desk: Desk, locking: Place) -> None:
    desk.options = {"mode": "GOVERNANCE", "years": 1, "legal_hold": True}
    record = locked(desk.file())[0]
    assert record.lock.legal_hold
    assert record.lock.mode == "GOVERNANCE"
    key = f"{locking.prefix}/{record.name}"
    with pytest.raises(S3Error, match="AccessDenied"):
        locking.client.remove_object(locking.name, key, record.version)
    locking.client.disable_object_legal_hold(locking.name, key, record.version)
    locking.bucket.delete(record.name, record.version, bypass=True)
    assert (RECORD, False) not in locking.versions()


def test_a_secret_letter_leaves_only_envelopes(desk: Desk, locking: Place) -> None:
    desk.content = {
        "record": b"%PDF secret",
        "sidecar": b"secret",
        "envelope": CMS + b"1",
        "sidecar-envelope": CMS + b"2",
    }
    receipt = desk.file(Secrecy.SECRET, (FileName(stem=STEM), SEALING))
    names = [name for name, _ in locking.versions()]
    assert sorted(file.name for file in receipt.files) == names
    assert [name.removeprefix(f"2569/secret/{STEM}") for name in names] == [
        ".json",
        ".json.p7m",
        ".pdf.p7m",
    ]
    assert not any(b"%PDF" in bytes_of(locking, file) for file in locked(receipt))


def test_plaintext_of_a_secret_is_refused(desk: Desk, locking: Place) -> None:
    with pytest.raises(SecurityError, match="not-sealed"):
        desk.file(Secrecy.CONFIDENTIAL)
    assert locking.versions() == []


def test_filing_again_finds_it(desk: Desk, locking: Place) -> None:
    first = desk.file()
    again = desk.file()
    assert again.files == first.files
    assert locking.versions() == ONCE


def test_reconcile_finds_the_whole_only(desk: Desk, locking: Place) -> None:
    locking.bucket.put(RECORD, desk.content["record"])
    stage = desk.stage()
    desk.file(stage=stage)
    assert not stage.found
    again = desk.stage()
    receipt = desk.file(stage=again)
    assert again.found
    assert locking.versions() == ONCE
    assert locked(receipt)[0].lock.mode == "COMPLIANCE", "what lay there unlocked was locked"


def test_a_longer_retention_is_left_alone(desk: Desk) -> None:
    desk.options = {"years": 20}
    first = desk.file()
    desk.options = {"years": 1, "mode": "GOVERNANCE"}
    assert desk.file().files == first.files


def test_a_taken_name_is_never_overwritten(desk: Desk, locking: Place) -> None:
    desk.file()
    desk.content["record"] = b"%PDF another letter"
    with pytest.raises(SecurityError, match="archive-name-taken"):
        desk.file()
    assert locking.versions() == ONCE


@pytest.mark.parametrize("hide", [True, False])
def test_what_was_hidden_or_doubled_is_told(desk: Desk, locking: Place, hide: bool) -> None:
    desk.file()
    if hide:
        locking.bucket.delete(RECORD)
    else:
        locking.bucket.put(RECORD, desk.content["record"])
    with pytest.raises(SecurityError, match="archive-altered"):
        desk.file()
    assert len(locking.versions()) == 3


def test_empty_and_long_files(desk: Desk, locking: Place) -> None:
    desk.content = {"record": b"%PDF" * (20 << 18), "sidecar": b""}
    receipt = locked(desk.file())
    assert [file.size for file in receipt] == [20 << 20, 0]
    assert bytes_of(locking, receipt[0]) == desk.content["record"]


def preflight(url: str) -> list[tuple[str, bool]]:
    problems = ArchiveS3(S3ArchiveOptions(url=url)).preflight()
    return [(problem.code, problem.warning) for problem in problems]


def test_preflight(locking: Place, plain: Place) -> None:
    assert preflight(locking.url) == []
    assert preflight(plain.url) == [("archive-not-locking", False)]
    assert preflight(locking.url.replace("/locking/", "/no-such-bucket/")) == [
        ("s3-no-bucket", False)
    ]
    assert preflight(locking.url.replace(f":{locking.port}/", ":9/")) == [("s3-unreachable", True)]
    locking.credentials.write_text('{"access_key": "saraban", "secret_key": "wrong"}')
    assert preflight(locking.url) == [("s3-denied", False)]
    locking.credentials.write_text('{"access_key": "saraban"}')
    assert preflight(locking.url) == [("bad-s3-credentials", False)]
    locking.credentials.chmod(0o644)
    assert preflight(locking.url) == [("secret-exposed", False)]


def test_every_version_is_listed_over_pages(locking: Place) -> None:
    bucket: Bucket = locking.bucket
    for number in range(1010):
        bucket.put("many", b"%d" % number)
    assert len({version.id for version in bucket.versions("many")}) == 1010
    assert bucket.versions("man") == []
