"""``saraban run``."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from pipeline import runner
from pipeline.app import Station
from pipeline.cli.console import JsonOption, StationOption, err, pick, say, station_at
from pipeline.cli.tables import print_batches, print_batches_json
from pipeline.errors import ConfigurationError
from pipeline.overview import batch_head, exit_code
from pipeline.receiving import missing, receive


def run(
    sources: Annotated[
        list[str] | None, typer.Argument(help="Files or folders. ไฟล์หรือโฟลเดอร์ที่จะรับเข้า")
    ] = None,
    definition: Annotated[
        str | None, typer.Option("--definition", "-d", help="Definition to run. ชื่อนิยามงาน")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with what is unfinished. ทำงานที่ค้างต่อ")
    ] = False,
    station_folder: StationOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take sources in and run them to the end. รับเข้าแล้วทำงานจนเสร็จ

    The sources are copied and stay where they are. What was done before is not done again.
    """
    with station_at(station_folder) as station:
        if not sources and not resume:
            raise ConfigurationError(
                "nothing-to-run",
                thai="โปรดระบุไฟล์หรือโฟลเดอร์ หรือใช้ --resume เพื่อทำงานที่ค้างต่อ",
                english="Name files or folders, or use --resume to go on with what is unfinished.",
            )
        with runner.holding(station):
            batches = _receive(station, sources or [], definition)
            if resume:
                batches += [row.id for row in station.batches() if row.released_at is None]
            batches = list(dict.fromkeys(batches))
            work(station, batches, quiet=as_json)
        rows = [batch_head(station.state, batch) for batch in batches]
        if as_json:
            print_batches_json(station, rows)
        else:
            print_batches(station, rows)
        raise typer.Exit(exit_code(rows))


def work(station: Station, batches: list[UUID], *, quiet: bool) -> None:
    """Run the batches with a moving display (standard error)."""
    display = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
        console=err,
        transient=True,
        disable=quiet,
    )
    with display:
        bar = display.add_task(pick("กำลังทำงาน", "Working"), total=None)
        most = 0

        def report(progress: runner.Progress) -> None:
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

        runner.run_embedded(station, batches, report)


def _receive(station: Station, sources: list[str], definition: str | None) -> list[UUID]:
    batches: list[UUID] = []
    if not sources:
        return batches
    loaded = station.definition(definition)
    station.ready(loaded)
    for source in sources:
        path = Path(source)
        if "://" not in source and not path.exists():
            raise missing(path)
        address = source if "://" in source else str(path.resolve())
        received = receive(station, address, loaded)
        batches += received.batches
        say(
            f"รับเข้าใหม่ {received.new} · เคยรับแล้ว {received.known} · อ่านไม่ได้ {received.refused}",
            f"New {received.new} · known {received.known} · unreadable {received.refused}",
            to=err,
        )
    return batches
