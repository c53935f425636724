"""The example stack, run once through the real command, for all tests of this folder."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
STACK = ROOT / "examples" / "stack.pdf"
TRUTH = ROOT / "tests" / "letters" / "golden" / "stack.truth.json"


def saraban(
    *arguments: str, cwd: Path | None = None, before: Sequence[str] = ()
) -> subprocess.CompletedProcess[str]:
    """The console script, as a user calls it; ``before`` is a command that starts it."""
    command = [*before, str(Path(sys.executable).with_name("saraban")), *arguments]
    environment = {**os.environ, "SARABAN_LANG": "en", "COLUMNS": "200"}
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


@dataclass(frozen=True)
class StackRun:
    """A finished run of the example stack. ``answer`` is its ``--json``."""

    folder: Path
    exit_code: int
    answer: list[dict[str, Any]]
    truth: dict[str, Any]
    errors: str

    @property
    def source(self) -> dict[str, Any]:
        (source,) = self.answer[0]["sources"]
        found: dict[str, Any] = source
        return found

    @property
    def archive(self) -> Path:
        return self.folder / "archive" / "2569"


@pytest.fixture(scope="session")
def stack_run(tmp_path_factory: pytest.TempPathFactory) -> StackRun:
    folder = tmp_path_factory.mktemp("stack") / "station"
    made = saraban(
        "init", str(folder), "--code", "TAK01", "--organisation", "จังหวัดตาก", "--agency", "TAK"
    )
    assert made.returncode == 0, made.stderr
    done = saraban("run", str(STACK), "--station", str(folder), "--json")
    truth = json.loads(TRUTH.read_text("utf-8"))
    return StackRun(folder, done.returncode, json.loads(done.stdout), truth, done.stderr)
