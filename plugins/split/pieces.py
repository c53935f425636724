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
    """The first page of an attachment as labelled: ``ordinal`` 0 when the label has no number."""

    page: int
    ordinal: int


def find_heads(pages: Sequence[PageText], labels: Sequence[str]) -> list[Head]:
    """Labelled pages after the first; ``labels`` are skeletons."""
    heads = []
    for page in pages[1:]:
        ordinals = [attachment_head(page, label) for label in labels]
        found = max((ordinal for ordinal in ordinals if ordinal is not None), default=None)
        if found is not None:
            heads.append(Head(page.number, found))
    return heads


def cut_set(pages: int, heads: Sequence[Head], announced: int | None) -> Pieces:
    """Cut a set of ``pages`` pages at the heads of its attachments.

    ``announced`` is how many the letter lists; None when nobody read its list. A label repeated on
    the following pages of one attachment does not begin another.
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
    last = 0
    for head in heads:
        repeated = head.ordinal == last if head.ordinal else (announced or 1) <= 1
        if starts and repeated:
            continue
        if head.ordinal == 0 and (starts or (announced or 1) > 1):
            doubts.append(PieceDoubt.UNNUMBERED)
        elif head.ordinal not in {0, last + 1}:
            doubts.append(PieceDoubt.ORDER)
        starts.append(head.page)
        last = head.ordinal or last + 1
    return starts, doubts
