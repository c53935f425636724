"""``seal-cms``: OpenSSL opens what registrars get, nobody else does, and nothing falls back."""

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import SecurityError
from pipeline.testing.harness import Harness
from plugins.seal.envelope import seal
from plugins.seal.registrars import load_registrars
from plugins.seal.stage import SealCms, SealOptions
from schemas.outcome import Done
from schemas.secrecy import Secrecy
from schemas.signing import Sealing

Private = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def registrar(
    key: Private | None = None, *, days: int = 30, enciphers: bool | None = True
) -> tuple[bytes, bytes]:
    """Private key and certificate, PEM; ``enciphers`` None leaves the key usage out."""
    key = key or rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "นายทะเบียนลับ")])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=60))
        .not_valid_after(now + timedelta(days=days))
    )
    if enciphers is not None:
        others = "content_commitment data_encipherment key_agreement key_cert_sign crl_sign"
        usage = dict.fromkeys(f"{others} encipher_only decipher_only".split(), False)
        usage |= {"key_encipherment": enciphers, "digital_signature": not enciphers}
        builder = builder.add_extension(x509.KeyUsage(**usage), True)
    certificate = builder.sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private, certificate.public_bytes(pem)


@pytest.fixture(scope="module")
def first() -> tuple[bytes, bytes]:
    return registrar()


@pytest.fixture(scope="module")
def second() -> tuple[bytes, bytes]:
    return registrar()


@pytest.fixture
def inputs(tmp_path: Path) -> dict[str, Path]:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(tmp_path / "record.pdf")
    (tmp_path / "sidecar.json").write_text('{"เรื่อง": "ลับ"}', encoding="utf-8")
    return {"record": tmp_path / "record.pdf", "sidecar": tmp_path / "sidecar.json"}


def run(
    tmp_path: Path,
    inputs: dict[str, Path],
    bundle: bytes,
    level: Secrecy = Secrecy.SECRET,
    *,
    classified: bool = True,
    options: SealOptions | None = None,
) -> tuple[Done, dict[str, Path]]:
    harness = Harness(tmp_path, secrets={"registrar-certs": bundle})
    stage = SealCms(options or SealOptions())
    outcome, workdir = harness.run(stage, inputs, secrecy=level, classified=classified)
    assert isinstance(outcome, Done)
    return outcome, {kept.role: workdir / kept.path for kept in outcome.artifacts}


def opened(envelope: Path, person: tuple[bytes, bytes]) -> subprocess.CompletedProcess[bytes]:
    """What OpenSSL makes of an envelope with somebody's key."""
    key, certificate = envelope.with_suffix(".key"), envelope.with_suffix(".pem")
    key.write_bytes(person[0])
    certificate.write_bytes(person[1])
    command = ["openssl", "cms", "-decrypt", "-binary", "-inform", "DER", "-in", str(envelope)]
    command += ["-inkey", str(key), "-recip", str(certificate)]
    return subprocess.run(command, check=False, capture_output=True)


@pytest.mark.parametrize("level", [Secrecy.CONFIDENTIAL, Secrecy.SECRET])
def test_every_registrar_can_open(
    tmp_path: Path,
    inputs: dict[str, Path],
    first: tuple[bytes, bytes],
    second: tuple[bytes, bytes],
    level: Secrecy,
) -> None:
    outcome, made = run(tmp_path, inputs, first[1] + second[1], level)
    assert set(made) == {"envelope", "sidecar-envelope"}
    for person in (first, second):
        assert opened(made["envelope"], person).stdout == inputs["record"].read_bytes()
        assert opened(made["sidecar-envelope"], person).stdout == inputs["sidecar"].read_bytes()
    assert {"record", "sidecar", "finished", "searchable", "page-text"} <= set(outcome.retire)
    sealing = Sealing.of(outcome.facts)
    assert sealing is not None
    assert [one.name for one in sealing.recipients] == ["นายทะเบียนลับ"] * 2
    assert not sealing.trial


def test_nobody_else_can_open(
    tmp_path: Path, inputs: dict[str, Path], first: tuple[bytes, bytes], second: tuple[bytes, bytes]
) -> None:
    _, made = run(tmp_path, inputs, first[1])
    assert inputs["record"].read_bytes()[:64] not in made["envelope"].read_bytes()
    other = opened(made["envelope"], second)
    assert other.returncode != 0
    assert other.stdout != inputs["record"].read_bytes()


def test_a_changed_envelope_does_not_open(
    tmp_path: Path, inputs: dict[str, Path], first: tuple[bytes, bytes]
) -> None:
    _, made = run(tmp_path, inputs, first[1])
    content = bytearray(made["envelope"].read_bytes())
    content[-40] ^= 1
    (tmp_path / "changed.p7m").write_bytes(content)
    assert opened(tmp_path / "changed.p7m", first).returncode != 0


def test_letters_without_a_mark_pass(tmp_path: Path, inputs: dict[str, Path]) -> None:
    outcome, made = run(tmp_path, inputs, b"", Secrecy.NORMAL)
    assert made == {}
    assert outcome.retire == ()


@pytest.mark.parametrize(
    ("level", "classified"), [(Secrecy.TOP_SECRET, True), (Secrecy.NORMAL, False)]
)
def test_top_secret_is_refused(
    tmp_path: Path,
    inputs: dict[str, Path],
    first: tuple[bytes, bytes],
    level: Secrecy,
    classified: bool,
) -> None:
    with pytest.raises(SecurityError, match="top-secret-on-paper-only"):
        run(tmp_path, inputs, first[1], level, classified=classified)


UNFIT: dict[str, Callable[[], tuple[bytes, bytes]]] = {
    "registrar-certificate-expired": lambda: registrar(days=-1),
    "registrar-certificate-usage": lambda: registrar(enciphers=False),
    "registrar-key-unfit": lambda: registrar(ec.generate_private_key(ec.SECP256R1())),
    "registrar-certificates-unreadable": lambda: (b"", b"no certificate"),
}


@pytest.mark.parametrize("code", sorted(UNFIT))
def test_one_unfit_certificate_refuses_all(
    tmp_path: Path, inputs: dict[str, Path], first: tuple[bytes, bytes], code: str
) -> None:
    bundles = {first[1] + UNFIT[code]()[1], UNFIT[code]()[1] + first[1]}
    if code == "registrar-certificates-unreadable":
        bundles = {b"no certificate", b""}
    for bundle in bundles:
        with pytest.raises(SecurityError, match=code):
            run(tmp_path, inputs, bundle)
        assert not [*tmp_path.glob("run-*/*.p7m")]


def test_certificate_without_key_usage_is_refused(tmp_path: Path, inputs: dict[str, Path]) -> None:
    with pytest.raises(SecurityError, match="registrar-certificate-usage"):
        run(tmp_path, inputs, registrar(enciphers=None)[1])


def test_delivery_copy_opens_with_the_sealed_password(
    tmp_path: Path, inputs: dict[str, Path], first: tuple[bytes, bytes]
) -> None:
    _, made = run(tmp_path, inputs, first[1], options=SealOptions(password_copy=True))
    password = opened(made["delivery-password"], first).stdout.decode().strip()
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(made["delivery"])
    with pikepdf.open(made["delivery"], password=password) as pdf:
        assert len(pdf.pages) == 1
        assert pdf.encryption.R == 6
        assert pdf.encryption.bits == 256
    subprocess.run(
        ["qpdf", "--check", f"--password={password}", str(made["delivery"])],
        check=True,
        capture_output=True,
    )


@settings(max_examples=12, deadline=None)
@given(content=st.binary(max_size=400) | st.just(bytes(range(256)) * 5000))
def test_any_content_survives(
    tmp_path_factory: pytest.TempPathFactory, first: tuple[bytes, bytes], content: bytes
) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / "plain").write_bytes(content)
    registrars = load_registrars(first[1])
    with (folder / "plain").open("rb") as plain:
        (folder / "any.p7m").write_bytes(b"".join(seal(plain, len(content), registrars)))
    assert opened(folder / "any.p7m", first).stdout == content


def test_content_that_changes_meanwhile_is_refused(
    tmp_path: Path, first: tuple[bytes, bytes]
) -> None:
    (tmp_path / "plain").write_bytes(b"twelve bytes")
    with (tmp_path / "plain").open("rb") as plain, pytest.raises(ValueError, match="changed"):
        b"".join(seal(plain, 13, load_registrars(first[1])))
