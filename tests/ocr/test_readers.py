"""The readers with real tesseract on drawn pages."""

import multiprocessing
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image

from pipeline.errors import ConfigurationError, DocumentError, TransientError
from pipeline.testing.harness import Harness
from plugins.ocr.by_ocrmypdf import OcrOcrmypdf
from plugins.ocr.by_pytesseract import OcrPytesseract
from plugins.ocr.by_tesserocr import OcrTesserocr, TesserocrOptions
from plugins.ocr.reading import ReadOptions, ReadPages
from schemas.artifact import Role
from schemas.outcome import Done
from schemas.page import PagesRead, PageTexts
from tests.ocr.drawing import (
    LINES,
    MARK,
    NUMBER,
    PHRASES,
    ink_in_words,
    mojibake,
    pdfium_text,
    picture_bytes,
    scanned,
    signed,
    stamped,
    written,
)


class Read:
    """One run of a reader and what came of it."""

    def __init__(
        self, root: Path, pdf: Path, stage: ReadPages[Any] | None = None, cores: int = 1
    ) -> None:
        self.pdf = pdf
        stage = stage or OcrTesserocr(TesserocrOptions())
        self.told: list[tuple[int, int]] = []
        harness = Harness(root, progress=lambda done, total: self.told.append((done, total)))
        outcome, self.workdir = harness.run(stage, {Role.PDF: pdf}, cores=cores)
        assert isinstance(outcome, Done)
        files = {kept.role: self.workdir / kept.path for kept in outcome.artifacts}
        self.searchable = files[Role.SEARCHABLE]
        self.pages = PageTexts.model_validate_json(files[Role.PAGE_TEXT].read_bytes()).pages
        fact = PagesRead.of(outcome.facts)
        assert fact is not None
        self.fact = fact

    def found(self, page: int) -> str:
        command = ["pdftotext", "-f", str(page), "-l", str(page), str(self.searchable), "-"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Read:
    """Upright, upside down, on its side, a blank back; read on two threads."""
    folder = tmp_path_factory.mktemp("stack")
    watched = folder / "elsewhere"
    watched.mkdir()
    before = tempfile.tempdir
    tempfile.tempdir = str(watched)
    try:
        read = Read(folder, scanned(folder / "stack.pdf", 0, 180, 90, None, 270), cores=2)
        assert tempfile.tempdir == str(watched)
    finally:
        tempfile.tempdir = before
    assert list(watched.iterdir()) == []
    return read


def test_every_page_moves_the_progress(stack: Read) -> None:
    total = stack.fact.count
    assert sorted(stack.told) == [(done, total) for done in range(1, total + 1)]


@pytest.mark.parametrize("page", [1, 2, 3, 5])
def test_whole_phrases_are_found(stack: Read, page: int) -> None:
    for phrase in PHRASES:
        assert phrase in stack.pages[page - 1].text
        assert phrase in stack.found(page)
        assert phrase in pdfium_text(stack.searchable, page - 1)


def test_thai_digits_are_read(stack: Read) -> None:
    assert NUMBER in stack.pages[0].text
    assert NUMBER in stack.found(1)


def test_turned_pages_stand_upright(stack: Read) -> None:
    assert stack.fact.turned == {2: 180, 3: 270, 5: 90}
    assert [page.turn for page in stack.pages] == [0, 180, 270, 0, 90]
    with pikepdf.open(stack.searchable) as pdf:
        assert [int(page.obj.get("/Rotate", 0)) for page in pdf.pages] == [0, 180, 270, 0, 90]
    widths = [(page.width, page.height) for page in stack.pages]
    assert len({widths[i] for i in (0, 1, 2, 4)}) == 1


@pytest.mark.parametrize("page", [1, 2, 3, 5])
def test_words_stand_where_their_ink_is(stack: Read, page: int) -> None:
    inside, held = ink_in_words(stack.searchable, stack.pages[page - 1])
    assert inside > 0.97
    assert held == 1.0


def test_the_blank_back_is_known(stack: Read) -> None:
    assert stack.fact.blank == (4,)
    assert stack.fact.low_confidence == ()
    assert stack.pages[3].lines == ()


def test_pictures_are_not_touched(stack: Read) -> None:
    assert picture_bytes(stack.searchable) == picture_bytes(stack.pdf)


def test_the_searchable_file_is_sound(stack: Read) -> None:
    done = subprocess.run(["qpdf", "--check", stack.searchable], capture_output=True, check=False)
    assert done.returncode == 0


def test_nothing_is_left_in_the_workdir(stack: Read) -> None:
    left = {path.name for path in stack.workdir.iterdir()}
    assert left == {"in-pdf.pdf", "searchable.pdf", "page-text.json"}


def test_skewed_pages_are_levelled_and_their_words_placed(tmp_path: Path) -> None:
    read = Read(tmp_path, scanned(tmp_path / "a.pdf", 0, profile="clean", skew=-2.5))
    page = read.pages[0]
    assert page.skew == pytest.approx(2.5, abs=0.2)
    assert all(phrase in page.text for phrase in PHRASES)
    assert all(phrase in read.found(1) for phrase in PHRASES)
    inside, held = ink_in_words(read.searchable, page)
    assert inside > 0.97
    assert held == 1.0


def test_lines_under_a_seal_and_a_signature_are_read(tmp_path: Path) -> None:
    read = Read(tmp_path, stamped(tmp_path / "a.pdf"))
    lines = read.pages[0].text.split("\n")
    assert [line for line in LINES if lines.count(line) != 1] == []
    assert all(line in read.found(1) for line in LINES)
    assert MARK in lines, "a mark in red ink stays"


def test_bilevel_scans_are_read(tmp_path: Path) -> None:
    read = Read(tmp_path, scanned(tmp_path / "a.pdf", 0, profile="photocopy"))
    assert "จังหวัดตาก" in read.pages[0].text


def test_a_black_page_is_not_blank(tmp_path: Path) -> None:
    """Its fault is the scan's: a person must see it, not the cut set it aside."""
    sheet = tmp_path / "black.pdf"
    Image.new("L", (1240, 1754), 9).save(sheet, resolution=150)
    read = Read(tmp_path, sheet)
    assert read.fact.blank == ()
    assert read.fact.low_confidence == (1,)


def test_born_digital_pages_keep_their_own_words(tmp_path: Path) -> None:
    pdf = written(tmp_path / "a.pdf")
    read = Read(tmp_path, pdf)
    page = read.pages[0]
    assert read.fact.born_digital == (1,)
    assert page.text.split("\n") == list(LINES)
    assert read.searchable.read_bytes() == pdf.read_bytes()
    inside, held = ink_in_words(read.searchable, page)
    assert inside > 0.97
    assert held == 1.0


def test_born_digital_pages_beside_scans_are_left_alone(tmp_path: Path) -> None:
    mixed = tmp_path / "mixed.pdf"
    with (
        pikepdf.open(written(tmp_path / "a.pdf")) as pdf,
        pikepdf.open(scanned(tmp_path / "b.pdf", 180)) as scan,
    ):
        pdf.pages.extend(scan.pages)
        pdf.save(mixed)
    read = Read(tmp_path, mixed)
    assert read.fact.born_digital == (1,)
    assert read.fact.turned == {2: 180}
    assert read.pages[0].text.split("\n") == list(LINES)
    assert PHRASES[0] in read.found(2)
    with pikepdf.open(mixed) as before, pikepdf.open(read.searchable) as after:
        old, new = before.pages[0], after.pages[0]
        assert new.Contents.read_bytes() == old.Contents.read_bytes()


def test_mojibake_is_read_from_the_picture(tmp_path: Path) -> None:
    read = Read(tmp_path, mojibake(tmp_path / "a.pdf"))
    assert read.fact.born_digital == ()
    assert read.pages[0].lines


def test_a_hidden_layer_is_replaced(tmp_path: Path, stack: Read) -> None:
    first = tmp_path / "first.pdf"
    with pikepdf.open(stack.searchable) as pdf:
        del pdf.pages[1:]
        pdf.save(first)
    again = Read(tmp_path, first)
    assert again.found(1).count(PHRASES[0]) == 1
    assert again.pages[0].text == stack.pages[0].text
    assert again.fact.born_digital == ()


def test_what_a_crop_box_hides_is_not_read(tmp_path: Path) -> None:
    cropped = tmp_path / "cropped.pdf"
    with pikepdf.open(scanned(tmp_path / "a.pdf", 0)) as pdf:
        left, bottom, right, top = (float(edge) for edge in pdf.pages[0].mediabox)
        pdf.pages[0].cropbox = pikepdf.Array([left, bottom, right, top - 168])
        pdf.save(cropped)
    read = Read(tmp_path, cropped)
    assert PHRASES[0] not in read.pages[0].text
    assert PHRASES[2] in read.pages[0].text
    inside, held = ink_in_words(read.searchable, read.pages[0])
    assert inside > 0.95
    assert held == 1.0


def test_a_signed_file_is_read_from_a_copy_that_is_not_signed(tmp_path: Path) -> None:
    source = signed(scanned(tmp_path / "a.pdf", 0), tmp_path / "signed.pdf", tmp_path / "keys")
    read = Read(tmp_path, source)
    assert all(phrase in read.found(1) for phrase in PHRASES)
    with pikepdf.open(read.searchable) as pdf:
        assert "/AcroForm" not in pdf.Root
    assert (read.workdir / "in-pdf.pdf").read_bytes() == source.read_bytes()


def _read_in_child(root: Path, pdf: Path, answers: Any) -> None:
    answers.put(Read(root, pdf, cores=2).pages[0].text)


def test_it_reads_in_a_spawned_process(tmp_path: Path) -> None:
    pdf = scanned(tmp_path / "a.pdf", 0)
    spawn = multiprocessing.get_context("spawn")
    answers: Any = spawn.Queue()
    child = spawn.Process(target=_read_in_child, args=(tmp_path, pdf, answers))
    child.start()
    text = answers.get(timeout=60)
    child.join()
    assert child.exitcode == 0
    assert all(phrase in text for phrase in PHRASES)


def test_the_time_limit_of_a_page_holds(tmp_path: Path) -> None:
    stage = OcrTesserocr(TesserocrOptions(page_seconds=0.01))
    with pytest.raises(TransientError, match="recognition-timeout"):
        Read(tmp_path, scanned(tmp_path / "a.pdf", 0), stage)


def test_a_missing_model_is_named_before_and_at_work(tmp_path: Path) -> None:
    stage = OcrTesserocr(TesserocrOptions(languages=("zzz",)))
    (problem,) = stage.preflight()
    assert "tesseract-ocr-zzz" in problem.english
    assert "tesseract-ocr-zzz" in problem.thai
    with pytest.raises(ConfigurationError, match="tesseract-ocr-zzz"):
        Read(tmp_path, scanned(tmp_path / "a.pdf", 0), stage)


def test_a_broken_file_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\nnothing more")
    with pytest.raises(DocumentError):
        Read(tmp_path, broken)


def test_a_locked_file_is_refused(tmp_path: Path) -> None:
    locked = tmp_path / "locked.pdf"
    with pikepdf.open(written(tmp_path / "a.pdf")) as pdf:
        pdf.save(locked, encryption=pikepdf.Encryption(user="u", owner="o"))
    with pytest.raises(DocumentError, match="pdf-unreadable"):
        Read(tmp_path, locked)


def test_a_scan_with_a_form_field_is_read(tmp_path: Path) -> None:
    form = tmp_path / "form.pdf"
    with pikepdf.open(scanned(tmp_path / "a.pdf", 0)) as pdf:
        field = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Widget,
                FT=pikepdf.Name.Tx,
                T="note",
                Rect=pikepdf.Array([20, 20, 120, 40]),
            )
        )
        pdf.pages[0].obj.Annots = pikepdf.Array([field])
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([field]))
        pdf.save(form)
    assert PHRASES[0] in Read(tmp_path, form).found(1)


@pytest.mark.parametrize("kind", [OcrOcrmypdf, OcrPytesseract])
def test_other_engines_hand_over_the_same(
    tmp_path: Path, kind: type[ReadPages[ReadOptions]]
) -> None:
    stage = kind(ReadOptions())
    assert stage.preflight() == []
    pdf = scanned(tmp_path / "a.pdf", 180)
    began = time.monotonic()
    read = Read(tmp_path, pdf, stage)
    assert time.monotonic() - began < 60
    assert read.fact.turned == {1: 180}
    assert "ศาลากลางจังหวัดตาก" in read.found(1)
    assert "ศาลากลางจังหวัดตาก" in read.pages[0].text
    assert picture_bytes(read.searchable) == picture_bytes(pdf)
    inside, _ = ink_in_words(read.searchable, read.pages[0])
    assert inside > 0.9
