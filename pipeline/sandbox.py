"""Run external tools on hostile input: nothing to see, nothing to write, no network, no forever.

Limits of memory, processor time, file size and wall clock hold everywhere. Where bubblewrap works,
the tool also sees only the system's programs, libraries and fonts, the paths in ``read_only`` and
its ``workdir``; it can write to nothing but ``workdir`` (its /tmp is a small one in memory that
vanishes), and reaches no network.
"""

import importlib.util
import logging
import math
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

from pipeline.errors import ConfigurationError, DocumentError, TransientError

LOG = logging.getLogger("saraban.sandbox")

DEBIAN_PACKAGES = {
    "bwrap": "bubblewrap",
    "fc-list": "fontconfig",
    "fc-match": "fontconfig",
    "gs": "ghostscript",
    "pdftoppm": "poppler-utils",
    "pdftotext": "poppler-utils",
    "prlimit": "util-linux",
    "qpdf": "qpdf",
    "soffice": "libreoffice-writer-nogui",
    "tesseract": "tesseract-ocr",
}

OWN_PACKAGES = ("pipeline", "schemas")

VISIBLE = (
    *("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64"),
    *("/etc/alternatives", "/etc/fonts", "/etc/ghostscript", "/etc/group", "/etc/ld.so.cache"),
    *("/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/libreoffice", "/etc/localtime"),
    *("/etc/nsswitch.conf", "/etc/papersize", "/etc/passwd"),
    *("/var/cache/fontconfig", "/var/lib/ghostscript"),
)
"""All that a tool may read of the machine. The rest of /etc may hold keys."""

NETWORK_FILES = ("/etc/hosts", "/etc/resolv.conf", "/etc/ssl/certs")

OUTPUT_LIMIT = 64 << 20
"""Bytes of standard output, and of standard error, that are read back."""

CRASH_SIGNALS = frozenset(
    {
        *(signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGKILL),
        *(signal.SIGSEGV, signal.SIGSYS, signal.SIGTRAP, signal.SIGXCPU, signal.SIGXFSZ),
    }
)

OUT_OF_MEMORY = re.compile(
    rb"bad_alloc|MemoryError|out of memory|cannot allocate memory", re.IGNORECASE
)


@dataclass(frozen=True)
class Completed:
    """How a tool ended by itself. Its output may quote the document: parse it, never log it."""

    returncode: int
    stdout: bytes
    stderr: bytes


@dataclass(frozen=True)
class Limits:
    """Per process of the tool: MiB of address space and of one written file, processor seconds."""

    memory_mib: int
    file_mib: int
    cpu_seconds: int

    def arguments(self) -> list[str]:
        """The command line of prlimit(1); core dumps would hold the document, so there are none."""
        return [
            _find_tool("prlimit"),
            f"--as={self.memory_mib << 20}",
            f"--fsize={self.file_mib << 20}",
            f"--cpu={self.cpu_seconds}:{self.cpu_seconds + 5}",
            "--nofile=1024",
            "--core=0",
        ]


def run_tool(
    argv: Sequence[str | Path],
    *,
    workdir: Path,
    timeout: float,
    memory_mib: int = 4096,
    cpu_seconds: int | None = None,
    file_mib: int = 4096,
    network: bool = False,
    read_only: Iterable[Path] = (),
    env: Mapping[str, str] | None = None,
    stdin: bytes = b"",
) -> Completed:
    """Run ``argv`` in ``workdir`` and wait for it; any exit code of its own is returned.

    ``timeout`` is wall clock seconds; ``cpu_seconds`` defaults to nine tenths of it, so that a
    document which only burns processor time is told from a machine that is busy. ``read_only`` are
    further files and folders the tool may read (models, packages). ``env`` is added to a minimal
    environment; HOME and TMPDIR are a folder in ``workdir`` that vanishes afterwards.

    Raises ConfigurationError when the tool is missing, TransientError when the wall clock passed or
    someone killed it, DocumentError when it crashed or ran into a limit.
    """
    tool = _find_tool(str(argv[0]))
    workdir = workdir.resolve()
    limits = Limits(memory_mib, file_mib, cpu_seconds or max(1, math.ceil(timeout * 0.9)))
    home = Path(tempfile.mkdtemp(prefix="tool-", dir=workdir))
    try:
        command = [
            *limits.arguments(),
            *_cage(workdir, network, [Path(tool), Path(tool).resolve(), *read_only]),
            *(tool, *map(str, argv[1:])),
        ]
        environment = _environment(tool, home, env or {})
        completed = _wait(
            command, Path(tool).name, environment, workdir=workdir, timeout=timeout, stdin=stdin
        )
    finally:
        shutil.rmtree(home, ignore_errors=True)
    _refuse_crash(completed, Path(tool).name)
    return completed


def run_module(
    module: str,
    arguments: Sequence[str | Path],
    *,
    workdir: Path,
    timeout: float,
    memory_mib: int = 2048,
    read_only: Iterable[Path] = (),
) -> Completed:
    """Run ``python -m module`` of this environment in the sandbox, for parsers in Python.

    Only the interpreter, its packages, ``pipeline``, ``schemas`` and the module's own top package
    can be read. Raises what :func:`run_tool` raises.
    """
    packages = {
        name: _package_folder(name) for name in (module.split(".", maxsplit=1)[0], *OWN_PACKAGES)
    }
    folders = sorted({str(folder.parent) for folder in packages.values()})
    return run_tool(
        [sys.executable, "-P", "-s", "-m", module, *arguments],
        workdir=workdir,
        timeout=timeout,
        memory_mib=memory_mib,
        read_only=[*packages.values(), Path(sys.prefix), Path(sys.base_prefix), *read_only],
        env={"PYTHONPATH": os.pathsep.join(folders), "PYTHONDONTWRITEBYTECODE": "1"},
    )


def isolated() -> bool:
    """Whether tools are kept from the file system and the network, not only limited."""
    return bool(_probed_cage())


def describe() -> str:
    """One line for ``saraban doctor``."""
    if isolated():
        return "bubblewrap: tools see only system files and their scratch folder, and no network"
    return (
        "none: tools run under limits of time and memory only; "
        "install the Debian package bubblewrap and allow unprivileged user namespaces"
    )


def _find_tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        package = DEBIAN_PACKAGES.get(name, name)
        raise ConfigurationError(
            "tool-missing",
            thai=f"ไม่พบโปรแกรม {name} ในเครื่องนี้ ให้ติดตั้งแพ็กเกจ {package} แล้วสั่งทำใหม่",
            english=f"The program {name} is missing here; install the Debian package {package} "
            "and try again.",
        )
    return found


def _package_folder(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(name)
    return Path(spec.origin).parent.resolve()


def _environment(tool: str, home: Path, extra: Mapping[str, str]) -> dict[str, str]:
    return {
        "PATH": f"{Path(tool).parent}:/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "OMP_THREAD_LIMIT": "1",
        "HOME": str(home),
        "TMPDIR": str(home),
        **extra,
    }


def _cage(workdir: Path, network: bool, read_only: Iterable[Path]) -> list[str]:
    """The bubblewrap part of the command line; empty where bubblewrap does not work."""
    base = _probed_cage()
    if not base:
        return []
    binds = [
        argument
        for path in read_only
        if not path.is_relative_to("/usr")
        for argument in ("--ro-bind", str(path), str(path))
    ]
    share = ["--share-net", *_bind_where_present(NETWORK_FILES)] if network else []
    inside = ["--bind", str(workdir), str(workdir), "--chdir", str(workdir)]
    return [*base, *share, *binds, *inside, "--remount-ro", "/", "--"]


def _bind_where_present(paths: Iterable[str]) -> list[str]:
    return [part for path in paths for part in ("--ro-bind-try", path, path)]


@cache
def _probed_cage() -> tuple[str, ...]:
    """Arguments that work on this machine: some forbid user namespaces, some mounting /proc."""
    bwrap = shutil.which("bwrap")
    for proc in (("--proc", "/proc"), ("--dir", "/proc")) if bwrap else ():
        cage = (
            *(bwrap or "", "--unshare-all", "--die-with-parent", "--new-session"),
            *("--cap-drop", "ALL", "--hostname", "sandbox"),
            *_bind_where_present(VISIBLE),
            *proc,
            *("--dev", "/dev", "--size", str(64 << 20), "--tmpfs", "/tmp"),  # noqa: S108
        )
        with suppress(OSError, subprocess.TimeoutExpired):
            probe = subprocess.run(
                [*cage, "--", "true"], check=False, capture_output=True, timeout=20
            )
            if probe.returncode == 0:
                return cage
    LOG.warning("External tools run without isolation: bubblewrap is missing or does not work here")
    return ()


def _wait(
    command: list[str],
    name: str,
    env: dict[str, str],
    *,
    workdir: Path,
    timeout: float,
    stdin: bytes,
) -> Completed:
    home = env["HOME"]
    with (
        tempfile.TemporaryFile(dir=home) as given,
        tempfile.TemporaryFile(dir=home) as out,
        tempfile.TemporaryFile(dir=home) as err,
    ):
        given.write(stdin)
        given.seek(0)
        process = subprocess.Popen(
            command,
            stdin=given,
            stdout=out,
            stderr=err,
            cwd=workdir,
            env=env,
            start_new_session=True,
        )
        try:
            returncode = process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise TransientError(
                "tool-timeout",
                thai=f"โปรแกรม {name} ใช้เวลานานเกิน {timeout:.0f} วินาที ระบบจะลองใหม่",
                english=f"{name} ran longer than {timeout:.0f} seconds; it will be tried again.",
            ) from None
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        return Completed(returncode, _read_back(out, name), _read_back(err, name))


def _read_back(stream: IO[bytes], name: str) -> bytes:
    if stream.seek(0, os.SEEK_END) > OUTPUT_LIMIT:
        raise _stopped("tool-output", name, "พิมพ์ผลลัพธ์มากเกินกำหนด", "printed too much")
    stream.seek(0)
    return stream.read()


def _refuse_crash(completed: Completed, name: str) -> None:
    """Raise when a signal ended the tool, or it said that its memory was not enough."""
    code = completed.returncode
    number = -code if code < 0 else code - 128
    if number == signal.SIGXCPU:
        raise _stopped("tool-cpu", name, "ใช้เวลาประมวลผลเกินกำหนด", "used up its processor time")
    if number == signal.SIGXFSZ:
        raise _stopped("tool-file-size", name, "สร้างไฟล์ใหญ่เกินกำหนด", "wrote too large a file")
    if code and OUT_OF_MEMORY.search(completed.stderr):
        raise _stopped("tool-memory", name, "ใช้หน่วยความจำเกินกำหนด", "used up its memory")
    if number == signal.SIGKILL:
        raise TransientError(
            "tool-killed",
            thai=f"โปรแกรม {name} ถูกระบบหยุดกลางคัน (หน่วยความจำของเครื่องอาจหมด) ระบบจะลองใหม่",
            english=f"{name} was killed (is the machine out of memory?); it will be tried again.",
        )
    if number in CRASH_SIGNALS:
        raise _stopped("tool-crashed", name, "หยุดทำงานผิดปกติ", "crashed")


def _stopped(code: str, name: str, thai: str, english: str) -> DocumentError:
    return DocumentError(
        code,
        thai=f"โปรแกรม {name} {thai}ขณะอ่านเอกสารนี้ ไฟล์อาจเสียหายหรือเป็นอันตราย ให้สแกนหรือบันทึกไฟล์ใหม่",
        english=f"{name} {english} on this document, which may be damaged or hostile; "
        "scan it or save it anew.",
    )
