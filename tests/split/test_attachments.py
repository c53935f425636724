"""The stage that separates a letter from what was sent with it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import JsonValue

from pipeline.errors import DocumentError
from pipeline.testing.harness import Harness
from plugins.split.attachments import QUESTION, AttachmentOptions, SplitAttachments
from plugins.split.labels import bones
from plugins.split.pieces import Head, PieceDoubt, cut_set, find_heads
from schemas.artifact import Role
from schemas.cuts import AttachmentMark
from schemas.decision import Decision
from schemas.document import Form
from schemas.facts import Fact
from schemas.letter import LetterKind
from schemas.letterfacts import AttachmentLine, LetterFacts, Reading
from schemas.outcome import Outcome, Split, Suspend
from schemas.page import PagesRead, PageTexts
from schemas.verdict import MediaType, SafetyVerdict
from tests.split.paper import LETTER, PROSE, headed, page, read_fact, write_pdf, write_texts

SIGNED = SafetyVerdict(media_type=MediaType.PDF, pages=4, signed=True)


def letter(*titles: str) -> LetterFacts:
    lines = tuple(AttachmentLine(ordinal=n, title=t) for n, t in enumerate(titles, 1))
    return LetterFacts(kind=Reading[LetterKind](), attachments=lines)


def run(
    root: Path, heads: Sequence[str | None], *facts: Fact, answer: Decision | None = None
) -> tuple[Outcome, Path]:
    """A letter of one page, then one page for each head (None: a page without)."""
    pages = [page(1, *LETTER)]
    pages += [page(n, *([headed(h)] if h else []), PROSE) for n, h in enumerate(heads, 2)]
    inputs: dict[str, Path] = {
        Role.SEARCHABLE: write_pdf(root / "in.pdf", [f"Word{p.number}" for p in pages]),
        Role.PAGE_TEXT: write_texts(root / "in.json", *pages),
        Role.SOURCE: write_pdf(root / "source.pdf", ["Source"]),
    }
    return Harness(root).run(
        SplitAttachments(AttachmentOptions()),
        inputs,
        facts=(read_fact(len(pages)), *facts),
        pages=len(pages),
        form=Form.SET,
        decision=answer,
    )


def shape(outcome: Outcome) -> list[tuple[Form, tuple[int, ...]]]:
    assert isinstance(outcome, Split)
    return [(part.form, part.pages) for part in outcome.parts]


def test_letter_and_attachments_become_parts(tmp_path: Path) -> None:
    heads = ("สิ่งที่ส่งมาด้วย ๑", None, "สิงทีส่งมาดวย ๒")
    outcome, workdir = run(tmp_path, heads, letter("แผน", "แบบรายงาน"))
    assert shape(outcome) == [
        (Form.LETTER, (1,)),
        (Form.ATTACHMENT, (2, 3)),
        (Form.ATTACHMENT, (4,)),
    ]
    assert isinstance(outcome, Split)
    marks = [AttachmentMark.of(part.facts) for part in outcome.parts]
    assert marks == [
        None,
        AttachmentMark(ordinal=1, title="แผน", letter_pages=1),
        AttachmentMark(ordinal=2, title="แบบรายงาน", letter_pages=1),
    ]
    for part in outcome.parts:
        roles = {kept.role: workdir / kept.path for kept in part.artifacts}
        assert set(roles) == {Role.SEARCHABLE, Role.PAGE_TEXT}
        texts = PageTexts.model_validate_json(roles[Role.PAGE_TEXT].read_bytes())
        numbers = list(range(1, len(part.pages) + 1))
        assert [p.number for p in texts.pages] == numbers
        read = PagesRead.of(part.facts)
        assert read is not None
        assert read.count == len(numbers)


def test_without_attachments_the_letter_is_the_only_part(tmp_path: Path) -> None:
    outcome, workdir = run(tmp_path, (None,), letter())
    assert shape(outcome) == [(Form.LETTER, (1, 2))]
    assert isinstance(outcome, Split)
    kept = {k.role: (workdir / k.path).read_bytes() for k in outcome.parts[0].artifacts}
    assert kept[Role.SEARCHABLE] == (tmp_path / "in.pdf").read_bytes()
    assert Role.SOURCE not in kept


def test_a_signed_file_is_never_cut_and_takes_its_source_along(tmp_path: Path) -> None:
    outcome, workdir = run(tmp_path, ("สิ่งที่ส่งมาด้วย ๑",), letter("แผน", "อื่น"), SIGNED)
    assert shape(outcome) == [(Form.LETTER, (1, 2))]
    assert isinstance(outcome, Split)
    kept = {k.role: (workdir / k.path).read_bytes() for k in outcome.parts[0].artifacts}
    assert kept[Role.SOURCE] == (tmp_path / "source.pdf").read_bytes()


@pytest.mark.parametrize(
    ("heads", "titles", "english"),
    [
        (("สิ่งที่ส่งมาด้วย ๑", None), ("แผน", "แบบ"), "fewer"),
        ((None, None), ("แผน",), "fewer"),
        (("สิ่งที่ส่งมาด้วย",), (), "more"),
        (("สิ่งที่ส่งมาด้วย ๒", "สิ่งที่ส่งมาด้วย ๑"), ("แผน", "แบบ"), "do not follow"),
        (("สิ่งที่ส่งมาด้วย", "สิ่งที่ส่งมาด้วย"), ("แผน", "แบบ"), "without a number"),
    ],
)
def test_what_does_not_fit_the_letters_list_is_asked(
    tmp_path: Path, heads: Sequence[str | None], titles: Sequence[str], english: str
) -> None:
    outcome, _ = run(tmp_path, heads, letter(*titles))
    assert isinstance(outcome, Suspend)
    assert outcome.question.code == QUESTION
    assert english in outcome.question.english
    assert outcome.question.thai
    assert outcome.question.exhibits[0].page == 1


def test_without_the_letters_list_only_the_heads_count(tmp_path: Path) -> None:
    outcome, _ = run(tmp_path, ("สิ่งที่ส่งมาด้วย ๑", "สิ่งที่ส่งมาด้วย ๒"))
    assert [pages for _, pages in shape(outcome)] == [(1,), (2,), (3,)]


def answer(choice: str, content: JsonValue = None) -> Decision:
    return Decision(code=QUESTION, choice=choice, content=content, by="clerk", at=datetime.now(UTC))


ASKED = (("สิ่งที่ส่งมาด้วย ๑", None), letter("แผน", "แบบ"))


@pytest.mark.parametrize(
    ("decision", "pieces"),
    [
        (answer("accept"), [(Form.LETTER, (1,)), (Form.ATTACHMENT, (2, 3))]),
        (answer("one-letter"), [(Form.LETTER, (1, 2, 3))]),
        (
            answer(
                "accept",
                [
                    {"ordinal": 2, "pages": [3]},
                    {"ordinal": 0, "pages": [1]},
                    {"ordinal": 1, "pages": [2]},
                ],
            ),
            [(Form.LETTER, (1,)), (Form.ATTACHMENT, (2,)), (Form.ATTACHMENT, (3,))],
        ),
        (answer("accept", [{"ordinal": 0, "pages": [3, 1, 2]}]), [(Form.LETTER, (3, 1, 2))]),
    ],
)
def test_a_decision_is_followed(
    tmp_path: Path, decision: Decision, pieces: list[tuple[Form, tuple[int, ...]]]
) -> None:
    outcome, _ = run(tmp_path, ASKED[0], ASKED[1], answer=decision)
    assert shape(outcome) == pieces


@pytest.mark.parametrize(
    "content",
    [
        [{"ordinal": 0, "pages": [1]}],
        [{"ordinal": 0, "pages": [1, 2, 3, 3]}],
        [{"ordinal": 0, "pages": [1, 2, 3, 4]}],
        [{"ordinal": 1, "pages": [1, 2, 3]}],
        [{"ordinal": 0, "pages": [1]}, {"ordinal": 0, "pages": [2, 3]}],
        "all",
    ],
)
def test_an_answer_that_cannot_be_followed_is_asked_again(
    tmp_path: Path, content: JsonValue
) -> None:
    outcome, _ = run(tmp_path, ASKED[0], ASKED[1], answer=answer("accept", content))
    assert isinstance(outcome, Suspend)


def test_rescan_quarantines(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="rescan-wanted"):
        run(tmp_path, ASKED[0], ASKED[1], answer=answer("rescan"))


@pytest.mark.parametrize(
    ("labels", "announced", "starts", "doubts"),
    [
        (("๑.๑", "๑.๒", "๒"), 2, [1, 2, 4], []),
        (("๑.๑", "๑.๒", "๒"), 3, [1, 2, 4], [PieceDoubt.TOO_FEW]),
        (("๑ (แผ่นที่ ๑)", "๑ (แผ่นที่ ๒)", None), 2, [1, 2], [PieceDoubt.TOO_FEW]),
        (("๑ หน้า ๑", "๑ หน้า ๒", "๒ หน้า ๑", "๒ หน้า ๒"), 2, [1, 2, 4], []),
        (("๑", "๑ (ต่อ)", "๒"), 2, [1, 2, 4], []),
        (("๑", "(ต่อ)", "๒"), 2, [1, 2, 4], []),
        (("", ""), 1, [1, 2], [PieceDoubt.UNNUMBERED]),
        (("", "แผ่นที่ ๒"), 1, [1, 2], []),
    ],
)
def test_labels_with_sub_numbers_and_page_numbers(
    labels: Sequence[str | None], announced: int, starts: list[int], doubts: list[PieceDoubt]
) -> None:
    heads = [() if t is None else (headed(f"สิ่งที่ส่งมาด้วย {t}"),) for t in labels]
    pages = [page(1, *LETTER), *(page(n, *head, PROSE) for n, head in enumerate(heads, 2))]
    found = cut_set(len(pages), find_heads(pages, bones("สิ่งที่ส่งมาด้วย")), announced)
    assert [piece.pages[0] for piece in found.pieces] == starts
    assert list(found.doubts) == doubts


@pytest.mark.parametrize(
    ("heads", "announced", "starts", "doubts"),
    [
        ([], 0, [1], []),
        ([Head(2, 0)], 1, [1, 2], []),
        ([Head(2, 0), Head(3, 0)], 1, [1, 2], [PieceDoubt.UNNUMBERED]),
        ([Head(2, 0), Head(3, 0)], None, [1, 2], [PieceDoubt.UNNUMBERED]),
        ([Head(2, 1), Head(3, 0)], 1, [1, 2], [PieceDoubt.UNNUMBERED]),
        ([Head(2, 0), Head(3, 1)], 1, [1, 2], [PieceDoubt.UNNUMBERED]),
        ([Head(2, 0), Head(3, 0, True)], 1, [1, 2], []),
        ([Head(2, 1), Head(3, 0, True), Head(4, 2)], 2, [1, 2, 4], []),
        ([Head(2, 1), Head(3, 1, True), Head(4, 2)], 2, [1, 2, 4], []),
        ([Head(2, 1), Head(3, 2, True)], 2, [1, 2, 3], [PieceDoubt.ORDER]),
        ([Head(3, 1, True), Head(4, 2)], 2, [1, 3, 4], [PieceDoubt.ORDER]),
        ([Head(3, 0, True)], 1, [1, 3], [PieceDoubt.ORDER]),
        ([Head(2, 1), Head(3, 1), Head(4, 2)], 2, [1, 2, 4], []),
        ([Head(2, 1), Head(4, 3)], 2, [1, 2, 4], [PieceDoubt.ORDER]),
        ([Head(2, 0), Head(4, 0)], 2, [1, 2, 4], [PieceDoubt.UNNUMBERED]),
        ([Head(3, 1)], 2, [1, 3], [PieceDoubt.TOO_FEW]),
        ([Head(3, 1), Head(4, 2)], 1, [1, 3, 4], [PieceDoubt.TOO_MANY]),
    ],
)
def test_cut_set(
    heads: list[Head], announced: int | None, starts: list[int], doubts: list[PieceDoubt]
) -> None:
    found = cut_set(5, heads, announced)
    assert [piece.pages[0] for piece in found.pieces] == starts
    assert [piece.ordinal for piece in found.pieces] == list(range(len(starts)))
    assert [n for piece in found.pieces for n in piece.pages] == [1, 2, 3, 4, 5]
    assert list(found.doubts) == doubts
