"""What cutting sees of a page, and what it doubts."""

from dataclasses import dataclass, field

from plugins.split.codes import SheetCode, SheetReading
from plugins.split.cues import PageCues
from schemas.cuts import CutReason


@dataclass(frozen=True)
class PageSeen:
    """One page of the stack (``number`` is 1-based) as far as cutting goes.

    ``sheet`` is what its codes say; ``sheet_words`` whether it bears the words of a separator
    sheet; ``other_letters`` how many letters and digits stand on it beside those words.
    """

    number: int
    cues: PageCues = field(default_factory=PageCues)
    blank: bool = False
    sheet: SheetReading | None = None
    sheet_words: bool = False
    other_letters: int = 0

    @property
    def is_sheet(self) -> bool:
        return self.sheet is not None or self.sheet_words

    @property
    def code(self) -> SheetCode | None:
        """The sound code on it."""
        return self.sheet.code if self.sheet else None


@dataclass(frozen=True, order=True)
class Doubt:
    """A question to a person about one page."""

    page: int
    reason: CutReason


@dataclass(frozen=True)
class Boundary:
    """What speaks for and against a cut before a page; ``begins``: a cut is proposed."""

    page: int
    begins: bool
    cues: PageCues


@dataclass(frozen=True)
class Expected:
    """What the separator sheets of a stack should say.

    ``station`` and ``batch`` None: whatever most of them say. ``required``: a stack without any is
    doubtful.
    """

    station: str | None = None
    batch: str | None = None
    required: bool = False


@dataclass(frozen=True)
class Limits:
    """Scores and counts that decisions turn on; the options of ``split-stack`` explain them."""

    unsure_from: float = 1.5
    sure_from: float = 3.5
    second_from: float = 4.0
    max_pages: int = 300
    most_letters: int = 80
