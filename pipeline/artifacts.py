"""Artifacts: bytes encrypted with their document's key, in a store that sees only ciphertext."""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from pipeline.errors import SecurityError
from pipeline.keys import CHUNK, DataKey
from schemas.artifact import Artifact
from schemas.outcome import Kept
from schemas.secrecy import Secrecy


class ArtifactStore(ABC):
    """Where stored bytes lie. Knows locators and ciphertext; no document, no key.

    All methods raise TransientError for what may pass and NoSpaceError when there is no room.
    """

    @abstractmethod
    def put(self, locator: str, chunks: Iterable[bytes]) -> tuple[int, str]:
        """Write durably: on return the bytes survive a power cut. Answers (size, sha256 hex).

        A locator is written once; writing it again replaces what a lost attempt left there.
        """

    @abstractmethod
    def open(self, locator: str) -> BinaryIO:
        """A stream of the stored bytes. Raises DocumentError when there are none."""

    @abstractmethod
    def delete(self, locator: str) -> None:
        """Remove; silent when nothing is there."""

    @abstractmethod
    def locators(self) -> Iterator[str]:
        """Everything the store holds."""

    @abstractmethod
    def free(self) -> int | None:
        """Bytes of room left, or None when the store cannot tell."""


def associated_data(document: UUID, role: str, secrecy: Secrecy) -> bytes:
    """What the encryption of an artifact is bound to."""
    return f"saraban:1:{document}:{role}:{secrecy}".encode()


def folder_of(document: UUID) -> str:
    """First part of the locators of a document's artifacts."""
    return f"{document.hex[:2]}/{document.hex}"


def write_artifact(
    store: ArtifactStore,
    key: DataKey,
    source: Path,
    kept: Kept,
    *,
    artifact: UUID,
    document: UUID,
    secrecy: Secrecy,
) -> Artifact:
    """Encrypt the kept file into the store. Raises SecurityError if it changed since."""
    locator = f"{folder_of(document)}/{artifact.hex}"
    digest = hashlib.sha256()
    with source.open("rb") as plain:
        reader = _Digesting(plain, digest)
        size, stored_sha256 = store.put(
            locator,
            key.encrypt_stream(reader, associated_data(document, kept.role, secrecy)),  # type: ignore[arg-type]
        )
    if digest.hexdigest() != kept.sha256:
        store.delete(locator)
        raise SecurityError(
            "kept-file-changed",
            thai="แฟ้มผลงานของขั้นตอนถูกแก้ไขหลังส่งมอบ เอกสารนี้ถูกกักไว้",
            english="A step changed a file after handing it over; the document was stopped.",
        )
    return Artifact(
        id=artifact,
        document=document,
        role=kept.role,
        media_type=kept.media_type,
        size=kept.size,
        sha256=kept.sha256,
        secrecy=secrecy,
        locator=locator,
        stored_size=size,
        stored_sha256=stored_sha256,
    )


def read_artifact(store: ArtifactStore, key: DataKey, artifact: Artifact, target: Path) -> None:
    """Decrypt into ``target``. Raises SecurityError when bytes or digest differ."""
    digest = hashlib.sha256()
    bound = associated_data(artifact.document, artifact.role, artifact.secrecy)
    with store.open(artifact.locator) as stored, target.open("wb") as plain:
        for chunk in key.decrypt_stream(stored, bound):
            digest.update(chunk)
            plain.write(chunk)
    if digest.hexdigest() != artifact.sha256:
        target.unlink()
        raise SecurityError(
            "fixity-mismatch",
            thai="ข้อมูลที่เก็บไว้ไม่ตรงกับที่บันทึก โปรดแจ้งผู้ดูแลระบบ",
            english="Stored bytes do not match their recorded digest. Tell the administrator.",
        )


class _Digesting:
    """Reads through to a stream and digests on the way."""

    def __init__(self, stream: BinaryIO, digest: "hashlib._Hash") -> None:
        self._stream = stream
        self._digest = digest

    def read(self, size: int = CHUNK) -> bytes:
        chunk = self._stream.read(size)
        self._digest.update(chunk)
        return chunk
