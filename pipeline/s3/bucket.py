"""One bucket: transfers checked end to end, object lock, and every wait bounded."""

import base64
import hashlib
import io
import json
import mmap
import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, BinaryIO, NamedTuple, Self

from minio import Minio
from minio.commonconfig import ENABLED
from minio.error import S3Error
from minio.helpers import genheaders
from minio.retention import Retention
from urllib3 import BaseHTTPResponse, PoolManager, Retry, Timeout

from pipeline.durable import Written
from pipeline.errors import ConfigurationError, DocumentError
from pipeline.keyfile import read_key_file
from pipeline.s3.address import S3Address
from pipeline.s3.refusals import TAKEN, damaged, understood
from schemas.archive import ObjectLock

CONNECT_TIMEOUT = 5.0
READ_TIMEOUT = 30.0
"""Seconds of silence after which a request is given up and sent again."""
RETRIES = 3
"""How often a request is sent again before the step is given back."""
BACKOFF = 0.25
"""Seconds of the first pause between them; each further one is twice as long."""
PART = 16 << 20
"""Bytes of one part of an object whose length is not known beforehand."""
_RETRIED = (409, 429, 500, 502, 503, 504)
_BYPASS = {"x-amz-bypass-governance-retention": "true"}

Content = bytes | mmap.mmap


class Version(NamedTuple):
    """One version of an object; ``marker`` when it only hides the others."""

    id: str
    marker: bool


class Bucket:
    """Objects below the address's prefix. Names are relative to it.

    All methods raise what :func:`pipeline.s3.refusals.understood` says. Safe to share between
    threads, and to carry over a fork.
    """

    def __init__(self, address: S3Address) -> None:
        self.address = address
        self._connection: tuple[int, Minio] | None = None

    @classmethod
    def at(cls, url: str) -> Self:
        """The bucket of an address. Raises ConfigurationError when it is no such address."""
        return cls(S3Address.parse(url))

    @property
    def client(self) -> Minio:
        """This process's client. Raises ConfigurationError when the credentials are not fit."""
        if self._connection is None or self._connection[0] != os.getpid():
            self._connection = (os.getpid(), _connect(self.address))
        return self._connection[1]

    def put(
        self,
        name: str,
        content: Content,
        *,
        new: bool = False,
        lock: ObjectLock | None = None,
        sha256: str | None = None,
    ) -> str | None:
        """Write one object; its version id, or "" where the bucket keeps no versions.

        With ``new`` an existing object is never touched, and the answer is then None. The server
        refuses bytes that do not have the digest ``sha256`` (hex; by default that of ``content``).
        """
        digest = bytes.fromhex(sha256) if sha256 else hashlib.sha256(content).digest()
        retention = Retention(lock.mode, lock.until) if lock and lock.mode and lock.until else None
        headers = genheaders(None, None, None, retention, bool(lock and lock.legal_hold))
        headers["x-amz-checksum-sha256"] = base64.b64encode(digest).decode()
        if new:
            headers["If-None-Match"] = "*"
        with understood(self.address):
            try:
                # put_object of the library sends neither checksum nor condition
                written = self.client._put_object(  # noqa: SLF001
                    self.address.bucket,
                    self.address.prefix + name,
                    content,  # type: ignore[arg-type]
                    headers,
                )
            except S3Error as error:
                if new and error.code == TAKEN:
                    return None
                raise
        return written.version_id or ""

    def put_stream(self, name: str, chunks: Iterable[bytes]) -> Written:
        """Write an object of any length, in parts when it is long, and see that it stands there."""
        reader = _Chunks(chunks)
        head = reader.read(PART)
        rest = reader.read(1)
        if rest:
            with understood(self.address):
                self.client.put_object(
                    self.address.bucket,
                    self.address.prefix + name,
                    _Joined(head + rest, reader),  # type: ignore[arg-type]
                    -1,
                    part_size=PART,
                    num_parallel_uploads=1,
                )
        else:
            self.put(name, head)
        if self._size(name) != reader.size:
            raise damaged(self.address)
        return Written(reader.size, reader.digest.hexdigest())

    def _size(self, name: str) -> int | None:
        try:
            with understood(self.address):
                return self.client.stat_object(self.address.bucket, self.address.prefix + name).size
        except DocumentError:
            return None

    def open(self, name: str, version: str | None = None) -> BinaryIO:
        """A stream of an object's bytes; reading raises as well. DocumentError: it is not there."""
        with understood(self.address):
            answer = self.client.get_object(
                self.address.bucket, self.address.prefix + name, version_id=version
            )
        return io.BufferedReader(_Body(self.address, answer), 1 << 20)

    def delete(self, name: str, version: str | None = None, *, bypass: bool = False) -> None:
        """Remove; silent when nothing is there. ``bypass`` asks to override a GOVERNANCE lock."""
        with understood(self.address):
            self.client._execute(  # noqa: SLF001 - remove_object of the library cannot bypass
                "DELETE",
                self.address.bucket,
                self.address.prefix + name,
                headers=dict(_BYPASS) if bypass else None,
                query_params={"versionId": version} if version else None,
            )

    def names(self) -> Iterator[str]:
        """All objects, however many."""
        with understood(self.address):
            for found in self.client.list_objects(
                self.address.bucket, prefix=self.address.prefix, recursive=True
            ):
                yield str(found.object_name).removeprefix(self.address.prefix)

    def versions(self, name: str) -> list[Version]:
        """Every version and delete marker of one object, as the server lists them."""
        return [version for found, version in self.all_versions(name) if found == name]

    def all_versions(self, start: str) -> Iterator[tuple[str, Version]]:
        """Every version and delete marker of the objects whose names begin with ``start``."""
        with understood(self.address):
            for found in self.client.list_objects(
                self.address.bucket,
                prefix=self.address.prefix + start,
                recursive=True,
                include_version=True,
            ):
                name = str(found.object_name).removeprefix(self.address.prefix)
                yield name, Version(found.version_id or "", bool(found.is_delete_marker))

    def lock_of(self, name: str, version: str) -> ObjectLock:
        """The lock of one version, as the server states it."""
        with understood(self.address):
            head = self.client.stat_object(
                self.address.bucket, self.address.prefix + name, version_id=version
            )
            told: dict[str, str] = {k.lower(): v for k, v in (head.metadata or {}).items()}
            until = told.get("x-amz-object-lock-retain-until-date")
            return ObjectLock(
                mode=told.get("x-amz-object-lock-mode") or None,
                until=datetime.fromisoformat(until) if until else None,
                legal_hold=told.get("x-amz-object-lock-legal-hold") == "ON",
            )

    def set_retention(
        self, name: str, version: str, lock: ObjectLock, *, bypass: bool = False
    ) -> None:
        """Set mode and date of a version; the server must refuse what would weaken a lock."""
        if lock.mode is None or lock.until is None:
            raise ValueError("a retention has a mode and a date")
        target = self.client, self.address.bucket, self.address.prefix + name
        with understood(self.address):
            _put_retention(*target, version, Retention(lock.mode, lock.until), bypass=bypass)

    def set_legal_hold(self, name: str, version: str, *, on: bool) -> None:
        """Set or lift the legal hold of a version."""
        key = self.address.prefix + name
        with understood(self.address):
            if on:
                self.client.enable_object_legal_hold(self.address.bucket, key, version)
            else:
                self.client.disable_object_legal_hold(self.address.bucket, key, version)

    def keeps_versions(self) -> bool:
        """Whether overwritten and deleted objects live on as versions."""
        with understood(self.address):
            return self.client.get_bucket_versioning(self.address.bucket).status == ENABLED

    def has_lock(self) -> bool:
        """Whether the bucket was made with Object Lock."""
        with understood(self.address):
            try:
                self.client.get_object_lock_config(self.address.bucket)
            except S3Error as error:
                if error.code == "ObjectLockConfigurationNotFoundError":
                    return False
                raise
        return True


def digest_stream(stream: BinaryIO) -> Written:
    """Size and SHA-256 (hex) of what comes out of a stream, which is closed."""
    digest, size = hashlib.sha256(), 0
    with stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
            size += len(chunk)
    return Written(size, digest.hexdigest())


def _connect(address: S3Address) -> Minio:
    keys = _credentials(address)
    return Minio(
        address.host,
        access_key=keys["access_key"],
        secret_key=keys["secret_key"],
        session_token=keys.get("session_token"),
        secure=address.secure,
        region=address.region,
        http_client=PoolManager(
            maxsize=8,
            timeout=Timeout(connect=CONNECT_TIMEOUT, read=READ_TIMEOUT),
            retries=Retry(
                total=RETRIES,
                redirect=0,
                raise_on_redirect=False,
                status_forcelist=_RETRIED,
                raise_on_status=False,
                respect_retry_after_header=False,
                backoff_factor=BACKOFF,
                backoff_jitter=BACKOFF,
            ),
        ),
    )


def _credentials(address: S3Address) -> dict[str, str]:
    content = read_key_file(address.credentials, private=True)
    try:
        keys = json.loads(content)
        fit = {"access_key", "secret_key"} <= keys.keys() <= _KEYS
        if fit and all(isinstance(value, str) and value for value in keys.values()):
            return dict(keys)
    except (ValueError, AttributeError):
        pass
    raise ConfigurationError(
        "bad-s3-credentials",
        thai=f"ไฟล์ {address.credentials} ต้องเป็น JSON ที่มี access_key และ secret_key",
        english=f"{address.credentials} must be JSON with access_key and secret_key "
        "(session_token may be there too).",
    )


_KEYS = {"access_key", "secret_key", "session_token"}


def _put_retention(
    client: Minio, bucket: str, key: str, version: str, retention: Retention, *, bypass: bool
) -> None:
    """As set_object_retention of the library, which cannot ask for a bypass."""
    from minio.helpers import md5sum_hash
    from minio.xml import marshal

    body = marshal(retention)
    headers: dict[str, Any] = {"Content-MD5": md5sum_hash(body)}
    client._execute(  # noqa: SLF001
        "PUT",
        bucket,
        key,
        body=body,
        headers=headers | (_BYPASS if bypass else {}),
        query_params={"versionId": version, "retention": ""},
    )


class _Chunks:
    """Reads from chunks as from a file, counting and digesting."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._left = b""
        self.size = 0
        self.digest = hashlib.sha256()

    def read(self, size: int) -> bytes:
        taken = [self._left]
        have = len(self._left)
        while have < size and (chunk := next(self._chunks, None)) is not None:
            taken.append(chunk)
            have += len(chunk)
        joined = b"".join(taken)
        self._left = joined[size:]
        piece = joined[:size]
        self.size += len(piece)
        self.digest.update(piece)
        return piece


class _Joined:
    """A file that starts with bytes that were read already."""

    def __init__(self, head: bytes, rest: _Chunks) -> None:
        self._head = io.BytesIO(head)
        self._rest = rest

    def read(self, size: int) -> bytes:
        return self._head.read(size) or self._rest.read(size)


class _Body(io.RawIOBase):
    """The body of an answer. Gives its connection back when closed, whole or not."""

    def __init__(self, address: S3Address, answer: BaseHTTPResponse) -> None:
        self._address = address
        self._answer = answer

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with understood(self._address):
            piece = self._answer.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        if not self.closed:
            self._answer.close()
            self._answer.release_conn()
        super().close()
