"""Signed PDFs: intact ones pass as they are, broken ones never pass."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from asn1crypto import keys, x509
from cryptography import x509 as certificates
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm
from pyhanko_certvalidator.registry import SimpleCertificateStore

from pipeline.errors import SecurityError
from pipeline.testing.harness import Harness
from plugins.safety.check import CheckSafety, CheckSafetyOptions
from schemas.outcome import Done
from schemas.verdict import SafetyVerdict
from tests.safety import specimens


@pytest.fixture(scope="module")
def signer() -> signers.SimpleSigner:
    key = ec.generate_private_key(ec.SECP256R1())
    name = certificates.Name([certificates.NameAttribute(certificates.NameOID.COMMON_NAME, "Test")])
    now = datetime.now(UTC)
    certificate = (
        certificates.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=9))
        .sign(key, hashes.SHA256())
    )
    encoded = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return signers.SimpleSigner(
        signing_cert=x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)),
        signing_key=keys.PrivateKeyInfo.load(encoded),
        cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call]
    )


def signed(path: Path, signer: signers.SimpleSigner, pages: int = 1) -> Path:
    plain = specimens.pdf(path.with_suffix(".plain"), pages)
    return sign_again(plain, path, signer, "Sig1")


def sign_again(source: Path, path: Path, signer: signers.SimpleSigner, field: str) -> Path:
    metadata = signers.PdfSignatureMetadata(
        field_name=field, certify=field == "Sig1", docmdp_permissions=MDPPerm.FILL_FORMS
    )
    writer = IncrementalPdfFileWriter(BytesIO(source.read_bytes()))
    made = signers.sign_pdf(writer, metadata, signer=signer)
    path.write_bytes(made.getbuffer())
    return path


def check(tmp_path: Path, source: Path) -> SafetyVerdict:
    stage = CheckSafety(CheckSafetyOptions())
    outcome, _ = Harness(tmp_path / "runs").run(stage, {"source": source})
    assert isinstance(outcome, Done)
    verdict = SafetyVerdict.of(outcome.facts)
    assert verdict is not None
    return verdict


def refused(tmp_path: Path, source: Path) -> str:
    with pytest.raises(SecurityError) as caught:
        check(tmp_path, source)
    return caught.value.code


def test_intact_signature_passes_and_is_never_cleaned(
    tmp_path: Path, signer: signers.SimpleSigner
) -> None:
    verdict = check(tmp_path, signed(tmp_path / "a.pdf", signer, 2))
    assert verdict.signed
    assert verdict.pages == 2
    assert not verdict.needs_cleaning


def test_second_signature_does_not_break_the_first(
    tmp_path: Path, signer: signers.SimpleSigner
) -> None:
    once = signed(tmp_path / "a.pdf", signer)
    assert check(tmp_path, sign_again(once, tmp_path / "b.pdf", signer, "Sig2")).signed


def test_one_changed_byte_breaks_it(tmp_path: Path, signer: signers.SimpleSigner) -> None:
    source = signed(tmp_path / "a.pdf", signer)
    changed = source.read_bytes().replace(b"(page 1)", b"(page 7)")
    assert changed != source.read_bytes()
    source.write_bytes(changed)
    assert refused(tmp_path, source) == "signature-broken"


def test_resaving_breaks_it_while_it_still_looks_signed(
    tmp_path: Path, signer: signers.SimpleSigner
) -> None:
    source = signed(tmp_path / "a.pdf", signer)
    with pikepdf.open(source) as document:
        document.save(tmp_path / "b.pdf")
    assert refused(tmp_path, tmp_path / "b.pdf") in ("signature-broken", "signature-unverifiable")


def test_page_content_replaced_afterwards_breaks_it(
    tmp_path: Path, signer: signers.SimpleSigner
) -> None:
    source = signed(tmp_path / "a.pdf", signer)
    writer = IncrementalPdfFileWriter(BytesIO(source.read_bytes()))
    page = writer.root["/Pages"]["/Kids"][0]
    stream = page["/Contents"]
    stream._data = b"BT /F1 24 Tf 72 700 Td (other) Tj ET"
    stream._encoded_data = None
    writer.mark_update(page.raw_get("/Contents"))
    changed = BytesIO()
    writer.write(changed)  # type: ignore[no-untyped-call]
    (tmp_path / "b.pdf").write_bytes(changed.getvalue())
    assert refused(tmp_path, tmp_path / "b.pdf") == "signature-broken"
