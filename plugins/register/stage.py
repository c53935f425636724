"""Stage ``register-receive``: a line in the register of received letters."""

from datetime import datetime, timedelta, timezone

from pydantic import Field, JsonValue

from pipeline.errors import DocumentError, SecurityError
from pipeline.stage import Queue, Resources, Stage, StageContext, StageOptions
from schemas.base import Name
from schemas.letter import ThaiDate
from schemas.letterfacts import LetterFacts
from schemas.outcome import Done, Outcome, RegisterRequest
from schemas.secrecy import Secrecy

BANGKOK = timezone(timedelta(hours=7))
"""Thailand has kept UTC+7 without daylight saving since 1920."""


class RegisterOptions(StageOptions):
    """Which register takes which level."""

    normal: Name = Field("received", description="Register of letters without a level (แบบ ๑๓).")
    secret: Name = Field(
        "received-secret", description="Register of ลับ and ลับมาก, kept by the registrar (ทขล.๑)."
    )


class RegisterReceived(Stage[RegisterOptions]):
    """Asks for the next number of the register of the letter's level.

    The year is the Buddhist year of receipt, today in Thailand. Raises SecurityError for a letter
    that nobody classified, and for ลับที่สุด, which is registered on paper.
    """

    name = "register-receive"
    revision = 1
    Options = RegisterOptions
    reads = (LetterFacts,)
    resources = Resources(queue=Queue.IO, timeout=30.0)
    sees = Secrecy.SECRET

    def run(self, context: StageContext) -> Outcome:
        level = _registered_level(context)
        facts = context.fact(LetterFacts)
        if facts is None:
            raise DocumentError(
                "letter-unread",
                thai="ยังไม่ได้อ่านข้อมูลของหนังสือ กรุณาวางขั้นตอน extract-letter ไว้ก่อนการลงทะเบียน",
                english="Nothing was read of this letter; put extract-letter before this step.",
            )
        today = ThaiDate.of(datetime.now(BANGKOK).date())
        normal = level is Secrecy.NORMAL
        return Done(
            register_request=RegisterRequest(
                register_name=self.options.normal if normal else self.options.secret,
                year=today.year_be,
                entry=_entry(facts, today) if normal else _secret_entry(facts, today, level),
            )
        )


def _registered_level(context: StageContext) -> Secrecy:
    document = context.document
    if not document.classified:
        raise SecurityError(
            "not-classified",
            thai="ยังไม่ได้กำหนดชั้นความลับ จึงลงทะเบียนรับไม่ได้",
            english="The letter was not classified, so it cannot be entered in a register.",
        )
    if document.secrecy is Secrecy.TOP_SECRET:
        raise SecurityError(
            "paper-only",
            thai="หนังสือลับที่สุดต้องลงทะเบียนบนกระดาษโดยนายทะเบียนลับ",
            english="A letter of the highest level is registered on paper by the registrar.",
        )
    return document.secrecy


def _entry(facts: LetterFacts, received: ThaiDate) -> dict[str, JsonValue]:
    """Columns of แบบ ๑๓ beside the number that the engine gives."""
    number, dated = facts.number.value, facts.date.value
    return {
        "letter_number": number.format(thai=True) if number else "",
        "dated": dated.format(thai=True, short=True) if dated else "",
        "sender": facts.sender.value or "",
        "addressee": facts.addressee.value or "",
        "subject": facts.subject.value or "",
        "action": "",
        "received_on": received.format(thai=True, short=True),
        "remarks": "",
    }


def _secret_entry(facts: LetterFacts, received: ThaiDate, level: Secrecy) -> dict[str, JsonValue]:
    """Columns of ทขล.๑ beside the number that the engine gives."""
    entry = _entry(facts, received)
    del entry["action"]
    return entry | {"secrecy": level.thai, "signed_for": ""}
