"""``saraban run`` and ``submit``: sources in, and the work done here or left to workers."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from pipeline import runner
from pipeline.agreement import agree
from pipeline.app import Station
from pipeline.cli.console import (
    JsonOption,
    StationOption,
    err,
    print_json,
    say,
    station_at,
)
from pipeline.cli.progress import work
from pipeline.cli.tables import print_batches, print_batches_json
from pipeline.errors import ConfigurationError
from pipeline.overview import batch_head, exit_code
from pipeline.receiving import missing, receive

DefinitionOption = Annotated[
    str | None, typer.Option("--definition", "-d", help="Definition to run. ชื่อนิยามงาน")
]


def run(
    sources: Annotated[
        list[str] | None, typer.Argument(help="Files or folders. ไฟล์หรือโฟลเดอร์ที่จะรับเข้า")
    ] = None,
    definition: DefinitionOption = None,
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
        if station.settings.workers.broker:
            raise ConfigurationError(
                "workers-run-this",
                thai="งานของสถานีนี้ทำโดย saraban-worker โปรดใช้ `saraban submit` "
                "และ `saraban status --watch`",
                english="The work of this station is done by saraban-worker: use `saraban submit` "
                "and `saraban status --watch`.",
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


def submit(
    sources: Annotated[list[str], typer.Argument(help="Files or folders. ไฟล์หรือโฟลเดอร์ที่จะรับเข้า")],
    definition: DefinitionOption = None,
    station_folder: StationOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take sources in and leave the work to the workers. รับเข้าแล้วให้เครื่องอื่นทำงานต่อ

    The sources are copied and stay where they are. `saraban status --watch` shows what becomes of
    them. Without workers, `saraban run --resume` does the work here.
    """
    with station_at(station_folder) as station:
        many_machines = bool(station.settings.workers.broker)
        if many_machines:
            agree(station.state, station.host)
        held = runner.beside_others(station) if many_machines else runner.holding(station)
        with held:
            batches = list(dict.fromkeys(_receive(station, sources, definition)))
        if as_json:
            print_json([str(batch) for batch in batches])


def _receive(station: Station, sources: list[str], definition: str | None) -> list[UUID]:
    batches: list[UUID] = []
    if not sources:
        return batches
    loaded = station.definition(definition)
    if not station.settings.workers.broker:
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
