"""Answers questions as a person would who knows the truth, so that a letter goes on."""

from collections.abc import Sequence

from pydantic import JsonValue

from schemas.decision import Question
from schemas.letter import ThaiDate, parse_number
from tests.letters.truth import DocumentTruth, Truth

CUTS, CLASS, LETTER, PIECES = "confirm-cuts", "classify", "confirm-letter", "confirm-attachments"
SCAN = "confirm-scan"


def set_pages(document: DocumentTruth) -> tuple[int, ...]:
    """Pages of a letter and of what was sent with it, in the numbering of the stack."""
    sent = (page for attachment in document.attachments for page in attachment.pages)
    return (*document.pages, *sent)


def owner(pages: Sequence[int], truth: Truth) -> DocumentTruth | None:
    """The letter whose first page is the first of ``pages``; None where none begins there."""
    return next((d for d in truth.documents if pages and d.pages[0] == pages[0]), None)


def answer(
    question: Question, pages: Sequence[int], truth: Truth, *, again: bool
) -> tuple[str, JsonValue] | None:
    """Choice and content; None for a question that this person cannot answer.

    ``pages`` are those of the document that asks, in the stack's numbering. Asked about the cuts
    ``again``, blank backs that count as written on are left with the page before.
    """
    if question.code == CUTS:
        return "accept", [{"pages": list(cut)} for cut in _cuts(truth, blanks=again)]
    letter = owner(pages, truth)
    if letter is None or again:
        return None
    known: dict[str, tuple[str, JsonValue]] = {
        SCAN: ("accept", None),
        CLASS: (letter.level, None),
        LETTER: ("accept", _fields(letter)),
        PIECES: ("accept", _pieces(letter, pages)),
    }
    return known.get(question.code)


def _cuts(truth: Truth, *, blanks: bool) -> list[list[int]]:
    cuts = [list(set_pages(document)) for document in truth.documents]
    for page in truth.pages if blanks else ():
        if page.fate == "blank":
            before = next(cut for cut in cuts if page.page - 1 in cut)
            before.insert(before.index(page.page - 1) + 1, page.page)
    return cuts


def _fields(letter: DocumentTruth) -> dict[str, JsonValue]:
    told: dict[str, JsonValue] = {"kind": letter.kind, "subject": letter.subject}
    told["urgency"] = letter.urgency or ""
    told["date"] = str(ThaiDate.parse(letter.date_printed))
    if letter.to:
        told["addressee"] = letter.to
    if letter.number_arabic:
        told["number"] = str(parse_number(letter.number_arabic))
    return told


def _pieces(letter: DocumentTruth, pages: Sequence[int]) -> list[JsonValue]:
    """Each page of the set in one piece; what belongs to none stays with the page before."""
    of_page = {page: a.ordinal for a in letter.attachments for page in a.pages}
    pieces: dict[int, list[JsonValue]] = {0: []}
    ordinal = 0
    for place, page in enumerate(pages, 1):
        ordinal = of_page.get(page, 0 if page in letter.pages else ordinal)
        pieces.setdefault(ordinal, []).append(place)
    return [{"ordinal": ordinal, "pages": places} for ordinal, places in pieces.items()]
