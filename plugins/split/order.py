"""Whether the separator sheets of a stack are sound, of this batch, and complete."""

from collections import Counter
from collections.abc import Sequence

from plugins.split.codes import SheetCode
from plugins.split.seen import Doubt, Expected, Limits, PageSeen
from schemas.cuts import CutReason


def sheet_doubts(pages: Sequence[PageSeen], limits: Limits, expected: Expected) -> set[Doubt]:
    """Everything that is wrong with the sheets among ``pages``, which are in stack order."""
    sheets = [page for page in pages if page.is_sheet]
    if not sheets:
        if expected.required and any(not page.blank for page in pages):
            return {Doubt(pages[0].number, CutReason.SEPARATOR_MISSING)}
        return set()
    doubts = {Doubt(s.number, r) for s in sheets if (r := _unsound(s, limits.most_letters))}
    station = expected.station or _most_common([s.code.station for s in sheets if s.code])
    batch = expected.batch or _most_common([s.code.batch for s in sheets if s.code])
    for sheet in sheets:
        if sheet.code and (sheet.code.station, sheet.code.batch) != (station, batch):
            doubts.add(Doubt(sheet.number, CutReason.SEPARATOR_FOREIGN))
    doubts |= _order_doubts(sheets, station, batch)
    return doubts | _empty_doubts(pages, limits.most_letters)


def _unsound(sheet: PageSeen, most_letters: int) -> CutReason | None:
    if sheet.sheet is None:
        return CutReason.SEPARATOR_UNREADABLE
    if sheet.sheet.code is None:
        return CutReason.SEPARATOR_FORGED
    return CutReason.SEPARATOR_TEXT if sheet.other_letters > most_letters else None


def _most_common(values: list[str]) -> str | None:
    return Counter(values).most_common(1)[0][0] if values else None


def _order_doubts(sheets: list[PageSeen], station: str | None, batch: str | None) -> set[Doubt]:
    """Numbers must rise by one; a sheet that could not be read may stand for one number."""
    doubts: set[Doubt] = set()
    previous: SheetCode | None = None
    unread = 0
    for sheet in sheets:
        code = sheet.code
        if code is None or (code.station, code.batch) != (station, batch):
            unread += 1
            continue
        if previous and code.ordinal != previous.ordinal + 1 + unread:
            doubts.add(Doubt(sheet.number, CutReason.SEPARATOR_ORDER))
        previous, unread = code, 0
    return doubts


def _empty_doubts(pages: Sequence[PageSeen], most_letters: int) -> set[Doubt]:
    """Sheets with no page of a letter between them and the next sheet or the end."""
    doubts: set[Doubt] = set()
    waiting: PageSeen | None = None
    for page in pages:
        if page.is_sheet:
            if waiting:
                doubts.add(Doubt(waiting.number, CutReason.SEPARATOR_EMPTY))
            waiting = page if page.other_letters <= most_letters else None
        elif not page.blank:
            waiting = None
    if waiting:
        doubts.add(Doubt(waiting.number, CutReason.SEPARATOR_EMPTY))
    return doubts
