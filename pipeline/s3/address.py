"""Addresses of buckets: ``s3:https://host/bucket/prefix?credentials=file:keys/s3.json``."""

import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pydantic import AfterValidator, ValidationInfo

from pipeline.errors import ConfigurationError

SCHEME = "s3:"
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_WORDS = {"credentials", "region", "insecure"}
_REFERENCE = "file:"


@dataclass(frozen=True)
class S3Address:
    """Where a bucket is. ``host`` may carry a port; ``prefix`` is empty or ends with ``/``."""

    host: str
    secure: bool
    bucket: str
    prefix: str
    region: str
    credentials: Path

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read ``s3:https://host[:port]/bucket[/prefix]?credentials=file:FILE[&region=R]``.

        ``http`` is taken on the loopback interface only, or with ``&insecure=yes``. Raises
        ConfigurationError.
        """
        parts = urlsplit(url.removeprefix(SCHEME))
        asked = dict(parse_qsl(parts.query, keep_blank_values=True))
        bucket, _, prefix = parts.path.strip("/").partition("/")
        secure = parts.scheme == "https"
        credentials = asked.get("credentials", "")
        if not (
            url.startswith(SCHEME)
            and parts.scheme in {"http", "https"}
            and parts.hostname
            and parts.username is None
            and _BUCKET.fullmatch(bucket)
            and credentials.startswith(_REFERENCE)
            and asked.keys() <= _WORDS
        ):
            raise _bad(url)
        if not (secure or asked.get("insecure") == "yes" or _is_loopback(parts.hostname)):
            raise _bare(parts.netloc)
        return cls(
            host=parts.netloc,
            secure=secure,
            bucket=bucket,
            prefix=f"{prefix}/" if prefix else "",
            region=asked.get("region", "us-east-1"),
            credentials=Path(credentials.removeprefix(_REFERENCE)),
        )

    def __str__(self) -> str:
        """What may be shown and recorded: without the reference to the credentials."""
        scheme = "https" if self.secure else "http"
        return f"{SCHEME}{scheme}://{self.host}/{self.bucket}/{self.prefix}".rstrip("/")


def anchored(url: str, folder: Path) -> str:
    """The same address, with the reference to the credentials taken from ``folder``."""
    parts = urlsplit(url.removeprefix(SCHEME))
    asked = [
        (word, _REFERENCE + str(folder / value.removeprefix(_REFERENCE)))
        if word == "credentials" and value.startswith(_REFERENCE)
        else (word, value)
        for word, value in parse_qsl(parts.query, keep_blank_values=True)
    ]
    return SCHEME + urlunsplit(parts._replace(query=urlencode(asked, safe="/:")))


def _in_station(url: str, info: ValidationInfo) -> str:
    folder = (info.context or {}).get("folder")
    try:
        S3Address.parse(url)
    except ConfigurationError as error:
        raise ValueError(f"{error.english} {error.thai}") from error
    return anchored(url, Path(folder)) if folder is not None else url


StationBucket = Annotated[str, AfterValidator(_in_station)]
"""Type of an option that holds a bucket's address; a relative ``credentials`` reference is taken
from the station's folder."""


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _bad(url: str) -> ConfigurationError:
    shown = url.partition("?")[0]
    example = "s3:https://s3.example.go.th/saraban?credentials=file:keys/s3.json"
    return ConfigurationError(
        "bad-s3-address",
        thai=f"ที่อยู่ {shown} ไม่ถูกต้อง ตัวอย่างที่ถูก: {example}",
        english=f"{shown} is no address of a bucket. Write it like {example}",
    )


def _bare(host: str) -> ConfigurationError:
    return ConfigurationError(
        "s3-not-encrypted",
        thai=f"การเชื่อมต่อกับ {host} ไม่เข้ารหัส โปรดใช้ https หรือระบุ insecure=yes หากเครือข่ายปิดจริง",
        english=f"The connection to {host} would not be encrypted. Use https, or add insecure=yes "
        "where the network is closed.",
    )
