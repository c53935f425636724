"""The sandbox holds: with bubblewrap by isolation, without it by limits."""

import socket
import sys
import threading
import time
from pathlib import Path

import pytest

from pipeline import sandbox
from pipeline.errors import ConfigurationError, DocumentError, TransientError
from pipeline.sandbox import run_module, run_tool

NEEDS_BUBBLEWRAP = pytest.mark.skipif(
    not sandbox.isolated(), reason="bubblewrap is missing or forbidden on this machine"
)


@pytest.fixture(params=[pytest.param("caged", marks=NEEDS_BUBBLEWRAP), "plain"])
def both(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run the test once in bubblewrap, and once as on a machine without it."""
    if request.param == "plain":
        monkeypatch.setattr(sandbox, "_probed_cage", tuple)
    return str(request.param)


def python(code: str) -> list[str]:
    return ["/usr/bin/python3" if Path("/usr/bin/python3").exists() else sys.executable, "-c", code]


def test_returns_what_the_tool_said_and_leaves_nothing(both: str, tmp_path: Path) -> None:
    completed = run_tool(
        ["sh", "-c", "cat; echo $GREETING; pwd; echo oops >&2; exit 7"],
        workdir=tmp_path,
        timeout=20,
        env={"GREETING": "สวัสดี"},
        stdin=b"given ",
    )
    assert completed.returncode == 7
    assert completed.stdout.decode() == f"given สวัสดี\n{tmp_path}\n"
    assert completed.stderr == b"oops\n"
    assert list(tmp_path.iterdir()) == []


def test_environment_holds_no_secret_of_ours(
    both: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SARABAN_MASTER_KEY", "never")
    said = run_tool(["env"], workdir=tmp_path, timeout=20).stdout.decode()
    assert "never" not in said
    assert "OMP_THREAD_LIMIT=1" in said
    assert f"TMPDIR={tmp_path}" in said
    assert f"HOME={tmp_path}" in said


@NEEDS_BUBBLEWRAP
def test_writes_only_in_workdir(tmp_path: Path) -> None:
    workdir, beside = tmp_path / "work", tmp_path / "beside"
    workdir.mkdir()
    beside.mkdir()
    targets = [beside / "x", Path("/usr/x"), Path("/etc/x"), Path("/x"), Path("/var/x")]
    script = "touch ok; " + "; ".join(f"touch {t} && echo wrote {t}" for t in targets)
    completed = run_tool(["sh", "-c", script], workdir=workdir, timeout=20)
    assert completed.stdout == b""
    assert (workdir / "ok").exists()
    assert list(beside.iterdir()) == []


@NEEDS_BUBBLEWRAP
def test_temporary_files_of_a_careless_tool_vanish(tmp_path: Path) -> None:
    name = f"saraban-{time.time_ns()}"
    landed = Path("/tmp", name)  # noqa: S108
    assert run_tool(["touch", landed], workdir=tmp_path, timeout=20).returncode == 0
    assert not landed.exists()


@NEEDS_BUBBLEWRAP
def test_reads_no_other_document_and_no_key(tmp_path: Path) -> None:
    workdir, key = tmp_path / "work", tmp_path / "master.key"
    workdir.mkdir()
    key.write_text("a key")
    assert run_tool(["cat", key], workdir=workdir, timeout=20).returncode != 0
    assert run_tool(["cat", "/etc/shadow"], workdir=workdir, timeout=20).returncode != 0
    shown = run_tool(["cat", key], workdir=workdir, timeout=20, read_only=[key])
    assert shown.stdout == b"a key"
    marred = run_tool(["sh", "-c", f"echo >> {key}"], workdir=workdir, timeout=20, read_only=[key])
    assert marred.returncode != 0
    assert key.read_text() == "a key"


@NEEDS_BUBBLEWRAP
def test_sees_no_other_process(tmp_path: Path) -> None:
    seen = run_tool(["sh", "-c", "ls -d /proc/[0-9]*"], workdir=tmp_path, timeout=20)
    assert len(seen.stdout.split()) < 6


@NEEDS_BUBBLEWRAP
@pytest.mark.parametrize("network", [False, True])
def test_reaches_the_network_only_when_allowed(tmp_path: Path, network: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        knock = f"import socket; socket.create_connection(('127.0.0.1', {port}), 3)"
        completed = run_tool(python(knock), workdir=tmp_path, timeout=20, network=network)
    assert (completed.returncode == 0) is network


def test_wall_clock_kills_the_whole_group(both: str, tmp_path: Path) -> None:
    late = tmp_path / "late"
    began = time.monotonic()
    with pytest.raises(TransientError) as caught:
        run_tool(["sh", "-c", f"(sleep 2; touch {late}) & sleep 60"], workdir=tmp_path, timeout=0.5)
    assert caught.value.code == "tool-timeout"
    assert time.monotonic() - began < 5
    time.sleep(2.5)
    assert not late.exists()


def test_children_end_with_the_tool(both: str, tmp_path: Path) -> None:
    late = tmp_path / "late"
    run_tool(["sh", "-c", f"(sleep 1; touch {late}) & exit 0"], workdir=tmp_path, timeout=20)
    time.sleep(1.5)
    assert not late.exists()


def test_memory_is_limited(both: str, tmp_path: Path) -> None:
    greedy = python("b = bytearray(600 << 20); print(len(b))")
    assert run_tool(greedy, workdir=tmp_path, timeout=30, memory_mib=2048).returncode == 0
    with pytest.raises(DocumentError) as caught:
        run_tool(greedy, workdir=tmp_path, timeout=30, memory_mib=300)
    assert caught.value.code == "tool-memory"


def test_processor_time_is_limited(both: str, tmp_path: Path) -> None:
    with pytest.raises(DocumentError) as caught:
        run_tool(python("while True: pass"), workdir=tmp_path, timeout=60, cpu_seconds=1)
    assert caught.value.code == "tool-cpu"


def test_file_size_is_limited(both: str, tmp_path: Path) -> None:
    with pytest.raises(DocumentError) as caught:
        run_tool(
            ["dd", "if=/dev/zero", "of=big", "bs=1M", "count=40"],
            workdir=tmp_path,
            timeout=30,
            file_mib=10,
        )
    assert caught.value.code == "tool-file-size"
    assert (tmp_path / "big").stat().st_size <= 10 << 20


@pytest.mark.parametrize("signal_name", ["SEGV", "ABRT"])
def test_crash_is_the_documents_fault(both: str, tmp_path: Path, signal_name: str) -> None:
    with pytest.raises(DocumentError) as caught:
        run_tool(["sh", "-c", f"kill -{signal_name} $$"], workdir=tmp_path, timeout=20)
    assert caught.value.code == "tool-crashed"
    assert not list(tmp_path.glob("core*"))


def test_being_killed_is_tried_again(both: str, tmp_path: Path) -> None:
    with pytest.raises(TransientError) as caught:
        run_tool(["sh", "-c", "kill -KILL $$"], workdir=tmp_path, timeout=20)
    assert caught.value.code == "tool-killed"


def test_endless_output_is_bounded(
    both: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "OUTPUT_LIMIT", 1 << 20)
    with pytest.raises(DocumentError) as caught:
        run_tool(["head", "-c", "2000000", "/dev/zero"], workdir=tmp_path, timeout=20)
    assert caught.value.code == "tool-output"


def test_missing_tool_names_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigurationError, match="libreoffice-writer-nogui") as caught:
        run_tool(["soffice"], workdir=tmp_path, timeout=20)
    assert "libreoffice-writer-nogui" in caught.value.thai


def test_modules_of_ours_run_inside(both: str, tmp_path: Path) -> None:
    assert run_module("schemas.secrecy", [], workdir=tmp_path, timeout=30).returncode == 0
    broken = run_module("schemas.absent", [], workdir=tmp_path, timeout=30)
    assert broken.returncode == 1


def test_many_threads_may_use_it(both: str, tmp_path: Path) -> None:
    said: dict[int, bytes] = {}

    def ask(number: int) -> None:
        said[number] = run_tool(["echo", str(number)], workdir=tmp_path, timeout=30).stdout

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == {n: f"{n}\n".encode() for n in range(6)}


def test_says_what_protects_this_machine(both: str) -> None:
    assert ("bubblewrap: " in sandbox.describe()) is (both == "caged")
    assert ("install the Debian package" in sandbox.describe()) is (both == "plain")
