"""Measure how well letters are read: `python -m bench.reading [--full] [--only NAME] [--json]`.

The small version takes some CPU minutes, `--full` up to two hours of two cores, 45 minutes of them
for the stacks: what has not begun by then is left out, and said so. What the figures mean:
docs/reading.md.
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.ocr import STACK
from bench.pipeline import RAW, WHOLE
from bench.pipeline import measure as measure_speed
from bench.reading.conditions import CONDITIONS, Condition
from bench.reading.marks import measure as measure_marks
from bench.reading.measure import measure, tasks
from bench.reading.report import answer, table
from bench.reading.stacks import Task, draw
from pipeline.machine import usable_cores


@dataclass(frozen=True)
class Size:
    """How much is measured: stacks a condition, letters a stack, marked pages; and how long the
    reading may take, in minutes."""

    rounds: int
    letters: int
    marked: int
    minutes: float


SMALL = Size(rounds=1, letters=2, marked=60, minutes=8)
FULL = Size(rounds=3, letters=6, marked=3000, minutes=45)


def main() -> None:
    """Read the arguments, measure, print."""
    asked = _arguments()
    size = FULL if asked.full else SMALL
    chosen = [c for c in CONDITIONS if c.name in asked.only] or [
        c for c in CONDITIONS if asked.full or c.brief
    ]
    todo = list(tasks(chosen, asked.rounds or size.rounds, asked.letters or size.letters))
    if asked.seed is not None:
        todo = _seeded(chosen, asked.seed, asked.letters or size.letters)
    if asked.draw:
        _draw(todo, asked.draw)
        return
    seconds = 60 * (asked.minutes or size.minutes)
    speed = marks = None
    if not asked.only:
        speed = _speed()
        marks = measure_marks(size.marked, asked.processes)
    stacks = measure(todo, asked.processes, seconds)
    found = answer(stacks, len(todo), marks, speed)
    print(json.dumps(found, ensure_ascii=False, indent=1) if asked.json else table(found))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.reading", description=__doc__)
    names = [condition.name for condition in CONDITIONS]
    parser.add_argument("--full", action="store_true", help="the large version")
    parser.add_argument("--only", nargs="+", choices=names, default=[], metavar="NAME")
    parser.add_argument("--seed", type=int, help="with one --only: the stack that was told of")
    parser.add_argument("--rounds", type=int, help="stacks of each condition")
    parser.add_argument("--letters", type=int, help="letters a stack")
    parser.add_argument("--minutes", type=float, help="begin no stack later than this")
    parser.add_argument("--processes", type=int, default=min(2, usable_cores()))
    parser.add_argument("--draw", type=Path, help="write the stacks into this folder; read nothing")
    parser.add_argument("--json", action="store_true", help="print JSON")
    asked = parser.parse_args()
    if asked.seed is not None and len(asked.only) != 1:
        parser.error("--seed needs one --only")
    return asked


def _seeded(chosen: Sequence[Condition], seed: int, letters: int) -> list[Task]:
    (condition,) = chosen
    return [Task(condition, seed - condition.seed(0), letters)]


def _speed() -> dict[str, float]:
    """CPU a page of raw tesseract and of the whole pipeline on the example stack."""
    with tempfile.TemporaryDirectory() as folder:
        spent = measure_speed(STACK, Path(folder), (RAW, WHOLE))
    return {"raw": spent[RAW], "whole": spent[WHOLE]}


def _draw(todo: Sequence[Task], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for task in todo:
        pdf, truth = draw(task)
        (folder / f"{task.seed}.pdf").write_bytes(pdf)
        (folder / f"{task.seed}.truth.json").write_text(truth.to_json(), "utf-8")


if __name__ == "__main__":
    main()
