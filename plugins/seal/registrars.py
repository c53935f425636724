"""The registrars (นายทะเบียนข้อมูลข่าวสารลับ) who may open envelopes, by their certificates."""

from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from pipeline.errors import SecurityError
from schemas.signing import TRIAL_MARK, Recipient

_LEAST_BITS = 2048


def load_registrars(bundle: bytes) -> tuple[x509.Certificate, ...]:
    """The certificates of a PEM bundle; every one is fit to seal for now.

    Raises:
        SecurityError: none, unreadable, expired or not yet valid, not for key encipherment, or no
            RSA key of 2048 bits. One unfit certificate refuses all: a registrar who could not open
            the letter must not go unnoticed.
    """
    try:
        found = tuple(x509.load_pem_x509_certificates(bundle))
    except ValueError as error:
        raise _refusal(
            "registrar-certificates-unreadable",
            "อ่านใบรับรองของนายทะเบียนลับไม่ได้ (registrar-certs ต้องเป็น PEM)",
            "The secret registrars' certificates cannot be read (registrar-certs must be PEM).",
        ) from error
    now = datetime.now(UTC)
    for number, certificate in enumerate(found, 1):
        _check(certificate, number, now)
    return found


def recipient(certificate: x509.Certificate) -> Recipient:
    """Name and fingerprint of a registrar's certificate."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    name = str(names[0].value) if names else certificate.subject.rfc4514_string()
    return Recipient(name=name, certificate_sha256=certificate.fingerprint(hashes.SHA256()).hex())


def is_trial(certificate: x509.Certificate) -> bool:
    """Whether it is one of the trial certificates, whose key every tester may have."""
    return TRIAL_MARK in certificate.subject.rfc4514_string()


def public_key(certificate: x509.Certificate) -> rsa.RSAPublicKey:
    """The registrar's key. Raises SecurityError unless it is RSA of at least 2048 bits."""
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < _LEAST_BITS:
        raise _refusal(
            "registrar-key-unfit",
            f"กุญแจของนายทะเบียนลับต้องเป็น RSA ตั้งแต่ {_LEAST_BITS} บิต",
            f"A secret registrar's key must be RSA of at least {_LEAST_BITS} bits.",
        )
    return key


def _check(certificate: x509.Certificate, number: int, now: datetime) -> None:
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise _refusal(
            "registrar-certificate-expired",
            f"ใบรับรองนายทะเบียนลับลำดับที่ {number} หมดอายุหรือยังไม่มีผล โปรดเปลี่ยนแล้วสั่งทำต่อ",
            f"Certificate {number} of the secret registrars has expired or is not valid yet. "
            "Replace it, then let the document try again.",
        )
    if not _enciphers_keys(certificate):
        raise _refusal(
            "registrar-certificate-usage",
            f"ใบรับรองนายทะเบียนลับลำดับที่ {number} ไม่ได้ออกให้ใช้เข้ารหัส (keyEncipherment)",
            f"Certificate {number} of the secret registrars is not meant for key encipherment.",
        )
    public_key(certificate)


def _enciphers_keys(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        return False
    return usage.key_encipherment


def _refusal(code: str, thai: str, english: str) -> SecurityError:
    thai += " เอกสารถูกกักไว้ ไม่มีการเก็บแบบไม่เข้ารหัส"
    return SecurityError(code, thai=thai, english=f"{english} Nothing is kept unencrypted.")
