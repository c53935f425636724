"""Tables for people: what became of every page."""

from rich.table import Table

from pipeline.app import Station
from pipeline.cli.console import out, pick, say
from pipeline.overview import BatchRow, DocumentRow, SourceRow
from schemas.document import DocumentState, Form
from schemas.letter import LetterKind
from schemas.secrecy import Secrecy

_FATES = {"blank": ("หน้าว่าง", "blank"), "separator": ("แผ่นคั่น", "separator")}
_STATES = {
    DocumentState.OPEN: ("กำลังทำ", "working"),
    DocumentState.SUSPENDED: ("รอเจ้าหน้าที่ตัดสิน", "a person must decide"),
    DocumentState.FINISHED: ("เสร็จ", "done"),
    DocumentState.DIVERTED: ("ออกจากระบบ", "diverted"),
    DocumentState.QUARANTINED: ("กักไว้", "quarantine"),
}
_FORMS = {
    Form.STACK: ("กองสแกน", "stack"),
    Form.SET: ("ชุดหนังสือ", "set"),
    Form.LETTER: ("หนังสือ", "letter"),
    Form.ATTACHMENT: ("สิ่งที่ส่งมาด้วย", "attachment"),
}


def print_batches(station: Station, batches: list[BatchRow]) -> None:
    """One table a source, then what is left to do."""
    for batch in batches:
        for source in batch.sources:
            _print_source(source)
    if station.settings.station.trial:
        say(
            "ใบรับรองและกุญแจของสถานีนี้เป็นของทดลอง ใช้ในราชการไม่ได้",
            "Certificates and keys of this station are for trial only.",
        )


def _print_source(source: SourceRow) -> None:
    table = Table(title=source.source, title_justify="left", expand=False)
    headings = (
        ("หน้า", "Pages"),
        ("เป็น", "What"),
        ("ที่", "Number"),
        ("ลงวันที่", "Date"),
        ("เรื่อง", "Subject"),
        ("ชั้น", "Level"),
        ("ชื่อไฟล์", "File"),
        ("ลงนาม", "Signature"),
        ("สถานะ", "State"),
    )
    for thai, english in headings:
        table.add_column(pick(thai, english), overflow="fold")
    aside = ((page, fate, None) for page, fate in source.set_aside.items())
    documents = ((row.pages[0] if row.pages else 0, "", row) for row in source.documents)
    for page, fate, row in sorted((*aside, *documents), key=lambda entry: entry[0]):
        if row is None:
            table.add_row(str(page), f"[dim]{pick(*_FATES[fate])}[/dim]", *[""] * 7)
        else:
            table.add_row(*_cells(row), style=_style(row))
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


def _cells(row: DocumentRow) -> list[str]:
    what = pick(*_FORMS[row.form])
    if row.kind and row.form is not Form.ATTACHMENT:
        kind = LetterKind(row.kind)
        what = pick(kind.thai, kind.value)
    state = pick(*_STATES.get(row.state, (row.state.value, row.state.value)))
    if row.disposition:
        state = pick(f"ออกเป็น {row.disposition}", row.disposition)
    return [
        _ranges(row.pages),
        what,
        row.number or "",
        row.date or "",
        row.subject or "",
        pick(row.secrecy.thai, row.secrecy.value),
        row.file_name or "",
        row.signature or "",
        state,
    ]


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
