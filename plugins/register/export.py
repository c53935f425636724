"""Registers as tables for people: CSV and XLSX with the columns of the printed forms.

A cell that a spreadsheet would run as a formula is made inert (OWASP, CSV injection).
"""

import csv
import io
import os
import re
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Final, TextIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from pydantic import JsonValue

from plugins.register.stage import BANGKOK
from schemas.letter import ThaiDate
from schemas.register import RegisterRow

BYTE_ORDER_MARK: Final = "\ufeff"
COLUMNS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "received": {
            "number": "เลขทะเบียนรับ",
            "letter_number": "ที่",
            "dated": "ลงวันที่",
            "sender": "จาก",
            "addressee": "ถึง",
            "subject": "เรื่อง",
            "action": "การปฏิบัติ",
            "received_on": "วันที่รับ",
            "remarks": "หมายเหตุ",
        },
        "received-secret": {
            "number": "เลขที่รับ",
            "letter_number": "เลขที่หนังสือ",
            "secrecy": "ชั้นความลับ",
            "dated": "ลงวันที่",
            "sender": "จาก",
            "addressee": "ถึง",
            "subject": "เรื่อง",
            "signed_for": "ลงชื่อ",
            "received_on": "วันที่รับ",
            "remarks": "หมายเหตุ",
        },
        "paper": {
            "number": "ลำดับ",
            "slip": "เลขที่ใบนำส่ง",
            "station": "สถานีสแกน",
            "batch": "ชุดเอกสาร",
            "pages": "หน้าในปึกที่สแกน",
            "secrecy": "ชั้นความลับ",
            "received_on": "วันที่พบ",
        },
    }
)
"""Headings by register and entry key: แบบ ๑๓, ทขล.๑, and the slips of what went on paper. Other
registers show their keys."""
_LONGEST: Final = 60
"""Widest column of a workbook, in characters."""
_FORMULA = re.compile(r"^[=+\-@\t\r\n\uff0b\uff0d\uff1d\uff20]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_MEMORY = "/dev/shm"  # noqa: S108 - only a folder that its owner alone can open is made there


def register_file(rows: Iterable[RegisterRow], file_format: str) -> bytes | None:
    """One register as ``csv`` or ``xlsx``; None for another format."""
    if file_format == "csv":
        text = io.StringIO(newline="")
        write_csv(rows, text)
        return text.getvalue().encode()
    if file_format != "xlsx":
        return None
    memory = _MEMORY if os.access(_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        path = Path(folder, "register.xlsx")
        write_xlsx(rows, path)
        return path.read_bytes()


def write_csv(rows: Iterable[RegisterRow], stream: TextIO) -> int:
    """Write one register as CSV (RFC 4180, byte order mark first); returns the number of lines.

    Open ``stream`` as UTF-8 with ``newline=""``. Raises ValueError when the rows are of several
    registers.
    """
    stream.write(BYTE_ORDER_MARK)
    table = csv.writer(stream, lineterminator="\r\n")
    lines = -1
    for cells in _table(rows):
        table.writerow(cells)
        lines += 1
    return max(lines, 0)


def write_xlsx(rows: Iterable[RegisterRow], path: Path) -> int:
    """Write one register as a workbook readable by its owner only; returns the number of lines.

    Every cell is typed as text. Nothing is written outside ``path``'s folder. Raises ValueError
    when the rows are of several registers.
    """
    table = list(_table(rows))
    book = Workbook(write_only=True)
    path.touch(mode=0o600)
    with _temporary_files_in(path.parent):
        sheet = book.create_sheet("ทะเบียน")
        sheet.freeze_panes = "A2"
        for number, column in enumerate(zip(*table, strict=True), 1):
            width = min(_LONGEST, max(map(_seen_length, column)) + 2)
            sheet.column_dimensions[get_column_letter(number)].width = width
        for cells in table or [[]]:
            sheet.append([_text_cell(sheet, cell) for cell in cells])
        book.save(path)
    return max(len(table) - 1, 0)


def _table(rows: Iterable[RegisterRow]) -> Iterator[list[str]]:
    """The heading, then one list of inert cells a line; nothing at all without rows."""
    lines = iter(rows)
    first = next(lines, None)
    if first is None:
        return
    columns = COLUMNS.get(first.register_name) or {key: key for key in ("number", *first.entry)}
    yield ["ปี พ.ศ.", *(_inert(heading) for heading in columns.values()), "สถานะ"]
    for row in chain([first], lines):
        if row.register_name != first.register_name:
            raise ValueError("the rows are of several registers")
        values = row.entry | {"number": row.number}
        cells = [_shown(values.get(key)) for key in columns]
        yield [str(row.year), *(_inert(cell) for cell in cells), _standing(row)]


def _standing(row: RegisterRow) -> str:
    """``ยกเลิก`` and its day in Thailand, or nothing."""
    if row.cancelled_at is None:
        return ""
    return f"ยกเลิก {ThaiDate.of(row.cancelled_at.astimezone(BANGKOK).date())}"


def _shown(value: JsonValue) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def _seen_length(text: str) -> int:
    """Characters that take room of their own: Thai vowels and marks above and below take none."""
    return sum(unicodedata.category(c) != "Mn" for c in text)


def _inert(text: str) -> str:
    text = _CONTROL.sub("", text)
    return f"'{text}" if _FORMULA.match(text) else text


def _text_cell(sheet: WriteOnlyWorksheet, text: str) -> Cell:
    cell: Cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    return cell


@contextmanager
def _temporary_files_in(folder: Path) -> Iterator[None]:
    """openpyxl keeps its sheets in temporary files; the lines may be secret."""
    before = tempfile.tempdir
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        tempfile.tempdir = scratch
        try:
            yield
        finally:
            tempfile.tempdir = before
