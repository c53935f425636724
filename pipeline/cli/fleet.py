"""``saraban move-state``, ``make-key`` and ``sweep``: what many machines need now and then."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline import runner
from pipeline.app import absolute
from pipeline.cli.console import (
    JsonOption,
    StationOption,
    print_json,
    say,
    spoken_errors,
    station_at,
)
from pipeline.durable import write_durably
from pipeline.errors import ConfigurationError
from pipeline.keys import StationKey
from pipeline.moving import move_state
from pipeline.state import State
from pipeline.sweep import sweep_orphans


def move(
    url: Annotated[str, typer.Argument(help="URL of the new, empty database. ฐานข้อมูลใหม่ที่ว่าง")],
    station_folder: StationOption = None,
    as_json: JsonOption = False,
) -> None:
    """Copy the station's state to another database. ย้ายฐานข้อมูลสถานะ

    Stop all workers first. The old database stays as it is; set `state` in saraban.toml to the new
    one afterwards, and never use both.
    """
    with station_at(station_folder) as station, runner.holding(station):
        target = State(absolute(url, station.folder), station.state.keys)
        try:
            rows = move_state(station.state, target)
        finally:
            target.close()
    if as_json:
        print_json({"rows": rows})
        return
    say(
        f"ย้ายแล้ว {rows} แถว โปรดแก้ค่า state ใน saraban.toml เป็นฐานข้อมูลใหม่ก่อนทำงานต่อ",
        f"{rows} rows were copied. Set `state` in saraban.toml to the new database first of all.",
    )


def make_key(
    file: Annotated[Path, typer.Argument(help="New file of the key. ไฟล์กุญแจใหม่")],
    as_json: JsonOption = False,
) -> None:
    """Make a station key, for a secrecy level of its own. สร้างกุญแจสถานีสำหรับชั้นความลับหนึ่ง"""
    with spoken_errors():
        try:
            write_durably(file, [StationKey.generate()], replace=False)
        except FileExistsError as error:
            raise ConfigurationError(
                "key-exists",
                thai=f"มีไฟล์ {file} อยู่แล้ว จะไม่เขียนทับกุญแจ",
                english=f"There is a file {file} already; a key is never overwritten.",
            ) from error
    if as_json:
        print_json({"key": str(file)})
        return
    say(
        f"สร้างกุญแจแล้ว {file} โปรดสำรองไว้ในที่ปลอดภัย หากหายจะเปิดเอกสารไม่ได้อีก",
        f"Made {file}. Keep a copy in a safe: without it no document of its level can be opened.",
    )


def sweep(station_folder: StationOption = None, as_json: JsonOption = False) -> None:
    """Delete stored bytes that no document names. ลบข้อมูลที่ไม่มีเอกสารใดอ้างถึง

    Steps that were killed leave such bytes, all encrypted. Stop all workers first.
    """
    with station_at(station_folder) as station, runner.holding(station):
        count = sweep_orphans(station.state, station.store)
    if as_json:
        print_json({"deleted": count})
        return
    say(f"ลบแล้ว {count} รายการ", f"{count} pieces were deleted.")
