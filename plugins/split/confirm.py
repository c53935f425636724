"""The question about the cuts of a stack, and reading its answer."""

from collections.abc import Sequence

from pydantic import JsonValue, TypeAdapter, ValidationError

from plugins.split.answers import (
    CHOICES,
    ONE_LETTER,
    RESCAN,
    AnswerError,
    check_once,
    listed,
    rescan_wanted,
    unreadable_answer,
)
from plugins.split.cutting import Cutting
from plugins.split.seen import PageSeen
from plugins.split.wording import boundary_note
from schemas.cuts import Cut, CutReason
from schemas.decision import Decision, Exhibit, Question
from schemas.document import PageFate
from schemas.outcome import SetAside

QUESTION = "confirm-cuts"
_CUTS = TypeAdapter(tuple[Cut, ...])


def cuts_question(cutting: Cutting, error: AnswerError | None = None) -> Question:
    """Ask whether ``cutting`` is right.

    ``proposal`` and ``Decision.content`` are a list of cuts, ``[{"pages": [1, 2]}, ...]``, of which
    only ``pages`` counts: 1-based within the stack, each page at most once. Pages in no cut are set
    aside; only blank pages and separator sheets may be. The exhibits are the doubtful pages, then
    the first pages that are not in doubt, each with its score and what was found on it.
    """
    count = len(cutting.cuts)
    sheets = sum(a.fate is PageFate.SEPARATOR for a in cutting.set_aside)
    blank = len(cutting.set_aside) - sheets
    thai = (
        f"เสนอให้ตัดเป็นหนังสือ {count} เรื่อง (แผ่นคั่น {sheets} หน้าว่าง {blank}) "
        f"มีข้อสงสัย {len(cutting.doubts)} จุด กรุณาดูหน้าที่แสดงแล้วยืนยันหรือแก้ไข"
    )
    english = (
        f"Proposed: {count} letters ({sheets} separator sheets, {blank} blank pages set aside), "
        f"{len(cutting.doubts)} doubts. Look at the pages shown, then confirm or correct the cuts."
    )
    if error:
        thai, english = f"{error.thai} {thai}", f"{error.english} {english}"
    return Question(
        code=QUESTION,
        thai=thai,
        english=english,
        choices=CHOICES,
        proposal=_CUTS.dump_python(cutting.cuts, mode="json"),
        exhibits=_exhibits(cutting),
    )


def _exhibits(cutting: Cutting) -> tuple[Exhibit, ...]:
    known = {boundary.page: boundary for boundary in cutting.boundaries}
    doubted = {doubt.page for doubt in cutting.doubts}
    doubts = [(d.page, boundary_note(known.get(d.page), d.reason)) for d in cutting.doubts]
    sure = [b for b in cutting.boundaries if b.begins and b.page not in doubted]
    firsts = [(boundary.page, boundary_note(boundary)) for boundary in sure]
    return tuple(Exhibit(page=page, note=note) for page, note in (*doubts, *firsts))


def decided(decision: Decision, pages: Sequence[PageSeen], proposed: Cutting) -> Cutting:
    """The cuts a person decided on, without doubts.

    Raises AnswerError when the answer's content cannot be followed, DocumentError when the person
    wants the stack scanned again.
    """
    if decision.choice == RESCAN.value:
        raise rescan_wanted()
    if decision.choice == ONE_LETTER.value:
        return _whole(pages, proposed)
    content = decision.content
    cuts = proposed.cuts if content is None else _parse(content)
    return _checked(cuts, pages, proposed)


def _parse(content: JsonValue) -> tuple[Cut, ...]:
    try:
        return _CUTS.validate_python(content)
    except ValidationError as error:
        raise unreadable_answer() from error


def _whole(pages: Sequence[PageSeen], proposed: Cutting) -> Cutting:
    kept = tuple(sorted(number for cut in proposed.cuts for number in cut.pages))
    return _checked((Cut(pages=kept),) if kept else (), pages, proposed)


def _checked(cuts: tuple[Cut, ...], pages: Sequence[PageSeen], proposed: Cutting) -> Cutting:
    """The decided cuts, if each page is in one of them, or is blank or a mere separator."""
    chosen = [number for cut in cuts for number in cut.pages]
    check_once(chosen, (page.number for page in pages))
    left = [page for page in pages if page.number not in chosen]
    mere = {aside.page for aside in proposed.set_aside}
    lost = [page.number for page in left if not (page.blank or page.number in mere)]
    if lost:
        raise AnswerError(
            f"หน้า {listed(lost)} ไม่อยู่ในหนังสือเรื่องใด และไม่ใช่หน้าว่างหรือแผ่นคั่น",
            f"Pages {listed(lost)} are in no letter, and neither blank nor separators.",
        )
    aside = tuple(SetAside(page=page.number, fate=_fate(page)) for page in left)
    reasons = (CutReason.PERSON,)
    return Cutting(
        tuple(c.model_copy(update={"sure": True, "reasons": reasons}) for c in cuts), aside, ()
    )


def _fate(page: PageSeen) -> PageFate:
    return PageFate.SEPARATOR if page.is_sheet else PageFate.BLANK
