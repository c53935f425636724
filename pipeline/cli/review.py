"""``saraban review`` and ``retry``: what a person decides."""

import json
from typing import Annotated

import typer

from pipeline.app import Station
from pipeline.cli.console import JsonOption, StationOption, out, pick, print_json, say, station_at
from pipeline.errors import ConfigurationError
from pipeline.suspensions import Waiting


def review(
    document: Annotated[
        str | None, typer.Argument(help="Start of the document's id. รหัสเอกสาร")
    ] = None,
    choose: Annotated[str | None, typer.Option("--choose", help="The answer. คำตอบ")] = None,
    content: Annotated[
        str | None, typer.Option(help="Corrected proposal, as JSON. ข้อเสนอที่แก้แล้ว")
    ] = None,
    by: Annotated[str | None, typer.Option(help="Who decides. ผู้ตัดสิน")] = None,
    reason: Annotated[str, typer.Option(help="Why. เหตุผล")] = "",
    station_folder: StationOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what waits for a person, or answer it. ดูและตอบสิ่งที่รอเจ้าหน้าที่

    After answering, `saraban run --resume` goes on.
    """
    with station_at(station_folder) as station:
        identity = station.find(document) if document else None
        waiting = station.questions(identity)
        if choose is None:
            _list(waiting, as_json=as_json)
            return
        if len(waiting) != 1:
            raise ConfigurationError(
                "which-question",
                thai=f"มีคำถาม {len(waiting)} ข้อ โปรดระบุรหัสเอกสารให้ชัดเจน",
                english=f"{len(waiting)} questions match; name one document.",
            )
        _decide(station, waiting[0], choose, content, by, reason)


def retry(
    document: Annotated[str, typer.Argument(help="Start of the document's id. รหัสเอกสาร")],
    station_folder: StationOption = None,
) -> None:
    """Let a quarantined document try again. ให้เอกสารที่กักไว้ลองใหม่"""
    with station_at(station_folder) as station:
        station.retry(station.find(document))
        say("จะลองใหม่เมื่อสั่ง `saraban run --resume`", "Due again with `saraban run --resume`.")


def _decide(
    station: Station,
    waiting: Waiting,
    choice: str,
    content: str | None,
    by: str | None,
    reason: str,
) -> None:
    try:
        corrected = json.loads(content) if content else None
    except json.JSONDecodeError as error:
        raise ConfigurationError(
            "bad-json", thai=f"--content ไม่ใช่ JSON: {error}", english=f"--content: {error}"
        ) from error
    station.decide(waiting, choice, content=corrected, by=by, reason=reason)
    say(
        "บันทึกคำวินิจฉัยแล้ว สั่ง `saraban run --resume` เพื่อทำต่อ",
        "Decision recorded. Go on with `saraban run --resume`.",
    )


def _list(waiting: list[Waiting], *, as_json: bool) -> None:
    if as_json:
        print_json(
            [
                {"document": str(w.document), "question": w.question.model_dump(mode="json")}
                for w in waiting
            ]
        )
        return
    if not waiting:
        say("ไม่มีเรื่องรอตัดสิน", "Nothing waits for a person.")
    for one in waiting:
        question = one.question
        out.print(f"[bold]{str(one.document)[:8]}[/bold]  {question.code}")
        say(f"  {question.thai}", f"  {question.english}")
        for exhibit in question.exhibits:
            out.print(f"    · {pick('หน้า', 'page')} {exhibit.page} {exhibit.note}", markup=False)
        if question.proposal is not None:
            out.print_json(data=question.proposal, ensure_ascii=False)
        for choice in question.choices:
            out.print(f"    --choose {choice.value}  {pick(choice.thai, choice.english)}")
