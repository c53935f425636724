"""Badly scanned pages, read by the real reader: who is asked about, and what the answers do."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pypdfium2
import pytest
from PIL import Image

from pipeline.pageview import PageView
from pipeline.testing.harness import Harness
from plugins.ocr.by_tesserocr import OcrTesserocr, TesserocrOptions
from plugins.scan.faults import LOOK_DPI, Limits, ScanFault, page_faults, scanned_dpi
from plugins.scan.stage import CheckScan, ScanOptions
from plugins.scan.wording import FAULTS, QUESTION
from schemas.artifact import Role
from schemas.decision import Decision
from schemas.outcome import Divert, Done, Outcome, Suspend
from schemas.page import Box, Line, PagesRead, PageText, Word
from schemas.verdict import MediaType, SafetyVerdict
from tests.letters.degrade import PROFILES, Profile, encode, scan, show_through
from tests.letters.stack import to_pdf
from tests.ocr.drawing import typed

OFFICE = PROFILES["office"]
LIMITS = Limits(dpi=150, paper=128, contrast=60, sharpness=0.25)
MARGIN, BOTTOM = 520, 1700
"""Pixels of the typed page: inside the first letters of every line; under the last line."""


def paper() -> Image.Image:
    """The upper half of a typed page."""
    return typed().crop((0, 0, 2480, BOTTOM))


def dimmed(picture: Image.Image, gain: float) -> Image.Image:
    return picture.point(lambda level: int(level * gain))


def blurred(picture: Image.Image, sigma: float) -> Image.Image:
    return Image.fromarray(cv2.GaussianBlur(np.asarray(picture), (0, 0), sigma))


def scanned(page: Image.Image, profile: Profile = OFFICE) -> Image.Image:
    return scan(page, profile, np.random.default_rng(8))


def bad_pages() -> dict[ScanFault, tuple[Image.Image, Profile]]:
    """One page of each fault; the first of them stays whole."""
    page = paper()
    width, height = page.size
    whole, coarse = scanned(page), replace(OFFICE, dpi=110)
    return {
        ScanFault.COARSE: (scanned(page, coarse), coarse),
        ScanFault.CUT_OFF: (whole.crop((MARGIN, 0, width, height)), OFFICE),
        ScanFault.DARK: (dimmed(whole, 0.3), OFFICE),
        ScanFault.FAINT: (scanned(page, replace(OFFICE, fade=0.8)), OFFICE),
        ScanFault.BLURRED: (blurred(whole, 7), OFFICE),
    }


@dataclass(frozen=True)
class Read:
    """A stack after the reader."""

    pdf: Path
    words: Path
    fact: PagesRead

    def check(
        self, root: Path, *answers: str, signed: bool = False, stage: CheckScan | None = None
    ) -> tuple[Outcome, Path]:
        given = tuple(
            Decision(code=QUESTION, choice=a, by="somchai", at=datetime.now(UTC)) for a in answers
        )
        return Harness(root, station="TAK01").run(
            stage or CheckScan(ScanOptions(slips=root / "slips")),
            {Role.SEARCHABLE: self.pdf, Role.PAGE_TEXT: self.words},
            facts=(self.fact, SafetyVerdict(media_type=MediaType.PDF, signed=signed)),
            pages=self.fact.count,
            decision=given[-1] if given else None,
        )


def read(root: Path, pages: list[tuple[Image.Image, Profile]]) -> Read:
    source = root / "stack.pdf"
    source.write_bytes(to_pdf([encode(picture, profile) for picture, profile in pages]))
    outcome, workdir = Harness(root).run(OcrTesserocr(TesserocrOptions()), {Role.PDF: source})
    assert isinstance(outcome, Done)
    fact = PagesRead.of(outcome.facts)
    assert fact is not None
    return Read(workdir / "searchable.pdf", workdir / "page-text.json", fact)


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Read:
    return read(tmp_path_factory.mktemp("bad"), list(bad_pages().values()))


def test_each_fault_is_named_with_its_page_in_both_languages(bad: Read, tmp_path: Path) -> None:
    outcome, _ = bad.check(tmp_path)
    assert isinstance(outcome, Suspend)
    question = outcome.question
    assert {choice.value for choice in question.choices} == {"accept", "rescan"}
    for page, fault in enumerate(ScanFault, 1):
        thai, english = FAULTS[fault]
        assert f"{thai} (หน้า {page})" in question.thai
        assert f"{english} (page {page})" in question.english
    notes = {exhibit.page: exhibit.note for exhibit in question.exhibits}
    assert notes == {page: " / ".join(FAULTS[f]) for page, f in enumerate(ScanFault, 1)}


def test_accepted_pages_go_on(bad: Read, tmp_path: Path) -> None:
    assert bad.check(tmp_path, "accept")[0] == Done()
    assert not (tmp_path / "slips").exists()


def test_a_rescan_leaves_with_a_slip_and_keeps_the_bytes(bad: Read, tmp_path: Path) -> None:
    outcome, workdir = bad.check(tmp_path, "rescan")
    assert isinstance(outcome, Divert)
    assert (outcome.disposition, outcome.erase) == ("rescan", False)
    assert set(outcome.reason.split(", ")) == set(ScanFault)
    (slip,) = outcome.artifacts
    (printed,) = (tmp_path / "slips").glob("*_RESCAN.pdf")
    assert printed.read_bytes() == (workdir / slip.path).read_bytes()
    shown = pypdfium2.PdfDocument(printed)
    text = shown[0].get_textpage().get_text_bounded()
    shown.close()
    assert "TAK01" in text
    assert all(english in text for _, english in FAULTS.values())


def test_a_signed_file_is_not_asked_about(bad: Read, tmp_path: Path) -> None:
    assert bad.check(tmp_path, signed=True)[0] == Done()


def test_the_station_says_what_is_too_coarse(bad: Read, tmp_path: Path) -> None:
    stage = CheckScan(ScanOptions(slips=tmp_path, least_dpi=110))
    outcome, _ = bad.check(tmp_path, stage=stage)
    assert isinstance(outcome, Suspend)
    assert FAULTS[ScanFault.COARSE][1] not in outcome.question.english


def test_no_scanner_that_can_be_read_is_asked_about(tmp_path: Path) -> None:
    page = paper()
    pages = [(scanned(page, profile), profile) for profile in PROFILES.values()]
    good = read(tmp_path, [*pages, (scanned(show_through(page)), OFFICE)])
    assert good.check(tmp_path)[0] == Done()


def page_of(tmp_path: Path, picture: Image.Image, *boxes: Box, trust: float = 0.9) -> PageView:
    """A page at 100 dpi on which one word was read in each box."""
    picture.save(tmp_path / "page.pdf", resolution=LOOK_DPI)
    words = (Word(text="หนังสือราชการ", box=box, confidence=trust) for box in boxes)
    lines = tuple(Line(words=(word,), box=word.box) for word in words)
    ink = float((np.asarray(picture.convert("L")) < 128).mean())
    text = PageText(
        number=1,
        width=picture.width,
        height=picture.height,
        dpi=LOOK_DPI,
        ink=ink,
        lines=lines,
    )
    return PageView(tmp_path / "page.pdf", 0, text, LOOK_DPI)


def strokes(*boxes: Box) -> Image.Image:
    """A4 with dense strokes in each box, as print has them."""
    pixels = np.full((1169, 827), 255, np.uint8)
    for left, top, right, bottom in boxes:
        pixels[top:bottom, left:right:5] = 0
        pixels[top:bottom, left + 1 : right : 5] = 0
    return Image.fromarray(pixels)


def faults(view: PageView, *, doubtful: bool = False, dpi: float = 300) -> set[ScanFault]:
    return set(page_faults(view, dpi, LIMITS, doubtful=doubtful))


LEFT = [Box(0, top, 300, top + 20) for top in range(200, 600, 60)]


def test_lines_that_begin_at_the_edge_are_cut_off(tmp_path: Path) -> None:
    assert faults(page_of(tmp_path, strokes(*LEFT), *LEFT)) == {ScanFault.CUT_OFF}


def test_a_line_through_the_lower_edge_is_cut_off(tmp_path: Path) -> None:
    low = Box(100, 1155, 700, 1169)
    assert faults(page_of(tmp_path, strokes(low), low, trust=0.2)) == {ScanFault.CUT_OFF}


@pytest.mark.parametrize("length", [1169, 300])
def test_a_black_border_and_its_ragged_ends_are_no_text(tmp_path: Path, length: int) -> None:
    picture = strokes(*LEFT)
    picture.paste(0, (0, 0, 12, length))
    assert faults(page_of(tmp_path, picture, *LEFT)) == set()


def test_one_line_at_the_side_proves_nothing(tmp_path: Path) -> None:
    assert faults(page_of(tmp_path, strokes(*LEFT), LEFT[0])) == set()


def test_handwriting_and_photographs_are_not_blamed_on_the_scanner(tmp_path: Path) -> None:
    sharp = Box(100, 200, 700, 500)
    assert faults(page_of(tmp_path, strokes(sharp), sharp, trust=0.2), doubtful=True) == set()
    rng = np.random.default_rng(3)
    hills = cv2.resize(rng.integers(20, 250, (12, 9)).astype(np.uint8), (827, 1169))
    photograph = Image.fromarray(np.asarray(hills, np.uint8))
    assert faults(page_of(tmp_path, photograph), doubtful=True) == set()


def test_blank_and_typed_pages_are_not_looked_at(tmp_path: Path) -> None:
    view = page_of(tmp_path, strokes(*LEFT), *LEFT)
    for what in ("blank", "born_digital"):
        text = view.text.model_copy(update={what: True})
        assert faults(replace(view, text=text), dpi=72) == set()


def test_a_page_without_words_that_is_dark_is_asked_about(tmp_path: Path) -> None:
    black = Image.new("L", (827, 1169), 12)
    assert faults(page_of(tmp_path, black), doubtful=True) == {ScanFault.DARK}


@pytest.mark.parametrize(("mask", "dpi"), [(None, 100), (300, 300)])
def test_the_resolution_of_a_layered_scan_is_that_of_its_mask(
    tmp_path: Path, mask: int | None, dpi: float
) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(72, 144))
        colour = layer_of(pdf, 100)
        if mask:
            colour.SMask = layer_of(pdf, mask)
        resources = pikepdf.Dictionary(XObject={"/Im0": colour})
        pdf.pages[0].obj.Resources = resources
        pdf.pages[0].obj.Contents = pikepdf.Stream(pdf, b"72 0 0 144 0 0 cm /Im0 Do")
        pdf.save(tmp_path / "layers.pdf")
    shown = pypdfium2.PdfDocument(tmp_path / "layers.pdf")
    with pikepdf.open(tmp_path / "layers.pdf") as structure:
        assert scanned_dpi(shown[0], structure.pages[0]) == pytest.approx(dpi)
    shown.close()


def layer_of(pdf: pikepdf.Pdf, dpi: int) -> pikepdf.Stream:
    """A gray picture of one inch by two."""
    picture = pikepdf.Stream(pdf, bytes(2 * dpi * dpi))
    picture.Type, picture.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    picture.Width, picture.Height = dpi, 2 * dpi
    picture.BitsPerComponent, picture.ColorSpace = 8, pikepdf.Name.DeviceGray
    return picture
