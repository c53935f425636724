"""Decides where a stack is cut, and what about it is doubtful."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from plugins.split.cues import FIRST_PAGE, PageCues
from plugins.split.order import sheet_doubts
from plugins.split.seen import Doubt, Expected, Limits, PageSeen
from schemas.cuts import Cut, CutReason
from schemas.document import PageFate
from schemas.outcome import SetAside

_LONGEST_GAP = 4
"""A printed page number further ahead than this is taken for a misreading."""
_CONTINUES = -2.0
"""A page with this score or less is the middle of something."""
_FEW_LETTERS = 12


@dataclass(frozen=True)
class Cutting:
    """The proposal: every page of the stack is in exactly one cut, or set aside."""

    cuts: tuple[Cut, ...]
    set_aside: tuple[SetAside, ...]
    doubts: tuple[Doubt, ...]


@dataclass
class _Piece:
    pages: list[int] = field(default_factory=list)
    sheet: PageSeen | None = None
    score: float = 0.0
    last_number: int = 1
    closed: bool = False


@dataclass(frozen=True)
class _Answer:
    """Does a letter begin here, and what is doubtful about the answer?"""

    begins: bool
    doubt: CutReason | None = None


def cut_stack(pages: Sequence[PageSeen], limits: Limits, expected: Expected) -> Cutting:
    """Cut at separator sheets when there are any, else where first pages are recognised.

    In doubt it rather proposes a cut too many than hides a letter, and says so. A page that may
    hold text of a letter is never set aside.
    """
    knife = _Knife(limits, by_sheets=any(page.is_sheet for page in pages))
    for page in pages:
        knife.take(page)
    knife.doubts |= sheet_doubts(pages, limits, expected)
    return knife.cutting()


class _Knife:
    """Goes through a stack once, page by page."""

    def __init__(self, limits: Limits, *, by_sheets: bool) -> None:
        self.limits = limits
        self.by_sheets = by_sheets
        self.pieces: list[_Piece] = []
        self.set_aside: list[SetAside] = []
        self.doubts: set[Doubt] = set()

    def take(self, page: PageSeen) -> None:
        if page.is_sheet:
            self.pieces.append(_Piece(sheet=page))
            if page.other_letters <= self.limits.most_letters:
                self.set_aside.append(SetAside(page=page.number, fate=PageFate.SEPARATOR))
                return
        elif page.blank and page.other_letters < _FEW_LETTERS:
            self.set_aside.append(SetAside(page=page.number, fate=PageFate.BLANK))
            return
        elif page.blank:
            self.doubts.add(Doubt(page.number, CutReason.BLANK_WITH_TEXT))
        self._lay(page)

    def _lay(self, page: PageSeen) -> None:
        """Put a page into the piece it belongs to, starting a new one where a letter begins."""
        if not self.pieces:
            self.pieces.append(_Piece())
        piece = self.pieces[-1]
        if not piece.pages:
            doubt = self._opening_doubt(page.cues, behind_sheet=piece.sheet is not None)
        else:
            answer = self._answer(page.cues)
            doubt = answer.doubt
            if answer.begins:
                piece = _Piece()
                self.pieces.append(piece)
        if doubt:
            self.doubts.add(Doubt(page.number, doubt))
        self._append(page, piece)

    def _append(self, page: PageSeen, piece: _Piece) -> None:
        number = page.cues.page_number
        ahead = (number or 0) - piece.last_number
        if piece.pages and 1 < ahead <= _LONGEST_GAP:
            self.doubts.add(Doubt(page.number, CutReason.PAGE_GAP))
        if piece.closed and not self.by_sheets and not page.cues.continues:
            self.doubts.add(Doubt(page.number, CutReason.AFTER_CLOSING))
        goes_on = page.cues.continues and page.cues.attachment is None
        piece.closed = page.cues.closing or (piece.closed and goes_on)
        if not piece.pages:
            piece.score = page.cues.score
        piece.pages.append(page.number)
        if len(piece.pages) == self.limits.max_pages + 1:
            self.doubts.add(Doubt(piece.pages[0], CutReason.TOO_LONG))
        fresh = page.cues.attachment is not None or len(piece.pages) == 1
        piece.last_number = number or (1 if fresh else piece.last_number + 1)

    def _opening_doubt(self, cues: PageCues, *, behind_sheet: bool) -> CutReason | None:
        """What speaks against the first page of a piece being one."""
        if behind_sheet:
            return CutReason.NO_FIRST_PAGE if cues.score <= _CONTINUES else None
        if self.by_sheets:
            return CutReason.SEPARATOR_MISSING
        if cues.score < self.limits.unsure_from:
            return CutReason.NO_FIRST_PAGE
        return self._reason(cues)

    def _reason(self, cues: PageCues) -> CutReason | None:
        if cues.mixed:
            return CutReason.MIXED_CUES
        return CutReason.UNCERTAIN_FIRST_PAGE if cues.score < self.limits.sure_from else None

    def _answer(self, cues: PageCues) -> _Answer:
        """Does another letter begin on a page that follows others?"""
        if self.by_sheets:
            second = cues.score >= self.limits.second_from and cues.attachment is None
            return _Answer(second, CutReason.SECOND_LETTER if second else None)
        if cues.attachment is not None:
            looks_like_one = cues.likeness >= FIRST_PAGE
            return _Answer(False, CutReason.MIXED_CUES if looks_like_one else None)
        if cues.score >= self.limits.unsure_from:
            return _Answer(True, self._reason(cues))
        torn = cues.mixed and cues.likeness >= self.limits.sure_from
        return _Answer(False, CutReason.MIXED_CUES if torn else None)

    def cutting(self) -> Cutting:
        doubts = tuple(sorted(self.doubts))
        cuts = tuple(_cut(piece, doubts) for piece in self.pieces if piece.pages)
        return Cutting(cuts, tuple(self.set_aside), doubts)


def _cut(piece: _Piece, doubts: tuple[Doubt, ...]) -> Cut:
    own = {*piece.pages, *([piece.sheet.number] if piece.sheet else [])}
    wrong = tuple(dict.fromkeys(doubt.reason for doubt in doubts if doubt.page in own))
    code = piece.sheet.code if piece.sheet else None
    return Cut(
        pages=tuple(piece.pages),
        score=piece.score,
        separator=code.ordinal if code else None,
        sure=not wrong,
        reasons=(CutReason.SEPARATOR if piece.sheet else CutReason.FIRST_PAGE, *wrong),
    )
