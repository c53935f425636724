"""The moving display of a run or of a wait (standard error)."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.progress import Progress as Display

from pipeline import queue, runner
from pipeline.app import Station
from pipeline.cli.console import err, pick, say
from pipeline.runner import Progress
from pipeline.sweep import living

LOOK = 0.5
"""Seconds between two looks at work that others do."""


def work(station: Station, batches: list[UUID], *, quiet: bool) -> None:
    """Run the batches here."""
    with _display(quiet=quiet) as report:
        runner.run_embedded(station, batches, report)


def wait(station: Station, *, quiet: bool) -> None:
    """Look on until all work is done that needs no person; say so when nobody is there to do it."""
    if any(queue.pending(station.state)) and not living(station.state):
        say(
            "ขณะนี้ไม่มี saraban-worker ทำงานอยู่ งานจะรอจนกว่าจะเริ่ม (หยุดดูด้วย Ctrl-C)",
            "No saraban-worker runs now; the work waits until one is started (Ctrl-C ends this).",
            to=err,
        )
    with _display(quiet=quiet) as report:
        while any(left := queue.pending(station.state)):
            report(Progress(*left, pages=(0, 0)))
            time.sleep(LOOK)


@contextmanager
def _display(*, quiet: bool) -> Iterator[Callable[[Progress], None]]:
    display = Display(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=err,
        transient=True,
        disable=quiet,
    )
    with display:
        bar = display.add_task(pick("กำลังทำงาน", "Working"), total=None)
        most = 0

        def report(progress: Progress) -> None:
            nonlocal most
            left = progress.ready + progress.leased
            most = max(most, left)
            done, total = progress.pages
            label = pick(f"เหลือ {left} งาน", f"{left} steps at hand")
            if total:
                label += pick(f" · อ่านหน้า {done}/{total}", f" · page {done}/{total}")
            display.update(
                bar,
                description=label,
                completed=done if total else most - left,
                total=total or most or None,
            )

        yield report
