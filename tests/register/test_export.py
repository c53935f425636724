"""Exported registers: right columns, Thai that spreadsheets read, no formula that runs."""

import csv
import io
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from plugins.register.export import write_csv, write_xlsx
from schemas.register import RegisterRow

NOON = datetime(2026, 2, 5, 5, 0, tzinfo=UTC)
DANGEROUS = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "=HYPERLINK(1)", "\uff1d1"]


def row(number: int = 1, subject: str = "เรื่องหนึ่ง", register: str = "received") -> RegisterRow:
    return RegisterRow(
        register_name=register,
        year=2569,
        number=number,
        given_at=NOON,
        entry={"letter_number": "ตก ๐๐๒๓.๓/ว ๐๐๒๖", "subject": subject, "remarks": None},
    )


def csv_of(rows: list[RegisterRow]) -> list[list[str]]:
    stream = io.StringIO(newline="")
    assert write_csv(rows, stream) == len(rows)
    text = stream.getvalue()
    assert not rows or text.startswith("\ufeff"), "spreadsheets take it for another encoding"
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_csv_has_the_columns_of_the_form() -> None:
    heading, line = csv_of([row(7)])
    assert heading == [
        "ปี พ.ศ.",
        "เลขทะเบียนรับ",
        "ที่",
        "ลงวันที่",
        "จาก",
        "ถึง",
        "เรื่อง",
        "การปฏิบัติ",
        "วันที่รับ",
        "หมายเหตุ",
        "สถานะ",
    ]
    assert line[:3] == ["2569", "7", "ตก ๐๐๒๓.๓/ว ๐๐๒๖"]
    assert line[6] == "เรื่องหนึ่ง"


def test_the_secret_register_has_its_own_columns() -> None:
    heading, _ = csv_of([row(register="received-secret")])
    assert {"ชั้นความลับ", "ลงชื่อ", "เลขที่รับ"} <= set(heading)


def test_the_register_of_paper_says_which_pages() -> None:
    line = row(register="paper").model_copy(update={"entry": {"slip": "AB12", "pages": [26, 27]}})
    heading, cells = csv_of([line])
    shown = dict(zip(heading, cells, strict=True))
    assert (shown["เลขที่ใบนำส่ง"], shown["หน้าในปึกที่สแกน"]) == ("AB12", "26, 27")


def test_workbook_columns_are_as_wide_as_their_text(tmp_path: Path) -> None:
    write_xlsx([row(subject="ก" * 40), row(2, subject="ข" * 400)], tmp_path / "wide.xlsx")
    (sheet,) = load_workbook(tmp_path / "wide.xlsx").worksheets
    assert sheet.column_dimensions["G"].width == 60
    assert 5 < sheet.column_dimensions["B"].width < 20


def test_unknown_registers_show_their_keys() -> None:
    heading, line = csv_of([row(register="own-register")])
    assert heading == ["ปี พ.ศ.", "number", "letter_number", "subject", "remarks", "สถานะ"]
    assert line[1:4] == ["1", "ตก ๐๐๒๓.๓/ว ๐๐๒๖", "เรื่องหนึ่ง"]


def test_a_cancelled_number_stays_in_its_place() -> None:
    late = datetime(2026, 2, 5, 18, 0, tzinfo=UTC)
    gone = row(2).model_copy(update={"cancelled_at": late})
    lines = csv_of([row(1), gone, row(3)])
    assert [line[1] for line in lines[1:]] == ["1", "2", "3"]
    assert [line[-1] for line in lines[1:]] == ["", "ยกเลิก 6 กุมภาพันธ์ 2569", ""]


@given(st.sampled_from(DANGEROUS), st.text(max_size=20))
def test_no_cell_of_a_csv_can_run(opening: str, rest: str) -> None:
    cell = csv_of([row(subject=opening + rest)])[1][6]
    assert cell.startswith("'")


def test_workbook_cells_are_text_and_thai(tmp_path: Path) -> None:
    path = tmp_path / "register.xlsx"
    assert write_xlsx([row(1), row(2, "=1+1"), row(3, "ก\x07ข")], path) == 3
    sheet = load_workbook(path).active
    assert sheet is not None
    cells = [cell for line in sheet.iter_rows() for cell in line if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert sheet["G3"].value == "'=1+1"
    assert sheet["G4"].value == "กข"


def test_workbook_leaves_nothing_behind_and_is_private(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(elsewhere))
    path = tmp_path / "out" / "register.xlsx"
    path.parent.mkdir()
    write_xlsx([row()], path)
    assert list(elsewhere.iterdir()) == []
    assert list(path.parent.iterdir()) == [path]
    assert path.stat().st_mode & 0o077 == 0
    assert tempfile.tempdir == str(elsewhere)


def test_registers_are_not_mixed(tmp_path: Path) -> None:
    rows = [row(1), row(2, register="received-secret")]
    with pytest.raises(ValueError, match="several registers"):
        write_csv(rows, io.StringIO())
    with pytest.raises(ValueError, match="several registers"):
        write_xlsx(rows, tmp_path / "x.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_an_empty_register_is_an_empty_table(tmp_path: Path) -> None:
    assert csv_of([]) == []
    assert write_xlsx([], tmp_path / "x.xlsx") == 0
    assert load_workbook(tmp_path / "x.xlsx").active is not None
