"""The signing key, loaded once, with the certificate that belongs to it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore
from pyhanko_certvalidator.util import get_pyca_cryptography_hash

from pipeline.errors import ConfigurationError, SecurityError
from schemas.signing import TRIAL_MARK

SIGNING_USAGES = frozenset({"non_repudiation", "digital_signature"})
"""A signer's certificate needs one of these (RFC 5280 section 4.2.1.3)."""


class LocalSigner(Signer):
    """Signs with a key held in memory; pyHanko's own signer reads it anew for each signature."""

    def __init__(
        self, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, certificate: Any, chain: Any
    ) -> None:
        store: Any = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register_multiple(chain)
        super().__init__(signing_cert=certificate, cert_registry=store)
        self._key = key

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        """The raw signature; a dry run, which only measures, signs as well."""
        del dry_run
        digest = get_pyca_cryptography_hash(digest_algorithm)
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, padding.PKCS1v15(), digest)
        return self._key.sign(data, ec.ECDSA(digest))


def load_signer(key: bytes, certificate: bytes, chain: bytes) -> LocalSigner:
    """A signer from PEM (or DER): PKCS#8 key without password, its certificate, its issuers.

    Raises:
        SecurityError: unreadable, key and certificate do not belong together, or the certificate
            is not valid now.
    """
    try:
        private = _private_key(key)
        own, *issuers = load_certificates([certificate, chain])
        public = serialization.load_der_public_key(own.public_key.dump())
    except (ValueError, TypeError) as error:
        raise SecurityError(
            "signing-key-unreadable",
            thai="อ่านกุญแจหรือใบรับรองสำหรับลงลายมือชื่อไม่ได้ ต้องเป็น PEM (PKCS#8) ไม่มีรหัสผ่าน",
            english="The signing key or its certificate cannot be read; PEM (PKCS#8) without a "
            "password is needed.",
        ) from error
    if public != private.public_key():
        raise SecurityError(
            "signing-key-mismatch",
            thai="กุญแจกับใบรับรองสำหรับลงลายมือชื่อไม่ใช่คู่กัน โปรดตรวจไฟล์กุญแจของสถานี",
            english="The signing key and the certificate do not belong together; check the "
            "station's key files.",
        )
    check_validity(own)
    return LocalSigner(private, own, issuers)


def check_validity(certificate: Any) -> None:
    """Raise SecurityError unless the certificate is valid now and may sign."""
    now = datetime.now(UTC)
    if not certificate.not_valid_before <= now <= certificate.not_valid_after:
        raise SecurityError(
            "signing-certificate-expired",
            thai="ใบรับรองสำหรับลงลายมือชื่อหมดอายุหรือยังไม่มีผล โปรดต่ออายุใบรับรองแล้วสั่งทำต่อ",
            english="The signing certificate has expired or is not valid yet; renew it, then let "
            "the document try again.",
        )
    usage = certificate.key_usage_value
    if usage is not None and not SIGNING_USAGES & usage.native:
        raise SecurityError(
            "signing-certificate-usage",
            thai="ใบรับรองนี้ออกให้ไว้เพื่อการอื่น ใช้ลงลายมือชื่อไม่ได้",
            english="This certificate was issued for something else and may not sign.",
        )


def display_name(certificate: Any) -> str:
    """Common name and organisation, safe to print: no control characters, 200 at most."""
    try:
        subject = certificate.subject.native
    except ValueError:
        return "?"
    parts = [subject.get(part) for part in ("common_name", "organization_name")]
    names = [name for part in parts for name in _texts(part)]
    text = ", ".join(dict.fromkeys(names)) or certificate.subject.human_friendly
    return printable(text)


def printable(text: str) -> str:
    """``text`` from a stranger's file without control characters, 200 characters at most."""
    return "".join(c if c.isprintable() else " " for c in text)[:200].strip() or "?"


def is_trial(certificate: Any) -> bool:
    """Whether the certificate says that it is a trial (:mod:`plugins.sign.trial`)."""
    return any(TRIAL_MARK in name for name in (display_name(certificate), _issuer(certificate)))


def load_certificates(pems: Iterable[bytes]) -> list[Any]:
    """All certificates of PEM or DER files. Raises ValueError."""
    return [found for pem in pems for found in load_certs_from_pemder_data(pem)]


def load_roots(files: Iterable[Path]) -> list[Any]:
    """The certificates that a station trusts. Raises ConfigurationError naming an unfit file."""
    found = []
    for file in files:
        try:
            found += load_certificates([file.read_bytes()])
        except (OSError, ValueError) as error:
            raise ConfigurationError(
                "trust-unreadable",
                thai=f"อ่านใบรับรองที่เชื่อถือจากไฟล์ {file.name} ไม่ได้ ต้องเป็น PEM",
                english=f"The trusted certificates in {file.name} cannot be read; PEM is needed.",
            ) from error
    return found


def _private_key(key: bytes) -> rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey:
    load = (
        serialization.load_pem_private_key
        if b"-----BEGIN" in key
        else serialization.load_der_private_key
    )
    private = load(key, password=None)
    if not isinstance(private, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise TypeError("neither an RSA nor an EC key")
    return private


def _issuer(certificate: Any) -> str:
    try:
        return str(certificate.issuer.human_friendly)
    except ValueError:
        return ""


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [part for part in value if isinstance(part, str)] if isinstance(value, list) else []
