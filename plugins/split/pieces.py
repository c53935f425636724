"""Finds where the attachments of a letter begin, and whether they are all there."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from plugins.split.cues import attachment_head
from schemas.cuts import SetPiece
from schemas.page import PageText


class PieceDoubt(StrEnum):
    TOO_FEW = "too-few"
    TOO_MANY = "too-many"
    ORDER = "order"
    """The numbers on the attachments' first pages are not 1, 2, 3 ..."""
    UNNUMBERED = "unnumbered"
    """Several attachments, but a head without a number."""


@dataclass(frozen=True)
class Pieces:
    """The proposal; ``pieces`` cover every page of the set once, the letter first."""

    pieces: tuple[SetPiece, ...]
    doubts: tuple[PieceDoubt, ...]


@dataclass(frozen=True)
class Head:
    """A page labelled as an attachment's: ``ordinal`` 0 when the label has no number; ``goes_on``
    when it says that the attachment began before."""

    page: int
    ordinal: int
    goes_on: bool = False


def find_heads(pages: Sequence[PageText], labels: Sequence[str]) -> list[Head]:
    """Labelled pages after the first; ``labels`` are skeletons."""
    heads = []
    for page in pages[1:]:
        found = [head for label in labels if (head := attachment_head(page, label))]
        if found:
            heads.append(Head(page.number, *max(found)))
    return heads


def cut_set(pages: int, heads: Sequence[Head], announced: int | None) -> Pieces:
    """Cut a set of ``pages`` pages at the heads of its attachments.

    ``announced`` is how many the letter lists; None when nobody read its list. A number repeated on
    the following pages of one attachment does not begin another; a label without a number may.
    """
    starts, doubts = _starts(heads, announced)
    found = len(starts)
    if announced is not None and found != announced:
        doubts.append(PieceDoubt.TOO_FEW if found < announced else PieceDoubt.TOO_MANY)
    bounds = [1, *starts, pages + 1]
    pieces = tuple(
        SetPiece(ordinal=ordinal, pages=tuple(range(first, bounds[ordinal + 1])))
        for ordinal, first in enumerate(bounds[:-1])
    )
    return Pieces(pieces, tuple(dict.fromkeys(doubts)))


def _starts(heads: Sequence[Head], announced: int | None) -> tuple[list[int], list[PieceDoubt]]:
    starts: list[int] = []
    doubts: list[PieceDoubt] = []
    several = (announced or 1) > 1
    last = 0
    for head in heads:
        if starts and _same_attachment(head, last, several=several):
            continue
        if head.goes_on or head.ordinal not in {0, last + 1}:
            doubts.append(PieceDoubt.ORDER)
        starts.append(head.page)
        last = head.ordinal or last + 1
    fresh = [head for head in heads if not head.goes_on]
    if any(head.ordinal == 0 for head in fresh) and (several or len(fresh) > 1):
        doubts.append(PieceDoubt.UNNUMBERED)
    return starts, doubts


def _same_attachment(head: Head, last: int, *, several: bool) -> bool:
    """Whether a labelled page is proposed as a later one of attachment ``last``."""
    return head.ordinal == last or (head.ordinal == 0 and (head.goes_on or not several))
