"""The stage ``describe-sidecar``: a JSON file that says what the record is."""

from pipeline.durable import digest_file
from pipeline.errors import DocumentError
from pipeline.stage import Queue, Resources, Stage, StageContext, StageOptions
from schemas.archive import (
    RECORD_SUFFIX,
    DescribedDate,
    DescribedLetter,
    DescribedNumber,
    DescribedSecrecy,
    DescribedText,
    Sidecar,
    StoredFile,
)
from schemas.artifact import Role
from schemas.cuts import AttachmentMark
from schemas.evidence import SecrecyAssessment
from schemas.filing import FileName
from schemas.letter import LetterNumber, OrderNumber, ThaiDate
from schemas.letterfacts import LetterFacts, Reading
from schemas.outcome import Done
from schemas.page import PagesRead
from schemas.register import Registered
from schemas.secrecy import Secrecy
from schemas.signing import Signature


class DescribeSidecar(Stage[StageOptions]):
    """Writes :class:`schemas.archive.Sidecar` from everything known. The same facts give the same
    bytes. Raises DocumentError when the document has no name."""

    name = "describe-sidecar"
    revision = 1
    consumes = (Role.RECORD,)
    produces = (Role.SIDECAR,)
    reads = (
        FileName,
        LetterFacts,
        SecrecyAssessment,
        Signature,
        PagesRead,
        Registered,
        AttachmentMark,
    )
    resources = Resources(queue=Queue.IO, timeout=60.0)
    sees = Secrecy.SECRET

    def run(self, context: StageContext) -> Done:
        """One sidecar, UTF-8, in the order of the model's fields."""
        target = context.workdir / "sidecar.json"
        content = describe(context).model_dump_json(indent=2)
        target.write_text(content + "\n", encoding="utf-8")
        return Done(artifacts=(context.keep(target, Role.SIDECAR, "application/json"),))


def describe(context: StageContext) -> Sidecar:
    """All that is known of the context's document."""
    name = context.fact(FileName)
    if name is None:
        raise DocumentError(
            "no-file-name",
            thai="เอกสารยังไม่มีชื่อไฟล์ โปรดตรวจว่าขั้นตอนตั้งชื่ออยู่ก่อนขั้นตอนนี้",
            english="The document has no file name yet; the naming step must come before this one.",
        )
    size, sha256 = digest_file(context.inputs[Role.RECORD])
    letter = context.fact(LetterFacts)
    return Sidecar(
        document=context.document.id,
        batch=context.document.batch,
        station=context.station,
        form=context.document.form,
        record=StoredFile(name=name.stem + RECORD_SUFFIX, sha256=sha256, size=size),
        pages_in_stack=context.document.pages,
        secrecy=_secrecy(context),
        letter=None if letter is None else _letter(letter),
        attachment=context.fact(AttachmentMark),
        reading=context.fact(PagesRead),
        register_entry=context.fact(Registered),
        signature=context.fact(Signature),
    )


def _secrecy(context: StageContext) -> DescribedSecrecy:
    level = context.document.exposure
    assessment = context.fact(SecrecyAssessment)
    by_person = assessment is not None and assessment.by_person
    return DescribedSecrecy(level=level, thai=level.thai, by_person=by_person)


def _letter(facts: LetterFacts) -> DescribedLetter:
    kind = facts.kind.value
    return DescribedLetter(
        kind=kind,
        kind_thai=None if kind is None else kind.thai,
        kind_confidence=facts.kind.confidence,
        form=facts.form.value,
        number=_number(facts.number),
        date=_date(facts.date),
        subject=_text(facts.subject),
        addressee=_text(facts.addressee),
        sender=_text(facts.sender),
        unit=_text(facts.unit),
        signer=_text(facts.signer),
        urgency=facts.urgency.value,
        references=facts.references,
        attachments=facts.attachments,
        by_person=facts.by_person,
    )


def _text(reading: Reading[str]) -> DescribedText:
    return DescribedText(value=reading.value, confidence=reading.confidence, page=reading.page)


def _number(reading: Reading[LetterNumber | OrderNumber]) -> DescribedNumber:
    return DescribedNumber(
        value=None if reading.value is None else reading.value.format(),
        confidence=reading.confidence,
        page=reading.page,
        parts=reading.value,
    )


def _date(reading: Reading[ThaiDate]) -> DescribedDate:
    day = reading.value
    return DescribedDate(
        iso=None if day is None else day.to_date(),
        thai=None if day is None else day.format(thai=True),
        confidence=reading.confidence,
        page=reading.page,
    )
