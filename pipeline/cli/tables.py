"""Tables for people: what became of every page."""

import sys
from datetime import date

from rich.table import Table

from pipeline.app import Station
from pipeline.cli.console import out, pick, say
from pipeline.overview import BatchHead, DocumentRow, SourceRow, sources_of
from schemas.document import DocumentState, Form
from schemas.letter import LetterKind, ThaiDate
from schemas.secrecy import Secrecy
from schemas.signing import SignatureProfile

_FATES = {"blank": ("หน้าว่าง", "blank"), "separator": ("แผ่นคั่น", "separator")}
_STATES = {
    DocumentState.OPEN: ("กำลังทำ", "working"),
    DocumentState.SUSPENDED: ("รอเจ้าหน้าที่ตัดสิน", "a person must decide"),
    DocumentState.FINISHED: ("เสร็จ", "done"),
    DocumentState.DIVERTED: ("ออกจากระบบ", "diverted"),
    DocumentState.QUARANTINED: ("กักไว้", "quarantine"),
}
_DISPOSITIONS = {
    "paper": ("ส่งด้วยกระดาษ สำเนาดิจิทัลถูกทำลายแล้ว", "goes on paper; digital copies destroyed"),
    "duplicate": ("ฉบับซ้ำ แยกเก็บไว้แล้ว", "a second copy, set aside and kept"),
    "rescan": ("ให้สแกนใหม่ ภาพเดิมยังเก็บไว้", "to be scanned again; what came in is kept"),
    "received-later": ("รับเข้าได้ในภายหลังแล้ว", "taken in later"),
}
_FORMS = {
    Form.STACK: ("กองสแกน", "stack"),
    Form.SET: ("ชุดหนังสือ", "set"),
    Form.LETTER: ("หนังสือ", "letter"),
    Form.ATTACHMENT: ("สิ่งที่ส่งมาด้วย", "attachment"),
}


_MANY = 20
"""Sources from which on only those are shown that need somebody."""


def print_batches(station: Station, batches: list[BatchHead]) -> None:
    """One table a source, then what is left to do. Of large batches only what needs somebody."""
    for batch in batches:
        many = sum(batch.documents.values()) > _MANY
        for source in sources_of(station.state, batch.id):
            if not many or any(row.question or row.problem for row in source.documents):
                _print_source(source)
        if many:
            _print_counts(batch)
    if station.settings.station.trial:
        say(
            "ใบรับรองและกุญแจของสถานีนี้เป็นของทดลอง ใช้ในราชการไม่ได้",
            "Certificates and keys of this station are for trial only.",
        )


def print_batches_json(station: Station, batches: list[BatchHead]) -> None:
    """The same as one JSON array, written source by source."""
    write = sys.stdout.write
    write("[")
    for number, batch in enumerate(batches):
        head = batch.model_dump_json().removesuffix("}")
        write(("," if number else "") + f'\n{head},"sources":[')
        for place, source in enumerate(sources_of(station.state, batch.id)):
            write(("," if place else "") + "\n " + source.model_dump_json())
        write("]}")
    write("]\n")


def _print_counts(batch: BatchHead) -> None:
    thai = " · ".join(f"{_STATES[state][0]} {n}" for state, n in batch.documents.items())
    english = " · ".join(f"{_STATES[state][1]} {n}" for state, n in batch.documents.items())
    say(f"{batch.source}: {thai}", f"{batch.source}: {english}")


def _print_source(source: SourceRow) -> None:
    table = Table(title=source.source, title_justify="left", show_lines=True)
    table.add_column(pick("หน้า", "Pages"), max_width=9)
    table.add_column(pick("ชั้น", "Level"), no_wrap=True)
    table.add_column(pick("เป็นอะไร อยู่ที่ไหน", "What it is, where it lies"), overflow="fold")
    for row in source.documents:
        level = pick(row.secrecy.thai, row.secrecy.value)
        if not row.classified and row.secrecy is Secrecy.NORMAL:
            level = pick("ยังไม่กำหนด", "not yet known")
        table.add_row(_ranges(row.pages), level, _described(row), style=_style(row))
    for fate, label in _FATES.items():
        pages = tuple(page for page, found in source.set_aside.items() if found == fate)
        if pages:
            table.add_row(_ranges(pages), "", pick(*label), style="dim")
    out.print(table)
    count = source.pages
    say(
        f"หน้าเข้า {count.total} = ในเอกสาร {count.documents} + หน้าว่าง {count.blank} + "
        f"แผ่นคั่น {count.separator} + รอเจ้าหน้าที่ {count.waiting} + กำลังทำ {count.working}",
        f"Pages in {count.total} = in documents {count.documents} + blank {count.blank} + "
        f"separators {count.separator} + waiting {count.waiting} + working {count.working}",
    )
    for row in source.documents:
        _print_next(row)
    out.print()


def _described(row: DocumentRow) -> str:
    """Kind, number and date; the subject; where it lies, its signature and state."""
    what = pick(*_FORMS[row.form])
    if row.kind and row.form is not Form.ATTACHMENT:
        kind = LetterKind(row.kind)
        what = pick(kind.thai, kind.value)
    dated = row.date and pick(ThaiDate.of(date.fromisoformat(row.date)).format(), row.date)
    state = pick(*_STATES.get(row.state, (row.state.value, row.state.value)))
    if row.disposition:
        state = pick(*_DISPOSITIONS.get(row.disposition, (row.disposition, row.disposition)))
    place = row.places[0] if row.places else row.file_name
    signature = row.signature
    if signature == SignatureProfile.OTHER:
        signature = pick("ลงนามมาแล้วจากต้นทาง", "signed by its sender")
    lines = (
        " · ".join(filter(None, (what, row.number, dated))),
        row.subject,
        " · ".join(filter(None, (place, signature, state))),
    )
    return "\n".join(filter(None, lines))


def _style(row: DocumentRow) -> str:
    if row.state is DocumentState.QUARANTINED:
        return "red"
    if row.state is DocumentState.SUSPENDED:
        return "yellow"
    return "magenta" if row.secrecy > Secrecy.NORMAL else ""


def _print_next(row: DocumentRow) -> None:
    short = str(row.id)[:8]
    if row.question:
        say(
            f"→ {short} หน้า {_ranges(row.pages)}: รอคำตอบเรื่อง {row.question} "
            f"สั่ง `saraban review {short}`",
            f"→ {short} pages {_ranges(row.pages)}: question {row.question}; "
            f"answer with `saraban review {short}`",
        )
    if row.problem:
        say(
            f"✗ {short}: {row.problem['thai']}",
            f"✗ {short}: {row.problem['english']} [{row.problem['code']}]",
        )


def _ranges(pages: tuple[int, ...]) -> str:
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][1] + 1:
            runs[-1][1] = page
        else:
            runs.append([page, page])
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in runs)
