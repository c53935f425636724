"""What became of a stack, held against its truth, as plain values that can be added up."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter

from bench.reading.compare import Characters, compare_page, same
from bench.reading.desk import Walked
from bench.reading.person import CLASS, CUTS, LETTER, PIECES, owner, set_pages
from bench.reading.stacks import Task
from schemas.cuts import Cut, SetPiece
from schemas.decision import Question
from schemas.letter import ThaiDate, parse_number
from schemas.letterfacts import LetterFacts
from schemas.secrecy import Secrecy
from tests.letters.spec import Kind, Urgency
from tests.letters.truth import DocumentTruth, Truth

TITLED: Final = frozenset({Kind.EXTERNAL, Kind.INTERNAL, Kind.ORDER, Kind.ANNOUNCEMENT})
"""Kinds that print their subject."""
_CUTS: Final = TypeAdapter(tuple[Cut, ...])
_PIECES: Final = TypeAdapter(tuple[SetPiece, ...])
_URGENCY: Final = {mark.value: mark.name.lower().replace("_", "-") for mark in Urgency}


@dataclass(frozen=True)
class Field:
    """One field of one letter; ``truth`` is empty where the letter does not print it.

    ``read`` is the value that is stated, or proposed when a person is asked; ``asked``: the
    question names this field.
    """

    name: str
    truth: str
    read: str
    confidence: float
    asked: bool

    @property
    def exact(self) -> bool:
        return same(self.truth, self.read)

    @property
    def passed_wrong(self) -> bool:
        """A wrong value, or one where nothing is printed, that nobody was asked about."""
        return bool(self.read) and not self.exact and not self.asked


@dataclass(frozen=True)
class Letter:
    """One letter of a stack. ``cut``: its set is exactly right, as stated or proposed.

    ``silent``: the cut is wrong and no question points at one of its pages or the page behind it.
    ``pieces``: letter and attachments cut exactly right; None where the set itself is not right or
    nothing was sent along. ``alarm``: about a normal letter a person was asked for its level, or
    it was restricted. ``codes`` of all questions about it or its stack.
    """

    kind: str
    first_page: int
    cut: bool
    silent: bool
    pieces: bool | None
    alarm: bool
    codes: tuple[str, ...]
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Stack:
    """One stack of a condition, read. ``cpu`` seconds went into ``pages`` scanned sides."""

    condition: str
    seed: int
    separators: bool
    pages: int
    characters: Characters
    letters: tuple[Letter, ...]
    failed: tuple[str, ...]
    cpu: float


def score(task: Task, truth: Truth, walked: Walked) -> Stack:
    """Hold one stack against its truth."""
    characters = Characters()
    for page in truth.pages:
        if page.fate == "document":
            characters += compare_page(page.lines, walked.lines.get(page.page, ()))
    return Stack(
        condition=task.condition.name,
        seed=task.seed,
        separators=task.separators,
        pages=len(truth.pages),
        characters=characters,
        letters=tuple(_letter(document, truth, walked) for document in truth.documents),
        failed=tuple(walked.failed),
        cpu=walked.cpu,
    )


def _letter(document: DocumentTruth, truth: Truth, walked: Walked) -> Letter:
    pages = set_pages(document)
    question = walked.asked(walked.stack, CUTS)
    cut = pages in _cuts(walked, question)
    identity = next(
        (i for i, found in walked.sets.items() if owner(found, truth) is document), None
    )
    about_cuts = {exhibit.page for exhibit in question.exhibits} if question else set()
    asked = [*walked.questions.get(walked.stack, ())]
    asked += walked.questions.get(identity, ()) if identity else ()
    return Letter(
        kind=document.kind,
        first_page=pages[0],
        cut=cut,
        silent=not cut and not about_cuts & set(range(pages[0], pages[-1] + 2)),
        pieces=_pieces(document, walked, identity) if cut else None,
        alarm=document.level == Secrecy.NORMAL
        and (
            any(one.code == CLASS for one in asked)
            or (identity is not None and walked.levels[identity] is not Secrecy.NORMAL)
        ),
        codes=tuple(dict.fromkeys(one.code for one in asked)),
        fields=fields(document, *_read(walked, identity)),
    )


def _cuts(walked: Walked, question: Question | None) -> set[tuple[int, ...]]:
    """The sets as the pipeline made them, or proposed them."""
    if question is None:
        return set(walked.sets.values())
    return {one.pages for one in _CUTS.validate_python(question.proposal)}


def _pieces(document: DocumentTruth, walked: Walked, identity: UUID | None) -> bool | None:
    if not document.attachments or identity is None:
        return None
    question = walked.asked(identity, PIECES)
    if question is None:
        found = {tuple(pages) for pages in walked.pieces.get(identity, ())}
    else:
        of_set = walked.sets[identity]
        proposed = _PIECES.validate_python(question.proposal)
        found = {tuple(of_set[place - 1] for place in piece.pages) for piece in proposed}
    return found == {document.pages, *(sent.pages for sent in document.attachments)}


def _read(walked: Walked, identity: UUID | None) -> tuple[LetterFacts | None, frozenset[str]]:
    """The facts stated or proposed, and the names of the fields asked about."""
    if identity is None:
        return None, frozenset()
    question = walked.asked(identity, LETTER)
    if question is None:
        return walked.facts.get(identity), frozenset()
    names = frozenset(exhibit.note.rpartition(" / ")[2] for exhibit in question.exhibits)
    return LetterFacts.model_validate(question.proposal), names


def fields(
    document: DocumentTruth, facts: LetterFacts | None, asked: frozenset[str]
) -> tuple[Field, ...]:
    """Each field of a letter; nothing was read of one whose set was cut wrongly."""
    printed = {
        "kind": document.kind,
        "number": str(parse_number(document.number_arabic)) if document.number_arabic else "",
        "date": document.date,
        "subject": document.subject if document.kind in TITLED else "",
        "addressee": document.to or "",
        "urgency": _URGENCY[document.urgency] if document.urgency else "none",
    }
    found = []
    for name, truth in printed.items():
        reading = getattr(facts, name) if facts else None
        value = reading.value if reading else None
        read = value.to_iso() if isinstance(value, ThaiDate) else str(value or "")
        confidence = reading.confidence if reading else 0.0
        found.append(Field(name, truth, read, round(confidence, 3), name in asked))
    return tuple(found)
