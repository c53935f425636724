"""A trial PKI: real cryptography, certificates that no office ever issued.

It lets a station sign, time-stamp and seal on its first day. Every certificate says in its name
that it is a trial, and the station shows it with every signature.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from pipeline.durable import make_folder, write_durably
from pipeline.errors import ConfigurationError
from schemas.signing import TRIAL_MARK

NOTE = "not for official use / ใบรับรองทดลอง"
TRIAL_FILES = (
    "ca.pem",
    "chain.pem",
    "signer.key",
    "signer.pem",
    "tsa.key",
    "tsa.pem",
    "registrar.key",
    "registrar.pem",
)

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


@dataclass(frozen=True)
class Issued:
    """A key with its certificate."""

    key: Key
    certificate: x509.Certificate


def make_trial_pki(folder: Path, organisation: str) -> None:
    """Make :data:`TRIAL_FILES` in ``folder``: PEM, keys PKCS#8 without a password, mode 0600.

    Signer and registrar have RSA 3072 keys: a PDF of version 1.7, and so a PDF/A-2, knows no other
    signatures, and every CMS reader can open an RSA envelope. The CA and the time stamps use ECDSA
    P-256. The CA's key is thrown away: nothing more can ever be issued in its name.

    Raises:
        ConfigurationError: one of the files is already there; nothing is overwritten.
    """
    taken = [name for name in TRIAL_FILES if (folder / name).exists()]
    if taken:
        raise ConfigurationError(
            "keys-exist",
            thai=f"มีไฟล์กุญแจอยู่แล้ว: {', '.join(taken)} ระบบไม่เขียนทับ โปรดย้ายไฟล์เดิมออกก่อน",
            english=f"Key files are already there: {', '.join(taken)}. They are never overwritten; "
            "move them away first.",
        )
    organisation = organisation.strip()[:64] or "saraban"
    make_folder(folder, mode=0o700)
    for name, content in _files(organisation).items():
        mode = 0o600 if name.endswith(".key") else 0o644
        write_durably(folder / name, [content], replace=False, mode=mode)


def _files(organisation: str) -> dict[str, bytes]:
    root = _issue(f"{TRIAL_MARK} CA", organisation, ("key_cert_sign", "crl_sign"))
    signer = _issue(
        f"{TRIAL_MARK} signer",
        organisation,
        ("digital_signature", "content_commitment"),
        issuer=root,
        key=rsa.generate_private_key(public_exponent=65537, key_size=3072),
    )
    tsa = _issue(
        f"{TRIAL_MARK} TSA",
        organisation,
        ("digital_signature", "content_commitment"),
        issuer=root,
        purpose=ExtendedKeyUsageOID.TIME_STAMPING,
    )
    registrar = _issue(
        f"{TRIAL_MARK} registrar",
        organisation,
        ("key_encipherment",),
        issuer=root,
        key=rsa.generate_private_key(public_exponent=65537, key_size=3072),
    )
    ca = _certificate_pem(root)
    files = {"ca.pem": ca, "chain.pem": ca}
    for name, issued in (("signer", signer), ("tsa", tsa), ("registrar", registrar)):
        files[f"{name}.key"] = _key_pem(issued)
        files[f"{name}.pem"] = _certificate_pem(issued)
    return files


def _issue(
    common_name: str,
    organisation: str,
    usage: tuple[str, ...],
    *,
    issuer: Issued | None = None,
    purpose: x509.ObjectIdentifier | None = None,
    key: Key | None = None,
) -> Issued:
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "TH"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, NOTE),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )
    signing = issuer.key if issuer else key
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=730 if issuer else 3650))
        .add_extension(
            x509.BasicConstraints(ca=issuer is None, path_length=None if issuer else 0), True
        )
        .add_extension(x509.KeyUsage(**{name: name in usage for name in _USAGES}), True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), False
        )
    )
    if purpose:
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), True)
    return Issued(key, builder.sign(signing, hashes.SHA256()))


def _certificate_pem(issued: Issued) -> bytes:
    return issued.certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(issued: Issued) -> bytes:
    return issued.key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
