"""The stage that cuts stacks: drawn letters, scanned, read by the real reader, and cut."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest

from pipeline.errors import DocumentError
from pipeline.testing.harness import Harness
from plugins.ocr.by_tesserocr import OcrTesserocr, TesserocrOptions
from plugins.split.confirm import QUESTION
from plugins.split.stack import SplitStack, StackOptions
from plugins.split.subset import subset_pdf, subset_texts
from schemas.artifact import Role
from schemas.cuts import CutReason, SetCut
from schemas.decision import Decision
from schemas.document import Form
from schemas.facts import Fact
from schemas.outcome import Done, Outcome, Split, Suspend
from schemas.page import PagesRead, PageTexts
from schemas.verdict import MediaType, SafetyVerdict
from tests.letters import Item, Kind, StackSpec, Truth, make_letter, make_stack
from tests.letters.example import STACK_FILE, TRUTH_FILE
from tests.split.paper import page, read_fact, write_pdf, write_texts

STATION, BATCH = "TAK01", "69000001"
SPEC = StackSpec(
    (
        Item(make_letter(3, attachments=1), blank_after=frozenset({1})),
        Item(make_letter(4, Kind.INTERNAL)),
        Item(make_letter(5, Kind.ANNOUNCEMENT)),
    ),
    station=STATION,
    batch=BATCH,
    profile="fast",
)


@dataclass(frozen=True)
class Read:
    """A stack after the reader."""

    pdf: Path
    words: Path
    texts: PageTexts
    fact: PagesRead


def read(root: Path, pdf: Path) -> Read:
    outcome, workdir = Harness(root).run(OcrTesserocr(TesserocrOptions()), {Role.PDF: pdf})
    assert isinstance(outcome, Done)
    files = {kept.role: workdir / kept.path for kept in outcome.artifacts}
    fact = PagesRead.of(outcome.facts)
    assert fact is not None
    words = files[Role.PAGE_TEXT]
    texts = PageTexts.model_validate_json(words.read_bytes())
    return Read(files[Role.SEARCHABLE], words, texts, fact)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> tuple[Read, Truth]:
    root = tmp_path_factory.mktemp("stack")
    content, truth = make_stack(SPEC, seed=11)
    (root / "stack.pdf").write_bytes(content)
    return read(root, root / "stack.pdf"), truth


def cut(
    root: Path,
    stack: Read,
    *facts: Fact,
    options: StackOptions | None = None,
    station: str = STATION,
    answer: Decision | None = None,
    source: Path | None = None,
) -> tuple[Outcome, Path]:
    inputs: dict[str, Path] = {Role.SEARCHABLE: stack.pdf, Role.PAGE_TEXT: stack.words}
    if source:
        inputs[Role.SOURCE] = source
    return Harness(root, station=station).run(
        SplitStack(options or StackOptions()),
        inputs,
        facts=(stack.fact, *facts),
        pages=len(stack.texts.pages),
        decision=answer,
    )


def true_sets(truth: Truth) -> list[tuple[int, ...]]:
    return [
        tuple(sorted([*d.pages, *(n for a in d.attachments for n in a.pages)]))
        for d in truth.documents
    ]


def fates(outcome: Split) -> dict[int, str]:
    return {aside.page: aside.fate.value for aside in outcome.set_aside}


def test_a_scanned_stack_is_cut_at_its_separators(
    drawn: tuple[Read, Truth], tmp_path: Path
) -> None:
    stack, truth = drawn
    outcome, workdir = cut(tmp_path, stack)
    assert isinstance(outcome, Split)
    assert [part.pages for part in outcome.parts] == true_sets(truth)
    assert fates(outcome) == {p.page: p.fate for p in truth.pages if p.document is None}
    for ordinal, part in enumerate(outcome.parts, 1):
        assert part.form is Form.SET
        fact = SetCut.of(part.facts)
        assert fact is not None
        assert (fact.cut.separator, fact.cut.reasons) == (ordinal, (CutReason.SEPARATOR,))
        assert fact.cut.sure
        files = {kept.role: workdir / kept.path for kept in part.artifacts}
        assert set(files) == {Role.SEARCHABLE, Role.PAGE_TEXT}
        texts = PageTexts.model_validate_json(files[Role.PAGE_TEXT].read_bytes())
        assert texts == subset_texts(stack.texts, part.pages)
        with pikepdf.open(files[Role.SEARCHABLE]) as pdf:
            assert len(pdf.pages) == len(part.pages)
        assert files[Role.SEARCHABLE].stat().st_size < stack.pdf.stat().st_size * 0.6


def test_without_separators_it_is_cut_at_first_pages(
    drawn: tuple[Read, Truth], tmp_path: Path
) -> None:
    stack, truth = drawn
    kept = [p.page for p in truth.pages if p.fate != "separator"]
    bare = tmp_path / "bare.pdf"
    with pikepdf.open(stack.pdf) as pdf:
        subset_pdf(pdf, kept, bare)
    texts = subset_texts(stack.texts, kept)
    words = write_texts(tmp_path / "bare.json", *texts.pages)
    outcome, _ = cut(tmp_path, Read(bare, words, texts, read_fact(len(kept))))
    assert isinstance(outcome, Split)
    found = [tuple(kept[n - 1] for n in part.pages) for part in outcome.parts]
    assert found == true_sets(truth)
    facts = [SetCut.of(part.facts) for part in outcome.parts]
    assert all(fact and fact.cut.reasons == (CutReason.FIRST_PAGE,) for fact in facts)


def test_sheets_of_another_station_wait_for_a_person_who_accepts(
    drawn: tuple[Read, Truth], tmp_path: Path
) -> None:
    stack, truth = drawn
    outcome, _ = cut(tmp_path, stack, station="PTT01")
    assert isinstance(outcome, Suspend)
    assert outcome.question.code == QUESTION
    sheets = [p.page for p in truth.pages if p.fate == "separator"]
    assert [exhibit.page for exhibit in outcome.question.exhibits][: len(sheets)] == sheets
    answer = Decision(code=QUESTION, choice="accept", by="clerk", at=datetime.now(UTC))
    outcome, _ = cut(tmp_path, stack, station="PTT01", answer=answer)
    assert isinstance(outcome, Split)
    assert [part.pages for part in outcome.parts] == true_sets(truth)
    lenient = StackOptions(same_station=False)
    outcome, _ = cut(tmp_path, stack, station="PTT01", options=lenient)
    assert isinstance(outcome, Split)


def test_an_answer_that_would_lose_a_page_is_asked_again(
    drawn: tuple[Read, Truth], tmp_path: Path
) -> None:
    stack, _ = drawn
    answer = Decision(
        code=QUESTION, choice="accept", content=[{"pages": [2]}], by="clerk", at=datetime.now(UTC)
    )
    outcome, _ = cut(tmp_path, stack, answer=answer)
    assert isinstance(outcome, Suspend)
    assert outcome.question.proposal


def test_the_same_stack_gives_the_same_parts(drawn: tuple[Read, Truth], tmp_path: Path) -> None:
    first, _ = cut(tmp_path, drawn[0])
    second, _ = cut(tmp_path, drawn[0])
    assert first == second


def test_a_signed_file_is_one_set_byte_for_byte(tmp_path: Path) -> None:
    pdf = write_pdf(tmp_path / "in.pdf", ["One", "Two", "Three"])
    pages = [page(n, blank=n == 2) for n in (1, 2, 3)]
    words = write_texts(tmp_path / "in.json", *pages)
    stack = Read(pdf, words, PageTexts(pages=tuple(pages)), read_fact(3))
    source = write_pdf(tmp_path / "source.pdf", ["Signed"])
    verdict = SafetyVerdict(media_type=MediaType.PDF, pages=3, signed=True)
    outcome, workdir = cut(tmp_path, stack, verdict, source=source)
    assert isinstance(outcome, Split)
    assert [(part.pages, outcome.set_aside) for part in outcome.parts] == [((1, 2, 3), ())]
    kept = {k.role: (workdir / k.path).read_bytes() for k in outcome.parts[0].artifacts}
    assert kept == {
        Role.SOURCE: source.read_bytes(),
        Role.SEARCHABLE: pdf.read_bytes(),
        Role.PAGE_TEXT: words.read_bytes(),
    }


def test_a_stack_of_blank_pages_is_dropped_by_a_person_only(tmp_path: Path) -> None:
    pdf = write_pdf(tmp_path / "in.pdf", ["", ""])
    pages = [page(n, blank=True) for n in (1, 2)]
    words = write_texts(tmp_path / "in.json", *pages)
    stack = Read(pdf, words, PageTexts(pages=tuple(pages)), read_fact(2))
    asked, _ = cut(tmp_path, stack)
    assert isinstance(asked, Suspend)
    assert asked.question.proposal == []
    answer = Decision(code=QUESTION, choice="accept", by="clerk", at=datetime.now(UTC))
    outcome, _ = cut(tmp_path, stack, answer=answer)
    assert isinstance(outcome, Split)
    assert (outcome.parts, fates(outcome)) == ((), {1: "blank", 2: "blank"})


@pytest.mark.parametrize("pages", [1, 3])
def test_texts_that_do_not_fit_the_file_are_refused(tmp_path: Path, pages: int) -> None:
    pdf = write_pdf(tmp_path / "in.pdf", ["One", "Two"])
    texts = [page(n) for n in range(1, pages + 1)]
    words = write_texts(tmp_path / "in.json", *texts)
    stack = Read(pdf, words, PageTexts(pages=tuple(texts)), read_fact(pages))
    with pytest.raises(DocumentError, match="pages-and-texts-differ"):
        cut(tmp_path, stack)


@pytest.mark.slow
def test_the_example_stack_is_cut_as_it_was_made(tmp_path: Path) -> None:
    truth = json.loads(TRUTH_FILE.read_text(encoding="utf-8"))
    outcome, _ = cut(tmp_path, read(tmp_path, STACK_FILE), station=truth["station"])
    assert isinstance(outcome, Split)
    sets = [
        tuple(sorted([*d["pages"], *(n for a in d["attachments"] for n in a["pages"])]))
        for d in truth["documents"]
    ]
    assert [part.pages for part in outcome.parts] == sets
    aside = {p["page"]: p["fate"] for p in truth["pages"] if p["document"] is None}
    assert fates(outcome) == aside
    facts = [SetCut.of(part.facts) for part in outcome.parts]
    assert all(fact and fact.cut.sure for fact in facts)
