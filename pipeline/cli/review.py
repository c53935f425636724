"""``saraban review`` and ``retry``: a person decides."""

import json
from pathlib import Path
from typing import Annotated

import typer
from pydantic import JsonValue

from pipeline.app import Station
from pipeline.cli.console import (
    JsonOption,
    StationOption,
    print_json,
    say,
    say_who_goes_on,
    station_at,
)
from pipeline.cli.questions import print_pictures, print_questions, questions_json
from pipeline.errors import ConfigurationError
from pipeline.exhibits import draw_exhibits
from pipeline.suspensions import Waiting


def review(
    document: Annotated[
        str | None, typer.Argument(help="Start of the document's id. รหัสเอกสาร")
    ] = None,
    choose: Annotated[str | None, typer.Option("--choose", help="The answer. คำตอบ")] = None,
    content: Annotated[
        str | None, typer.Option(help="Corrected proposal, JSON or plain text. ข้อเสนอที่แก้แล้ว")
    ] = None,
    by: Annotated[str | None, typer.Option(help="Who decides. ผู้ตัดสิน")] = None,
    reason: Annotated[str, typer.Option(help="Why. เหตุผล")] = "",
    pictures: Annotated[
        Path | None,
        typer.Option(help="New folder for pictures of the pages. โฟลเดอร์สำหรับภาพหน้า"),
    ] = None,
    reveal: Annotated[
        bool, typer.Option("--reveal", help="Proposals for restricted letters too. แสดงข้อมูลลับ")
    ] = False,
    station_folder: StationOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what waits for a person, or answer it. ดูและตอบสิ่งที่รอเจ้าหน้าที่

    Pages are those of the scanned stack. `--pictures` draws them as PNG files, what the question
    is about outlined in red. After answering, `saraban run --resume` goes on.
    """
    with station_at(station_folder) as station:
        identity = station.find(document) if document else None
        waiting = station.questions(identity)
        if choose is not None:
            asked = _only(waiting)
            station.decide(asked, choose, content=_parsed(content), by=by, reason=reason)
            _say_decided(station, asked, choose, as_json=as_json)
            return
        drawn = draw_exhibits(station, waiting, pictures) if pictures else []
        if as_json:
            rows = questions_json(station, waiting, reveal=reveal)
            for row in rows:
                start = str(row["document"])[:8]
                row["pictures"] = [str(p) for p in drawn if p.name.startswith(start)]
            print_json(rows)
            return
        print_questions(station, waiting, reveal=reveal)
        if pictures and drawn:
            print_pictures(drawn, pictures)
        elif waiting:
            say(
                'ดูภาพหน้าที่ถามด้วย --pictures โฟลเดอร์ใหม่ · ตอบแล้วลงชื่อด้วย --by "ชื่อผู้ตัดสิน"',
                "See the pages in question with --pictures NEW_FOLDER; sign answers with --by NAME",
            )


def retry(
    document: Annotated[str, typer.Argument(help="Start of the document's id. รหัสเอกสาร")],
    station_folder: StationOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a quarantined document try again. ให้เอกสารที่กักไว้ลองใหม่"""
    with station_at(station_folder) as station:
        identity = station.find(document)
        station.retry(identity)
        if as_json:
            print_json({"document": str(identity), "state": station.document(identity).state})
        else:
            say_who_goes_on(station, "จะลองใหม่", "It will be tried again.")


def _only(waiting: list[Waiting]) -> Waiting:
    if not waiting:
        raise ConfigurationError(
            "nothing-asked",
            thai="เอกสารนี้ไม่มีคำถามค้างอยู่ ดูเรื่องที่รอตัดสินด้วย `saraban review`",
            english="Nothing is asked about this document; `saraban review` lists what waits.",
        )
    if len(waiting) > 1:
        raise ConfigurationError(
            "which-question",
            thai=f"มีเรื่องรอตัดสิน {len(waiting)} เรื่อง โปรดระบุรหัสเอกสาร "
            "เช่น `saraban review 6d7c8254 --choose …`",
            english=f"{len(waiting)} questions wait; name the document, "
            "e.g. `saraban review 6d7c8254 --choose …`.",
        )
    return waiting[0]


def _parsed(content: str | None) -> JsonValue:
    """JSON; what does not begin like it is plain text, e.g. a file name."""
    parsed: JsonValue = None
    try:
        parsed = json.loads(content) if content else None
    except json.JSONDecodeError as error:
        if content and content.lstrip()[:1] not in ("{", "[", '"'):
            return content
        raise ConfigurationError(
            "bad-json",
            thai=f"ข้อความหลัง --content ไม่ใช่ JSON ที่ถูกต้อง (ตำแหน่งที่ {error.pos + 1}) "
            "โปรดคัดลอกข้อเสนอที่ `saraban review` แสดงแล้วแก้ไข",
            english=f"--content is no JSON (character {error.pos + 1}: {error.msg}). "
            "Copy the proposal that `saraban review` shows, and change it.",
        ) from error
    return parsed


def _say_decided(station: Station, waiting: Waiting, choice: str, *, as_json: bool) -> None:
    if as_json:
        answered = {"document": str(waiting.document), "code": waiting.question.code}
        print_json({**answered, "choice": choice})
        return
    say_who_goes_on(station, "บันทึกคำวินิจฉัยแล้ว", "Decision recorded.")
