"""Runs tesseract's `lstmtraining` for a bounded time, in steps that leave a whole checkpoint."""

import os
import re
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from training.model import ModelToolError, Start

STEP = 200
"""Iterations of one step; `lstmtraining` writes a checkpoint every hundred."""
RATES = ((0.5, 2e-4), (0.8, 1e-4), (1.0, 3e-5))
"""Learning rate until that share of the run: single lines make noisy steps, small ones at last."""
_PROGRESS = re.compile(r"At iteration \d+/(\d+)/\d+, .*?BCER train=([\d.]+)%")


@dataclass(frozen=True)
class Bound:
    """How long to train in all: by the clock, by iterations, or whichever comes first."""

    seconds: float
    iterations: int


@dataclass(frozen=True)
class Trained:
    """`error`: characters wrong in a hundred of the last thousand training lines."""

    checkpoint: Path
    iterations: int
    error: float


def train(
    start: Start,
    files: Sequence[Path],
    folder: Path,
    bound: Bound,
    report: Callable[[str], None],
) -> Trained:
    """Train on `files` and go on from the checkpoint in `folder` when there is one.

    The bound counts from now; the learning rate falls with the share of it that is spent. Lines
    with characters that the model does not learn are passed over. Raises ModelToolError when
    lstmtraining fails.
    """
    folder.mkdir(parents=True, exist_ok=True)
    listing = folder / "files.txt"
    listing.write_text("".join(f"{file}\n" for file in files), "utf-8")
    begun, first = time.monotonic(), _iterations(folder)
    done, error = first, 100.0
    while (share := _share(time.monotonic() - begun, done - first, bound)) < 1:
        rate = next(rate for until, rate in RATES if share < until)
        target = min(done + STEP, first + bound.iterations)
        done, error = _step(start, listing, folder, target, rate)
        (folder / "iterations").write_text(str(done), "utf-8")
        report(f"{done} iterations, {error:.2f} % of characters wrong in training, rate {rate:g}")
    return Trained(folder / "model_checkpoint", done, error)


def _share(seconds: float, iterations: int, bound: Bound) -> float:
    return max(seconds / bound.seconds, iterations / bound.iterations)


def _iterations(folder: Path) -> int:
    counted = folder / "iterations"
    return int(counted.read_text("utf-8")) if counted.exists() else 0


def _step(start: Start, listing: Path, folder: Path, target: int, rate: float) -> tuple[int, float]:
    """Train until iteration `target`; the iterations done and the error in percent."""
    command = (
        *("lstmtraining", "--continue_from", start.network, "--old_traineddata", start.old),
        *("--traineddata", start.new, "--train_listfile", listing),
        *("--model_output", folder / "model", "--max_iterations", target),
        *("--learning_rate", rate, "--reset_learning_rate"),
    )
    done = subprocess.run(
        list(map(str, command)),
        env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    progress = _PROGRESS.findall(said)
    if done.returncode or not progress:
        raise ModelToolError(f"lstmtraining ended with {done.returncode}: {said[-2000:]}")
    return int(progress[-1][0]), float(progress[-1][1])
