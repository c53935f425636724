"""Draws and reads the stacks, in several processes and within a time."""

import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import chain
from multiprocessing import get_context
from pathlib import Path

from bench.reading.conditions import Condition
from bench.reading.desk import desk
from bench.reading.score import Stack, score
from bench.reading.stacks import Task, draw


def tasks(conditions: Sequence[Condition], rounds: int, letters: int) -> Iterator[Task]:
    """``rounds`` stacks of each condition, in turns, so that what is left out is spread evenly."""
    for turn in range(rounds):
        for condition in conditions:
            first = turn * condition.weight
            for number in range(first, first + condition.weight):
                yield Task(condition, number, letters)


def measure(todo: Sequence[Task], processes: int, seconds: float) -> list[Stack]:
    """What became of the stacks; those not begun within ``seconds`` are left out."""
    shares = [todo[start::processes] for start in range(processes)]
    work = partial(_share, until=time.monotonic() + seconds)
    if processes == 1:
        return work(todo)
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        return list(chain.from_iterable(pool.map(work, shares)))


def _share(todo: Sequence[Task], until: float) -> list[Stack]:
    """One process's stacks, read by one warmed engine."""
    os.environ["OMP_THREAD_LIMIT"] = "1"
    found = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with desk(folder / "station") as taking:
            for task in todo:
                if time.monotonic() > until:
                    break
                pdf, truth = draw(task)
                source = folder / f"{task.seed}.pdf"
                source.write_bytes(pdf)
                walked = taking.walk(source, truth, declared=not task.condition.colour)
                found.append(score(task, truth, walked))
                source.unlink()
    return found
