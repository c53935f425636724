"""``saraban review`` as office staff use it: see the question and its pages, answer, go on."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageDraw

from tests.letters import Item, Kind, Level, StackSpec, make_letter, make_stack
from tests.stack.conftest import saraban

pytestmark = pytest.mark.slow


def blotted(level: Level, seed: int) -> bytes:
    """A scanned letter whose number is crossed out."""
    letter = make_letter(seed, Kind.EXTERNAL, level=level)
    pdf, _ = make_stack(StackSpec((Item(letter, separator=False),), profile="fast"), seed=seed)
    opened: Any = pypdfium2.PdfDocument(pdf)
    pages: list[Image.Image] = [p.render(scale=200 / 72).to_pil().convert("RGB") for p in opened]
    (width, height), pen = pages[0].size, ImageDraw.Draw(pages[0])
    for share in (0.174, 0.178, 0.182):
        pen.line((width * 0.2, height * share, width * 0.3, height * share), (60, 55, 50), width=4)
    out = BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=200)
    return out.getvalue()


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("review")
    inbox = folder / "inbox"
    inbox.mkdir()
    (inbox / "ปกติ.pdf").write_bytes(blotted(Level.NORMAL, 51))
    (inbox / "ลับ.pdf").write_bytes(blotted(Level.CONFIDENTIAL, 52))
    station = str(folder / "station")
    names = ("--code", "REV1", "--organisation", "สำนักงาน", "--agency", "TAK")
    assert saraban("init", station, *names).returncode == 0
    run = saraban("run", str(inbox), "--station", station)
    assert run.returncode == 3, run.stdout + run.stderr
    return station


@pytest.fixture(scope="module")
def questions(station: str) -> dict[str, dict[str, Any]]:
    rows = json.loads(saraban("review", "--station", station, "--json").stdout)
    return {Path(row["source"]).stem: row for row in rows}


def test_questions_name_source_pages_and_doubts(questions: dict[str, dict[str, Any]]) -> None:
    assert questions.keys() == {"ปกติ", "ลับ"}
    assert questions["ปกติ"]["pages"] == [1]
    for row in questions.values():
        assert row["question"]["code"] == "confirm-letter"
        assert "เลขที่หนังสือ / number" in [e["note"] for e in row["question"]["exhibits"]]


def test_every_field_that_may_be_asked_about_is_shown_and_can_be_corrected(
    station: str, questions: dict[str, dict[str, Any]]
) -> None:
    shown = saraban("review", questions["ปกติ"]["document"], "--station", station).stdout
    proposal = questions["ปกติ"]["question"]["proposal"]
    for name in ("subject", "addressee"):
        value = proposal[name]["value"]
        assert value
        assert json.dumps({name: value}, ensure_ascii=False)[1:-1] in shown.replace("\n", "")


def test_what_was_read_of_a_secret_letter_is_shown_to_reveal_only(
    station: str, questions: dict[str, dict[str, Any]]
) -> None:
    assert questions["ปกติ"]["question"]["proposal"]["subject"]["value"]
    assert questions["ลับ"]["question"]["proposal"] is None
    secret = questions["ลับ"]["document"]
    (row,) = json.loads(
        saraban("review", secret, "--reveal", "--station", station, "--json").stdout
    )
    subject = row["question"]["proposal"]["subject"]["value"]
    assert subject
    assert subject not in saraban("review", "--station", station).stdout
    assert subject in saraban("review", secret, "--reveal", "--station", station).stdout


def test_pictures_show_the_page_with_the_doubt_outlined(
    station: str, questions: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    document = questions["ปกติ"]["document"]
    folder = tmp_path / "pictures"
    asked = ("review", document, "--pictures", str(folder), "--station", station)
    answer = saraban(*asked, "--json")
    assert answer.returncode == 0, answer.stderr
    (row,) = json.loads(answer.stdout)
    (picture,) = map(Path, row["pictures"])
    assert picture.name == f"{document[:8]}-page-0001.png"
    assert folder.stat().st_mode & 0o077 == picture.stat().st_mode & 0o077 == 0
    with Image.open(picture) as opened:
        pixels = np.asarray(opened.convert("RGB")).reshape(-1, 3)
    assert (pixels == (220, 30, 30)).all(axis=1).sum() > 500
    again = saraban(*asked)
    assert again.returncode == 5
    assert "folder-not-empty" in again.stderr


def test_no_picture_of_a_secret_letter_is_made(
    station: str, questions: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    folder = tmp_path / "pictures"
    secret = questions["ลับ"]["document"]
    asked = ("--pictures", str(folder), "--station", station)
    answer = saraban("review", secret, *asked)
    assert answer.returncode == 4
    assert "restricted" in answer.stderr
    assert not folder.exists()
    assert saraban("review", *asked).returncode == 0
    assert [file.name for file in folder.iterdir() if file.name.startswith(secret[:8])] == []


def test_an_answer_lets_the_letter_go_on(
    station: str, questions: dict[str, dict[str, Any]]
) -> None:
    document = questions["ปกติ"]["document"]
    content = json.dumps({"number": "ตก 0023.3/9346"}, ensure_ascii=False)
    answer = saraban(
        *("review", document, "--choose", "accept", "--content", content, "--by", "สมศรี"),
        *("--station", station, "--json"),
    )
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout)["choice"] == "accept"
    saraban("run", "--resume", "--station", station)
    shown = json.loads(saraban("show", document, "--station", station, "--json").stdout)
    assert shown["document"]["state"] in ("finished", "split")
    assert (Path(station) / "archive/2569/normal/2569_TAK_0023_3_9346.pdf").is_file()
