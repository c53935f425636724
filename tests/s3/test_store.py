"""Artifact stores: the same conformance for a folder and for a bucket; faults on the way."""

from pathlib import Path
from uuid import uuid4

import pytest

from pipeline.artifacts import read_artifact, write_artifact
from pipeline.durable import digest_file
from pipeline.errors import (
    DocumentError,
    NoSpaceError,
    SecurityError,
    StageError,
    TransientError,
    UnavailableError,
)
from pipeline.keys import DataKey, StationKey
from pipeline.s3.bucket import RETRIES, Bucket
from pipeline.testing.stores import check_store
from plugins.stores.folder import FolderStore
from plugins.stores.s3 import S3Store
from schemas.artifact import Artifact
from schemas.outcome import Kept
from schemas.secrecy import Secrecy
from tests.services.buckets import Place
from tests.services.faultproxy import (
    Fault,
    act_then_answer,
    answer,
    corrupt_answer,
    cut_answer,
    delay,
    drop_answer,
    drop_request,
)


def test_folder_conforms(tmp_path: Path) -> None:
    check_store(FolderStore(tmp_path / "artifacts"))


def test_bucket_conforms(plain: Place) -> None:
    check_store(S3Store(plain.bucket))


class _Forgetful(FolderStore):
    def delete(self, locator: str) -> None:
        """Does not."""


def test_conformance_finds_a_fault(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="deleting is silent and complete: not so"):
        check_store(_Forgetful(tmp_path))


def test_many_objects_are_listed(plain: Place) -> None:
    store = S3Store(plain.bucket)
    names = [f"{n % 7}/{n:04}" for n in range(1100)]
    for name in names:
        plain.bucket.put(name, b"x")
    assert sorted(store.locators()) == sorted(names)


def test_bucket_with_versions_is_refused(locking: Place) -> None:
    with pytest.raises(UnavailableError, match="store-keeps-versions"):
        S3Store(locking.bucket).put("aa/bb", [b"x"])
    assert locking.versions() == []


@pytest.mark.parametrize(
    ("fault", "method"),
    [
        (answer(503, "SlowDown"), "PUT"),
        (answer(500, "InternalError"), "PUT"),
        (answer(409, "OperationAborted"), "PUT"),
        (act_then_answer(500, "InternalError"), "PUT"),
        (drop_answer, "PUT"),
        (drop_request, "PUT"),
        (drop_request, "HEAD"),
        (answer(502, content_type="text/html"), "PUT"),
    ],
)
def test_what_passes_is_sent_again(plain: Place, fault: Fault, method: str) -> None:
    store = S3Store(Bucket.at(plain.faulty))
    with plain.proxy.mode(fault, method=method, path=plain.prefix, times=2) as struck:
        assert store.put("aa/bb", [b"cipher"])[0] == 6
    assert len(struck) == 2
    assert store.open("aa/bb").read() == b"cipher"


@pytest.mark.parametrize(
    ("fault", "error", "code", "calls"),
    [
        (answer(503, "SlowDown"), UnavailableError, "s3-busy", RETRIES + 1),
        (answer(500, "InternalError"), UnavailableError, "s3-busy", RETRIES + 1),
        (answer(504, content_type="text/html"), UnavailableError, "s3-busy", RETRIES + 1),
        (answer(409, "OperationAborted"), UnavailableError, "s3-busy", RETRIES + 1),
        (answer(400, "BadDigest"), TransientError, "s3-damaged", 1),
        (answer(200, "not what was asked"), TransientError, "s3-damaged", 1),
        (drop_request, UnavailableError, "s3-unreachable", RETRIES + 1),
        (delay(1), UnavailableError, "s3-unreachable", RETRIES + 1),
        (answer(507, "InsufficientStorage"), NoSpaceError, "s3-full", 1),
        (answer(507), NoSpaceError, "s3-full", 1),
        (answer(403, "AccessDenied"), UnavailableError, "s3-denied", 1),
        (answer(403, content_type="text/html"), UnavailableError, "s3-denied", 1),
        (answer(404, "NoSuchBucket"), UnavailableError, "s3-no-bucket", 1),
        (answer(400, "AuthorizationHeaderMalformed"), UnavailableError, "s3-refused", 1),
        (answer(501, "NotImplemented"), UnavailableError, "s3-refused", 1),
        (answer(307, "TemporaryRedirect"), UnavailableError, "s3-refused", 1),
    ],
)
def test_a_refusal_has_its_meaning(
    plain: Place,
    impatient: None,
    fault: Fault,
    error: type[StageError],
    code: str,
    calls: int,
) -> None:
    store = S3Store(Bucket.at(plain.faulty))
    with (
        plain.proxy.mode(fault, method="PUT", path=plain.prefix) as struck,
        pytest.raises(error, match=rf"\[{code}\]") as caught,
    ):
        store.put("aa/bb", [b"cipher"])
    assert type(caught.value) is error
    assert len(struck) == calls


def test_a_silent_head_has_its_meaning(plain: Place) -> None:
    store = S3Store(Bucket.at(plain.faulty))
    for status, error in ((409, UnavailableError), (403, UnavailableError), (507, NoSpaceError)):
        with (
            plain.proxy.mode(answer(status), method="HEAD", path=plain.prefix),
            pytest.raises(error),
        ):
            store.put("aa/bb", [b"cipher"])


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_long_object_is_whole_or_not_there(plain: Place, method: str) -> None:
    store = S3Store(Bucket.at(plain.faulty))
    with (
        plain.proxy.mode(answer(500, "InternalError"), method=method, path="uploads|partNumber=2"),
        pytest.raises(TransientError),
    ):
        store.put("aa/long", [bytes(1 << 20)] * 40)
    assert list(store.locators()) == []
    assert store.put("aa/long", [bytes(1 << 20)] * 40)[0] == 40 << 20
    assert list(store.locators()) == ["aa/long"]


def test_nobody_listens(plain: Place, tmp_path: Path) -> None:
    nowhere = plain.url.replace(f":{plain.port}/", ":9/")
    with pytest.raises(UnavailableError, match="s3-unreachable"):
        S3Store(Bucket.at(nowhere)).open("aa/bb")


def test_bytes_that_are_gone(plain: Place) -> None:
    with pytest.raises(DocumentError, match="stored-bytes-missing"):
        S3Store(plain.bucket).open("aa/bb")


def written(store: S3Store, folder: Path, size: int) -> tuple[Artifact, DataKey]:
    StationKey.generate()  # makes Tink know the kinds of keys
    source, key = folder / "source", DataKey.fresh()
    source.write_bytes(b"%PDF" * (size // 4))
    found = digest_file(source)
    kept = Kept(path="source", role="pdf", media_type="x/y", sha256=found.sha256, size=found.size)
    level, identity = Secrecy.NORMAL, uuid4()
    artifact = write_artifact(
        store, key, source, kept, artifact=uuid4(), document=identity, secrecy=level
    )
    return artifact, key


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (cut_answer(2 << 20), UnavailableError),
        (cut_answer(10), UnavailableError),
        (corrupt_answer, SecurityError),
    ],
)
def test_a_broken_answer_never_becomes_a_document(
    plain: Place, tmp_path: Path, fault: Fault, error: type[StageError]
) -> None:
    store = S3Store(Bucket.at(plain.faulty))
    artifact, key = written(store, tmp_path, 5 << 20)
    target = tmp_path / "read"
    with (
        plain.proxy.mode(fault, method="GET", path=artifact.locator),
        pytest.raises(error) as caught,
    ):
        read_artifact(store, key, artifact, target)
    assert type(caught.value) is error
    read_artifact(store, key, artifact, target)
    assert digest_file(target).sha256 == artifact.sha256
