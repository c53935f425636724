"""``saraban status``, ``show`` and ``audit``: looking without changing."""

from typing import Annotated, Any

import typer
from sqlalchemy import select

from pipeline import tables as t
from pipeline.app import Station
from pipeline.audit import verify_chains
from pipeline.cli.console import JsonOption, StationOption, out, print_json, say, station_at
from pipeline.cli.progress import wait
from pipeline.cli.tables import print_batches, print_batches_json
from pipeline.errors import ExitCode
from pipeline.overview import batch_head, document_row, exit_code
from pipeline.quota import GIB
from pipeline.state import one_document
from schemas.secrecy import Secrecy


def status(
    last: Annotated[int, typer.Option(help="How many batches. จำนวนชุดล่าสุด")] = 5,
    watch: Annotated[
        bool, typer.Option("--watch", help="Wait until all is done. รอจนเสร็จ")
    ] = False,
    station_folder: StationOption = None,
    as_json: JsonOption = False,
) -> None:
    """What became of every page of the last batches. สถานะของทุกหน้า"""
    with station_at(station_folder) as station:
        if watch:
            wait(station, quiet=as_json)
        ids = [row.id for _, row in zip(range(last), station.batches(), strict=False)]
        rows = [batch_head(station.state, batch) for batch in ids]
        if as_json:
            print_batches_json(station, rows)
        elif rows:
            print_batches(station, rows)
        else:
            say("ยังไม่มีเอกสาร", "There are no documents yet.")
        if not as_json:
            _say_quota(station)
        raise typer.Exit(exit_code(rows))


def _say_quota(station: Station) -> None:
    quota = station.quota
    if quota.limit is None:
        return
    with station.state.read() as tx:
        used = quota.used(tx) / GIB
    limit = quota.limit / GIB
    say(
        f"โควตาที่เก็บของ {quota.agency}: ใช้ {used:.3g} จาก {limit:.3g} GiB",
        f"archive quota of {quota.agency}: {used:.3g} of {limit:.3g} GiB used",
    )


def show(
    document: Annotated[str, typer.Argument(help="Start of the document's id. รหัสเอกสาร")],
    reveal: Annotated[
        bool, typer.Option("--reveal", help="Facts of a restricted letter too. แสดงข้อมูลลับ")
    ] = False,
    station_folder: StationOption = None,
    as_json: JsonOption = False,
) -> None:
    """Everything known of one document: facts, artifacts, events. ข้อมูลทั้งหมดของเอกสาร"""
    with station_at(station_folder) as station:
        identity = station.find(document)
        with station.state.read() as tx:
            row = one_document(tx, identity)
            answer: dict[str, Any] = {
                "document": document_row(station.state, tx, row).model_dump(mode="json")
            }
            events = tx.execute(
                select(t.event).where(t.event.c.document == identity).order_by(t.event.c.sequence)
            ).all()
        if row.body_sealed is not None:
            body = station.document(identity)
            answer["artifacts"] = [
                {"role": a.role, "size": a.size, "media_type": a.media_type} for a in body.artifacts
            ]
            if reveal or body.exposure is Secrecy.NORMAL:
                answer["facts"] = dict(body.facts)
        answer["events"] = [{"type": e.type, "agent": e.agent, "at": e.at} for e in events]
        if as_json:
            print_json(answer)
        else:
            out.print_json(data=answer, ensure_ascii=False, default=str)


def audit(station_folder: StationOption = None, as_json: JsonOption = False) -> None:
    """Recompute the chain of every document's events. ตรวจสายโซ่บันทึกเหตุการณ์"""
    with station_at(station_folder) as station:
        with station.state.read() as tx:
            checked, breaks = verify_chains(tx)
        if as_json:
            print_json({"events": checked, "breaks": [vars(b) for b in breaks]})
        else:
            say(f"ตรวจ {checked} เหตุการณ์", f"{checked} events checked")
            for broken in breaks:
                say(
                    f"✗ เอกสาร {broken.document} เหตุการณ์ {broken.sequence} ถูกแก้ไขหรือหายไป",
                    f"✗ document {broken.document}, event {broken.sequence}: {broken.reason}",
                )
            if not breaks:
                say("✓ ครบถ้วน ไม่มีการแก้ไข", "✓ complete and unaltered")
        raise typer.Exit(ExitCode.VERIFY_FAILED if breaks else ExitCode.OK)
