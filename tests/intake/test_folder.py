"""The folder intake: everything that may be a letter, nothing that could hold the batch up."""

import os
from pathlib import Path

from plugins.intake.folder import Folder


def names(address: Path) -> list[str]:
    return [Path(source.name).name for source in Folder().collect(str(address))]


def test_files_come_by_path_from_every_level(tmp_path: Path) -> None:
    for name in ("ข.pdf", "ก.pdf", "กอง ๒/ค.tif", "กอง ๑/ง.docx"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert names(tmp_path) == ["ก.pdf", "ข.pdf", "ง.docx", "ค.tif"]


def test_one_file_is_its_own_source(tmp_path: Path) -> None:
    file = tmp_path / ".hidden.pdf"
    file.write_bytes(b"x")
    assert names(file) == [".hidden.pdf"]


def test_hidden_files_links_and_pipes_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.pdf").write_bytes(b"x")
    (tmp_path / ".hidden.pdf").write_bytes(b"x")
    (tmp_path / ".trash").mkdir()
    (tmp_path / ".trash" / "old.pdf").write_bytes(b"x")
    (tmp_path / "link.pdf").symlink_to(tmp_path / "letter.pdf")
    os.mkfifo(tmp_path / "pipe.pdf")
    assert names(tmp_path) == ["letter.pdf"]
