"""What a server's refusals mean: later again, no room, or something to mend."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from xml.etree.ElementTree import ParseError

from minio.error import InvalidResponseError, S3Error, ServerError
from urllib3.exceptions import HTTPError, MaxRetryError, SSLError

from pipeline.errors import (
    ConfigurationError,
    DocumentError,
    NoSpaceError,
    SarabanError,
    TransientError,
    UnavailableError,
)
from pipeline.s3.address import S3Address

TAKEN = "PreconditionFailed"
"""Code of the answer to ``If-None-Match: *`` when the name is taken."""


@contextmanager
def understood(address: S3Address) -> Iterator[None]:
    """Turn what the library raises into errors of the pipeline.

    UnavailableError when there is no connection or answer in time, and for 409, 429 and 5xx;
    TransientError for bytes damaged on the way; NoSpaceError for a full store; DocumentError for
    an object that is not there; ConfigurationError for everything that only a person can mend.
    """
    try:
        yield
    except S3Error as error:
        raise _meaning(address, error.response.status, error.code or "") from error
    except ServerError as error:
        raise _meaning(address, error.status_code, "") from error
    except InvalidResponseError as error:
        raise _meaning(address, error._code, "") from error  # noqa: SLF001 - told nowhere else
    except HTTPError as error:
        raise _unreachable(address, error) from error
    except (ParseError, ValueError) as error:  # the library's own reading of the answer failed
        raise _busy(address, "answer cannot be read") from error


@contextmanager
def blameless() -> Iterator[None]:
    """While a step runs, what only a person can mend is no document's fault either.

    Raises ConfigurationError as UnavailableError: the step waits until it is mended, instead of
    sending one document after another to quarantine.
    """
    try:
        yield
    except ConfigurationError as error:
        raise UnavailableError(error.code, thai=error.thai, english=error.english) from error


def _meaning(address: S3Address, status: int, code: str) -> SarabanError:
    """``code`` is that of S3, which came with the HTTP status; empty when there was none."""
    told = code or str(status)
    if code in _BY_CODE:
        return _BY_CODE[code](address, told)
    if status in _BY_STATUS:
        return _BY_STATUS[status](address, told)
    return (_busy if status >= 500 else _refused)(address, told)


def _missing(address: S3Address, _told: str) -> DocumentError:
    return DocumentError(
        "stored-bytes-missing",
        thai=f"ไม่พบข้อมูลที่เก็บไว้ใน {address} โปรดกู้คืนจากสำเนาสำรอง",
        english=f"Stored bytes are missing in {address}. Restore them from the backup.",
    )


def _unreachable(address: S3Address, error: HTTPError) -> UnavailableError | ConfigurationError:
    reason = error.reason if isinstance(error, MaxRetryError) else error
    if isinstance(reason, SSLError):
        return ConfigurationError(
            "s3-not-trusted",
            thai=f"ตรวจใบรับรองของ {address.host} ไม่ผ่าน โปรดติดตั้งใบรับรองของผู้ออก (CA) ในเครื่อง",
            english=f"The certificate of {address.host} is not trusted by this machine; install "
            "the certificate of its issuer.",
        )
    return UnavailableError(
        "s3-unreachable",
        thai=f"ติดต่อ {address.host} ไม่ได้ หรือไม่ตอบในเวลา ระบบจะลองใหม่ โปรดตรวจเครือข่ายและเครื่องแม่ข่าย",
        english=f"{address.host} cannot be reached or did not answer in time; it will be tried "
        "again. Check the network and the server.",
    )


def _busy(address: S3Address, told: str) -> UnavailableError:
    return UnavailableError(
        "s3-busy",
        thai=f"{address.host} ยังทำคำขอไม่ได้ ({told}) ระบบจะลองใหม่",
        english=f"{address.host} could not serve a request now ({told}); it will be tried again.",
    )


def damaged(address: S3Address, _told: str = "") -> TransientError:
    """Other bytes arrived than were sent."""
    return TransientError(
        "s3-damaged",
        thai=f"ข้อมูลเสียหายระหว่างทางไปหรือกลับจาก {address.host} ระบบจะลองใหม่ โปรดตรวจเครือข่าย",
        english=f"Bytes were damaged on their way to or from {address.host}; it will be tried "
        "again. Check the network.",
    )


def _full(address: S3Address, _told: str) -> NoSpaceError:
    return NoSpaceError(
        "s3-full",
        thai=f"ที่เก็บ {address} เต็ม เอกสารต้นทางยังอยู่ที่เดิม โปรดเพิ่มพื้นที่แล้วสั่งทำต่อ",
        english=f"{address} is full. The source stays where it is; make room, then resume.",
    )


def _no_bucket(address: S3Address, _told: str) -> ConfigurationError:
    return ConfigurationError(
        "s3-no-bucket",
        thai=f"ไม่มี bucket ชื่อ {address.bucket} ที่ {address.host} โปรดสร้างก่อน",
        english=f"There is no bucket {address.bucket} at {address.host}; make it first.",
    )


def _denied(address: S3Address, told: str) -> ConfigurationError:
    return ConfigurationError(
        "s3-denied",
        thai=f"{address} ไม่ให้สิทธิ์ ({told}) โปรดตรวจไฟล์ {address.credentials.name} และสิทธิ์ของบัญชี",
        english=f"{address} denied access ({told}). Check {address.credentials.name} and what its "
        "account may do.",
    )


def _refused(address: S3Address, told: str) -> ConfigurationError:
    return ConfigurationError(
        "s3-refused",
        thai=f"{address} ปฏิเสธคำขอ ({told}) โปรดตรวจที่อยู่ ภูมิภาค (region) และความสามารถของแม่ข่าย",
        english=f"{address} refused a request ({told}). Check the address, its region, and whether "
        "the server offers what is asked.",
    )


_BY_CODE: dict[str, Callable[[S3Address, str], SarabanError]] = {
    "InsufficientStorage": _full,
    "QuotaExceeded": _full,
    "StorageFull": _full,
    "XMinioAdminBucketQuotaExceeded": _full,
    "XMinioStorageFull": _full,
    "BadDigest": damaged,
    "IncompleteBody": damaged,
    "InvalidDigest": damaged,
    "XAmzContentChecksumMismatch": damaged,
    "XAmzContentSHA256Mismatch": damaged,
    "RequestTimeout": _busy,
    "NoSuchKey": _missing,
    "NoSuchVersion": _missing,
    "NoSuchBucket": _no_bucket,
}
_BY_STATUS: dict[int, Callable[[S3Address, str], SarabanError]] = {
    401: _denied,
    403: _denied,
    408: _busy,
    409: _busy,
    429: _busy,
    501: _refused,
    507: _full,
}
