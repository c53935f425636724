"""The stage ``split-attachments``: a set becomes the letter and each thing sent with it."""

from collections.abc import Sequence

from pydantic import Field, TypeAdapter, ValidationError

from pipeline.stage import Resources, Stage, StageContext, StageOptions
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
from plugins.split.cues import ATTACHMENT_LABEL
from plugins.split.labels import bones
from plugins.split.parts import is_signed, read_texts, shears, whole_part
from plugins.split.pieces import Head, PieceDoubt, Pieces, cut_set, find_heads
from schemas.artifact import Role
from schemas.cuts import AttachmentMark, SetPiece
from schemas.decision import Decision, Exhibit, Question
from schemas.document import Form
from schemas.facts import Fact
from schemas.letterfacts import LetterFacts
from schemas.outcome import Outcome, Split, Suspend
from schemas.page import PagesRead, PageTexts
from schemas.secrecy import Secrecy
from schemas.verdict import SafetyVerdict

QUESTION = "confirm-attachments"
_PIECES = TypeAdapter(tuple[SetPiece, ...])
_WORDING = {
    PieceDoubt.TOO_FEW: ("พบน้อยกว่าที่หนังสือระบุ", "fewer than the letter lists"),
    PieceDoubt.TOO_MANY: ("พบมากกว่าที่หนังสือระบุ", "more than the letter lists"),
    PieceDoubt.ORDER: ("ลำดับที่ไม่ต่อเนื่อง", "numbers do not follow"),
    PieceDoubt.UNNUMBERED: ("ไม่มีลำดับที่กำกับ", "a head without a number"),
}


class AttachmentOptions(StageOptions):
    """Options of ``split-attachments``."""

    labels: tuple[str, ...] = Field(
        (ATTACHMENT_LABEL,),
        min_length=1,
        description="Words at the top right of an attachment's first page, before its number.",
    )


class SplitAttachments(Stage[AttachmentOptions]):
    """Cut a set into one letter and its attachments, always by a split, even into one part.

    When the attachments do not fit the letter's own list, suspends with ``confirm-attachments``.
    ``proposal`` and ``Decision.content`` are a list of :class:`schemas.cuts.SetPiece`: every page
    of the set in exactly one piece, exactly one piece with ordinal 0. A signed file is never cut.
    """

    name = "split-attachments"
    revision = 2
    Options = AttachmentOptions
    consumes = (Role.SEARCHABLE, Role.PAGE_TEXT)
    accepts = (Role.SOURCE,)
    produces = (Role.SEARCHABLE, Role.PAGE_TEXT, Role.SOURCE)
    reads = (LetterFacts, PagesRead, SafetyVerdict)
    states = (AttachmentMark, PagesRead)
    resources = Resources(timeout=600.0)
    sees = Secrecy.TOP_SECRET

    def run(self, context: StageContext) -> Outcome:
        texts = read_texts(context)
        count = len(texts.pages)
        if is_signed(context):
            return Split(parts=(whole_part(context, Form.LETTER, count),))
        letter = context.fact(LetterFacts)
        announced = len(letter.attachments) if letter else None
        heads = find_heads(texts.pages, bones(*self.options.labels))
        found = cut_set(count, heads, announced)
        decision = context.decision
        if decision is not None and decision.code == QUESTION:
            try:
                found = Pieces(decided(decision, count, found), ())
            except AnswerError as error:
                return Suspend(question=pieces_question(found, heads, announced, error))
        if found.doubts:
            return Suspend(question=pieces_question(found, heads, announced))
        return _split(context, texts, found.pieces, letter)


def pieces_question(
    found: Pieces,
    heads: Sequence[Head],
    announced: int | None,
    error: AnswerError | None = None,
) -> Question:
    """Ask whether ``found`` is right."""
    listed_count = "-" if announced is None else str(announced)
    thai_doubts = " ".join(_WORDING[doubt][0] for doubt in found.doubts)
    english_doubts = ", ".join(_WORDING[doubt][1] for doubt in found.doubts)
    thai = (
        f"หนังสือระบุสิ่งที่ส่งมาด้วย {listed_count} รายการ พบ {len(found.pieces) - 1} รายการ "
        f"{thai_doubts} กรุณาตรวจแล้วยืนยันหรือแก้ไข"
    )
    english = (
        f"The letter lists {listed_count} attachments, {len(found.pieces) - 1} were found: "
        f"{english_doubts}. Check the pages, then confirm or correct."
    )
    if error:
        thai, english = f"{error.thai} {thai}", f"{error.english} {english}"
    first = Exhibit(page=1, note="หนังสือ / the letter")
    rest = (Exhibit(page=h.page, note="สิ่งที่ส่งมาด้วย / an attachment's head") for h in heads)
    return Question(
        code=QUESTION,
        thai=thai,
        english=english,
        choices=CHOICES,
        proposal=_PIECES.dump_python(found.pieces, mode="json"),
        exhibits=(first, *rest),
    )


def decided(decision: Decision, count: int, proposed: Pieces) -> tuple[SetPiece, ...]:
    """The pieces a person decided on for a set of ``count`` pages, the letter first.

    Raises AnswerError when the content cannot be followed, DocumentError for a rescan.
    """
    if decision.choice == RESCAN.value:
        raise rescan_wanted()
    if decision.choice == ONE_LETTER.value:
        return (SetPiece(ordinal=0, pages=tuple(range(1, count + 1))),)
    if decision.content is None:
        return proposed.pieces
    try:
        pieces = _PIECES.validate_python(decision.content)
    except ValidationError as error:
        raise unreadable_answer() from error
    chosen = [number for piece in pieces for number in piece.pages]
    check_once(chosen, range(1, count + 1))
    lost = sorted(set(range(1, count + 1)) - set(chosen))
    if lost:
        raise AnswerError(
            f"หน้า {listed(lost)} ไม่อยู่ในส่วนใด", f"Pages {listed(lost)} are in no piece."
        )
    ordinals = [piece.ordinal for piece in pieces]
    if 0 not in ordinals or len(set(ordinals)) < len(ordinals):
        raise AnswerError(
            "ต้องมีหนังสือหนึ่งส่วน (ลำดับ 0) และลำดับห้ามซ้ำ",
            "There must be one letter (ordinal 0), and no ordinal may come twice.",
        )
    return tuple(sorted(pieces, key=lambda piece: piece.ordinal))


def _split(
    context: StageContext,
    texts: PageTexts,
    pieces: tuple[SetPiece, ...],
    letter: LetterFacts | None,
) -> Split:
    if pieces[0].pages == tuple(range(1, len(texts.pages) + 1)):
        return Split(parts=(whole_part(context, Form.LETTER, len(texts.pages)),))
    titles = {line.ordinal: line.title for line in letter.attachments} if letter else {}
    letter_pages = len(pieces[0].pages)
    with shears(context, texts) as blades:
        parts = [blades.part(Form.LETTER, pieces[0].pages)]
        for piece in pieces[1:]:
            mark: Fact = AttachmentMark(
                ordinal=piece.ordinal,
                title=titles.get(piece.ordinal, ""),
                letter_pages=letter_pages,
            )
            parts.append(blades.part(Form.ATTACHMENT, piece.pages, mark))
    return Split(parts=tuple(parts))
