"""Two passes through a simplex feeder: order, provenance, refusals."""

from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from pipeline import tables as t
from pipeline.app import Station
from pipeline.errors import DocumentError
from pipeline.overview import overview
from pipeline.receiving import receive
from pipeline.runner import holding, run_inline
from pipeline.station import make_station
from pipeline.testing.conformance import check_run
from pipeline.testing.harness import Harness
from plugins.scan.collate import CollateDuplex, CollateOptions, collated
from schemas.artifact import Role
from schemas.document import DocumentState, Form
from schemas.outcome import Done, Split
from schemas.verdict import MediaType, SafetyVerdict
from tests.split.paper import write_pdf

PASSES = ("f1", "f2", "f3", "b3", "b2", "b1")
DEFINITION = """
name = "two-passes"
[[steps]]
name = "check"
uses = "check-safety"
[[steps]]
name = "convert"
uses = "convert-pdf"
[[steps]]
name = "collate"
uses = "collate-duplex"
"""


def words(pdf: bytes | Path) -> list[str]:
    """The one word on each page."""
    with pikepdf.open(BytesIO(pdf) if isinstance(pdf, bytes) else pdf) as opened:
        contents = [page.Contents.read_bytes().decode() for page in opened.pages]
    return [content.split("(")[1].split(")")[0] for content in contents]


@given(st.integers(1, 400), st.booleans())
def test_each_back_lies_behind_its_front(sheets: int, backwards: bool) -> None:
    order = collated(2 * sheets, backwards=backwards)
    assert sorted(order) == list(range(1, 2 * sheets + 1))
    assert order[::2] == tuple(range(1, sheets + 1))
    sums = {front + back for front, back in zip(order[::2], order[1::2], strict=True)}
    apart = {back - front for front, back in zip(order[::2], order[1::2], strict=True)}
    assert sums == {2 * sheets + 1} if backwards else apart == {sheets}


def test_the_pages_themselves_are_laid_in_order(tmp_path: Path) -> None:
    source = write_pdf(tmp_path / "a.pdf", PASSES)
    outcome, workdir = check_run(
        Harness(tmp_path / "run"), CollateDuplex(CollateOptions()), {Role.PDF: source}, pages=6
    )
    assert isinstance(outcome, Split)
    (part,) = outcome.parts
    assert (part.form, part.pages) == (Form.STACK, (1, 6, 2, 5, 3, 4))
    assert words(workdir / part.artifacts[0].path) == ["f1", "b1", "f2", "b2", "f3", "b3"]


def test_backs_may_come_in_order(tmp_path: Path) -> None:
    source = write_pdf(tmp_path / "a.pdf", ("f1", "f2", "b1", "b2"))
    stage = CollateDuplex(CollateOptions(backs="in-order"))
    outcome, workdir = Harness(tmp_path / "run").run(stage, {Role.PDF: source}, pages=4)
    assert isinstance(outcome, Split)
    assert words(workdir / "collated.pdf") == ["f1", "b1", "f2", "b2"]


def test_passes_of_different_length_are_refused(tmp_path: Path) -> None:
    source = write_pdf(tmp_path / "a.pdf", PASSES[:5])
    with pytest.raises(DocumentError, match="5 pages") as refused:
        Harness(tmp_path / "run").run(CollateDuplex(CollateOptions()), {Role.PDF: source}, pages=5)
    assert refused.value.code == "passes-differ"
    assert "5 หน้า" in refused.value.thai


@pytest.mark.parametrize(
    "verdict",
    [
        SafetyVerdict(media_type=MediaType.PDF, signed=True),
        SafetyVerdict(media_type=MediaType.DOCX),
    ],
)
def test_what_no_scanner_made_passes(tmp_path: Path, verdict: SafetyVerdict) -> None:
    source = write_pdf(tmp_path / "a.pdf", PASSES)
    stage = CollateDuplex(CollateOptions())
    outcome, _ = Harness(tmp_path / "run").run(stage, {Role.PDF: source}, pages=6, facts=(verdict,))
    assert outcome == Done()


def test_every_page_keeps_its_number_in_the_file(tmp_path: Path) -> None:
    folder = tmp_path / "station"
    make_station(folder, code="TEST1", organisation="สำนักงานทดสอบ", agency="TST")
    (folder / "definitions" / "two-passes.toml").write_text(DEFINITION, "utf-8")
    station = Station.open(folder)
    try:
        with holding(station):
            source = write_pdf(tmp_path / "stack.pdf", PASSES)
            receive(station, str(source), station.definition("two-passes"))
            run_inline(station)
        (row,) = overview(station.state, [batch.id for batch in station.batches()])
        (found,) = row.sources[0].documents
        assert found.state is DocumentState.FINISHED
        document = station.document(found.id)
        assert document.pages == (1, 6, 2, 5, 3, 4)
        with station.state.read() as tx:
            held = tx.execute(select(t.page.c.number, t.page.c.document)).all()
        assert sorted(held) == [(number, document.id) for number in range(1, 7)]
        artifact = document.artifact(Role.PDF)
        assert artifact is not None
        station.read(artifact, tmp_path / "out.pdf")
        assert words(tmp_path / "out.pdf") == ["f1", "b1", "f2", "b2", "f3", "b3"]
    finally:
        station.close()
