"""The letter generator itself: the same seed gives the same bytes, and its truth is complete."""

import dataclasses
import io
import json
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image, ImageDraw

from .compose import make_letter
from .degrade import Profile, scan
from .example import SEED, STACK_FILE, TRUTH_FILE, example_spec
from .fonts import FontMissingError, find_font
from .linebreak import LEADING_VOWELS, wrap
from .numbers import THAI_DIGITS, file_name
from .spec import Item, Kind, Level, StackSpec
from .stack import make_stack, make_truth
from .truth import Truth


def _small(**changes: object) -> StackSpec:
    letter = make_letter(3, Kind.EXTERNAL, level=Level.SECRET, attachments=1)
    item = Item(letter, blank_after=frozenset({1}), turns=((2, 180),))
    return dataclasses.replace(StackSpec((item,), profile="fast"), **changes)  # type: ignore[arg-type]


def _accounted(truth: Truth) -> set[int]:
    """Pages that belong to a document, by the documents' own lists."""
    return {
        page
        for document in truth.documents
        for part in (document.pages, *(sent.pages for sent in document.attachments))
        for page in part
    }


def test_same_seed_same_bytes() -> None:
    first, truth = make_stack(_small(), 11)
    again, _ = make_stack(_small(), 11)
    other, _ = make_stack(_small(), 12)
    assert first == again
    assert first != other
    assert truth == make_truth(_small(), 11)


def test_stack_is_pictures_only() -> None:
    data, truth = make_stack(_small(profile="photocopy"), 1)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert len(pdf.pages) == len(truth.pages)
        for page in pdf.pages:
            assert len(page.get_images()) == 1
            assert "/Font" not in page.Resources


def test_every_page_has_one_fate() -> None:
    truth = make_truth(_small(), 5)
    fates = {page.page: page.fate for page in truth.pages}
    assert sorted(fates) == list(range(1, len(truth.pages) + 1))
    assert _accounted(truth) == {n for n, fate in fates.items() if fate == "document"}
    assert list(fates.values())[:3] == ["separator", "document", "blank"]


def test_secret_letter_is_marked_on_every_page() -> None:
    truth = make_truth(_small(), 5)
    for page in truth.pages:
        assert page.lines.count("ลับมาก") == (2 if page.fate == "document" else 0)
    (document,) = truth.documents
    text = " ".join(" ".join(page.lines) for page in truth.pages)
    assert all(word in text for word in document.canaries)


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_can_be_drawn(kind: Kind) -> None:
    truth = make_truth(StackSpec((Item(make_letter(2, kind), separator=False),)), 2)
    assert truth.documents[0].kind == kind.value
    assert truth.pages[0].lines


def test_lines_never_tear_a_cluster() -> None:
    for line in wrap("เพื่อให้การดำเนินงานเป็นไปด้วยความเรียบร้อยทุกประการ" * 3, len, 17):
        assert line[0] not in "ะัาำิีึืุูั่้๊๋์ๆ"
        assert line[-1] not in LEADING_VOWELS


def test_file_names_of_the_rules() -> None:
    names = [file_name(item.letter) for item in example_spec().items]
    assert "2569_TAK_0023_3_W0026.pdf" in names
    assert "2569_PTE_0013_E001.pdf" in names
    assert file_name(example_spec().items[0].letter, 2) == "2569_TAK_0023_3_4578_A2.pdf"


def test_missing_font_is_named(tmp_path: Path) -> None:
    with pytest.raises(FontMissingError, match=r"Laksaman-Bold.*fonts-thai-tlwg"):
        find_font("Laksaman", bold=True, directories=(tmp_path,))


def test_golden_truth_of_the_example() -> None:
    truth = make_truth(example_spec(), SEED)
    assert TRUTH_FILE.read_text(encoding="utf-8") == truth.to_json()
    with pikepdf.open(STACK_FILE) as pdf:
        assert len(pdf.pages) == len(truth.pages)
    printed = json.dumps([(d.number, d.date_printed) for d in truth.documents], ensure_ascii=False)
    assert set(THAI_DIGITS) <= set(printed)


@pytest.mark.parametrize(
    "profile", [Profile(through=0.3), Profile(folds=2), Profile(border=0.6)], ids=str
)
def test_what_became_of_the_paper_is_seen(profile: Profile) -> None:
    page = Image.new("RGB", (400, 600), "white")
    ImageDraw.Draw(page).rectangle((40, 100, 160, 200), fill="black")
    plain, worn = (
        np.asarray(scan(page, p, np.random.default_rng(3)).convert("L"), np.int16)
        for p in (Profile(), profile)
    )
    assert np.count_nonzero(worn < plain - 20) > 400
