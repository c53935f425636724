"""Paper routing: who is diverted, and what the slip says."""

from datetime import datetime, timedelta
from pathlib import Path

import pypdfium2
import pytest

from pipeline.errors import SecurityError
from pipeline.testing.harness import Harness
from plugins.route.hooks import register_stages
from plugins.route.slip import Slip, print_slip, ranges
from plugins.route.stage import BANGKOK, RouteOptions, RoutePaper
from schemas.document import Form
from schemas.evidence import SecrecyAssessment
from schemas.outcome import Divert, Done
from schemas.secrecy import Secrecy

SLIP = Slip("9F3A11C2", "69A0B1C2", "TAK01", (12, 13, 14, 17), datetime.now(BANGKOK))


def shown(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        assert len(document) == 1
        return str(document[0].get_textpage().get_text_bounded())
    finally:
        document.close()


def test_top_secret_is_diverted_and_erased(tmp_path: Path) -> None:
    assessment = SecrecyAssessment(level=Secrecy.TOP_SECRET, evidence=())
    outcome, workdir = Harness(tmp_path, station="TAK01").run(
        RoutePaper(RouteOptions(slips=tmp_path / "slips")),
        facts=(assessment,),
        pages=3,
        form=Form.SET,
    )
    assert isinstance(outcome, Divert)
    assert (outcome.disposition, outcome.erase) == ("paper", True)
    (slip,) = outcome.artifacts
    (printed,) = (tmp_path / "slips").glob("*.pdf")
    assert printed.read_bytes() == (workdir / slip.path).read_bytes()
    assert slip.role == "slip"
    text = shown((workdir / slip.path).read_bytes())
    request = outcome.register_request
    assert request is not None
    now = datetime.now(BANGKOK)
    assert request.register_name == "paper"
    assert request.year in (now.year + 543, (now - timedelta(hours=1)).year + 543)
    assert request.entry["pages"] == [1, 2, 3]
    assert request.entry["secrecy"] == "ลับที่สุด"
    assert str(request.entry["slip"]) in text
    assert str(request.entry["batch"]) in text
    assert set(request.entry) == {"slip", "station", "batch", "pages", "secrecy", "received_on"}


def test_a_document_that_inherited_the_level_is_diverted_too(tmp_path: Path) -> None:
    outcome, _ = Harness(tmp_path).run(
        RoutePaper(RouteOptions(slips=tmp_path / "slips")),
        facts=(SecrecyAssessment(level=Secrecy.SECRET, evidence=()),),
        secrecy=Secrecy.TOP_SECRET,
        classified=True,
    )
    assert isinstance(outcome, Divert)


@pytest.mark.parametrize("level", [Secrecy.NORMAL, Secrecy.CONFIDENTIAL, Secrecy.SECRET])
def test_all_others_pass(tmp_path: Path, level: Secrecy) -> None:
    outcome, _ = Harness(tmp_path).run(
        RoutePaper(RouteOptions(slips=tmp_path / "slips")),
        facts=(SecrecyAssessment(level=level, evidence=()),),
        secrecy=level,
        classified=True,
    )
    assert outcome == Done()


def test_an_unclassified_letter_is_stopped(tmp_path: Path) -> None:
    with pytest.raises(SecurityError) as stopped:
        Harness(tmp_path).run(RoutePaper(RouteOptions(slips=tmp_path / "slips")))
    assert stopped.value.code == "not-classified"


@pytest.mark.parametrize(
    ("pages", "text"),
    [((3, 4, 5, 8), "๓–๕, ๘"), ((7,), "๗"), ((1, 3, 4), "๑, ๓–๔"), ((), "-")],
)
def test_pages_are_told_as_ranges(pages: tuple[int, ...], text: str) -> None:
    assert ranges(pages) == text


def test_the_slip_fits_one_page_and_its_words_can_be_found() -> None:
    text = shown(print_slip(SLIP))
    for words in ("9F3A11C2", "TAK01", "๑๒–๑๔, ๑๗", "ลับที่สุด", "นายทะเบียนลับ"):
        assert words in text


def test_a_long_list_of_pages_still_fits_the_page() -> None:
    scattered = Slip("9F3A11C2", "69A0B1C2", "TAK01", tuple(range(1, 300, 2)), SLIP.at)
    document = pypdfium2.PdfDocument(print_slip(scattered))
    words = document[0].get_textpage()
    boxes = [words.get_charbox(i) for i in range(words.count_chars())]
    width, height = document[0].get_size()
    document.close()
    assert min(box[1] for box in boxes) > 20
    assert max(box[2] for box in boxes) < width - 20
    assert max(box[3] for box in boxes) < height - 20


def test_the_hook_brings_the_stage(tmp_path: Path) -> None:
    assert register_stages() == [RoutePaper]
    assert RoutePaper(RouteOptions(slips=tmp_path / "slips")).preflight() == []
