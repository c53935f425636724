"""Lines of a scanned page read again by the real recogniser."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.testing.harness import Harness
from plugins.extract.layout import Sheet
from plugins.extract.reader import READINGS, SecondReader
from plugins.extract.readings import Rereading, Told
from plugins.ocr.by_tesserocr import OcrTesserocr
from schemas.artifact import Role
from schemas.outcome import Done
from schemas.page import PageTexts
from tests.letters.degrade import PROFILES, encode
from tests.letters.example import MEMO
from tests.letters.pages import letter_pages
from tests.letters.spec import Letter
from tests.letters.stack import page_image, to_pdf
from tests.letters.typeset import Style


def reread(memo: Letter, folder: Path) -> Told:
    """A memo, scanned, and read as the stage reads it."""
    art = letter_pages(memo, np.random.default_rng(3))[0][0]
    source = folder / "memo.pdf"
    source.write_bytes(to_pdf([encode(page_image(art, "clean", 3), PROFILES["clean"])]))
    outcome, workdir = Harness(folder).run(OcrTesserocr(OcrTesserocr.Options()), {Role.PDF: source})
    assert isinstance(outcome, Done)
    kept = {artifact.role: workdir / artifact.path for artifact in outcome.artifacts}
    texts = PageTexts.model_validate_json(kept[Role.PAGE_TEXT].read_bytes())
    sheets = tuple(Sheet.of(page) for page in texts.pages)
    return Rereading(SecondReader(), kept[Role.SEARCHABLE]).told(sheets)


@pytest.mark.parametrize(("font", "scale"), [("Loma", 0.76), ("Waree", 0.72), ("Garuda", 0.72)])
def test_labels_larger_than_their_values_spoil_no_crop(
    font: str, scale: float, tmp_path: Path
) -> None:
    told = reread(replace(MEMO, style=Style(font, 16 * scale)), tmp_path)
    read = [(head.number, head.date) for head in told.heads[1:]]
    values = [(str(number and number.value), str(date and date.value)) for number, date in read]
    assert values == [("ตก 0017.1/689", "27 กุมภาพันธ์ 2569")] * (READINGS - 1)


def test_latin_words_of_a_subject_are_sure(tmp_path: Path) -> None:
    subject = "ขออนุมัติติดตั้งกล้อง CCTV และประชุมผ่าน Zoom Meeting"
    told = reread(replace(MEMO, subject=subject), tmp_path)
    assert told.head.subject
    assert told.head.subject.value == subject
    assert told.head.subject.trust > 0.85
