"""Conformance of artifact stores: what every store must hold, whoever wrote it."""

import hashlib
from collections.abc import Callable, Iterator

from pipeline.artifacts import ArtifactStore
from pipeline.errors import DocumentError

LARGE = 40 << 20
"""Bytes of the largest piece: more than a store may want to send at once."""


def check_store(store: ArtifactStore) -> None:
    """Check an empty store; leaves it empty. Raises AssertionError with every fault, one a line."""
    faults = [
        f"{check.__name__.strip('_').replace('_', ' ')}: not so"
        for check in (
            _what_is_put_comes_back,
            _putting_again_replaces,
            _what_failed_is_not_there,
            _every_locator_is_listed,
            _missing_bytes_are_a_document_error,
            _streams_can_be_left_early,
            _deleting_is_silent_and_complete,
            _room_is_a_count_or_unknown,
        )
        if not check(store)
    ]
    if faults:
        raise AssertionError("\n".join([type(store).__name__, *faults]))


def _what_is_put_comes_back(store: ArtifactStore) -> bool:
    contents = {
        "aa/empty": b"",
        "aa/small": b"cipher",
        "bb/large": b"0123456789abcdef" * (LARGE >> 4),
    }
    for locator, content in contents.items():
        told = store.put(locator, _pieces(content))
        if told != (len(content), hashlib.sha256(content).hexdigest()):
            return False
    return all(_read(store, locator) == content for locator, content in contents.items())


def _putting_again_replaces(store: ArtifactStore) -> bool:
    store.put("aa/small", [b"first, longer"])
    store.put("aa/small", [b"second"])
    return _read(store, "aa/small") == b"second"


def _what_failed_is_not_there(store: ArtifactStore) -> bool:
    def torn() -> Iterator[bytes]:
        yield bytes(LARGE)
        raise ConnectionError

    try:
        store.put("cc/torn", torn())
    except ConnectionError:
        return _is_missing(lambda: store.open("cc/torn"))
    return False


def _every_locator_is_listed(store: ArtifactStore) -> bool:
    return sorted(store.locators()) == ["aa/empty", "aa/small", "bb/large"]


def _missing_bytes_are_a_document_error(store: ArtifactStore) -> bool:
    return _is_missing(lambda: store.open("aa/missing"))


def _streams_can_be_left_early(store: ArtifactStore) -> bool:
    for _ in range(32):
        with store.open("bb/large") as stream:
            if stream.read(16) != b"0123456789abcdef":
                return False
    return True


def _deleting_is_silent_and_complete(store: ArtifactStore) -> bool:
    for locator in [*store.locators(), "aa/missing"]:
        store.delete(locator)
    return not list(store.locators()) and _is_missing(lambda: store.open("aa/small"))


def _room_is_a_count_or_unknown(store: ArtifactStore) -> bool:
    room = store.free()
    return room is None or room >= 0


def _pieces(content: bytes) -> Iterator[bytes]:
    for start in range(0, len(content), 999_983):
        yield content[start : start + 999_983]


def _read(store: ArtifactStore, locator: str) -> bytes:
    with store.open(locator) as stream:
        return stream.read()


def _is_missing(call: Callable[[], object]) -> bool:
    try:
        call()
    except DocumentError:
        return True
    return False
