"""Stage ``name-rule``: the archive name of a letter or attachment."""

from typing import Annotated

from pydantic import Field, JsonValue, StringConstraints, ValidationError, field_validator

from pipeline.errors import DocumentError
from pipeline.stage import Queue, Resources, Stage, StageContext, StageOptions, state
from plugins.naming.stem import letter_stem, safe_stem
from plugins.naming.templates import Templates
from schemas.cuts import AttachmentMark
from schemas.decision import Choice, Question
from schemas.document import Form
from schemas.filing import FileName
from schemas.letter import RegisterMark
from schemas.letterfacts import LetterFacts
from schemas.outcome import Divert, Done, Outcome, Reservation, Suspend
from schemas.secrecy import Secrecy

RomanCode = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{2,10}$")]
MarkLetters = Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,4}$")]
SPACE = "file-name"
FIRST_COPY = 2


class NameOptions(StageOptions):
    """How names are built."""

    agency: RomanCode = Field(
        description="Roman code of the agency whose archive this is, e.g. TAK.",
    )
    agency_of_prefix: dict[str, RomanCode] = Field(
        {},
        description="Roman code of the sender by the letters of its numbers, without dots, e.g. "
        '{ปท = "PTE"}; a letter of a prefix not listed is asked about. Empty: all bear `agency`.',
    )
    circular: MarkLetters = Field("W", description="What stands for ว before the running number.")
    emergency: MarkLetters = Field("E", description="What stands for ฉ before the running number.")
    attachment: Annotated[str, StringConstraints(pattern=r"^[_-][A-Z]{1,6}$")] = Field(
        "_A", description="What joins an attachment's ordinal to the name of its letter."
    )
    templates: Templates = Field(Templates(), description="One template for each kind of letter.")

    @field_validator("emergency")
    @classmethod
    def _distinct(cls, emergency: str, info: object) -> str:
        if getattr(info, "data", {}).get("circular") == emergency:
            raise ValueError("circular and emergency letters need different marks")
        return emergency


class NameByRule(Stage[NameOptions]):
    """States :class:`FileName` and reserves it.

    Suspends with ``confirm-name`` when kind, date or number leave a gap in the name, or nobody said
    which agency the number's prefix stands for; the answer's content is the name of the letter,
    without an attachment's suffix (none: the proposal). A ``value-taken`` decision is
    answered by ``keep-both`` (content: the copy's number, from 2) or ``duplicate`` (diverts).
    """

    name = "name-rule"
    revision = 1
    Options = NameOptions
    reads = (LetterFacts, AttachmentMark)
    states = (FileName,)
    resources = Resources(queue=Queue.IO, timeout=30.0)
    sees = Secrecy.SECRET

    def run(self, context: StageContext) -> Outcome:
        letter, sure = self._letter_stem(context)
        if letter is None or not sure:
            return Suspend(question=_which_name(letter))
        stem = letter + self._attachment_suffix(context)
        decision = context.decision
        if decision and decision.code == "value-taken":
            if decision.choice == "duplicate":
                return Divert(
                    disposition="duplicate",
                    reason="a person judged it a duplicate",
                    duplicate_of=(Reservation(space=SPACE, value=stem),),
                )
            stem += f"_D{_copy_number(decision.content)}"
        return Done(
            facts=state(FileName(stem=stem)), reserve=(Reservation(space=SPACE, value=stem),)
        )

    def _letter_stem(self, context: StageContext) -> tuple[str | None, bool]:
        """The name, and whether it needs no person to look at it."""
        named = self._stem_by_rule(context)
        confirmed = [answer for answer in context.answers if answer.code == "confirm-name"]
        if not confirmed:
            return named
        content = confirmed[-1].content
        return (named[0] if content is None else _answered_stem(content)), True

    def _stem_by_rule(self, context: StageContext) -> tuple[str | None, bool]:
        facts = context.fact(LetterFacts)
        if facts is None:
            return None, False
        number = facts.number.value
        prefix = ((number and number.prefix) or "").replace(".", "")
        known = self.options.agency_of_prefix
        stem = letter_stem(
            facts,
            templates=self.options.templates,
            agency=known.get(prefix, self.options.agency),
            marks={
                RegisterMark.CIRCULAR: self.options.circular,
                RegisterMark.EMERGENCY: self.options.emergency,
            },
            stable_id=_set_id(context),
        )
        return stem, not prefix or not known or prefix in known

    def _attachment_suffix(self, context: StageContext) -> str:
        if context.document.form is not Form.ATTACHMENT:
            return ""
        mark = context.fact(AttachmentMark)
        if mark is None:
            raise DocumentError(
                "attachment-unmarked",
                thai="สิ่งที่ส่งมาด้วยไม่มีลำดับที่ กรุณาตรวจขั้นตอนการแยกสิ่งที่ส่งมาด้วย",
                english="An attachment carries no ordinal; look at the step that cut it off.",
            )
        return f"{self.options.attachment}{mark.ordinal}"


def _set_id(context: StageContext) -> str:
    """Eight hex digits that a letter shares with its attachments: both were cut from one set."""
    document = context.document
    cut = document.form in (Form.LETTER, Form.ATTACHMENT)
    return (document.parent if cut and document.parent else document.id).hex[:8]


def _copy_number(content: JsonValue) -> int:
    if isinstance(content, int) and not isinstance(content, bool) and content >= FIRST_COPY:
        return content
    return FIRST_COPY


def _answered_stem(content: JsonValue) -> str | None:
    """The name a person gave; None, so that it is asked again, when it is no usable name."""
    if not isinstance(content, str):
        return None
    try:
        return FileName(stem=safe_stem(content)).stem
    except (ValueError, ValidationError):
        return None


def _which_name(proposal: str | None) -> Question:
    return Question(
        code="confirm-name",
        thai="ยังตั้งชื่อแฟ้มให้แน่ใจไม่ได้ กรุณายืนยันหรือระบุชื่อ (อักษรโรมัน ตัวเลขอารบิก และ _) "
        "หากเป็นอักษรย่อของหน่วยงานที่ยังไม่รู้จัก ให้เพิ่มใน agency_of_prefix ของนิยามงาน",
        english="The name is not sure: confirm it or give one (Latin letters, digits, _). "
        "For an agency not known yet, add its prefix to agency_of_prefix in the definition.",
        proposal=proposal,
        choices=(Choice(value="accept", thai="ใช้ชื่อนี้", english="Use this name"),),
    )
