"""Where a stack is cut into letters, and a letter from what was sent with it."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, NonNegativeInt, PositiveInt

from schemas.base import Frozen
from schemas.facts import Fact


class CutReason(StrEnum):
    """What speaks for or against a cut, or makes it doubtful. Codes only: no text of a page."""

    SEPARATOR = "separator"
    """A sound separator sheet lies before the first page."""
    FIRST_PAGE = "first-page"
    """The first page looks like the first page of a letter."""
    WHOLE = "whole"
    """Nothing was cut: a signed file, kept byte for byte."""
    PERSON = "person"
    """A person said so."""
    UNCERTAIN_FIRST_PAGE = "uncertain-first-page"
    """The score lies in the grey zone."""
    MIXED_CUES = "mixed-cues"
    """Looks like a first page and like a continuation or an attachment."""
    NO_FIRST_PAGE = "no-first-page"
    """The piece does not begin like a letter."""
    SECOND_LETTER = "second-letter"
    """Between two separators another letter seems to begin."""
    AFTER_CLOSING = "after-closing"
    """Follows a page that ends a letter, and nothing says what it is."""
    SEPARATOR_UNREADABLE = "separator-unreadable"
    SEPARATOR_FORGED = "separator-forged"
    """The checksum or the layout of the code is wrong, or two codes of one sheet disagree."""
    SEPARATOR_FOREIGN = "separator-foreign"
    """Printed for another station or batch."""
    SEPARATOR_TEXT = "separator-text"
    """A separator's code on a page that carries text of its own."""
    SEPARATOR_ORDER = "separator-order"
    """The sheets' numbers do not follow one another: a sheet or a letter may be missing."""
    SEPARATOR_MISSING = "separator-missing"
    """The stack uses separators, but this piece has none before it."""
    SEPARATOR_EMPTY = "separator-empty"
    """No page lies between this sheet and the next, or the end."""
    PAGE_GAP = "page-gap"
    """The printed page numbers do not follow: pages may be missing or out of order."""
    CATCHWORD = "catchword"
    """Does not begin with the words that the page before calls for."""
    UNFINISHED = "unfinished"
    """The letter before has no end: neither closing words nor a signature."""
    STRAY_PAGE = "stray-page"
    """A numbered later page behind a page that is signed."""
    OTHER_CLOSING = "other-closing"
    """Bears the closing words of another kind than the letter's."""
    UNEXPLAINED = "unexplained"
    """Neither number nor catchword says that the page goes on with an unfinished letter."""
    DOUBLED_PAGE = "doubled-page"
    """Has nearly the words of the page before: perhaps scanned twice."""
    MISPLACED = "misplaced"
    """Begins with the catchword of another page than the one before it."""
    LIST_UNMET = "list-unmet"
    """The letter lists more things sent along than lie behind it: perhaps a copy sent along."""
    LABEL_ORDER = "label-order"
    """An attachment's label does not follow, or goes beyond the letter's list."""
    COVER = "cover"
    """The cover sheet of a fax."""
    TOO_LONG = "too-long"
    """More pages than the station allows for one letter."""
    BLANK_WITH_TEXT = "blank-with-text"
    """Called blank, yet words were read on it."""


class Cut(Frozen):
    """One piece of a stack. ``pages`` are 1-based within the stack, in order.

    As content of a decision only ``pages`` is needed: ``[{"pages": [1, 2]}, {"pages": [4]}]``.
    """

    pages: Annotated[tuple[PositiveInt, ...], Field(min_length=1)]
    score: float = 0.0
    """How much its first page looks like the first page of a letter; 2.5 and more does."""
    separator: PositiveInt | None = None
    """Number on the separator sheet before it."""
    sure: bool = False
    reasons: tuple[CutReason, ...] = ()

    @property
    def first_page(self) -> int:
        """The page that the piece begins with, 1-based within the stack."""
        return self.pages[0]


class Cuts(Fact, name="cuts"):
    """All pieces of one stack."""

    cuts: tuple[Cut, ...]


class SetCut(Fact, name="set-cut"):
    """Stated on a set: how it was cut out of the stack (``cut.pages`` are the stack's)."""

    cut: Cut


class SetPiece(Frozen):
    """One piece of a set: the letter (``ordinal`` 0) or one attachment (1-based).

    ``pages`` are 1-based within the set.
    """

    ordinal: NonNegativeInt
    pages: Annotated[tuple[PositiveInt, ...], Field(min_length=1)]


class AttachmentMark(Fact, name="attachment"):
    """Stated on an attachment: its place among the things sent with the letter."""

    ordinal: PositiveInt
    """1-based, as in the letter's list of things sent along."""
    title: str
    """Its line in that list; empty when the letter lists none."""
    letter_pages: PositiveInt
    """How many pages the letter itself has."""
