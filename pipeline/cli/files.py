"""``saraban verify``, ``get``, ``export`` and ``separators``: files in and out."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select

from pipeline import tables as t
from pipeline.app import Station
from pipeline.cli.console import JsonOption, StationOption, print_json, say, station_at
from pipeline.durable import write_durably
from pipeline.errors import ConfigurationError, ExitCode, SecurityError
from pipeline.receiving import missing
from pipeline.registers import register_rows
from schemas.artifact import Role
from schemas.secrecy import Secrecy

STANDARD_REGISTERS = ("received", "received-secret", "paper")
"""Registers of the standard definition: แบบ ๑๓, ทขล.๑, and what went on paper."""

OutOption = Annotated[Path, typer.Option("--out", "-o", help="File to write. ไฟล์ปลายทาง")]


def verify(
    file: Annotated[Path, typer.Argument(help="A signed PDF. ไฟล์ที่ลงนามแล้ว")],
    trust: Annotated[
        list[Path] | None, typer.Option(help="PEM of a trusted CA. ใบรับรองที่เชื่อถือ")
    ] = None,
    station_folder: StationOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say who signed a file, when, and whether it was changed. ตรวจลายมือชื่ออิเล็กทรอนิกส์"""
    with station_at(station_folder) as station:
        if not file.is_file():
            raise missing(file)
        anchors = trust or sorted((station.folder / "trust").glob("*.pem"))
        answer = station.host.hook.verify_file(path=file, trust=anchors)
        if answer is None:
            raise ConfigurationError(
                "cannot-verify",
                thai=f"ไม่มีปลั๊กอินที่ตรวจไฟล์ชนิดนี้ได้: {file}",
                english=f"No plugin can verify this kind of file: {file}",
            )
        if as_json:
            print_json(answer)
        else:
            mark = "✓" if answer.good else "✗"
            for thai, english in zip(answer.thai, answer.english, strict=True):
                say(f"{mark} {thai}", f"{mark} {english}")
                mark = " "
        raise typer.Exit(ExitCode.OK if answer.good else ExitCode.VERIFY_FAILED)


def get(
    document: Annotated[str, typer.Argument(help="Start of the document's id. รหัสเอกสาร")],
    target: OutOption,
    role: Annotated[str, typer.Option(help="Which artifact. บทบาทของไฟล์")] = Role.RECORD.value,
    station_folder: StationOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write one artifact of a document to a file. นำไฟล์ของเอกสารออกมา

    For what the station still holds: quarantined sources, slips, records not archived yet. The
    plaintext of a restricted document never leaves this way.
    """
    with station_at(station_folder) as station:
        held = station.document(station.find(document))
        artifact = held.artifact(role)
        if artifact is None:
            roles = ", ".join(a.role for a in held.artifacts) or "-"
            raise ConfigurationError(
                "no-such-artifact",
                thai=f"เอกสารนี้ไม่มี {role} ในสถานีแล้ว มี: {roles}",
                english=f"The station holds no {role} of this document; it holds: {roles}",
            )
        sealed = role in (Role.ENVELOPE, Role.SIDECAR_ENVELOPE, Role.SLIP)
        if held.classified and held.secrecy > Secrecy.NORMAL and not sealed:
            raise SecurityError(
                "restricted",
                thai=f"เอกสารชั้น {held.secrecy.thai} นำออกได้เฉพาะซองที่เข้ารหัส (--role envelope)",
                english=f"A {held.secrecy} document leaves only as its envelope (--role envelope).",
            )
        if target.exists():
            raise ConfigurationError(
                "target-exists",
                thai=f"มีไฟล์ {target} อยู่แล้ว จะไม่เขียนทับ",
                english=f"{target} exists and is not overwritten.",
            )
        station.read(artifact, target)
        if as_json:
            answer = {"document": str(held.id), "role": role, "file": str(target)}
            print_json({**answer, "size": artifact.size, "media_type": artifact.media_type})
        else:
            say(f"เขียน {target} แล้ว", f"Wrote {target}")


def export(
    register: Annotated[str, typer.Argument(help="Name of the register. ชื่อทะเบียน")] = "received",
    year: Annotated[
        int | None, typer.Option(min=2484, help="B.E. year; default: now. ปี พ.ศ.")
    ] = None,
    file_format: Annotated[str, typer.Option("--format", help="csv or xlsx. ชนิดไฟล์")] = "csv",
    target: Annotated[
        Path | None, typer.Option("--out", "-o", help="File to write. ไฟล์ปลายทาง")
    ] = None,
    station_folder: StationOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a register of one year as CSV or XLSX, for its owner only. ส่งออกทะเบียน"""
    with station_at(station_folder) as station:
        chosen = year or datetime.now(UTC).year + 543
        rows = register_rows(station.state, register, chosen)
        if not rows and register not in (known := _registers(station)):
            raise ConfigurationError(
                "no-such-register",
                thai=f"ไม่มีทะเบียนชื่อ {register} มี: {', '.join(known)}",
                english=f"There is no register {register}; there are: {', '.join(known)}",
            )
        if as_json:
            print_json(rows)
            return
        content = station.host.hook.export_register(
            register_name=register, rows=rows, file_format=file_format
        )
        if content is None:
            raise ConfigurationError(
                "no-such-format",
                thai=f"ไม่รองรับไฟล์ชนิด {file_format} ใช้ csv หรือ xlsx",
                english=f"No plugin exports {file_format}; use csv or xlsx.",
            )
        file = target or Path(f"{register}-{chosen}.{file_format}")
        write_durably(file, [content])
        say(f"เขียน {file} แล้ว {len(rows)} บรรทัด", f"Wrote {file}, {len(rows)} lines")


def separators(
    target: OutOption,
    batch: Annotated[str, typer.Option(help="Batch number on the sheets. เลขชุด")],
    first: Annotated[int, typer.Option(min=1, help="First ordinal. ลำดับแรก")] = 1,
    count: Annotated[int, typer.Option(min=1, max=999, help="How many. จำนวนแผ่น")] = 10,
    station_folder: StationOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print separator sheets to lay before each letter. พิมพ์แผ่นคั่นเอกสาร"""
    with station_at(station_folder) as station:
        pdf = station.host.hook.print_separators(
            station=station.settings.station.code, batch=batch, first=first, count=count
        )
        if pdf is None:
            raise ConfigurationError(
                "no-separators",
                thai="ไม่มีปลั๊กอินที่พิมพ์แผ่นคั่นได้",
                english="No plugin prints separator sheets.",
            )
        target.write_bytes(pdf)
        if as_json:
            print_json({"file": str(target), "batch": batch, "first": first, "count": count})
        else:
            say(f"เขียนแผ่นคั่น {count} แผ่นลง {target}", f"Wrote {count} separator sheets to {target}")


def _registers(station: Station) -> list[str]:
    """Registers with a line, and those of the standard definition."""
    name = t.register_line.c.register_name
    with station.state.read() as tx:
        kept = tx.execute(select(name).distinct()).scalars().all()
    return sorted({*STANDARD_REGISTERS, *kept})
