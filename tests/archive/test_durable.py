"""The durable writer, on its own."""

import errno
import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.durable import PARTIAL_PREFIX, delete_durably, digest_file, make_folder, write_durably


@settings(max_examples=60, deadline=None)
@given(chunks=st.lists(st.binary(max_size=3000), max_size=8), replace=st.booleans())
def test_what_is_written_is_what_was_given(
    tmp_path_factory: pytest.TempPathFactory, chunks: list[bytes], replace: bool
) -> None:
    target = tmp_path_factory.mktemp("durable") / "a" / "b" / "file"
    written = write_durably(target, iter(chunks), replace=replace)
    content = b"".join(chunks)
    assert target.read_bytes() == content
    assert written == (len(content), hashlib.sha256(content).hexdigest()) == digest_file(target)
    assert [path.name for path in target.parent.iterdir()] == ["file"]
    assert target.stat().st_mode & 0o777 == 0o600


@settings(max_examples=30, deadline=None)
@given(old=st.binary(max_size=200), new=st.binary(max_size=200))
def test_replacing_is_asked_for(
    tmp_path_factory: pytest.TempPathFactory, old: bytes, new: bytes
) -> None:
    target = tmp_path_factory.mktemp("durable") / "file"
    write_durably(target, [old], replace=False)
    with pytest.raises(FileExistsError):
        write_durably(target, [new], replace=False)
    assert target.read_bytes() == old
    write_durably(target, [new])
    assert target.read_bytes() == new
    assert [*target.parent.iterdir()] == [target]


def test_disks_without_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "no hard links here")

    monkeypatch.setattr(os, "link", refuse)
    target = tmp_path / "file"
    write_durably(target, [b"one"], replace=False)
    with pytest.raises(FileExistsError):
        write_durably(target, [b"two"], replace=False)
    assert target.read_bytes() == b"one"
    assert [*tmp_path.iterdir()] == [target]


def test_a_failing_source_leaves_nothing(tmp_path: Path) -> None:
    def torn() -> Iterator[bytes]:
        yield b"the first half"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        write_durably(tmp_path / "file", torn())
    assert [*tmp_path.iterdir()] == []


def test_the_order_of_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """File to disk, then its name, then the folder: the order that survives power cuts."""
    calls: list[str] = []
    kinds: dict[int, str] = {}

    def note(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            result = real(*args, **kwargs)
            if name == "open":
                is_file = PARTIAL_PREFIX in str(args[0])
                kinds[result] = "file" if is_file else "folder"
            calls.append(f"fsync-{kinds[args[0]]}" if name == "fsync" else name)
            return result

        return call

    for name in ("open", "fsync", "rename", "link", "mkdir"):
        monkeypatch.setattr(os, name, note(name, getattr(os, name)))
    write_durably(tmp_path / "new" / "file", [b"content"])
    order = [call for call in calls if call != "open"]
    assert order == ["mkdir", "fsync-folder", "fsync-file", "rename", "fsync-folder"]


def test_a_link_in_the_way_is_replaced_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(b"untouched")
    target = tmp_path / "file"
    target.symlink_to(outside)
    write_durably(target, [b"content"])
    assert outside.read_bytes() == b"untouched"
    assert not target.is_symlink()


def test_make_folder_again(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b")
    make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o700


def test_a_deletion_is_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "gone"
    file.write_bytes(b"x")
    synced: list[Path] = []
    real = os.fsync

    def watch(descriptor: int) -> None:
        assert not file.exists()
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink())
        real(descriptor)

    monkeypatch.setattr(os, "fsync", watch)
    delete_durably(file)
    assert synced == [tmp_path]
    delete_durably(file)
