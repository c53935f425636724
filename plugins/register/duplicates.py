"""Stage ``check-duplicate``: the same letter scanned twice is asked about, never dropped."""

from pipeline.errors import DocumentError
from pipeline.stage import Queue, Resources, Stage, StageContext, StageOptions
from plugins.register.likeness import bands
from schemas.artifact import Role
from schemas.decision import Choice, Exhibit, Question
from schemas.letterfacts import LetterFacts
from schemas.outcome import Divert, Done, Outcome, Reservation
from schemas.page import PageTexts
from schemas.secrecy import Secrecy

QUESTION = "same-letter"
DISPOSITION = "duplicate"
BY_NUMBER, BY_TEXT = "letter", "letter-text"
DUPLICATE = Choice(
    value="duplicate",
    thai="เป็นฉบับซ้ำ เก็บไว้โดยไม่ลงทะเบียนรับอีก",
    english="A second copy: keep it, but do not register it again",
)
ANOTHER = Choice(
    value="another", thai="เป็นหนังสืออีกฉบับ ให้ลงทะเบียน", english="Another letter: register it"
)


class CheckDuplicate(Stage[StageOptions]):
    """Ask about a letter whose number and date another one of its level bears already.

    The number names the sender: prefix and owner's number. Letters without number or date are
    compared by their text, within their batch. Suspends with ``same-letter``, which says what other
    document it is and where that is registered: ``another`` lets the letter go on, ``duplicate``
    diverts it, and its bytes are kept. What is compared are digests under the station's key. Raises
    DocumentError when nothing was read of the letter.
    """

    name = "check-duplicate"
    revision = 1
    consumes = (Role.PAGE_TEXT,)
    reads = (LetterFacts,)
    resources = Resources(queue=Queue.IO, timeout=30.0)
    sees = Secrecy.SECRET

    def run(self, context: StageContext) -> Outcome:
        facts = context.fact(LetterFacts)
        if facts is None:
            raise DocumentError(
                "letter-unread",
                thai="ยังไม่ได้อ่านข้อมูลของหนังสือ กรุณาวางขั้นตอน extract-letter ไว้ก่อนขั้นตอนนี้",
                english="Nothing was read of this letter; put extract-letter before this step.",
            )
        answer = context.decision
        if answer and answer.choice == ANOTHER.value:
            return Done()
        wishes = _by_number(facts) or _by_text(context)
        if answer and answer.choice == DUPLICATE.value:
            return Divert(
                disposition=DISPOSITION,
                reason="a person judged it a second copy",
                duplicate_of=wishes,
            )
        return Done(reserve=wishes)


def _by_number(facts: LetterFacts) -> tuple[Reservation, ...]:
    """Number and date as one value; nothing without either."""
    number, dated = facts.number.value, facts.date.value
    if number is None or dated is None:
        return ()
    question = Question(
        code=QUESTION,
        thai="เลขที่และวันที่ของหนังสือนี้ตรงกับหนังสือที่รับไว้แล้ว เป็นฉบับซ้ำหรือหนังสืออีกฉบับ ดู",
        english="A letter of this number and date is here already: a second copy, or another "
        "letter? See",
        choices=(DUPLICATE, ANOTHER),
        exhibits=(Exhibit(page=facts.number.page or 1),),
    )
    value = f"{number.format()} {dated.to_iso()}"
    return (Reservation(space=BY_NUMBER, value=value, keyed=True, question=question),)


def _by_text(context: StageContext) -> tuple[Reservation, ...]:
    """The bands of the text, for letters of one batch."""
    texts = PageTexts.model_validate_json(context.inputs[Role.PAGE_TEXT].read_bytes())
    question = Question(
        code=QUESTION,
        thai="หนังสือนี้ไม่มีเลขที่หรือวันที่ และข้อความเกือบเหมือนหนังสืออีกฉบับในชุดเดียวกัน เป็นฉบับซ้ำหรือหนังสืออีกฉบับ ดู",
        english="A letter without number or date, with nearly the text of another one of its "
        "batch: a second copy, or another letter? See",
        choices=(DUPLICATE, ANOTHER),
        exhibits=(Exhibit(page=1),),
    )
    batch = context.document.batch
    return tuple(
        Reservation(space=BY_TEXT, value=f"{batch} {band}", keyed=True, question=question)
        for band in bands(texts.pages)
    )
