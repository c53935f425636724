"""``saraban init``, ``plugins``, ``check``, ``doctor`` and ``schemas``."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from pipeline import agreement, sandbox
from pipeline.app import Station
from pipeline.cli.console import (
    JsonOption,
    StationOption,
    out,
    print_json,
    say,
    spoken_errors,
    station_at,
)
from pipeline.errors import ExitCode
from pipeline.host import PluginState
from pipeline.loader import check_definition, find_definition
from pipeline.receiving import missing
from pipeline.room import needed
from pipeline.stage import Problem
from pipeline.station import make_station
from schemas.export import export_schemas

_NEARLY = 0.9
"""Part of the quota from which on an office is warned."""


def init(
    folder: Annotated[Path, typer.Argument(help="New folder of the station. โฟลเดอร์ใหม่")],
    code: Annotated[str, typer.Option(help="Short code, e.g. TAK01. รหัสสถานี")],
    organisation: Annotated[str, typer.Option(help="Name of the office. ชื่อหน่วยงาน")],
    agency: Annotated[str, typer.Option(help="Roman code of the agency, e.g. TAK. รหัสหน่วยงาน")],
    as_json: JsonOption = False,
) -> None:
    """Make a station: settings, keys, a trial CA and TSA, a definition. สร้างสถานีใหม่"""
    with spoken_errors():
        made = make_station(folder, code=code, organisation=organisation, agency=agency)
        if as_json:
            print_json({"station": str(folder), "files": made, "trial": True})
            return
        for name in made:
            out.print(f"  {folder / name}", markup=False)
        say(
            "สร้างสถานีแล้ว ใบรับรองเป็นของทดลอง ใช้ในราชการไม่ได้",
            "The station is ready. Its certificates are for trial only.",
        )


def plugins(
    adopt: Annotated[
        bool,
        typer.Option(
            "--adopt", help="Make this set the one that all machines must have. ใช้ชุดนี้กับทุกเครื่อง"
        ),
    ] = False,
    station_folder: StationOption = None,
    as_json: JsonOption = False,
) -> None:
    """Plugins and the stages they bring. ปลั๊กอินและขั้นตอน"""
    with station_at(station_folder) as station:
        host = station.host
        if adopt:
            agreement.adopt(station.state, host)
        if as_json:
            print_json(
                {
                    "plugins": [vars(plugin) for plugin in host.plugins],
                    "stages": {name: host.distribution_of(name) for name in sorted(host.stages)},
                }
            )
            return
        table = Table("plugin", "distribution", "version", "state", "")
        for plugin in host.plugins:
            style = {PluginState.FAILED: "red", PluginState.NOT_ALLOWED: "dim"}.get(plugin.state)
            table.add_row(
                plugin.name,
                plugin.distribution,
                plugin.version,
                plugin.state.value,
                plugin.error,
                style=style,
            )
        out.print(table)
        stages = Table("stage", "rev.", "consumes", "produces", "from")
        for column in stages.columns:
            column.overflow = "fold"
        for name, stage in sorted(host.stages.items()):
            stages.add_row(
                name,
                str(stage.revision),
                " ".join(stage.consumes),
                " ".join(stage.produces),
                host.distribution_of(name),
            )
        out.print(stages)


def check(
    definition: Annotated[
        str | None, typer.Argument(help="Name or TOML file. ชื่อหรือไฟล์นิยามงาน")
    ] = None,
    station_folder: StationOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check a definition and the machine for it; every problem with its line. ตรวจนิยามงาน"""
    with station_at(station_folder) as station:
        problems = _problems(station, definition)
        _report(problems, as_json=as_json)


def doctor(station_folder: StationOption = None, as_json: JsonOption = False) -> None:
    """Is everything here that the station needs? ตรวจความพร้อมของเครื่อง"""
    with station_at(station_folder) as station:
        problems = [*_problems(station, None), *_plugin_problems(station)]
        free = station.store.free()
        if free is not None and free < needed(station):
            problems.append(
                Problem(
                    code="little-room",
                    thai=f"พื้นที่ว่าง {free >> 20} MiB น้อยกว่าที่สงวนไว้",
                    english=f"{free >> 20} MiB are free, less than the reserve.",
                )
            )
        problems += _quota_problems(station)
        if not as_json:
            say(f"การแยกเครื่องมือภายนอก: {_isolation()}", f"Sandbox: {sandbox.describe()}")
            say(f"ที่พักข้อมูลระหว่างทำงาน: {station.scratch}", f"Scratch: {station.scratch}")
        _report(problems, as_json=as_json)


def _plugin_problems(station: Station) -> list[Problem]:
    problems = [
        Problem(
            code="plugin-failed",
            thai=f"ปลั๊กอิน {plugin.distribution}:{plugin.name} ใช้ไม่ได้: {plugin.error}",
            english=f"Plugin {plugin.distribution}:{plugin.name} failed: {plugin.error}",
        )
        for plugin in station.host.failed()
    ]
    installed = {plugin.distribution for plugin in station.host.plugins}
    problems += [
        Problem(
            code="plugin-not-installed",
            thai=f"plugins.allow ระบุ {name} แต่ไม่ได้ติดตั้งไว้ โปรดตรวจตัวสะกด",
            english=f"plugins.allow names {name}, which is not installed; check its spelling.",
            warning=True,
        )
        for name in station.settings.plugins.allow
        if name not in installed
    ]
    return problems


def schemas(
    folder: Annotated[Path, typer.Argument(help="Where to write. โฟลเดอร์ปลายทาง")],
    as_json: JsonOption = False,
) -> None:
    """Write JSON Schemas of everything stored or exchanged. ส่งออก JSON Schema"""
    with spoken_errors():
        folder.mkdir(parents=True, exist_ok=True)
        names = export_schemas(folder)
        if as_json:
            print_json({"folder": str(folder), "files": names})
            return
        for name in names:
            out.print(name, markup=False)


def _isolation() -> str:
    if sandbox.isolated():
        return "bubblewrap เห็นเฉพาะไฟล์ของระบบและที่พักข้อมูลของตน ไม่มีเครือข่าย"
    return "ไม่มี จำกัดได้เพียงเวลาและหน่วยความจำ โปรดติดตั้ง bubblewrap และเปิด user namespace"


def _problems(station: Station, definition: str | None) -> list[Problem]:
    name = definition or station.settings.default_definition
    file = Path(name) if name.endswith(".toml") else find_definition(name, station.folder)
    if not file.is_file():
        raise missing(file)
    toml = file.read_text("utf-8")
    problems, _, stages = check_definition(toml, str(file), station.host, station.folder)
    for stage in stages:
        problems += stage.preflight()
    return problems


def _quota_problems(station: Station) -> list[Problem]:
    """A warning in time to ask for more."""
    quota = station.quota
    with station.state.read() as tx:
        used = quota.used(tx)
    if quota.limit is None or used < _NEARLY * quota.limit:
        return []
    percent = f"{used / quota.limit:.0%}"
    return [
        Problem(
            code="quota-nearly-reached",
            thai=f"ใช้โควตาที่เก็บของ {quota.agency} ไปแล้ว {percent} โปรดขอเพิ่ม (archive.quota_gib)",
            english=f"{percent} of the archive quota of {quota.agency} is used; ask for more "
            "(archive.quota_gib).",
            warning=True,
        )
    ]


def _report(problems: list[Problem], *, as_json: bool) -> None:
    if as_json:
        print_json([vars(problem) for problem in problems])
    for problem in [] if as_json else problems:
        mark = "!" if problem.warning else "✗"
        place = f"{problem.where}:{problem.line or 1}: " if problem.where else ""
        say(f"{mark} {place}{problem.thai}", f"{mark} {place}{problem.english} [{problem.code}]")
    fatal = any(not problem.warning for problem in problems)
    if not fatal and not as_json:
        say("✓ พร้อมใช้งาน", "✓ ready")
    raise typer.Exit(ExitCode.CONFIGURATION if fatal else ExitCode.OK)
