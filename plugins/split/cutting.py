"""Decides where a stack is cut, and what about it is doubtful."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from plugins.split.cues import FIRST_PAGE, Cue, PageCues
from plugins.split.ends import Closing
from plugins.split.order import sheet_doubts
from plugins.split.relink import relinked
from plugins.split.seen import Boundary, Doubt, Expected, Limits, PageSeen
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
    """The proposal: every page of the stack is in exactly one cut, or set aside.

    ``boundaries``: one for each page in a cut, in the proposed order.
    """

    cuts: tuple[Cut, ...]
    set_aside: tuple[SetAside, ...]
    doubts: tuple[Doubt, ...]
    boundaries: tuple[Boundary, ...] = ()


@dataclass
class _Piece:
    """One piece while pages are laid into it; ``sent`` counts the attachments begun so far,
    ``loose`` is the first page behind the letter's end that bears no label."""

    pages: list[int] = field(default_factory=list)
    sheet: PageSeen | None = None
    first: PageCues = field(default_factory=PageCues)
    last: PageCues = field(default_factory=PageCues)
    last_number: int = 1
    closed: bool = False
    finished: bool = False
    sent: int = 0
    label: int = 0
    loose: int = 0

    @property
    def listed(self) -> int | None:
        """How many attachments the letter lists; a letter from outside lists all it sends."""
        addressed = Cue.ADDRESSEE in self.first.found and Cue.OFFICE not in self.first.found
        return self.first.listed if self.first.listed or not addressed else 0

    @property
    def lacks_attachments(self) -> bool:
        return self.sent < (self.listed or 0)

    def take(self, number: int, cues: PageCues) -> None:
        """Lay a page behind the others."""
        fresh = self._begins_part(cues)
        if not self.pages:
            self.first = cues
        elif fresh and not (self.sent and cues.attachment in {0, self.label}):
            self.sent += 1
            self.label = cues.attachment or self.sent
            if cues.attachment is None:
                self.loose = self.loose or number
        signed = self._signs(cues)
        self.finished |= signed or (fresh and bool(self.pages))
        goes_on = cues.continues and cues.attachment is None
        self.closed = signed or (self.closed and goes_on)
        self.last_number = cues.page_number or (1 if fresh else self.last_number + 1)
        self.last = cues
        self.pages.append(number)

    def _signs(self, cues: PageCues) -> bool:
        """Signed, or ends with the owner's telephone as the first page does not: there it would be
        printed on every page."""
        return cues.ends.signed or (cues.ends.owner and not self.first.ends.owner)

    def _begins_part(self, cues: PageCues) -> bool:
        behind_end = self.closed and not cues.continues
        headed = cues.attachment is not None or cues.likeness >= FIRST_PAGE
        return not self.pages or headed or behind_end


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
    order, moved = relinked(pages)
    for page in order:
        knife.take(page)
    knife.doubts |= {Doubt(number, CutReason.MISPLACED) for number in moved}
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
        self.boundaries: list[Boundary] = []

    def take(self, page: PageSeen) -> None:
        if page.is_sheet:
            if self.pieces:
                self._check_end(self.pieces[-1])
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
        cues = linked(piece.last, page.cues) if piece.pages else page.cues
        if not piece.pages:
            self._doubt(page, self._opening_doubt(cues, behind_sheet=piece.sheet is not None))
        else:
            if piece.loose and cues.attachment in {0, piece.label}:
                self.doubts.add(Doubt(piece.loose, CutReason.AFTER_CLOSING))
            answer = self._answer(piece, cues)
            self._doubt(page, answer.doubt)
            self._doubt(page, self._order_doubt(piece, cues, begins=answer.begins))
            if answer.begins:
                piece = _Piece()
                self.pieces.append(piece)
        self.boundaries.append(Boundary(page.number, not piece.pages, cues))
        piece.take(page.number, cues)
        if len(piece.pages) == self.limits.max_pages + 1:
            self.doubts.add(Doubt(piece.pages[0], CutReason.TOO_LONG))

    def _doubt(self, page: PageSeen, reason: CutReason | None) -> None:
        if reason:
            self.doubts.add(Doubt(page.number, reason))

    def _order_doubt(self, piece: _Piece, cues: PageCues, *, begins: bool) -> CutReason | None:
        """What is wrong between a page and the one before it."""
        if piece.last.ends.same_page(cues.ends):
            return CutReason.DOUBLED_PAGE
        if begins or cues.attachment is not None:
            if self._is_open(piece):
                return CutReason.UNFINISHED
            return None if self.by_sheets else _list_doubt(piece, cues, begins=begins)
        return broken_order(piece, cues) or self._strange(piece, cues)

    def _is_open(self, piece: _Piece) -> bool:
        """A letter that has not come to its end, or a page that calls for another."""
        letter = piece.first.score >= self.limits.sure_from
        return bool(piece.last.ends.catchword) or (letter and not piece.finished)

    def _strange(self, piece: _Piece, cues: PageCues) -> CutReason | None:
        """A page needs a reason to follow the one before it; with sheets that is seldom asked."""
        if cues.continues or (self.by_sheets and cues.likeness >= FIRST_PAGE):
            return None
        if piece.last.page_number and not (piece.closed or (self.by_sheets and piece.sent)):
            return CutReason.UNEXPLAINED
        if self.by_sheets:
            return None
        if piece.closed:
            expected = piece.lacks_attachments and cues.likeness <= 0
            return None if expected else CutReason.AFTER_CLOSING
        return None if piece.finished else CutReason.UNEXPLAINED

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
        if Cue.COVER in cues.found:
            return CutReason.COVER
        return CutReason.UNCERTAIN_FIRST_PAGE if cues.score < self.limits.sure_from else None

    def _answer(self, piece: _Piece, cues: PageCues) -> _Answer:
        """Does another letter begin on a page that follows others?"""
        if Cue.COVER in cues.found:
            return _Answer(not self.by_sheets, CutReason.COVER)
        if self.by_sheets:
            alike = cues.score >= self.limits.second_from and cues.attachment is None
            second = alike and not piece.lacks_attachments
            return _Answer(second, CutReason.SECOND_LETTER if second else None)
        if cues.attachment is not None:
            listed = cues.attachment <= (piece.listed or 0)
            looks_like_one = cues.likeness >= FIRST_PAGE and not listed
            return _Answer(False, CutReason.MIXED_CUES if looks_like_one else None)
        if cues.score >= self.limits.unsure_from:
            return _Answer(True, self._reason(cues))
        torn = cues.mixed and cues.likeness >= self.limits.sure_from
        return _Answer(False, CutReason.MIXED_CUES if torn else None)

    def _check_end(self, piece: _Piece) -> None:
        """A piece that no page follows must have come to its end."""
        if piece.pages and self._is_open(piece):
            self.doubts.add(Doubt(piece.pages[-1], CutReason.UNFINISHED))

    def cutting(self) -> Cutting:
        if self.pieces:
            self._check_end(self.pieces[-1])
        doubts = tuple(sorted(self.doubts))
        cuts = tuple(_cut(piece, doubts) for piece in self.pieces if piece.pages)
        return Cutting(cuts, tuple(self.set_aside), doubts, tuple(self.boundaries))


def linked(before: PageCues, cues: PageCues) -> PageCues:
    """``cues`` and that the page begins with the catchword of the one before it."""
    if not before.ends.calls_for(cues.ends):
        return cues
    return replace(cues, found=cues.found | {Cue.CALLED_FOR})


def broken_order(piece: _Piece, cues: PageCues) -> CutReason | None:
    """What speaks against a later page being the next one of its letter or attachment."""
    called = piece.last.ends.calls_for(cues.ends)
    if called is False:
        return CutReason.CATCHWORD
    number = cues.page_number
    if called is None and number is not None and number != 1:
        if piece.closed and not piece.sent and Cue.ANNEX not in cues.found:
            return CutReason.STRAY_PAGE
        if number != piece.last_number + 1 and number <= piece.last_number + _LONGEST_GAP:
            return CutReason.PAGE_GAP
    if piece.sent == 0 and _clash(piece.first, cues.ends.closing):
        return CutReason.OTHER_CLOSING
    return None


def _clash(first: PageCues, closing: Closing | None) -> bool:
    """Whether closing words end another kind of letter than ``first`` begins."""
    if closing is Closing.LETTER:
        return bool({Cue.MEMO_TITLE, Cue.PROCLAIMED} & first.found)
    return closing is Closing.PROCLAMATION and Cue.ADDRESSEE in first.found


def _list_doubt(piece: _Piece, cues: PageCues, *, begins: bool) -> CutReason | None:
    """What does not fit the letter's list of things sent along."""
    if begins:
        return CutReason.LIST_UNMET if piece.lacks_attachments else None
    label = cues.attachment or 0
    if label in {0, piece.label} and piece.sent:
        return None
    follows = label in {0, piece.label + 1}
    beyond = piece.listed is not None and piece.sent >= piece.listed
    return None if follows and not beyond else CutReason.LABEL_ORDER


def _cut(piece: _Piece, doubts: tuple[Doubt, ...]) -> Cut:
    own = {*piece.pages, *([piece.sheet.number] if piece.sheet else [])}
    wrong = tuple(dict.fromkeys(doubt.reason for doubt in doubts if doubt.page in own))
    code = piece.sheet.code if piece.sheet else None
    return Cut(
        pages=tuple(piece.pages),
        score=piece.first.score,
        separator=code.ordinal if code else None,
        sure=not wrong,
        reasons=(CutReason.SEPARATOR if piece.sheet else CutReason.FIRST_PAGE, *wrong),
    )
