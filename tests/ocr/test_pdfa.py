"""The PDF/A stage on what the reader made."""

import subprocess
from pathlib import Path

import pikepdf
import pytest
from pikepdf import pdfa

from pipeline.errors import DocumentError
from pipeline.testing.harness import Harness
from plugins.convert.pdfa import FinishPdfA, PdfaOptions
from plugins.ocr.by_tesserocr import OcrTesserocr, TesserocrOptions
from schemas.artifact import Role
from schemas.document import Form
from schemas.facts import Fact
from schemas.filing import FileName
from schemas.outcome import Done
from schemas.verdict import MediaType, SafetyVerdict
from tests.ocr.drawing import PHRASES, mojibake, picture_bytes, scanned, written

NAME = FileName(stem="2569_TAK_0023_3_46789")


def _finish(root: Path, pdf: Path, *facts: Fact) -> tuple[Done, Path]:
    stage = FinishPdfA(PdfaOptions())
    outcome, workdir = Harness(root).run(
        stage, {Role.SEARCHABLE: pdf}, facts=facts, form=Form.LETTER
    )
    assert isinstance(outcome, Done)
    return outcome, workdir / "finished.pdf"


@pytest.fixture(scope="module")
def searchable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("searchable")
    stage = OcrTesserocr(TesserocrOptions())
    _, workdir = Harness(folder).run(stage, {Role.PDF: scanned(folder / "a.pdf", 180)})
    return workdir / "searchable.pdf"


def test_a_read_scan_becomes_pdfa(tmp_path: Path, searchable: Path) -> None:
    outcome, finished = _finish(tmp_path, searchable, NAME)
    assert [kept.role for kept in outcome.artifacts] == [Role.FINISHED]
    assert pdfa.validate_written(finished, "2b").passed
    assert picture_bytes(finished) == picture_bytes(searchable)
    text = subprocess.run(["pdftotext", finished, "-"], capture_output=True, text=True, check=True)
    assert all(phrase in text.stdout for phrase in PHRASES)


def test_the_title_is_the_name_and_nothing_else_stays(tmp_path: Path, searchable: Path) -> None:
    telling = tmp_path / "telling.pdf"
    with pikepdf.open(searchable) as pdf:
        with pdf.open_metadata() as metadata:
            metadata["dc:title"] = "the subject of the letter"
            metadata["dc:subject"] = ["the subject of the letter"]
        pdf.docinfo["/Keywords"] = "the subject of the letter"
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        pdf.save(telling)
    _, finished = _finish(tmp_path, telling, NAME)
    with pikepdf.open(finished) as pdf, pdf.open_metadata() as metadata:
        assert metadata["dc:title"] == NAME.stem
        assert pdf.docinfo["/Title"] == NAME.stem
        assert "the subject" not in str(metadata)
        assert "the subject" not in str(pdf.docinfo)
        assert "/OpenAction" not in pdf.Root


def test_a_written_letter_becomes_pdfa(tmp_path: Path) -> None:
    _, finished = _finish(tmp_path, written(tmp_path / "a.pdf"), NAME)
    assert pdfa.validate_written(finished, "2b").passed


def test_a_signed_file_is_left_alone(tmp_path: Path, searchable: Path) -> None:
    verdict = SafetyVerdict(media_type=MediaType.PDF, pages=1, signed=True)
    outcome, finished = _finish(tmp_path, searchable, verdict, NAME)
    assert outcome == Done()
    assert not finished.exists()


def test_rules_that_are_not_met_are_named(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="ISO_19005_2") as refused:
        _finish(tmp_path, mojibake(tmp_path / "font-not-embedded.pdf"), NAME)
    assert "ISO_19005_2" in refused.value.thai


def test_an_empty_form_field_is_no_obstacle(tmp_path: Path, searchable: Path) -> None:
    form = tmp_path / "form.pdf"
    with pikepdf.open(searchable) as pdf:
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
    _, finished = _finish(tmp_path, form, NAME)
    assert pdfa.validate_written(finished, "2b").passed
