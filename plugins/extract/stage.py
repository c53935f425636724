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
    agreed_kind,
    merged,
)
from plugins.extract.answers import CODE, answered, question
from plugins.extract.found import Head, Tail
from plugins.extract.heads import read_head
from plugins.extract.judge import missing
from plugins.extract.layout import Sheet
from plugins.extract.marks import shows_emergency_mark
from plugins.extract.reader import SecondReader
from plugins.extract.tails import letter_sheets, read_tail
from plugins.extract.values import GUESSED
from schemas.artifact import Role
from schemas.letter import BE_OFFSET, RegisterMark
from schemas.letterfacts import LetterFacts
from schemas.outcome import Done, Outcome, Suspend
from schemas.page import PageText, PageTexts
from schemas.secrecy import Secrecy

Share = Annotated[float, Field(ge=0, le=1)]
_WEIGHED = ("kind", "number", "date", "subject")


class ExtractOptions(StageOptions):
    """When a person is asked, and how much is read twice."""

    ask_below: Share = Field(
        0.85,
        description="Ask a person when kind, number or date was read with less confidence (0..1).",
    )
    reread: bool = Field(
        True,
        description="Read number and date again from the picture in two other ways; without it "
        "every scanned letter is asked about unless ask_below is 0.6 or less.",
    )
    head: Share = Field(
        0.42, description="Share of the first page, from the top, that is read again."
    )


class ExtractLetter(Stage[ExtractOptions]):
    """States :class:`LetterFacts`.

    Suspends with ``confirm-letter`` when kind, number or date is doubtful, or a field that the kind
    needs was not found. The proposal is LetterFacts as JSON; the decision ``accept`` takes it, with
    the corrections in its content (see :func:`plugins.extract.answers.answered`).
    """

    name = "extract-letter"
    revision = 2
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

    def _facts(self, texts: PageTexts, picture: Path | None) -> LetterFacts:
        sheets = letter_sheets(tuple(Sheet.of(page) for page in texts.pages))
        heads, tails = [read_head(sheets[0])], [read_tail(sheets)]
        printed = sheets[0].page.born_digital
        if self.options.reread and picture and not printed:
            heads += self._heads_again(picture, sheets[0], heads[0])
            if agreed_kind(heads, tails).kind in DATED_AT_FOOT:
                tails += self._tails_again(picture, sheets, tails[0])
        facts = _plausible(merged(heads, tails, printed=printed))
        guessed = any(head.number and head.number.literal <= GUESSED for head in heads)
        return _mark_settled(facts, picture, sheets[0].page) if guessed and picture else facts

    def _heads_again(self, picture: Path, sheet: Sheet, head: Head) -> list[Head]:
        """The head read again: the lines from number to addressee, or all of it to find them."""
        top, bottom = 0, round(self.options.head * sheet.page.height)
        parts = [head.number, head.date or head.form, head.subject or head.addressee]
        boxes = [part.box for part in (*parts, head.addressee) if part]
        if all(parts):
            around_them = round(sheet.cm(1.2))
            top = max(0, min(box.top for box in boxes) - around_them)
            bottom = max(box.bottom for box in boxes) + around_them
        return [read_head(band) for band in self._reader.read(picture, sheet, top, bottom)]

    def _tails_again(self, picture: Path, sheets: tuple[Sheet, ...], tail: Tail) -> list[Tail]:
        """The day at the foot of an order or a stamped letter, read again where it stands."""
        day = tail.given or tail.date
        sheet = next((s for s in sheets if day and s.page.number == day.page), sheets[-1])
        top, bottom = 0, sheet.page.height
        if day:
            top, bottom = day.box.top - round(sheet.cm(1)), day.box.bottom + round(sheet.cm(1))
        again = self._reader.read(picture, sheet, top, bottom, black_only=True)
        return [read_tail((band,)) for band in again]

    def _doubtful(self, facts: LetterFacts) -> list[str]:
        present = frozenset(name for name in _WEIGHED if getattr(facts, name).value is not None)
        absent = missing(facts.kind.value, facts.form.value, present)
        unsure = [
            name
            for name in ("kind", "number", "date")
            if name in present and getattr(facts, name).confidence < self.options.ask_below
        ]
        return [name for name in _WEIGHED if name in absent or name in unsure]


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


def _plausible(facts: LetterFacts) -> LetterFacts:
    """A year that has not come yet is a misread one; the next is let pass for clocks gone wrong."""
    date = facts.date
    if date.value is None or date.value.year_be <= datetime.now(UTC).year + BE_OFFSET + 1:
        return facts
    doubted = date.model_copy(update={"confidence": min(date.confidence, SPLIT)})
    return facts.model_copy(update={"date": doubted})
