"""Stage ``check-duplicate``: the same letter scanned twice is asked about, never dropped."""

from pipeline.errors import DocumentError
from pipeline.stage import Queue, Resources, Stage, StageContext, StageOptions
from schemas.decision import Choice, Exhibit, Question
from schemas.letterfacts import LetterFacts
from schemas.outcome import Divert, Done, Outcome, Reservation
from schemas.secrecy import Secrecy

QUESTION = "same-letter"
DISPOSITION = "duplicate"
SPACE = "letter"
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

    The number names the sender: prefix and owner's number. Suspends with ``same-letter``, which
    says what other document it is and where that is registered: ``another`` lets the letter go on,
    ``duplicate`` diverts it, and its bytes are kept. What is compared is a digest under the
    station's key. A letter without number or date passes. Raises DocumentError when nothing was
    read of the letter.
    """

    name = "check-duplicate"
    revision = 1
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
        wish = _identity(facts)
        answer = context.decision
        if wish is None or (answer and answer.choice == ANOTHER.value):
            return Done()
        if answer and answer.choice == DUPLICATE.value:
            return Divert(
                disposition=DISPOSITION,
                reason="a person judged it a second copy",
                duplicate_of=wish,
            )
        return Done(reserve=(wish,))


def _identity(facts: LetterFacts) -> Reservation | None:
    """Number and date as one value; None without either."""
    number, dated = facts.number.value, facts.date.value
    if number is None or dated is None:
        return None
    return Reservation(
        space=SPACE,
        value=f"{number.format()} {dated.to_iso()}",
        keyed=True,
        question=Question(
            code=QUESTION,
            thai="เลขที่และวันที่ของหนังสือนี้ตรงกับหนังสือที่รับไว้แล้ว เป็นฉบับซ้ำหรือหนังสืออีกฉบับ ดู",
            english="A letter of this number and date is here already: a second copy, or another "
            "letter? See",
            choices=(DUPLICATE, ANOTHER),
            exhibits=(Exhibit(page=facts.number.page or 1),),
        ),
    )
