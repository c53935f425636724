"""The stage ``classify-marks``: the secrecy level of one set."""

from pathlib import Path
from typing import Any

from pydantic import Field

from pipeline.errors import ConfigurationError, DocumentError
from pipeline.models import tessdata
from pipeline.pageview import PageView
from pipeline.stage import Problem, Resources, Stage, StageContext, StageOptions, state
from plugins.classify.notes import words
from plugins.classify.verdict import Reason, Rules, Verdict, judge
from schemas.artifact import Role
from schemas.decision import Choice, Exhibit, Question
from schemas.evidence import Evidence, SecrecyAssessment
from schemas.outcome import Done, Outcome, Suspend
from schemas.page import Box, PageTexts
from schemas.secrecy import Secrecy

QUESTION = "classify"

_REASONS: dict[Reason, tuple[str, str]] = {
    Reason.FAILED: ("ตัวตรวจบางตัวหยุดทำงาน", "a detector failed"),
    Reason.TOO_FEW_DETECTORS: ("มีตัวตรวจตอบไม่ครบทุกหน้า", "too few detectors answered for some page"),
    Reason.DOUBT: ("พบสิ่งที่อาจเป็นเครื่องหมายชั้นความลับ", "something may be a secrecy mark"),
    Reason.LEVELS_DIFFER: ("เครื่องหมายที่อ่านได้ไม่ตรงกัน", "marks of different levels were read"),
    Reason.WEAK_MARK: ("อ่านเครื่องหมายได้ไม่ชัด", "the mark was read with little certainty"),
    Reason.LONE_MARK: (
        "พบเครื่องหมายลับเพียงแห่งเดียว อาจเป็นส่วนหนึ่งของเครื่องหมายที่ยาวกว่า",
        "ลับ was seen in one place only and may be part of a longer mark",
    ),
    Reason.TOP_SECRET_UNCONFIRMED: (
        "พบเครื่องหมายลับที่สุดเพียงแห่งเดียว ต้องยืนยันก่อนทำลายสำเนาดิจิทัล",
        "ลับที่สุด was seen only once; confirm it before the digital copies are destroyed",
    ),
    Reason.DECLARED_OTHERWISE: (
        "เครื่องหมายไม่ตรงกับชั้นความลับที่สถานีแจ้งไว้",
        "a mark differs from the class that the station declared",
    ),
}


class Options(StageOptions):
    """How much is enough to decide without a person."""

    sure: float = Field(
        0.7,
        ge=0.0,
        le=1.0,
        description="Score from which a mark counts as surely read; below it a person is asked.",
    )
    detectors: int = Field(
        2,
        ge=2,
        description="How many independent detectors must answer for every page.",
    )
    declared: Secrecy | None = Field(
        None,
        description="Class that the station vouches for when it scans without colour (grey or "
        "black and white) after sorting by hand: the detectors then only check it. "
        "Unset: a person is asked about every page without colour.",
    )
    cautious: bool = Field(
        False,
        description="Ask a person about every stamp and all large print that could not be read, "
        "also where it looks like no mark.",
    )


class ClassifyMarks(Stage[Options]):
    """Asks every detector about every page and combines their evidence for the whole set.

    Decides alone only when nothing is in doubt; otherwise suspends with the question ``classify``,
    whose choices are the level names. The answer is final, up or down.
    """

    name = "classify-marks"
    revision = 10
    Options = Options
    consumes = (Role.SEARCHABLE, Role.PAGE_TEXT)
    states = (SecrecyAssessment,)
    resources = Resources(timeout=1800.0)
    sees = Secrecy.TOP_SECRET

    def preflight(self) -> list[Problem]:
        problems = []
        try:
            tessdata()
        except ConfigurationError as error:
            problems.append(Problem(error.code, error.thai, error.english, where=self.name))
        if not _networks_work():
            problems.append(
                Problem(
                    "networks-unusable",
                    thai="เปิดโครงข่ายที่รู้จักเครื่องหมายชั้นความลับไม่ได้ ให้ติดตั้ง saraban ใหม่",
                    english="The networks that know secrecy marks cannot be loaded; "
                    "install saraban anew.",
                    where=self.name,
                )
            )
        return problems

    def run(self, context: StageContext) -> Outcome:
        pdf = context.inputs[Role.SEARCHABLE]
        texts = PageTexts.model_validate_json(context.inputs[Role.PAGE_TEXT].read_bytes())
        _check_count(pdf, texts, context)
        evidence: list[Evidence] = []
        for index, text in enumerate(texts.pages):
            context.remaining()
            evidence.extend(context.detect(PageView(pdf, index, text)))
        if context.decision is not None:
            return _done(Secrecy(context.decision.choice), evidence, by_person=True)
        options = self.options
        rules = Rules(options.sure, options.detectors, options.declared, options.cautious)
        numbers = [text.number for text in texts.pages]
        verdict = judge(evidence, numbers, context.document.secrecy, rules)
        if verdict.reasons:
            return Suspend(question=_question(verdict))
        return _done(verdict.level, evidence, by_person=False)


def _networks_work() -> bool:
    import cv2
    import numpy as np

    from plugins.classify.spotter import likeness

    try:
        likeness(np.full((80, 80), 255, np.uint8), Box(0, 0, 80, 80))
    except cv2.error:
        return False
    return True


def _check_count(pdf: Path, texts: PageTexts, context: StageContext) -> None:
    """Every page must be looked at once: the PDF, its texts and the document agree on how many."""
    import pypdfium2

    opened: Any = pypdfium2.PdfDocument(pdf)
    try:
        count = len(opened)
    finally:
        opened.close()
    numbers = [text.number for text in texts.pages]
    if numbers != list(range(1, count + 1)) or count != len(context.document.pages):
        raise DocumentError(
            "pages-disagree",
            thai="จำนวนหน้าของไฟล์กับข้อความที่อ่านได้ไม่ตรงกัน จึงตรวจชั้นความลับไม่ครบทุกหน้า ให้อ่านเอกสารใหม่",
            english="The PDF, its page texts and the document disagree about the number of pages, "
            "so a page would go unclassified; read the document again.",
        )


def _done(level: Secrecy, evidence: list[Evidence], *, by_person: bool) -> Done:
    assessment = SecrecyAssessment(level=level, by_person=by_person, evidence=tuple(evidence))
    return Done(facts=state(assessment), secrecy=level)


def _question(verdict: Verdict) -> Question:
    thai = " · ".join(_REASONS[reason][0] for reason in verdict.reasons)
    english = "; ".join(_REASONS[reason][1] for reason in verdict.reasons)
    return Question(
        code=QUESTION,
        thai=f"หนังสือนี้มีชั้นความลับใด ({thai})",
        english=f"Which secrecy level has this letter? ({english})",
        choices=tuple(
            Choice(value=level.value, thai=level.thai, english=level.value) for level in Secrecy
        ),
        proposal=verdict.level.value,
        exhibits=tuple(_exhibit(piece) for piece in verdict.exhibits),
    )


def _exhibit(piece: Evidence) -> Exhibit:
    note = " / ".join(words(piece.note))
    return Exhibit(page=piece.page, box=piece.box, dpi=piece.dpi, note=note)
