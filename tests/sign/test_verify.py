"""Verification: every way a file can be wrong is named, and no file makes it crash."""

import asyncio
import io
from pathlib import Path

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, PdfTimeStamper

from pipeline.testing.harness import Harness
from plugins.sign.keys import load_signer
from plugins.sign.stage import SignOptions, SignPades
from plugins.sign.timestamp import TrialTimeStamper
from plugins.sign.verify import verify_pdf
from schemas.outcome import Done
from schemas.signing import Change, SignatureProfile, Verdict, Verification
from schemas.verdict import MediaType, SafetyVerdict
from tests.sign.conftest import secrets_of


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory, keys: Path, finished: Path) -> Path:
    harness = Harness(tmp_path_factory.mktemp("sign"), secrets=secrets_of(keys))
    verdict = SafetyVerdict(media_type=MediaType.PDF)
    outcome, workdir = harness.run(
        SignPades(SignOptions()), {"finished": finished}, facts=(verdict,), classified=True
    )
    assert isinstance(outcome, Done)
    return workdir / outcome.artifacts[0].path


def verify(path: Path, keys: Path | None = None) -> Verification:
    roots = load_certs_from_pemder_data((keys / "ca.pem").read_bytes()) if keys else ()
    return verify_pdf(path, list(roots))


def changed(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "changed.pdf"
    path.write_bytes(content)
    return path


def test_sound_record(record: Path, keys: Path) -> None:
    found = verify(record, keys)
    assert found.verdict is Verdict.VALID
    assert found.good
    (check,) = found.signatures
    assert check.profile is SignatureProfile.B_T
    assert check.intact
    assert check.trusted
    assert check.timestamp_trusted
    assert check.whole_file
    assert check.change_after is Change.NONE
    assert not check.revocation_checked
    assert any("พฤศจิกายน" in s or "พ.ศ." in s or "เวลา" in s for s in found.thai)
    assert any("trial certificates" in s for s in found.english)
    assert Verification.model_validate_json(found.model_dump_json()) == found


def test_without_roots_nobody_is_trusted(record: Path) -> None:
    found = verify(record)
    assert found.verdict is Verdict.UNTRUSTED
    assert found.signatures[0].intact
    assert not found.signatures[0].trusted
    assert not found.signatures[0].timestamp_trusted


def test_a_changed_byte_is_tampering(record: Path, keys: Path, tmp_path: Path) -> None:
    content = bytearray(record.read_bytes())
    content[content.index(b"/MediaBox") + 12] ^= 1
    found = verify(changed(tmp_path, bytes(content)), keys)
    assert found.verdict is Verdict.TAMPERED


def test_saving_anew_is_tampering(record: Path, keys: Path, tmp_path: Path) -> None:
    path = tmp_path / "saved.pdf"
    with pikepdf.open(record) as pdf:
        pdf.save(path)
    assert verify(path, keys).verdict is Verdict.TAMPERED


def test_a_changed_page_after_signing(record: Path, keys: Path, tmp_path: Path) -> None:
    with record.open("rb") as stream:
        writer = IncrementalPdfFileWriter(stream)
        page = writer.root["/Pages"]["/Kids"][0]
        page["/MediaBox"] = generic.ArrayObject(map(generic.NumberObject, (0, 0, 300, 300)))
        writer.update_container(page)
        out = io.BytesIO()
        writer.write(out)  # type: ignore[no-untyped-call]
    found = verify(changed(tmp_path, out.getvalue()), keys)
    assert found.verdict is Verdict.EXTENDED
    assert found.signatures[0].intact
    assert found.signatures[0].change_after is Change.CONTENT


def test_bytes_after_the_end(record: Path, keys: Path, tmp_path: Path) -> None:
    found = verify(changed(tmp_path, record.read_bytes() + b"\n% more\n"), keys)
    assert found.verdict in (Verdict.EXTENDED, Verdict.UNREADABLE)


def test_a_second_signature_is_welcome(record: Path, keys: Path, tmp_path: Path) -> None:
    both = changed(tmp_path, asyncio.run(_sign_again(record, keys)))
    found = verify(both, keys)
    assert found.verdict is Verdict.VALID, found.english
    first, second = found.signatures
    assert first.change_after in (Change.FORMS, Change.ARCHIVAL)
    assert not first.whole_file
    assert second.whole_file


async def _sign_again(record: Path, keys: Path) -> bytes:
    secrets = secrets_of(keys)
    signer = load_signer(secrets["signer-key"], secrets["signer-cert"], secrets["signer-chain"])
    metadata = PdfSignatureMetadata(field_name="Second", subfilter=SigSeedSubFilter.PADES)
    writer = IncrementalPdfFileWriter(io.BytesIO(record.read_bytes()))
    out = await PdfSigner(metadata, signer).async_sign_pdf(writer)
    assert isinstance(out, io.BytesIO)
    return out.getvalue()


def test_document_time_stamp_alone_is_no_signature(
    finished: Path, keys: Path, tmp_path: Path
) -> None:
    secrets = secrets_of(keys)
    tsa = load_signer(secrets["tsa-key"], secrets["tsa-cert"], secrets["signer-chain"])
    writer = IncrementalPdfFileWriter(io.BytesIO(finished.read_bytes()))
    out = PdfTimeStamper(TrialTimeStamper(tsa)).timestamp_pdf(writer, "sha256")
    found = verify(changed(tmp_path, out.getvalue()), keys)
    assert found.verdict is Verdict.UNSIGNED
    assert found.signatures[0].profile is SignatureProfile.DOCUMENT_TIMESTAMP
    assert found.signatures[0].trusted


def test_unsigned(finished: Path, keys: Path) -> None:
    assert verify(finished, keys).verdict is Verdict.UNSIGNED


@pytest.mark.parametrize("content", [b"", b"hello", b"%PDF-1.7", b"\0" * 5000, b"PK\3\4zip"])
def test_no_pdf(content: bytes, tmp_path: Path) -> None:
    found = verify(changed(tmp_path, content))
    assert found.verdict is Verdict.UNREADABLE
    assert found.thai
    assert found.english


def test_password(finished: Path, tmp_path: Path) -> None:
    path = tmp_path / "locked.pdf"
    with pikepdf.open(finished) as pdf:
        pdf.save(path, encryption=pikepdf.Encryption(user="x", owner="y", R=6))
    found = verify(path)
    assert found.verdict is Verdict.UNREADABLE
    assert "password" in found.english[0]


def test_inside_an_event_loop(record: Path, keys: Path) -> None:
    async def ask() -> Verification:
        return verify(record, keys)

    assert asyncio.run(ask()).verdict is Verdict.VALID


def test_names_from_strangers_are_printable(finished: Path, keys: Path, tmp_path: Path) -> None:
    secrets = secrets_of(keys)
    signer = load_signer(secrets["signer-key"], secrets["signer-cert"], secrets["signer-chain"])
    metadata = PdfSignatureMetadata(field_name="a\x1b[31mred\x07", subfilter=SigSeedSubFilter.PADES)
    writer = IncrementalPdfFileWriter(io.BytesIO(finished.read_bytes()))
    out = asyncio.run(PdfSigner(metadata, signer).async_sign_pdf(writer))
    found = verify(changed(tmp_path, out.getvalue()), keys)
    assert found.signatures[0].field.isprintable()
    assert found.signatures[0].profile is SignatureProfile.B_B


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_no_altered_file_is_valid(
    data: st.DataObject, record: Path, keys: Path, tmp_path: Path
) -> None:
    content = bytearray(record.read_bytes())
    start, end = _contents(bytes(content))
    inside = st.integers(0, len(content) - 1).filter(lambda n: not start <= n < end)
    position = data.draw(inside)
    content[position] ^= data.draw(st.integers(1, 255))
    found = verify(changed(tmp_path, bytes(content)), keys)
    assert found.verdict is not Verdict.VALID


def _contents(content: bytes) -> tuple[int, int]:
    """Where the signature itself stands: the only bytes that it cannot cover."""
    start = content.index(b"/Contents <") + len(b"/Contents ")
    return start, content.index(b">", start) + 1


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(cut=st.floats(0.01, 0.999))
def test_a_torn_file_is_never_valid(cut: float, record: Path, keys: Path, tmp_path: Path) -> None:
    content = record.read_bytes()
    found = verify(changed(tmp_path, content[: int(len(content) * cut)]), keys)
    assert not found.good
