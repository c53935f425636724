"""``sign-pades``: what comes out is PAdES B-T, PDF/A, and judged so by others than ourselves."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pikepdf.pdfa
import pypdfium2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from pipeline.errors import DocumentError, SecurityError, TransientError
from pipeline.stage import Stage
from pipeline.testing.harness import Harness
from plugins.sign.stage import SignOptions, SignPades
from schemas.outcome import Done
from schemas.secrecy import Secrecy
from schemas.signing import Signature, SignatureProfile
from schemas.verdict import MediaType, SafetyVerdict
from tests.sign.conftest import letter, secrets_of

UNSIGNED_PDF = SafetyVerdict(media_type=MediaType.PDF, pages=1)
SIGNED_PDF = SafetyVerdict(media_type=MediaType.PDF, pages=1, signed=True)


def sign(
    tmp_path: Path,
    secrets: dict[str, bytes],
    inputs: dict[str, Path],
    options: SignOptions | None = None,
    verdict: SafetyVerdict = UNSIGNED_PDF,
) -> tuple[Path, Signature]:
    """The record and what was said of it."""
    stage: Stage[SignOptions] = SignPades(options or SignOptions())
    harness = Harness(tmp_path, secrets=secrets)
    outcome, workdir = harness.run(
        stage, inputs, facts=(verdict,), secrecy=Secrecy.NORMAL, classified=True
    )
    assert isinstance(outcome, Done)
    fact = Signature.of(outcome.facts)
    assert fact is not None
    assert [kept.role for kept in outcome.artifacts] == ["record"]
    return workdir / outcome.artifacts[0].path, fact


def context(root: Path) -> ValidationContext:
    roots = list(load_certs_from_pemder_data(root.read_bytes()))
    return ValidationContext(trust_roots=roots, allow_fetching=False)


def test_record_is_pades_b_t(tmp_path: Path, keys: Path, finished: Path) -> None:
    record, fact = sign(tmp_path, secrets_of(keys), {"finished": finished})
    with record.open("rb") as stream:
        (embedded,) = PdfFileReader(stream).embedded_regular_signatures
        ca = keys / "ca.pem"
        status = validate_pdf_signature(embedded, context(ca), context(ca))
        assert status.bottom_line
        assert embedded.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
        assert status.timestamp_validity is not None
        assert abs(status.timestamp_validity.timestamp - datetime.now(UTC)) < timedelta(minutes=1)
        attributes = {a["type"].native for a in embedded.signer_info["signed_attrs"]}
    assert "signing_certificate_v2" in attributes
    assert "signing_time" not in attributes, "forbidden by ETSI EN 319 142-1 section 6.3"
    assert fact.profile is SignatureProfile.B_T
    assert fact.trial
    assert not fact.kept_as_received
    assert "saraban TRIAL signer" in fact.signer
    assert fact.timestamp_at == status.timestamp_validity.timestamp
    certificate = x509.load_pem_x509_certificate((keys / "signer.pem").read_bytes())
    assert fact.certificate_sha256 == certificate.fingerprint(hashes.SHA256()).hex()


def test_record_only_appends_and_stays_pdfa(tmp_path: Path, keys: Path, finished: Path) -> None:
    record, _ = sign(tmp_path, secrets_of(keys), {"finished": finished})
    assert record.read_bytes().startswith(finished.read_bytes())
    report = pikepdf.pdfa.validate_written(record, "2b")
    assert not report.violations, report.summary()
    subprocess.run(["qpdf", "--check", record], check=True, capture_output=True)


def test_elliptic_curve_signer_stays_pdfa(tmp_path: Path, keys: Path, finished: Path) -> None:
    curve = {
        "signer-key": (keys / "tsa.key").read_bytes(),
        "signer-cert": (keys / "tsa.pem").read_bytes(),
    }
    record, _ = sign(tmp_path, secrets_of(keys) | curve, {"finished": finished})
    report = pikepdf.pdfa.validate_written(record, "2b")
    assert not report.violations, report.summary()
    with record.open("rb") as stream:
        (embedded,) = PdfFileReader(stream).embedded_regular_signatures
        ca = keys / "ca.pem"
        assert validate_pdf_signature(embedded, context(ca), context(ca)).valid


def test_openssl_accepts_the_time_stamp(tmp_path: Path, keys: Path, finished: Path) -> None:
    record, _ = sign(tmp_path, secrets_of(keys), {"finished": finished})
    with record.open("rb") as stream:
        (embedded,) = PdfFileReader(stream).embedded_regular_signatures
        (token,) = embedded.signer_info["unsigned_attrs"][0]["values"]
        (tmp_path / "token.der").write_bytes(token.dump())
        (tmp_path / "signature.bin").write_bytes(embedded.signer_info["signature"].native)
    command = ["openssl", "ts", "-verify", "-token_in", "-in", str(tmp_path / "token.der")]
    command += ["-data", str(tmp_path / "signature.bin"), "-CAfile", str(keys / "ca.pem")]
    verified = subprocess.run(command, check=False, capture_output=True, text=True)
    assert "Verification: OK" in verified.stdout, verified.stderr


def test_signed_source_is_kept_byte_for_byte(tmp_path: Path, keys: Path, finished: Path) -> None:
    source, made = sign(tmp_path / "a", secrets_of(keys), {"finished": finished})
    record, fact = sign(
        tmp_path / "b", {}, {"source": source, "finished": finished}, verdict=SIGNED_PDF
    )
    assert record.read_bytes() == source.read_bytes()
    assert fact.kept_as_received
    assert fact.signer == made.signer
    assert fact.timestamp_at == made.timestamp_at


def test_unsigned_source_is_never_the_record(tmp_path: Path, keys: Path, finished: Path) -> None:
    with pytest.raises(DocumentError, match="nothing-to-sign"):
        sign(tmp_path, secrets_of(keys), {"source": finished})


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_stamp_is_upright_at_the_lower_right(tmp_path: Path, keys: Path, turn: int) -> None:
    pdf = letter(tmp_path / "letter.pdf", turn)
    options = SignOptions(visible=True)
    record, _ = sign(tmp_path, secrets_of(keys), {"finished": pdf}, options)
    report = pikepdf.pdfa.validate_written(record, "2b")
    assert not report.violations, report.summary()
    new = _ink(record) & ~_ink(pdf)
    rows, columns = new.nonzero()
    height, width = new.shape
    assert rows.min() > height * 0.85
    assert columns.min() > width * 0.4
    assert columns.max() - columns.min() > rows.max() - rows.min(), "the lines run across"
    assert rows.max() < height - 20
    assert columns.max() < width - 20


def _ink(pdf: Path) -> "np.ndarray[tuple[int, int], np.dtype[np.bool_]]":
    document = pypdfium2.PdfDocument(pdf)
    document.init_forms()
    picture = document[0].render(scale=2, may_draw_forms=True).to_numpy()
    document.close()
    dark: np.ndarray[tuple[int, int], np.dtype[np.bool_]] = picture.min(axis=2) < 128
    return dark


def test_expired_certificate_is_refused(tmp_path: Path, keys: Path, finished: Path) -> None:
    key, certificate = _self_signed(days=-1)
    secrets = secrets_of(keys) | {"signer-key": key, "signer-cert": certificate}
    with pytest.raises(SecurityError, match="signing-certificate-expired"):
        sign(tmp_path, secrets, {"finished": finished})


def test_certificate_for_something_else_is_refused(
    tmp_path: Path, keys: Path, finished: Path
) -> None:
    registrar = {
        "signer-key": (keys / "registrar.key").read_bytes(),
        "signer-cert": (keys / "registrar.pem").read_bytes(),
    }
    with pytest.raises(SecurityError, match="signing-certificate-usage"):
        sign(tmp_path, secrets_of(keys) | registrar, {"finished": finished})


def test_key_of_another_certificate_is_refused(tmp_path: Path, keys: Path, finished: Path) -> None:
    secrets = secrets_of(keys) | {"signer-key": (keys / "tsa.key").read_bytes()}
    with pytest.raises(SecurityError, match="signing-key-mismatch"):
        sign(tmp_path, secrets, {"finished": finished})


@pytest.mark.parametrize("name", ["signer-key", "signer-cert"])
def test_unreadable_key_is_refused(tmp_path: Path, keys: Path, finished: Path, name: str) -> None:
    with pytest.raises(SecurityError, match="signing-key-unreadable"):
        sign(tmp_path, secrets_of(keys) | {name: b"not a key"}, {"finished": finished})


def test_rsa_signer_and_real_certificates(tmp_path: Path, keys: Path, finished: Path) -> None:
    key, certificate = _self_signed(days=30)
    secrets = secrets_of(keys) | {"signer-key": key, "signer-cert": certificate}
    record, fact = sign(tmp_path, secrets, {"finished": finished})
    (tmp_path / "root.pem").write_bytes(certificate)
    with record.open("rb") as stream:
        (embedded,) = PdfFileReader(stream).embedded_regular_signatures
        root, ca = context(tmp_path / "root.pem"), context(keys / "ca.pem")
        assert validate_pdf_signature(embedded, root, ca).bottom_line
    assert fact.signer == "ปลัดอำเภอ"
    assert fact.trial, "the clock is still the station's own"


def test_new_key_is_used_at_once(tmp_path: Path, keys: Path, finished: Path) -> None:
    stage = SignPades(SignOptions())
    signers = []
    for secrets in (
        secrets_of(keys),
        secrets_of(keys) | dict(zip(("signer-key", "signer-cert"), _self_signed(30), strict=True)),
        secrets_of(keys),
    ):
        outcome, _ = Harness(tmp_path, secrets=secrets).run(
            stage, {"finished": finished}, facts=(UNSIGNED_PDF,), classified=True
        )
        assert isinstance(outcome, Done)
        fact = Signature.of(outcome.facts)
        assert fact is not None
        signers.append(fact.signer)
    assert signers[0] == signers[2] != signers[1]


def test_silent_authority_is_transient(tmp_path: Path, keys: Path, finished: Path) -> None:
    options = SignOptions(tsa_url="http://127.0.0.1:9/tsa", tsa_timeout=0.5)
    with pytest.raises(TransientError, match="no-timestamp"):
        sign(tmp_path, secrets_of(keys), {"finished": finished}, options)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://tsa", "", "TRIAL"])
def test_only_http_authorities(url: str) -> None:
    with pytest.raises(ValueError, match="tsa_url"):
        SignOptions(tsa_url=url)


def test_broken_pdf_is_a_document_error(tmp_path: Path, keys: Path) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\nnothing else")
    with pytest.raises(DocumentError, match="cannot-sign"):
        sign(tmp_path, secrets_of(keys), {"finished": broken})


def _self_signed(days: int) -> tuple[bytes, bytes]:
    """An RSA key and a certificate of its own that ends in so many days."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ปลัดอำเภอ")])
    now = datetime.now(UTC)
    others = "digital_signature key_encipherment data_encipherment key_agreement key_cert_sign"
    usage = dict.fromkeys(f"{others} crl_sign encipher_only decipher_only".split(), False)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=60))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.KeyUsage(content_commitment=True, **usage), True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private, certificate.public_bytes(pem)
