"""Stage ``extract-letter``: number, date, subject and the other fields of a letter."""

from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import Field

from pipeline.errors import ConfigurationError, DocumentError
from pipeline.models import tessdata
from pipeline.stage import Problem, Resources, Stage, StageContext, StageOptions, state
from plugins.extract.agree import (
    DATED_AT_FOOT,
    GUESSED_COST,
    OVERLOOKED_COST,
    SPLIT,
    merged,
)
from plugins.extract.answers import CODE, answered, question
from plugins.extract.judge import missing
from plugins.extract.layout import Sheet
from plugins.extract.level import as_it_lies, levelled
from plugins.extract.marks import shows_emergency_mark
from plugins.extract.reader import SecondReader
from plugins.extract.readings import Rereading, Told
from plugins.extract.tails import letter_sheets
from plugins.extract.values import GUESSED
from schemas.artifact import Role
from schemas.letter import BE_OFFSET, RegisterMark, Urgency
from schemas.letterfacts import LetterFacts
from schemas.outcome import Done, Outcome, Suspend
from schemas.page import PageText, PageTexts
from schemas.secrecy import Secrecy

Share = Annotated[float, Field(ge=0, le=1)]
_WEIGHED = ("kind", "number", "date", "subject", "addressee", "urgency")


class ExtractOptions(StageOptions):
    """When a person is asked, and how much is read twice."""

    ask_below: Share = Field(
        0.85,
        description="Ask a person when kind, number, date, subject, addressee or a mark of urgency "
        "was read with less confidence (0..1).",
    )
    reread: bool = Field(
        True,
        description="Read the lines of the fields again from the picture in other ways; "
        "without it every scanned letter is asked about unless ask_below is 0.6 or less.",
    )
    years: int = Field(
        10,
        ge=0,
        description="Ask a person about a day more years ago than this: its year may be misread. "
        "Importers of old files set it to the age of the oldest.",
    )
    head: Share = Field(
        0.42,
        description="Share of the first page, from the top, that is searched for a missing field.",
    )


class ExtractLetter(Stage[ExtractOptions]):
    """States :class:`LetterFacts`.

    Suspends with ``confirm-letter`` when kind, number, date, subject, addressee or a mark of
    urgency is doubtful, or a field that the kind needs was not found. The proposal is LetterFacts
    as JSON; the decision ``accept`` takes it, with the corrections in its content (see
    :func:`plugins.extract.answers.answered`).
    """

    name = "extract-letter"
    revision = 14
    Options = ExtractOptions
    consumes = (Role.PAGE_TEXT,)
    accepts = (Role.SEARCHABLE,)
    states = (LetterFacts,)
    resources = Resources(timeout=120.0)
    sees = Secrecy.SECRET

    @cached_property
    def _reader(self) -> SecondReader:
        return SecondReader()

    def preflight(self) -> list[Problem]:
        if self.options.reread:
            try:
                tessdata()
            except ConfigurationError as missing:
                return [Problem(missing.code, thai=missing.thai, english=missing.english)]
        return []

    def run(self, context: StageContext) -> Outcome:
        texts = PageTexts.model_validate_json(context.inputs[Role.PAGE_TEXT].read_bytes())
        if not texts.pages:
            raise DocumentError(
                "no-pages",
                thai="หนังสือไม่มีหน้าให้อ่าน กรุณาตรวจขั้นตอนการแยกเอกสาร",
                english="The letter has no pages to read; look at the step that cut the stack.",
            )
        facts = self._facts(texts, context.inputs.get(Role.SEARCHABLE))
        decision = context.decision
        if decision and decision.code == CODE:
            try:
                return Done(facts=state(answered(facts, decision.content)))
            except ValueError:
                context.log.warning("the correction of a letter's fields could not be used")
                return Suspend(question=question(facts, [*_WEIGHED], texts.pages, refused=True))
        doubtful = self._doubtful(facts)
        if doubtful:
            return Suspend(question=question(facts, doubtful, texts.pages))
        return Done(facts=state(facts))

    def _facts(self, texts: PageTexts, pdf: Path | None) -> LetterFacts:
        sheets = letter_sheets(tuple(Sheet.of(levelled(page)) for page in texts.pages))
        if all(sheet.page.born_digital for sheet in sheets):
            return merged(Told.once(sheets), printed=True)
        if pdf is None or not self.options.reread:
            return self._plausible(as_it_lies(merged(Told.once(sheets)), texts.pages))
        again = Rereading(self._reader, pdf)
        told = again.told(sheets)
        facts = merged(told)
        if _absent(facts):
            searched = again.told(self._searched(again, sheets, facts))
            told, facts = min(
                ((told, facts), (searched, merged(searched))), key=lambda one: len(_absent(one[1]))
            )
        facts = as_it_lies(facts, texts.pages)
        guessed = any(head.number and head.number.literal <= GUESSED for head in told.heads)
        facts = _mark_settled(facts, pdf, sheets[0].page) if guessed else facts
        return self._plausible(facts)

    def _plausible(self, facts: LetterFacts) -> LetterFacts:
        """A year that has not come yet, or is long past, is a misread one; the next is let pass for
        clocks gone wrong."""
        date, now = facts.date, datetime.now(UTC).year + BE_OFFSET
        if date.value is None or 0 <= now + 1 - date.value.year_be <= self.options.years + 1:
            return facts
        doubted = date.model_copy(update={"confidence": min(date.confidence, SPLIT)})
        return facts.model_copy(update={"date": doubted})

    def _searched(
        self, again: Rereading, sheets: tuple[Sheet, ...], facts: LetterFacts
    ) -> tuple[Sheet, ...]:
        """The pages, searched where the absent fields of such a letter stand."""
        absent = set(_absent(facts))
        if facts.kind.value in DATED_AT_FOOT and "date" in absent:
            sheets = again.searched_foot(sheets, self.options.head)
            absent.remove("date")
        return again.searched_head(sheets, self.options.head) if absent else sheets

    def _doubtful(self, facts: LetterFacts) -> list[str]:
        read = {name: getattr(facts, name) for name in _WEIGHED}
        unsure = {
            name
            for name, reading in read.items()
            if reading.value not in (None, Urgency.NONE)
            and reading.confidence < self.options.ask_below
        }
        return [name for name in _WEIGHED if name in unsure.union(_absent(facts))]


def _absent(facts: LetterFacts) -> list[str]:
    """Fields that a letter of this kind needs and that were not read."""
    present = frozenset(name for name in _WEIGHED if getattr(facts, name).value is not None)
    return missing(facts.kind.value, facts.form.value, present)


def _mark_settled(facts: LetterFacts, picture: Path, page: PageText) -> LetterFacts:
    """Take back what a guessed register mark cost, if the mark can be seen for itself."""
    number = facts.number
    mark = getattr(number.value, "mark", None)
    if mark is not RegisterMark.EMERGENCY or number.box is None or number.page != page.number:
        return facts
    if not shows_emergency_mark(picture, page, number.box):
        return facts
    confidence = min(number.confidence / GUESSED_COST, 1.0) * OVERLOOKED_COST
    settled = number.model_copy(update={"confidence": confidence})
    return facts.model_copy(update={"number": settled})
