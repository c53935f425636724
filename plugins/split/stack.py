"""The stage ``split-stack``: one scanned stack becomes letters with their attachments."""

from typing import Literal

from pydantic import Field, PositiveInt

from pipeline.stage import Resources, Stage, StageContext, StageOptions
from plugins.split.answers import AnswerError
from plugins.split.confirm import QUESTION, cuts_question, decided
from plugins.split.cutting import Cutting, cut_stack
from plugins.split.looking import look
from plugins.split.parts import is_signed, read_texts, shears, whole_part
from plugins.split.seen import Expected, Limits
from schemas.artifact import Role
from schemas.cuts import Cut, CutReason, SetCut
from schemas.document import Form
from schemas.outcome import Outcome, Split, Suspend
from schemas.page import PagesRead, PageTexts
from schemas.secrecy import Secrecy
from schemas.verdict import SafetyVerdict


class StackOptions(StageOptions):
    """Options of ``split-stack``."""

    separators: Literal["auto", "require"] = Field(
        "auto",
        description="auto: cut at separator sheets when the stack holds any, else by what pages "
        "look like; require: a stack without separator sheets goes to a person.",
    )
    same_station: bool = Field(
        True, description="Doubt separator sheets that were printed for another station."
    )
    batch: str | None = Field(
        None,
        description="Batch code that the separator sheets must carry; without it all sheets of a "
        "stack must agree.",
    )
    unsure_from: float = Field(
        1.5, description="Score from which a page may be a first page: a cut is proposed and asked."
    )
    sure_from: float = Field(
        3.5, description="Score from which a page is a first page without asking."
    )
    second_from: float = Field(
        4.0,
        description="Score from which a page between two separator sheets is asked about as the "
        "first page of a second letter.",
    )
    max_pages: PositiveInt = Field(
        300, description="A letter with more pages than this goes to a person."
    )
    sheet_letters: PositiveInt = Field(
        80,
        description="More letters and digits than this beside its own words, and a page with a "
        "separator code is no mere separator: it is kept, and a person is asked.",
    )


class SplitStack(Stage[StackOptions]):
    """Cut a stack into sets, and set separator sheets and blank pages aside.

    Doubt suspends with the question ``confirm-cuts``; see :mod:`plugins.split.confirm`. So does a
    stack that seems to hold no letter at all: it may be very faint. A signed source is never cut.
    Raises DocumentError when the texts do not fit the pages, or when a person wants a new scan.
    """

    name = "split-stack"
    revision = 6
    Options = StackOptions
    consumes = (Role.SEARCHABLE, Role.PAGE_TEXT)
    accepts = (Role.SOURCE,)
    produces = (Role.SEARCHABLE, Role.PAGE_TEXT, Role.SOURCE)
    reads = (PagesRead, SafetyVerdict)
    states = (SetCut, PagesRead)
    resources = Resources(timeout=1800.0)
    sees = Secrecy.TOP_SECRET

    def run(self, context: StageContext) -> Outcome:
        texts = read_texts(context)
        if is_signed(context):
            return _whole(context, len(texts.pages))
        seen = look(
            context.inputs[Role.SEARCHABLE], texts, self.options.sheet_letters, context.remaining
        )
        cutting = cut_stack(seen, self._limits(), self._expected(context.station))
        decision = context.decision
        answered = decision is not None and decision.code == QUESTION
        if decision is not None and answered:
            try:
                cutting = decided(decision, seen, cutting)
            except AnswerError as error:
                return Suspend(question=cuts_question(cutting, error))
        if cutting.doubts or not (cutting.cuts or answered):
            return Suspend(question=cuts_question(cutting))
        return _split(context, cutting, texts)

    def _limits(self) -> Limits:
        o = self.options
        return Limits(o.unsure_from, o.sure_from, o.second_from, o.max_pages, o.sheet_letters)

    def _expected(self, station: str) -> Expected:
        o = self.options
        return Expected(
            station=station if o.same_station else None,
            batch=o.batch,
            required=o.separators == "require",
        )


def _split(context: StageContext, cutting: Cutting, texts: PageTexts) -> Split:
    with shears(context, texts) as blades:
        parts = tuple(blades.part(Form.SET, cut.pages, SetCut(cut=cut)) for cut in cutting.cuts)
    return Split(parts=parts, set_aside=cutting.set_aside)


def _whole(context: StageContext, pages: int) -> Split:
    cut = Cut(pages=tuple(range(1, pages + 1)), sure=True, reasons=(CutReason.WHOLE,))
    return Split(parts=(whole_part(context, Form.SET, pages, SetCut(cut=cut)),))
