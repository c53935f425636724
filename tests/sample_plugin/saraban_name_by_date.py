"""A plugin for saraban: the stage ``name-by-date`` names letters by the day they are dated."""

from typing import Any, Literal

from pydantic import Field, JsonValue, ValidationError

from pipeline.hookspecs import hookimpl
from pipeline.stage import Queue, Resources, Stage, StageContext, StageOptions, state
from schemas.cuts import AttachmentMark
from schemas.decision import Question
from schemas.filing import FileName
from schemas.letter import LetterNumber, ThaiDate
from schemas.letterfacts import LetterFacts
from schemas.outcome import Divert, Done, Outcome, Reservation, Suspend
from schemas.secrecy import Secrecy


class DateOptions(StageOptions):
    """How the day is written."""

    agency: str = Field(description="Roman code of the office whose archive this is, e.g. TAK.")
    agency_of_prefix: dict[str, str] = Field(
        {}, description="Roman code of the sender by the Thai prefix of its numbers."
    )
    era: Literal["BE", "CE"] = Field(
        "BE", description="Years of the Buddhist era (2569) or of the common era (2026)."
    )


class NameByDate(Stage[DateOptions]):
    """States the file name ``2569_01_19_TAK_0023_3_4578`` and reserves it.

    Year, month and day of the letter, its sender, then its number; ``_A1`` for an attachment.
    Suspends with ``which-name`` when no date was read; the answer's content is the name.
    """

    name = "name-by-date"
    revision = 1
    Options = DateOptions
    reads = (LetterFacts, AttachmentMark)
    states = (FileName,)
    resources = Resources(queue=Queue.IO, timeout=30.0)
    sees = Secrecy.SECRET

    def run(self, context: StageContext) -> Outcome:
        decision = context.decision
        if decision and decision.choice == "duplicate":
            return Divert(disposition="duplicate", reason="a person judged it a duplicate")
        stem = self._stem(context)
        if stem is None:
            return Suspend(question=_which_name())
        if decision and decision.choice == "keep-both":
            stem += f"_{context.document.id.hex[:8]}"
        return Done(
            facts=state(FileName(stem=stem)),
            reserve=(Reservation(space="file-name", value=stem),),
        )

    def _stem(self, context: StageContext) -> str | None:
        if context.decision and context.decision.code == "which-name":
            return _usable(context.decision.content)
        letter = context.fact(LetterFacts)
        if letter is None or letter.date.value is None:
            return None
        number = letter.number.value
        prefix = getattr(number, "prefix", "")
        agency = self.options.agency_of_prefix.get(prefix, self.options.agency)
        stem = f"{self._day(letter.date.value)}_{agency}"
        if isinstance(number, LetterNumber):
            stem += "_" + number.code.replace(".", "_")
        if number is not None:
            stem += "_" + number.running
        attachment = context.fact(AttachmentMark)
        return f"{stem}_A{attachment.ordinal}" if attachment else stem

    def _day(self, dated: ThaiDate) -> str:
        year = dated.year_be if self.options.era == "BE" else dated.to_date().year
        return f"{year}_{dated.month:02}_{dated.day:02}"


def _usable(content: JsonValue) -> str | None:
    """The name that a person gave; None, so that it is asked again, when it is none."""
    try:
        return FileName.model_validate({"stem": content}).stem
    except ValidationError:
        return None


def _which_name() -> Question:
    return Question(
        code="which-name",
        thai="อ่านวันที่ของหนังสือไม่ได้ กรุณาระบุชื่อแฟ้มด้วย --content",
        english="No date was read on this letter; give its file name with --content.",
    )


@hookimpl
def register_stages() -> list[type[Stage[Any]]]:
    return [NameByDate]
