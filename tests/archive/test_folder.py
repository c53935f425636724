"""``archive-folder``: whole or not at all, never overwritten, nothing secret in the clear."""

import errno
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import DocumentError, NoSpaceError, SecurityError, TransientError
from pipeline.testing.harness import Harness
from plugins.archive.folder import ArchiveFolder, ArchiveOptions
from schemas.archive import Receipt, SealedSidecar
from schemas.filing import FileName
from schemas.outcome import Done
from schemas.secrecy import Secrecy
from tests.archive.conftest import CMS, SEALING, STEM, Shelf

NAME = FileName(stem=STEM)


def receipt_of(outcome: Done) -> Receipt:
    receipt = Receipt.of(outcome.facts)
    assert receipt is not None
    return receipt


def test_a_letter_without_a_mark(shelf: Shelf) -> None:
    outcome = shelf.file()
    assert shelf.files() == {
        f"2569/normal/{STEM}.pdf": shelf.content["record"],
        f"2569/normal/{STEM}.json": shelf.content["sidecar"],
    }
    receipt = receipt_of(outcome)
    assert receipt.archive == shelf.root.resolve().as_uri()
    assert {f.name: (f.size, f.sha256) for f in receipt.files} == {
        name: (len(content), hashlib.sha256(content).hexdigest())
        for name, content in shelf.files().items()
    }
    assert {"record", "sidecar", "finished", "searchable"} <= set(outcome.retire)


def test_copies_can_stay_in_the_store(shelf: Shelf) -> None:
    stage = ArchiveFolder(ArchiveOptions(root=shelf.root, keep_copies=True))
    outcome = shelf.file(stage=stage)
    assert "record" not in outcome.retire
    assert "searchable" in outcome.retire


@pytest.mark.parametrize("level", [Secrecy.CONFIDENTIAL, Secrecy.SECRET])
def test_a_secret_letter_leaves_only_envelopes(sealed: Shelf, level: Secrecy) -> None:
    sealed.content |= {"record": b"%PDF-1.7 secret", "sidecar": b'{"subject": "secret"}'}
    sealed.file(level, (NAME, SEALING))
    files = sealed.files()
    folder = f"2569/{level.lower()}"
    assert sorted(files) == [
        f"{folder}/{STEM}.json",
        f"{folder}/{STEM}.json.p7m",
        f"{folder}/{STEM}.pdf.p7m",
    ]
    assert files[f"{folder}/{STEM}.pdf.p7m"] == CMS + b"1"
    public = SealedSidecar.model_validate_json(files[f"{folder}/{STEM}.json"])
    assert public.secrecy is level
    assert public.recipients == SEALING.recipients
    assert [one.sha256 for one in public.envelopes] == [
        hashlib.sha256(files[one.name]).hexdigest() for one in public.envelopes
    ]
    assert set(json.loads(files[f"{folder}/{STEM}.json"])) == {
        "kind",
        "version",
        "secrecy",
        "secrecy_thai",
        "algorithm",
        "recipients",
        "envelopes",
    }
    assert not any(b"secret" in content for content in files.values() if b"%PDF" in content)


def plaintext_only(shelf: Shelf) -> None:
    shelf.content = {"record": b"%PDF-1.7", "sidecar": b"{}"}


def half_sealed(shelf: Shelf) -> None:
    del shelf.content["sidecar-envelope"]


def envelope_that_is_none(shelf: Shelf) -> None:
    shelf.content["envelope"] = b"%PDF-1.7 not sealed at all"


@pytest.mark.parametrize("fault", [plaintext_only, half_sealed, envelope_that_is_none])
def test_plaintext_of_a_secret_is_refused(sealed: Shelf, fault: Callable[[Shelf], None]) -> None:
    fault(sealed)
    with pytest.raises(SecurityError, match="not-sealed"):
        sealed.file(Secrecy.CONFIDENTIAL, (NAME, SEALING))
    assert not sealed.root.exists()


@pytest.mark.parametrize(
    ("level", "classified"), [(Secrecy.TOP_SECRET, True), (Secrecy.NORMAL, False)]
)
def test_top_secret_and_unclassified_are_refused(
    sealed: Shelf, level: Secrecy, classified: bool
) -> None:
    with pytest.raises(SecurityError, match="not-sealed"):
        sealed.file(level, (NAME, SEALING), classified=classified)
    assert not sealed.root.exists()


def test_sealed_without_saying_how_is_refused(sealed: Shelf) -> None:
    with pytest.raises(SecurityError, match="not-sealed"):
        sealed.file(Secrecy.SECRET, (NAME,))


def test_a_name_is_needed(shelf: Shelf) -> None:
    with pytest.raises(DocumentError, match="no-file-name"):
        shelf.file(facts=())


def test_a_record_is_needed(shelf: Shelf) -> None:
    del shelf.content["record"]
    with pytest.raises(DocumentError, match="nothing-to-archive"):
        shelf.file()


def test_a_name_that_starts_with_the_day_goes_to_its_year(shelf: Shelf) -> None:
    shelf.file(facts=(FileName(stem="25690119_TAK_announcement_0123abcd"),))
    assert "2569/normal/25690119_TAK_announcement_0123abcd.pdf" in shelf.files()


def test_a_name_without_a_year(shelf: Shelf) -> None:
    shelf.file(facts=(FileName(stem="DOC-0123abcd"),))
    assert "no-year/normal/DOC-0123abcd.pdf" in shelf.files()


def test_filing_twice_changes_nothing(shelf: Shelf) -> None:
    first = receipt_of(shelf.file())
    before = {path: path.stat() for path in shelf.root.rglob("*.*") if path.is_file()}
    assert receipt_of(shelf.file()).files == first.files
    assert all(path.stat().st_mtime_ns == was.st_mtime_ns for path, was in before.items())


def test_a_taken_name_is_never_overwritten(shelf: Shelf) -> None:
    shelf.file()
    shelf.content["record"] = b"%PDF-1.7 another letter"
    with pytest.raises(SecurityError, match="archive-name-taken"):
        shelf.file()
    assert shelf.files()[f"2569/normal/{STEM}.pdf"] == b"%PDF-1.7 record"


class _Crash(BaseException):
    """The process ends here, as far as the code can see."""


CALLS = ("fsync", "link", "write", "open", "mkdir", "unlink")


@pytest.mark.parametrize("fault", [_Crash(), OSError(errno.EIO, "input/output error")])
def test_a_crash_at_any_call_leaves_nothing_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: BaseException
) -> None:
    """Stop at the first call, at the second ... until one run survives; then file once more."""
    for stop in range(1, 200):
        work = tmp_path / f"{stop}"
        work.mkdir()
        shelf = Shelf(work, tmp_path / f"archive-{stop}")
        inputs, stage = shelf.inputs(), shelf.stage()
        with monkeypatch.context() as patch:
            counter = _stop_at(patch, stop, fault, tmp_path / f"archive-{stop}")
            survived = _survives(work, stage, inputs)
        whole = {f"2569/normal/{STEM}.pdf": shelf.content["record"]}
        whole[f"2569/normal/{STEM}.json"] = shelf.content["sidecar"]
        visible = {n: c for n, c in shelf.files().items() if "/.partial-" not in n}
        assert visible.items() <= whole.items(), f"half a file after call {stop}"
        shelf.file()
        assert {n: c for n, c in shelf.files().items() if "/.partial-" not in n} == whole
        if survived:
            assert stop > 10, "the faults never struck"
            assert counter[0] < stop
            return
    pytest.fail("never survived")


def _survives(work: Path, stage: ArchiveFolder, inputs: dict[str, Path]) -> bool:
    try:
        Harness(work).run(stage, inputs, facts=(NAME,), classified=True)
    except (_Crash, OSError):
        return False
    return True


def _stop_at(patch: pytest.MonkeyPatch, stop: int, fault: BaseException, root: Path) -> list[int]:
    """Let call number ``stop`` to the disk, and every later one, fail."""
    counter = [0]

    def failing(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            concerns = isinstance(args[0], int) or str(root) in str(args[0]) + str(args[-1])
            counter[0] += concerns
            if concerns and counter[0] >= stop:
                raise fault
            return real(*args, **kwargs)

        return call

    for name in CALLS:
        patch.setattr(os, name, failing(getattr(os, name)))
    return counter


@pytest.mark.parametrize("call", ["write", "fsync", "link", "mkdir"])
def test_a_full_disk_says_so(shelf: Shelf, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "no space left on device")

    shelf.inputs()
    inputs = shelf.inputs()
    with monkeypatch.context() as patch:
        patch.setattr(os, call, full)
        with pytest.raises(NoSpaceError, match="no-space"):
            shelf.stage()._store(_planned(inputs)[0])
    assert not shelf.root.exists() or not shelf.files()


def _planned(inputs: dict[str, Path]) -> list[Any]:
    from plugins.archive.plan import Planned

    return [Planned("2569/normal/x.pdf", inputs["record"])]


def test_a_disk_that_lies_is_noticed(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline import durable

    real = durable.write_durably

    def lying(target: Path, *args: Any, **kwargs: Any) -> Any:
        written = real(target, *args, **kwargs)
        target.write_bytes(b"something else")
        return written

    with monkeypatch.context() as patch:
        patch.setattr("plugins.archive.folder.write_durably", lying)
        with pytest.raises(TransientError, match="archive-read-back"):
            shelf.file()
    shelf.file()
    assert shelf.files()[f"2569/normal/{STEM}.pdf"] == shelf.content["record"]


def test_reconcile_tells_what_happened(shelf: Shelf) -> None:
    stage = Reconciling(ArchiveOptions(root=shelf.root))
    shelf.file(stage=stage)
    assert stage.answers == [None]
    shelf.file(stage=stage)
    assert isinstance(stage.answers[1], Done)
    (shelf.root / f"2569/normal/{STEM}.json").unlink()
    shelf.file(stage=stage)
    assert stage.answers[2] is None


class Reconciling(ArchiveFolder):
    """Notes what ``reconcile`` says before each run."""

    def __init__(self, options: ArchiveOptions) -> None:
        super().__init__(options)
        self.answers: list[Done | None] = []

    def run(self, context: Any) -> Done:
        self.answers.append(self.reconcile(context))
        return super().run(context)


def test_files_are_not_for_everyone(shelf: Shelf) -> None:
    shelf.file()
    for path in [shelf.root, *shelf.root.rglob("*")]:
        assert path.stat().st_mode & 0o027 == 0, path


def test_preflight(shelf: Shelf) -> None:
    assert shelf.stage().preflight() == []
    blocked = shelf.work / "a-file"
    blocked.write_bytes(b"")
    (problem,) = ArchiveFolder(ArchiveOptions(root=blocked / "archive")).preflight()
    assert problem.code == "archive-not-writable"


def test_leftovers_of_a_crash_are_removed(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise _Crash

    with monkeypatch.context() as patch:
        patch.setattr(os, "link", crash)
        patch.setattr(os, "unlink", crash)
        with pytest.raises(_Crash):
            shelf.stage()._store(_planned(shelf.inputs())[0])
    (shelf.root / ".staging" / ".partial-of-another").write_bytes(b"somebody is writing it")
    shelf.stage()._store(_planned(shelf.inputs())[0])
    assert sorted(shelf.files()) == [".staging/.partial-of-another", "2569/normal/x.pdf"]
