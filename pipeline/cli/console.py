"""How the CLI speaks: Thai or English for people, JSON for programs, exit codes for both."""

import errno
import json
import logging
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import BaseModel
from rich.console import Console

from pipeline.app import Station
from pipeline.errors import ExitCode, SarabanError
from pipeline.journal import log_to_file
from pipeline.settings import FILE

StationOption = Annotated[
    Path | None,
    typer.Option(
        "--station",
        "-s",
        envvar="SARABAN_STATION",
        help="Station folder; default: here or ./station. โฟลเดอร์ของสถานี",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Machine-readable answer. ผลเป็น JSON")]

LOG = logging.getLogger("saraban.cli")

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def program(name: str, command: Callable[..., None]) -> typer.Typer:
    """A console script of one command. A bug's traceback shows no values."""
    app = typer.Typer(
        name=name, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None
    )
    app.command()(command)
    return app


def say(thai: str, english: str, *, to: Console | None = None) -> None:
    """One message in the language of the user: ``SARABAN_LANG``, else Thai and English together."""
    chosen = {"th": [thai], "en": [english]}.get(os.environ.get("SARABAN_LANG", ""))
    for line in chosen or [thai, english]:
        (to or out).print(line, markup=False)


def pick(thai: str, english: str) -> str:
    """A short label: Thai unless ``SARABAN_LANG=en``."""
    return english if os.environ.get("SARABAN_LANG") == "en" else thai


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    if isinstance(value, list):
        value = [v.model_dump(mode="json") if isinstance(v, BaseModel) else v for v in value]
    elif isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def station_folder(named: Path | None) -> Path:
    """The folder that was named, else this one or ``./station``, whichever is a station."""
    return named or next(
        (p for p in (Path.cwd(), Path("station")) if (p / FILE).is_file()), Path.cwd()
    )


def say_who_goes_on(station: Station, thai: str, english: str) -> None:
    """Something is due now: who does it, after what was done."""
    if station.settings.workers.broker:
        say(
            f"{thai} saraban-worker จะทำต่อ ดูได้ด้วย `saraban status --watch`",
            f"{english} The workers go on: `saraban status --watch`.",
        )
    else:
        say(
            f"{thai} สั่ง `saraban run --resume` เพื่อทำต่อ",
            f"{english} Go on with `saraban run --resume`.",
        )


@contextmanager
def station_at(folder: Path | None) -> Iterator[Station]:
    """Open the station and close it; deliberate errors become messages and exit codes."""
    with spoken_errors():
        station = Station.open(station_folder(folder))
        log_to_file(station.folder)
        try:
            yield station
        finally:
            station.close()


@contextmanager
def spoken_errors() -> Iterator[None]:
    """Say a deliberate error in both languages and leave with its exit code."""
    try:
        yield
    except SarabanError as error:
        say(f"✗ {error.thai}", f"✗ {error.english} [{error.code}]", to=err)
        raise typer.Exit(error.exit_code) from error
    except OSError as error:
        what = f"{error.filename or ''} ({error.strerror or type(error).__name__})".strip()
        say(
            f"✗ อ่านหรือเขียนไฟล์ไม่ได้: {what} โปรดตรวจที่อยู่ไฟล์ สิทธิ์ และพื้นที่ว่าง",
            f"✗ Cannot read or write {what}. Check the path, permissions and room. [file-refused]",
            to=err,
        )
        where = traceback.extract_tb(error.__traceback__)[-1]
        LOG.error("file-refused errno=%s at %s:%s", error.errno, where.name, where.lineno)  # noqa: TRY400 - a traceback would name files
        code = ExitCode.NO_SPACE if error.errno == errno.ENOSPC else ExitCode.CONFIGURATION
        raise typer.Exit(code) from error
    except KeyboardInterrupt as error:
        say(
            "หยุดตามคำสั่ง ไม่มีเอกสารสูญหาย งานที่ค้างทำต่อโดย saraban-worker หรือสั่ง `saraban run --resume`",
            "Stopped. Nothing is lost: workers go on with what is unfinished, or else "
            "`saraban run --resume`.",
            to=err,
        )
        raise typer.Exit(ExitCode.INTERRUPTED) from error
