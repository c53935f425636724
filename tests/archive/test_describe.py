"""``describe-sidecar``: everything known of the record, in one file that a model can read again."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.errors import DocumentError
from pipeline.stage import StageOptions
from pipeline.testing.harness import Harness
from plugins.archive.describe import DescribeSidecar
from schemas.archive import Sidecar
from schemas.cuts import AttachmentMark
from schemas.document import Form
from schemas.evidence import SecrecyAssessment
from schemas.facts import Fact
from schemas.filing import FileName
from schemas.letter import LetterKind, LetterNumber, ThaiDate
from schemas.letterfacts import AttachmentLine, LetterFacts, Reading
from schemas.outcome import Done
from schemas.page import PagesRead
from schemas.register import Registered
from schemas.secrecy import Secrecy
from schemas.signing import Signature, SignatureProfile

LETTER = LetterFacts(
    kind=Reading[LetterKind](value=LetterKind.EXTERNAL, confidence=0.97, page=1),
    number=Reading(value=LetterNumber.parse("ตก ๐๐๒๓.๓/ว ๐๐๒๖"), confidence=0.9, page=1),
    date=Reading[ThaiDate](value=ThaiDate.parse("๑๗ มกราคม ๒๕๖๙"), confidence=0.8, page=1),
    subject=Reading[str](value="ขอเชิญประชุม", confidence=0.7, page=1),
    references=("หนังสือที่ ตก ๐๐๒๓/๑",),
    attachments=(AttachmentLine(ordinal=1, title="ระเบียบวาระ", copies=1),),
)
SIGNATURE = Signature(
    profile=SignatureProfile.B_T,
    signer="อำเภอเมือง",
    certificate_sha256="cd" * 32,
    timestamp_at=datetime(2026, 1, 17, 3, 4, tzinfo=UTC),
)
FACTS: tuple[Fact, ...] = (
    FileName(stem="2569_TAK_0023_3_W0026_A1"),
    LETTER,
    SIGNATURE,
    PagesRead(engine="tesseract 5.5", count=2),
    Registered(register_name="received", year=2569, number=12),
    SecrecyAssessment(level=Secrecy.CONFIDENTIAL, by_person=True, evidence=()),
    AttachmentMark(ordinal=1, title="ระเบียบวาระ", letter_pages=1),
)


def describe(tmp_path: Path, facts: tuple[Fact, ...] = FACTS) -> tuple[bytes, Sidecar]:
    record = tmp_path / "record.pdf"
    record.write_bytes(b"%PDF-1.7 the record")
    outcome, workdir = Harness(tmp_path, station="TAK1").run(
        DescribeSidecar(StageOptions()),
        {"record": record},
        facts=facts,
        pages=2,
        form=Form.ATTACHMENT,
        secrecy=Secrecy.CONFIDENTIAL,
        classified=True,
    )
    assert isinstance(outcome, Done)
    (kept,) = outcome.artifacts
    assert (kept.role, kept.media_type) == ("sidecar", "application/json")
    content = (workdir / kept.path).read_bytes()
    return content, Sidecar.model_validate_json(content)


def test_everything_known_is_in_it(tmp_path: Path) -> None:
    content, sidecar = describe(tmp_path)
    assert sidecar.record.name == "2569_TAK_0023_3_W0026_A1.pdf"
    assert sidecar.record.sha256 == hashlib.sha256(b"%PDF-1.7 the record").hexdigest()
    assert sidecar.pages_in_stack == (1, 2)
    assert sidecar.station == "TAK1"
    assert sidecar.form is Form.ATTACHMENT
    assert sidecar.secrecy.level is Secrecy.CONFIDENTIAL
    assert sidecar.secrecy.thai == "ลับ"
    assert sidecar.secrecy.by_person
    letter = sidecar.letter
    assert letter is not None
    assert letter.kind_thai == "หนังสือภายนอก"
    assert (letter.number.value, letter.number.confidence) == ("ตก 0023.3/ว 0026", 0.9)
    assert letter.number.parts == LETTER.number.value
    assert letter.date.iso is not None
    assert letter.date.iso.isoformat() == "2026-01-17"
    assert letter.date.thai == "๑๗ มกราคม ๒๕๖๙"
    assert letter.subject.value == "ขอเชิญประชุม"
    assert letter.signer.value is None
    assert sidecar.signature == SIGNATURE
    assert sidecar.register_entry is not None
    assert sidecar.register_entry.number == 12
    assert sidecar.attachment is not None
    assert "ขอเชิญประชุม".encode() in content, "readable without a JSON reader"


def test_order_of_keys_is_that_of_the_model(tmp_path: Path) -> None:
    content, _ = describe(tmp_path)
    assert list(json.loads(content)) == list(Sidecar.model_fields)
    assert content.startswith(b'{\n  "kind": "saraban.sidecar",\n  "version": 1,')


def test_what_is_unknown_is_null(tmp_path: Path) -> None:
    _, sidecar = describe(tmp_path, (FileName(stem="DOC-1"),))
    assert sidecar.letter is None
    assert sidecar.signature is None
    assert not sidecar.secrecy.by_person


def test_a_name_is_needed(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="no-file-name"):
        describe(tmp_path, (LETTER,))
