"""What was read on each page: words with boxes and confidences, in the upright page's pixels."""

from typing import NamedTuple

from pydantic import NonNegativeInt, PositiveFloat, PositiveInt

from schemas.base import Frozen
from schemas.facts import Fact


class Box(NamedTuple):
    """Pixels of the upright page at its ``dpi``; origin top left."""

    left: int
    top: int
    right: int
    bottom: int


class Word(Frozen):
    """A run without blanks, NFC, SARA AM composed; ``confidence`` in 0..1."""

    text: str
    box: Box
    confidence: float


class Line(Frozen):
    """Words from left to right; ``text`` joins them with one blank. ``stamped``: read from ink that
    is coloured or paler than the type, apart from this."""

    words: tuple[Word, ...]
    box: Box
    stamped: bool = False

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def confidence(self) -> float:
        """Mean over the words, weighted by their length; 0.0 for an empty line."""
        letters = sum(len(word.text) for word in self.words)
        if not letters:
            return 0.0
        return sum(word.confidence * len(word.text) for word in self.words) / letters


class PageText(Frozen):
    """One sheet side. ``turn`` is what was applied, clockwise degrees, to make it upright."""

    number: PositiveInt
    """1-based, within the document that holds it."""
    width: NonNegativeInt
    height: NonNegativeInt
    dpi: PositiveFloat
    turn: int = 0
    turn_confidence: float | None = None
    skew: float = 0.0
    """Degrees that were taken out, counter-clockwise positive."""
    ink: float = 0.0
    """Share of dark pixels, 0..1."""
    blank: bool = False
    born_digital: bool = False
    """The words come from the file's own text layer, not from OCR."""
    lines: tuple[Line, ...] = ()

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)


class PageTexts(Frozen):
    """Content of the ``page-text`` artifact."""

    pages: tuple[PageText, ...]


class PagesRead(Fact, name="pages-read"):
    """What may be known of the pages without their words."""

    engine: str
    """Name and version of the recogniser and its models."""
    count: PositiveInt
    blank: tuple[PositiveInt, ...] = ()
    turned: dict[PositiveInt, int] = {}
    low_confidence: tuple[PositiveInt, ...] = ()
    """Pages whose mean word confidence is under the stage's threshold."""
    born_digital: tuple[PositiveInt, ...] = ()
