"""Keys: one data key per document, wrapped by the station's key (Tink).

Everything of a document (artifacts, its body in the state store, its questions) is encrypted with
the
document's data key. Destroying the one wrapped copy therefore erases all of it, wherever copies of
the ciphertext lie ("crypto-erase", NIST SP 800-88r1 section 2.5).
"""

import io
from collections.abc import Collection, Iterator, Mapping
from typing import Any, BinaryIO, Self
from uuid import UUID

import tink
from tink import aead, proto_keyset_format, secret_key_access, streaming_aead
from tink import mac as tink_mac

from pipeline.errors import SarabanError, SecurityError
from schemas.secrecy import Secrecy

CHUNK = 1 << 20


class DataKey:
    """AES256-GCM-HKDF streaming key of one document. Never stored unwrapped."""

    def __init__(self, handle: Any) -> None:
        self.handle = handle
        self._primitive: Any = handle.primitive(streaming_aead.StreamingAead)

    @classmethod
    def fresh(cls) -> Self:
        """A new random key."""
        template = streaming_aead.streaming_aead_key_templates.AES256_GCM_HKDF_1MB
        return cls(tink.new_keyset_handle(template))

    def encrypt_stream(self, plain: BinaryIO, associated: bytes) -> Iterator[bytes]:
        """Ciphertext of ``plain`` in chunks, bound to ``associated``."""
        sink = _Drain()
        with self._primitive.new_encrypting_stream(sink, associated) as stream:
            while chunk := plain.read(CHUNK):
                stream.write(chunk)
                yield from sink.take()
        yield from sink.take()

    def decrypt_stream(self, stored: BinaryIO, associated: bytes) -> Iterator[bytes]:
        """Plaintext in chunks. Raises SecurityError when the bytes were altered or moved.

        What reading ``stored`` raises comes through: bytes that did not arrive were not altered.
        """
        source = _Source(stored)
        try:
            with self._primitive.new_decrypting_stream(source, associated) as stream:
                while chunk := stream.read(CHUNK):
                    yield chunk
        except tink.TinkError as error:
            raise source.failure or _altered() from error

    def encrypt(self, plain: bytes, associated: bytes) -> bytes:
        """For small values: everything in memory."""
        return b"".join(self.encrypt_stream(io.BytesIO(plain), associated))

    def decrypt(self, stored: bytes, associated: bytes) -> bytes:
        """Inverse of :meth:`encrypt`."""
        return b"".join(self.decrypt_stream(io.BytesIO(stored), associated))


class StationKey:
    """The key that wraps all data keys and fingerprints sources. Lives outside the state store."""

    def __init__(self, secret: bytes) -> None:
        """``secret`` is what :meth:`generate` returned."""
        aead_part, mac_part = secret.split(b"\n", 1)
        access = secret_key_access.TOKEN
        self._aead: Any = _parse(aead_part, access).primitive(aead.Aead)
        self._mac: Any = _parse(mac_part, access).primitive(tink_mac.Mac)

    @staticmethod
    def generate() -> bytes:
        """A new station key as bytes for a file of mode 0600."""
        _register()
        handles = (
            tink.new_keyset_handle(aead.aead_key_templates.AES256_GCM),
            tink.new_keyset_handle(tink_mac.mac_key_templates.HMAC_SHA256_256BITTAG),
        )
        access = secret_key_access.TOKEN
        return b"\n".join(
            tink.json_proto_keyset_format.serialize(handle, access).replace("\n", "").encode()
            for handle in handles
        )

    def wrap(self, key: DataKey, document: UUID) -> bytes:
        """``key`` encrypted for the state store, bound to its document."""
        return bytes(
            proto_keyset_format.serialize_encrypted(key.handle, self._aead, document.bytes)
        )

    def unwrap(self, wrapped: bytes, document: UUID) -> DataKey:
        """Inverse of :meth:`wrap`. Raises SecurityError when it is another document's key."""
        try:
            return DataKey(proto_keyset_format.parse_encrypted(wrapped, self._aead, document.bytes))
        except tink.TinkError as error:
            raise _altered() from error

    def encrypt(self, plain: bytes, associated: bytes) -> bytes:
        """For lines that outlive their document, e.g. register entries."""
        return bytes(self._aead.encrypt(plain, associated))

    def decrypt(self, stored: bytes, associated: bytes) -> bytes:
        """Inverse of :meth:`encrypt`. Raises SecurityError."""
        try:
            return bytes(self._aead.decrypt(stored, associated))
        except tink.TinkError as error:
            raise _altered() from error

    def fingerprint(self, sha256: str, scope: str) -> str:
        """Keyed digest of a file: recognises it again, tells nothing without the key."""
        return bytes(self._mac.compute_mac(bytes.fromhex(sha256) + scope.encode())).hex()


class KeyRing:
    """Station keys by secrecy level, so that a machine can be given less than all of them.

    A document's data key is wrapped by the key of the lowest level on the ring that is not below
    the document's exposure. A ring with the one key of TOP_SECRET therefore serves every level; a
    machine whose ring ends at NORMAL can open nothing above it, whatever it reads in the state
    store.
    """

    def __init__(self, keys: Mapping[Secrecy, StationKey]) -> None:
        self._keys = dict(sorted(keys.items()))

    def level_for(self, exposure: Secrecy) -> Secrecy:
        """The level whose key wraps at ``exposure``. SecurityError when none is held."""
        for level in self._keys:
            if level >= exposure:
                return level
        raise _not_held(exposure)

    def at(self, level: Secrecy) -> StationKey:
        """The key of exactly this level. Raises SecurityError when it is not held."""
        try:
            return self._keys[level]
        except KeyError:
            raise _not_held(level) from None

    @property
    def levels(self) -> Collection[Secrecy]:
        """The levels whose keys are held."""
        return self._keys.keys()

    @property
    def intake(self) -> StationKey:
        """The key that recognises sources: of what is not classified yet."""
        return self.at(Secrecy.TOP_SECRET)


class _Source(io.RawIOBase):
    """What Tink reads; remembers why it could not, since Tink does not."""

    def __init__(self, stored: BinaryIO) -> None:
        self._stored = stored
        self.failure: SarabanError | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            chunk = self._stored.read(len(buffer))
        except SarabanError as error:
            self.failure = error
            raise
        buffer[: len(chunk)] = chunk
        return len(chunk)


class _Drain(io.RawIOBase):
    """Collects what Tink writes until it is taken."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._chunks.append(bytes(data))
        return len(data)

    def take(self) -> list[bytes]:
        taken, self._chunks = self._chunks, []
        return taken


def _parse(part: bytes, access: Any) -> Any:
    _register()
    return tink.json_proto_keyset_format.parse(part.decode(), access)


def _register() -> None:
    aead.register()
    streaming_aead.register()
    tink_mac.register()


def _not_held(level: Secrecy) -> SecurityError:
    return SecurityError(
        "level-not-held",
        thai=f"เครื่องนี้ไม่มีกุญแจสำหรับเอกสารชั้น {level.thai} จึงเปิดอ่านไม่ได้ โปรดใช้เครื่องที่มีกุญแจ "
        "หรือลดค่า clearance ของเครื่องนี้",
        english=f"This machine holds no key for documents of level {level}; nothing was opened. "
        "Use a machine that holds one, or lower this machine's `clearance`.",
    )


def _altered() -> SecurityError:
    return SecurityError(
        "bytes-altered",
        thai="ข้อมูลที่เก็บไว้ถูกแก้ไขหรือไม่ใช่ของเอกสารนี้ ระบบจึงไม่เปิดอ่าน โปรดแจ้งผู้ดูแลระบบ",
        english="Stored bytes were altered or belong elsewhere; they were not opened. "
        "Tell the administrator.",
    )
