"""CMS envelopes: AuthEnvelopedData (RFC 5083) with AES-256-GCM, one wrapped key per registrar.

The content is encrypted in pieces, so a record of any size needs little memory. It opens with
``openssl cms -decrypt -inform DER`` (OpenSSL 3.0 and later).
"""

import os
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from asn1crypto import algos, cms, core
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from plugins.seal.registrars import public_key

ALGORITHM = "AES-256-GCM, RSA-OAEP-SHA256 (RFC 5083)"

_CHUNK = 1 << 20
_NONCE, _TAG = 12, 16
_AUTH_ENVELOPED = "1.2.840.113549.1.9.16.1.23"
_AES256_GCM = "2.16.840.1.101.3.4.1.46"
_SEQUENCE, _SET, _OCTETS, _CONTEXT, _CONTEXT_PRIMITIVE = 0x30, 0x31, 0x04, 0xA0, 0x80


class _GcmParameters(core.Sequence):  # type: ignore[misc]
    """RFC 5084 section 3.2."""

    _fields = [("nonce", core.OctetString), ("icv_length", core.Integer)]


def seal(plain: BinaryIO, size: int, registrars: Sequence[x509.Certificate]) -> Iterator[bytes]:
    """DER of the envelope around the ``size`` bytes of ``plain``, in pieces.

    Each call makes a fresh content key. Raises ValueError when ``plain`` holds another number of
    bytes than ``size``.
    """
    key, nonce = os.urandom(32), os.urandom(_NONCE)
    recipients = b"".join(_recipient(certificate, key) for certificate in registrars)
    encryptor = Cipher(algorithms.AES256(key), modes.GCM(nonce)).encryptor()
    yield _head(recipients, nonce, size)
    left = size
    while chunk := plain.read(_CHUNK):
        left -= len(chunk)
        yield encryptor.update(chunk)
    if left:
        raise ValueError("the content changed while it was sealed")
    yield encryptor.finalize()
    yield _tlv(_OCTETS, encryptor.tag)


def _head(recipients: bytes, nonce: bytes, size: int) -> bytes:
    """Everything before the ciphertext; all lengths are known beforehand."""
    parameters: bytes = _GcmParameters({"nonce": nonce, "icv_length": _TAG}).dump()
    algorithm = _tlv(_SEQUENCE, _oid(_AES256_GCM) + parameters)
    content = _oid("1.2.840.113549.1.7.1") + algorithm + _length(_CONTEXT_PRIMITIVE, size)
    encrypted = _length(_SEQUENCE, len(content) + size) + content
    body: bytes = core.Integer(0).dump() + _tlv(_SET, recipients) + encrypted
    body_size = len(body) + size + 2 + _TAG
    body = _length(_SEQUENCE, body_size) + body
    info_size = len(body) + size + 2 + _TAG
    info = _oid(_AUTH_ENVELOPED) + _length(_CONTEXT, info_size) + body
    return _length(_SEQUENCE, len(info) + size + 2 + _TAG) + info


def _recipient(certificate: x509.Certificate, key: bytes) -> bytes:
    """KeyTransRecipientInfo with RSAES-OAEP and SHA-256 (RFC 8017, RFC 4055)."""
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), label=None)
    issuer = core.load(certificate.issuer.public_bytes())
    sha256 = {"algorithm": "sha256", "parameters": core.Null()}
    info = cms.KeyTransRecipientInfo(
        {
            "version": "v0",
            "rid": cms.RecipientIdentifier(
                "issuer_and_serial_number",
                {"issuer": issuer, "serial_number": certificate.serial_number},
            ),
            "key_encryption_algorithm": {
                "algorithm": "rsaes_oaep",
                "parameters": algos.RSAESOAEPParams(
                    {
                        "hash_algorithm": sha256,
                        "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": sha256},
                    }
                ),
            },
            "encrypted_key": public_key(certificate).encrypt(key, oaep),
        }
    )
    der: bytes = info.dump()
    return der


def _oid(dotted: str) -> bytes:
    der: bytes = core.ObjectIdentifier(dotted).dump()
    return der


def _tlv(tag: int, value: bytes) -> bytes:
    return _length(tag, len(value)) + value


def _length(tag: int, size: int) -> bytes:
    """Tag and length (X.690 section 8.1.3) of a value of ``size`` bytes."""
    if size < 0x80:
        return bytes((tag, size))
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(digits))) + digits
