"""``saraban s3 probe``."""

from typing import Annotated

import typer

from pipeline.app import Station, absolute
from pipeline.cli.console import JsonOption, StationOption, out, print_json, say, station_at
from pipeline.errors import ConfigurationError, ExitCode
from schemas.storage import StorageProbe

SCHEME = "s3:"

s3 = typer.Typer(help="Storage in buckets. ที่เก็บแบบ S3", no_args_is_help=True)


@s3.command("probe")
def probe(
    url: Annotated[
        str | None,
        typer.Argument(help="Address; default: the definition's archive. ที่อยู่ของ bucket"),
    ] = None,
    station_folder: StationOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show on the real storage whether it may be called an archive. พิสูจน์ว่าใช้เป็นที่เก็บถาวรได้

    Small objects are written, locked for five minutes and attacked with the station's own
    credentials. They stay until a later probe removes them. Nothing else is touched.
    """
    with station_at(station_folder) as station:
        address = absolute(url, station.folder) if url else _archive_of(station)
        found: StorageProbe | None = station.host.hook.probe_storage(url=address)
        if found is None:
            raise ConfigurationError(
                "no-probe",
                thai=f"ไม่มีปลั๊กอินที่ตรวจ {address.partition('?')[0]} ได้",
                english=f"No plugin can probe {address.partition('?')[0]}.",
            )
        if as_json:
            print_json({**found.model_dump(mode="json"), "is_archive": found.is_archive})
        else:
            _print(found)
        raise typer.Exit(ExitCode.OK if found.is_archive else ExitCode.CONFIGURATION)


def _archive_of(station: Station) -> str:
    """The first bucket that a step of the station's definition names."""
    for stage in station.definition().stages:
        for value in stage.options.model_dump().values():
            if isinstance(value, str) and value.startswith(SCHEME):
                return value
    raise ConfigurationError(
        "no-bucket-named",
        thai="นิยามงานของสถานีไม่ได้ใช้ที่เก็บแบบ S3 โปรดระบุที่อยู่ เช่น `saraban s3 probe s3:https://…`",
        english="The station's definition names no bucket; give an address: "
        "`saraban s3 probe s3:https://…`",
    )


def _print(found: StorageProbe) -> None:
    out.print(found.storage, markup=False)
    for finding in found.findings:
        mark = "✓" if finding.held else "✗ ไม่ผ่าน:"
        say(f"{mark} {finding.thai}", f"{'✓' if finding.held else '✗ FAILED:'} {finding.english}")
    if found.is_archive:
        say("ใช้เป็นที่เก็บถาวรได้", "May be called an archive.")
    else:
        say("ห้ามใช้เป็นที่เก็บถาวร", "Must not be called an archive.")
