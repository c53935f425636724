"""Bad input: each file a clear message, its bytes kept, and all other documents finished."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from tests.letters import Item, Kind, StackSpec, make_letter, make_stack
from tests.stack.conftest import saraban

pytestmark = [pytest.mark.slow, pytest.mark.service, pytest.mark.xdist_group("bad-input")]


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bad") / "station"
    made = saraban(
        "init", str(folder), "--code", "TAK01", "--organisation", "จังหวัดตาก", "--agency", "TAK"
    )
    assert made.returncode == 0, made.stderr
    return folder


@pytest.fixture(scope="module")
def letter() -> bytes:
    """A one-page letter as a scan, without a separator."""
    item = Item(make_letter(seed=7, kind=Kind.ORDER), separator=False)
    pdf, _ = make_stack(StackSpec(items=(item,), profile="fast"), seed=7)
    return pdf


def many_pages(count: int) -> bytes:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        for _ in range(count - 1):
            pdf.pages.append(pdf.pages[0])
        from io import BytesIO

        out = BytesIO()
        pdf.save(out)
        return out.getvalue()


def with_password(letter: bytes, target: Path) -> None:
    from io import BytesIO

    with pikepdf.open(BytesIO(letter)) as pdf:
        pdf.save(target, encryption=pikepdf.Encryption(user="secret", owner="secret"))


def pixel_bomb() -> bytes:
    """A PNG header that claims 100,000 x 100,000 pixels."""
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


@pytest.fixture(scope="module")
def answer(
    station: Path, letter: bytes, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    inbox = tmp_path_factory.mktemp("inbox")
    (inbox / "good.pdf").write_bytes(letter)
    (inbox / "empty.pdf").write_bytes(b"")
    (inbox / "truncated.pdf").write_bytes(letter[: len(letter) // 3])
    (inbox / "twenty-thousand.pdf").write_bytes(many_pages(20_000))
    (inbox / "no-pages.pdf").write_bytes(
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    )
    (inbox / "bomb.png").write_bytes(pixel_bomb())
    (inbox / "program.docx").write_bytes(b"\x7fELF" + os.urandom(2000))
    with_password(letter, inbox / "locked.pdf")
    (inbox / "wrong-extension.jpg").write_bytes(letter + b"\n% the same letter, other bytes\n")
    run = saraban("run", str(inbox), "--station", str(station), "--json")
    assert run.returncode == 4, run.stderr
    (batch,) = json.loads(run.stdout)
    return {Path(source["source"]).name: source for source in batch["sources"]}


@pytest.mark.parametrize(
    "name",
    [
        "empty.pdf",
        "truncated.pdf",
        "twenty-thousand.pdf",
        "no-pages.pdf",
        "bomb.png",
        "program.docx",
        "locked.pdf",
    ],
)
def test_bad_file_is_kept_with_a_clear_message(
    answer: dict[str, Any], station: Path, tmp_path: Path, name: str
) -> None:
    (document,) = answer[name]["documents"]
    assert document["state"] == "quarantined"
    problem = document["problem"]
    assert problem["code"] not in ("bug", "attempts-exhausted")
    assert any("\u0e00" <= letter <= "\u0e7f" for letter in problem["thai"])
    assert len(problem["english"]) > 20
    kept = tmp_path / "kept"
    got = saraban(
        "get", document["id"], "--role", "source", "-o", str(kept), "--station", str(station)
    )
    assert got.returncode == 0, got.stderr
    assert kept.read_bytes() == Path(answer[name]["source"]).read_bytes()


def test_good_files_are_finished_whatever_their_extension(answer: dict[str, Any]) -> None:
    (good,) = answer["good.pdf"]["documents"]
    (other,) = answer["wrong-extension.jpg"]["documents"]
    states = {good["state"], other["state"]}
    assert states <= {"finished", "suspended"}
    assert "finished" in states
    questions = {good["question"], other["question"]} - {None}
    assert questions <= {"same-letter"}, "the same letter twice is asked about, nothing else"


def test_source_is_left_untouched(answer: dict[str, Any]) -> None:
    assert all(Path(source["source"]).exists() for source in answer.values())


def test_missing_language_is_told_before_any_document(station: Path, letter: bytes) -> None:
    definition = station / "definitions" / "standard.toml"
    text = definition.read_text("utf-8")
    other = text.replace(
        'uses = "ocr-tesserocr"', 'uses = "ocr-tesserocr"\nwith = { languages = ["xyz"] }'
    )
    (station / "definitions" / "other.toml").write_text(
        other.replace('name = "standard"', 'name = "other"', 1), "utf-8"
    )
    source = station.parent / "unseen.pdf"
    source.write_bytes(letter + b"\n%%\n")
    run = saraban("run", str(source), "-d", "other", "--station", str(station))
    assert run.returncode == 5
    assert "xyz" in run.stderr


def test_missing_source_and_missing_station_are_told(station: Path, tmp_path: Path) -> None:
    run = saraban("run", str(tmp_path / "nothing.pdf"), "--station", str(station))
    assert run.returncode == 5
    assert "nothing.pdf" in run.stderr
    run = saraban("status", "--station", str(tmp_path))
    assert run.returncode == 5
    assert "saraban init" in run.stderr


def held_to_permissions() -> list[str]:
    """What to put before a command so that it may not read everything, even as root."""
    if os.geteuid() != 0:
        return []
    caps = "-dac_override,-dac_read_search"
    prefix = ["setpriv", f"--bounding-set={caps}", f"--inh-caps={caps}"]
    if not shutil.which("setpriv") or subprocess.run([*prefix, "true"], check=False).returncode:
        pytest.skip("root reads everything here, and setpriv cannot take that away")
    return prefix


def test_unreadable_files_and_folders_are_told_and_the_others_go_on(
    station: Path, tmp_path: Path
) -> None:
    inbox = tmp_path / "inbox"
    (inbox / "locked").mkdir(parents=True)
    (inbox / "unreadable.pdf").write_bytes(b"%PDF-1.7 nobody may read this")
    (inbox / "locked" / "inside.pdf").write_bytes(b"%PDF-1.7 nor this")
    item = Item(make_letter(seed=8, kind=Kind.ORDER), separator=False)
    good, _ = make_stack(StackSpec(items=(item,), profile="fast"), seed=8)
    (inbox / "good.pdf").write_bytes(good)
    (inbox / "unreadable.pdf").chmod(0)
    (inbox / "locked").chmod(0)
    run = saraban(
        "run", str(inbox), "--station", str(station), "--json", before=held_to_permissions()
    )
    (inbox / "locked").chmod(0o700)
    assert run.returncode == 4, run.stderr
    (batch,) = json.loads(run.stdout)
    rows = {Path(source["source"]).name: source["documents"] for source in batch["sources"]}
    assert rows.keys() == {"good.pdf", "unreadable.pdf", "locked"}
    assert [document["state"] for document in rows["good.pdf"]] == ["finished"]
    for name in ("unreadable.pdf", "locked"):
        (document,) = rows[name]
        assert document["state"] == "quarantined"
        assert document["problem"]["code"] == "source-unreadable"
        assert name in document["problem"]["thai"]
        assert "ตรวจสิทธิ์" in document["problem"]["thai"]
        assert "permissions" in document["problem"]["english"]


@pytest.mark.skipif(os.geteuid() != 0, reason="needs to mount a small disk")
def test_full_disk_stops_cleanly_and_resumes(letter: bytes, tmp_path: Path) -> None:
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(place)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("this machine does not let tests mount")
    try:
        _fill_and_resume(place / "station", letter, tmp_path)
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def _fill_and_resume(folder: Path, letter: bytes, tmp_path: Path) -> None:
    saraban("init", str(folder), "--code", "TAK01", "--organisation", "จังหวัดตาก", "--agency", "TAK")
    source = tmp_path / "letter.pdf"
    source.write_bytes(letter)
    refused = saraban("run", str(source), "--station", str(folder))
    assert refused.returncode == 7, refused.stderr
    assert "no-room-for-intake" in refused.stderr
    settings = folder / "saraban.toml"
    text = settings.read_text().replace("workers = 0", "workers = 1\nlargest_input_mib = 1")
    settings.write_text(text)
    taken = saraban("submit", str(source), "--station", str(folder))
    assert taken.returncode == 0, taken.stderr
    ballast = folder.parent / "ballast"
    room = shutil.disk_usage(folder).free
    ballast.write_bytes(os.urandom(room - (256 << 10)))
    stopped = saraban("run", "--resume", "--station", str(folder), "--json")
    assert stopped.returncode == 7, stopped.stdout + stopped.stderr
    ballast.unlink()
    for row in json.loads(saraban("status", "--station", str(folder), "--json").stdout):
        for document in row["sources"][0]["documents"]:
            if document["state"] == "quarantined":
                saraban("retry", document["id"], "--station", str(folder))
    resumed = saraban("run", "--resume", "--station", str(folder), "--json")
    assert resumed.returncode == 0, resumed.stdout + resumed.stderr
    ((source_row,),) = [b["sources"] for b in json.loads(resumed.stdout)]
    assert [d["state"] for d in source_row["documents"]] == ["finished"]
