"""Letters that lie askew on the glass."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.straightening import Straightening
from pipeline.testing.harness import Harness
from plugins.extract.stage import ExtractLetter, ExtractOptions
from plugins.ocr.by_tesserocr import OcrTesserocr
from schemas.artifact import Role
from schemas.letterfacts import LetterFacts
from schemas.outcome import Done
from schemas.page import Box, PageTexts
from tests.letters.degrade import PROFILES, encode
from tests.letters.example import MEMO
from tests.letters.pages import letter_pages
from tests.letters.stack import page_image, to_pdf


@given(
    st.floats(-5, 5),
    st.integers(500, 1200),
    st.integers(500, 1200),
    st.integers(20, 400),
    st.integers(20, 60),
)
def test_a_box_mapped_back_is_found_again(
    skew: float, left: int, top: int, width: int, height: int
) -> None:
    straight = Straightening(2200, 2200, skew)
    box = Box(left, top, left + width, top + height)
    assert straight.box_there(straight.box_back(box)) == pytest.approx(box, abs=2)


@pytest.mark.parametrize("askew", [-2.0, 1.8])
def test_the_crops_of_a_memo_that_lies_askew_hold_their_lines(askew: float, tmp_path: Path) -> None:
    art = letter_pages(MEMO, np.random.default_rng(3))[0][0]
    picture = page_image(art, "clean", 3).rotate(askew, fillcolor="white")
    source = tmp_path / "memo.pdf"
    source.write_bytes(to_pdf([encode(picture, PROFILES["clean"])]))
    outcome, workdir = Harness(tmp_path).run(
        OcrTesserocr(OcrTesserocr.Options()), {Role.PDF: source}
    )
    assert isinstance(outcome, Done)
    kept = {artifact.role: workdir / artifact.path for artifact in outcome.artifacts}
    (page,) = PageTexts.model_validate_json(kept[Role.PAGE_TEXT].read_bytes()).pages
    assert page.skew == pytest.approx(-askew, abs=0.6)

    outcome, _ = Harness(tmp_path / "again").run(
        ExtractLetter(ExtractOptions()),
        {role: kept[role] for role in (Role.PAGE_TEXT, Role.SEARCHABLE)},
    )
    assert isinstance(outcome, Done)
    facts = LetterFacts.of(outcome.facts)
    assert facts
    assert facts.subject.value == MEMO.subject
    assert str(facts.number.value) == "ตก 0017.1/689"
    (line,) = (line for line in page.lines if MEMO.subject[:12] in line.text.replace(" ", ""))
    assert facts.subject.box
    words = [word.box for word in line.words[1:]]
    assert facts.subject.box.left == pytest.approx(words[0].left, abs=25)
    assert facts.subject.box.top == pytest.approx(min(word.top for word in words), abs=25)
