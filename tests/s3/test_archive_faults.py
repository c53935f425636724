"""Every fault between the archive and its server: the right error or the right receipt, once."""

from pathlib import Path

import pytest

from pipeline.errors import (
    NoSpaceError,
    SecurityError,
    StageError,
    TransientError,
    UnavailableError,
)
from tests.s3.filing import ONCE, RECORD, Desk, locked
from tests.services.buckets import Place
from tests.services.faultproxy import (
    Answer,
    Fault,
    Forward,
    Request,
    act_then_answer,
    answer,
    corrupt_answer,
    cut_answer,
    delay,
    drop_answer,
    drop_request,
)

GARBLED = answer(503, content_type="text/html")
UNCLEAR = act_then_answer(500, "InternalError")
LISTING = "versions="
OBJECT = r"\.pdf"


def check_once(place: Place, folder: Path) -> None:
    """A later attempt, without faults, ends in a receipt; nothing is doubled or half."""
    stage = Desk(folder, place.url).stage()
    receipt = Desk(folder, place.url).file(stage=stage)
    assert place.versions() == ONCE
    for file in locked(receipt):
        assert place.bucket.lock_of(file.name, file.version) == file.lock
        assert file.lock.mode == "COMPLIANCE"


@pytest.mark.parametrize(
    ("fault", "method", "path", "times"),
    [
        (answer(503, "SlowDown"), "PUT", OBJECT, 3),
        (answer(500, "InternalError"), "PUT", OBJECT, 2),
        (answer(409, "ConditionalRequestConflict"), "PUT", OBJECT, 2),
        (GARBLED, "GET", LISTING, 2),
        (UNCLEAR, "PUT", OBJECT, 1),
        (UNCLEAR, "PUT", OBJECT, 3),
        (drop_answer, "PUT", OBJECT, 2),
        (drop_request, "PUT", OBJECT, 2),
        (drop_answer, "GET", LISTING, 2),
        (drop_request, "HEAD", OBJECT, 2),
        (delay(1), "PUT", OBJECT, 1),
    ],
)
def test_what_passes_ends_in_a_receipt(
    locking: Place,
    tmp_path: Path,
    impatient: None,
    fault: Fault,
    method: str,
    path: str,
    times: int,
) -> None:
    with locking.proxy.mode(
        fault, method=method, path=f"{locking.prefix}.*{path}", times=times
    ) as s:
        receipt = Desk(tmp_path, locking.faulty).file()
    assert len(s) == times
    assert len(locked(receipt)) == 2
    assert locking.versions() == ONCE
    check_once(locking, tmp_path)


@pytest.mark.parametrize(
    ("fault", "method", "path", "error", "code"),
    [
        (answer(503, "SlowDown"), "PUT", OBJECT, UnavailableError, "s3-busy"),
        (answer(500, "InternalError"), "PUT", OBJECT, UnavailableError, "s3-busy"),
        (answer(409, "OperationAborted"), "PUT", OBJECT, UnavailableError, "s3-busy"),
        (answer(412, "PreconditionFailed"), "PUT", OBJECT, TransientError, "archive-read-back"),
        (answer(200), "PUT", OBJECT, TransientError, "archive-read-back"),
        (answer(400, "BadDigest"), "PUT", OBJECT, TransientError, "s3-damaged"),
        (answer(507, "InsufficientStorage"), "PUT", OBJECT, NoSpaceError, "s3-full"),
        (answer(403, "AccessDenied"), "PUT", OBJECT, UnavailableError, "s3-denied"),
        (UNCLEAR, "PUT", r"\.json", UnavailableError, "s3-busy"),
        (drop_answer, "PUT", OBJECT, UnavailableError, "s3-unreachable"),
        (drop_request, "PUT", OBJECT, UnavailableError, "s3-unreachable"),
        (delay(1), "PUT", OBJECT, UnavailableError, "s3-unreachable"),
        (answer(500, "InternalError"), "GET", LISTING, UnavailableError, "s3-busy"),
        (cut_answer(100), "GET", LISTING, UnavailableError, "s3-unreachable"),
        (corrupt_answer, "GET", OBJECT, TransientError, "archive-read-back"),
        (cut_answer(7), "GET", OBJECT, UnavailableError, "s3-unreachable"),
        (answer(404, "NoSuchVersion"), "GET", OBJECT, StageError, "stored-bytes-missing"),
        (drop_request, "HEAD", OBJECT, UnavailableError, "s3-unreachable"),
    ],
)
def test_what_stays_is_the_right_error(
    locking: Place,
    tmp_path: Path,
    impatient: None,
    fault: Fault,
    method: str,
    path: str,
    error: type[StageError],
    code: str,
) -> None:
    where = rf"{locking.prefix}.*{path}"
    if path == OBJECT:
        where += r"($|\?versionId)"
    with (
        locking.proxy.mode(fault, method=method, path=where) as struck,
        pytest.raises(error, match=rf"\[{code}\]"),
    ):
        Desk(tmp_path, locking.faulty).file()
    assert struck
    check_once(locking, tmp_path)


def unlocked(request: Request, forward: Forward) -> Answer:
    """Forgets to tell of locks."""
    told = forward(request)
    kept = [(name, value) for name, value in told.headers if "lock" not in name.lower()]
    return told._replace(headers=kept)


def test_without_a_lock_read_back_there_is_no_receipt(locking: Place, tmp_path: Path) -> None:
    with (
        locking.proxy.mode(unlocked, method="HEAD", path=locking.prefix),
        pytest.raises(SecurityError, match="archive-not-locked"),
    ):
        Desk(tmp_path, locking.faulty).file()
    check_once(locking, tmp_path)


def test_one_damaged_reading_is_no_accusation(locking: Place, tmp_path: Path) -> None:
    Desk(tmp_path, locking.url).file()
    where = f"{locking.prefix}.*{OBJECT}"
    with (
        locking.proxy.mode(corrupt_answer, method="GET", path=where + r"\?versionId", times=1),
        pytest.raises(TransientError, match="archive-read-back"),
    ):
        Desk(tmp_path, locking.faulty).file()
    check_once(locking, tmp_path)


def test_the_server_goes_away_and_comes_back(locking: Place, tmp_path: Path) -> None:
    with locking.proxy.mode(drop_request), pytest.raises(UnavailableError, match="s3-unreachable"):
        Desk(tmp_path, locking.faulty).file()
    assert locking.versions() == []
    check_once(locking, tmp_path)
    assert (RECORD, False) in locking.versions()
