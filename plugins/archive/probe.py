"""Whether a bucket keeps what an archive promises, shown on small objects of its own.

Every protection is attacked with the station's own credentials. An error of the server is no proof:
after each attack the object is read again.
"""

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4

from pipeline.errors import ConfigurationError, DocumentError, TransientError
from pipeline.s3.bucket import Bucket, digest_stream
from schemas.archive import ObjectLock
from schemas.storage import ProbeFinding, StorageProbe

FOLDER = "saraban-probe/"
RETENTION = timedelta(minutes=5)
"""How long the probe's objects stay locked; a later probe removes them."""
WRITERS = 8
_CONTENT = b"saraban: this object shows whether the storage keeps what it promises\n"
_SHA256 = hashlib.sha256(_CONTENT).hexdigest()
_OTHER = b"saraban: these bytes must never take the place of the first ones\n"


def probe(bucket: Bucket) -> StorageProbe:
    """Try everything that ``archive-s3`` relies on.

    Raises UnavailableError when the server cannot be reached, ConfigurationError when it denies
    access or has no such bucket.
    """
    keeps = bucket.keeps_versions(), bucket.has_lock()
    findings = [
        _told("versions-kept", keeps[0], "เปิดการเก็บรุ่น (versioning)", "the bucket keeps versions"),
        _told("lock-enabled", keeps[1], "เปิด Object Lock", "the bucket has Object Lock"),
    ]
    if all(keeps):
        _sweep(bucket)
        findings += _Trial(bucket, f"{FOLDER}{uuid4().hex}").findings()
    return StorageProbe(storage=str(bucket.address), findings=tuple(findings))


class _Trial:
    """Attacks on the objects of one probe, whose names begin with ``start``."""

    def __init__(self, bucket: Bucket, start: str) -> None:
        self.bucket = bucket
        self.name = f"{start}-locked"
        self.held = f"{start}-held"
        self.damaged = f"{start}-damaged"
        self.raced = f"{start}-raced"
        self.until = datetime.now(UTC).replace(microsecond=0) + RETENTION
        self.lock = ObjectLock(mode="COMPLIANCE", until=self.until)
        self.version = ""

    def findings(self) -> Iterator[ProbeFinding]:
        """In the order tried; nothing further once not even writing works."""
        written = self._write()
        yield _told(
            "object-locked",
            written,
            "เขียนไฟล์ทดสอบแบบล็อก อ่านกลับได้ตรง และแม่ข่ายยืนยันการล็อก",
            "a test object was written with a lock; bytes and lock were read back",
        )
        if not written:
            return
        for code, attempt, thai, english in self._attempts():
            yield _told(code, attempt(), thai, english)

    def _attempts(self) -> list[tuple[str, Callable[[], bool], str, str]]:
        return [
            (
                "not-deleted",
                self._survives_deletion,
                "ลบรุ่นที่ล็อกไม่ได้ แม้ขอข้ามการล็อก",
                "the locked version cannot be deleted, not even with a bypass",
            ),
            (
                "not-shortened",
                self._survives_shortening,
                "ย่นเวลาล็อกหรือลดระดับการล็อกไม่ได้",
                "its retention can be neither shortened nor weakened",
            ),
            (
                "extended",
                self._extends,
                "ขยายเวลาล็อกได้",
                "its retention can be made longer",
            ),
            (
                "written-once",
                self._refuses_second,
                "เขียนชื่อซ้ำด้วย If-None-Match ไม่ได้",
                "a taken name is refused (If-None-Match)",
            ),
            (
                "written-once-together",
                self._one_writer_wins,
                f"ผู้เขียน {WRITERS} รายพร้อมกัน สำเร็จเพียงรายเดียว",
                f"of {WRITERS} writers at the same moment one wins",
            ),
            (
                "checksum-enforced",
                self._refuses_damage,
                "ปฏิเสธข้อมูลที่ไม่ตรงกับ SHA-256",
                "bytes that do not match their SHA-256 are refused",
            ),
            (
                "legal-hold",
                self._holds,
                "ลบไฟล์ที่สั่งระงับการทำลาย (legal hold) ไม่ได้ และยกเลิกคำสั่งได้",
                "an object under legal hold cannot be deleted; the hold can be lifted",
            ),
            (
                "not-overwritten",
                self._survives_overwriting,
                "เขียนทับหรือสั่งลบตามปกติแล้ว รุ่นที่ล็อกยังอยู่ครบ",
                "overwriting and plain deletion leave the locked version as it was",
            ),
            (
                "versions-listed",
                self._lists,
                "แสดงรายการทุกรุ่นและเครื่องหมายลบครบ",
                "all versions and delete markers are listed",
            ),
        ]

    def _write(self) -> bool:
        try:
            self.version = self.bucket.put(self.name, _CONTENT, new=True, lock=self.lock) or ""
        except ConfigurationError:
            return False
        return bool(self.version) and self._intact()

    def _intact(self) -> bool:
        """Whether the locked version stands there with its bytes and at least its lock."""
        try:
            found = digest_stream(self.bucket.open(self.name, self.version))
            lock = self.bucket.lock_of(self.name, self.version)
        except (DocumentError, ConfigurationError):
            return False
        return found.sha256 == _SHA256 and lock.covers(self.lock)

    def _survives_deletion(self) -> bool:
        _attack(lambda: self.bucket.delete(self.name, self.version))
        _attack(lambda: self.bucket.delete(self.name, self.version, bypass=True))
        return self._intact()

    def _survives_shortening(self) -> bool:
        shorter = self.lock.model_copy(update={"until": datetime.now(UTC) + RETENTION / 2})
        weaker = self.lock.model_copy(update={"mode": "GOVERNANCE"})
        for lock in (shorter, weaker):
            for bypass in (False, True):
                _attack(partial(self._relock, lock, bypass=bypass))
        return self._intact()

    def _extends(self) -> bool:
        self.lock = self.lock.model_copy(update={"until": self.until + RETENTION})
        _attack(partial(self._relock, self.lock))
        return self._intact()

    def _relock(self, lock: ObjectLock, *, bypass: bool = False) -> None:
        self.bucket.set_retention(self.name, self.version, lock, bypass=bypass)

    def _refuses_second(self) -> bool:
        try:
            taken = self.bucket.put(self.name, _OTHER, new=True, lock=self.lock) is None
        except ConfigurationError:
            return False
        return taken and self._intact()

    def _one_writer_wins(self) -> bool:
        def write(number: int) -> bool:
            content = b"%d" % number
            return self.bucket.put(self.raced, content, new=True, lock=self.lock) is not None

        try:
            with ThreadPoolExecutor(WRITERS) as pool:
                won = sum(pool.map(write, range(WRITERS)))
        except ConfigurationError:
            return False
        return won <= 1 and len(self.bucket.versions(self.raced)) == 1

    def _refuses_damage(self) -> bool:
        try:
            self.bucket.put(self.damaged, _CONTENT, sha256="0" * 64, lock=self.lock)
        except (ConfigurationError, TransientError) as error:
            if error.code not in {"s3-damaged", "s3-refused"}:
                raise
            return not self.bucket.versions(self.damaged)
        return False

    def _holds(self) -> bool:
        held = ObjectLock(legal_hold=True)
        try:
            version = self.bucket.put(self.held, _CONTENT, lock=held) or ""
            _attack(lambda: self.bucket.delete(self.held, version, bypass=True))
            kept = self.bucket.lock_of(self.held, version).legal_hold
            self.bucket.set_legal_hold(self.held, version, on=False)
            lifted = not self.bucket.lock_of(self.held, version).legal_hold
        except (ConfigurationError, DocumentError):
            return False
        _attack(lambda: self.bucket.delete(self.held, version))
        return kept and lifted

    def _survives_overwriting(self) -> bool:
        _attack(lambda: self.bucket.put(self.name, _OTHER))
        _attack(lambda: self.bucket.delete(self.name))
        return self._intact()

    def _lists(self) -> bool:
        """After the attacks above: the locked version, its overwriting and the deletion."""
        listed = self.bucket.versions(self.name)
        locked = any(one.id == self.version and not one.marker for one in listed)
        return locked and len(listed) == 3 and sum(one.marker for one in listed) == 1


def _sweep(bucket: Bucket) -> None:
    """Remove what earlier probes left, as far as its lock has ended."""
    for name, version in list(bucket.all_versions(FOLDER)):
        _attack(partial(bucket.delete, name, version.id))


def _attack(attempt: Callable[[], object]) -> None:
    """Try what a storage ought to refuse; what came of it is looked at afterwards."""
    with suppress(ConfigurationError, DocumentError):
        attempt()


def _told(code: str, held: bool, thai: str, english: str) -> ProbeFinding:
    return ProbeFinding(code=code, held=held, thai=thai, english=english)
