"""The verdict of a verification and its sentences, in Thai and English."""

from collections.abc import Iterable
from datetime import datetime
from enum import Enum
from typing import NamedTuple

from schemas.signing import (
    BANGKOK,
    Change,
    SignatureCheck,
    SignatureProfile,
    Verdict,
    Verification,
    thai_moment,
)


class Pair(NamedTuple):
    """One sentence in both languages."""

    thai: str
    english: str


class Obstacle(Enum):
    """Why nothing can be said of a file."""

    NOT_PDF = Pair(
        "ไฟล์นี้ไม่ใช่ PDF จึงไม่มีลายมือชื่อ PAdES ให้ตรวจ ถ้าเป็นซองที่เข้ารหัส (.p7m) "
        "ให้นายทะเบียนเปิดซองก่อน แล้วตรวจ PDF ข้างใน",
        "This file is no PDF, so there is no PAdES signature to check. A sealed envelope (.p7m) "
        "must be opened by its registrar first; then check the PDF inside.",
    )
    ENCRYPTED = Pair(
        "ไฟล์นี้มีรหัสผ่าน โปรดเปิดด้วยรหัสผ่านก่อนจึงจะตรวจลายมือชื่อได้",
        "This file is protected by a password; its signatures cannot be checked without it.",
    )
    OTHER_KIND = Pair(
        "มีลายมือชื่อชนิดที่ระบบนี้ตรวจไม่ได้ จึงยืนยันไม่ได้ว่าไฟล์ถูกแก้ไขหรือไม่",
        "There is a signature of a kind that cannot be checked here, so nothing can be said of "
        "changes.",
    )
    DAMAGED = Pair(
        "โครงสร้างไฟล์เสียหายหรือผิดปกติ จนตัดสินลายมือชื่อไม่ได้ อย่าเชื่อถือไฟล์นี้",
        "The file is damaged or built so unusually that no signature can be judged. Do not rely "
        "on it.",
    )


_VERDICTS: dict[Verdict, Pair] = {
    Verdict.VALID: Pair(
        "ถูกต้อง: ไฟล์ไม่ถูกแก้ไขหลังลงลายมือชื่อ และเชื่อถือผู้ลงลายมือชื่อได้",
        "VALID: unchanged since it was signed, and the signer is trusted.",
    ),
    Verdict.UNTRUSTED: Pair(
        "ไม่ถูกแก้ไข แต่ยืนยันตัวผู้ลงลายมือชื่อไม่ได้: ใบรับรองไม่ได้มาจากผู้ออกที่สถานีนี้เชื่อถือ หรือหมดอายุแล้ว หรือถูกเพิกถอน",
        "UNCHANGED, BUT THE SIGNER IS NOT CONFIRMED: the certificate does not come from an issuer "
        "that this station trusts, has expired, or was revoked.",
    ),
    Verdict.EXTENDED: Pair(
        "มีการแก้ไขหลังลงลายมือชื่อ: ส่วนที่ลงลายมือชื่อไว้ยังอยู่ครบ แต่มีสิ่งที่เพิ่มเข้ามา สิ่งที่เห็นจึงอาจไม่ใช่สิ่งที่ลงลายมือชื่อ",
        "CHANGED AFTER SIGNING: what was signed is still in the file, but something was added, so "
        "what you see may not be what was signed.",
    ),
    Verdict.TAMPERED: Pair(
        "ไม่ถูกต้อง: เนื้อหาไฟล์ไม่ตรงกับที่ลงลายมือชื่อไว้ อย่าเชื่อถือไฟล์นี้",
        "TAMPERED: the file is not what was signed. Do not rely on it.",
    ),
    Verdict.UNSIGNED: Pair(
        "ไฟล์นี้ไม่มีลายมือชื่อ หรือลายมือชื่อถูกลบออกไปแล้ว",
        "This file bears no signature, or it was removed.",
    ),
}
_TRIAL = Pair(
    "ใช้ใบรับรองทดลอง ใช้เป็นหลักฐานต่อบุคคลภายนอกไม่ได้",
    "Made with trial certificates: no proof to anybody outside.",
)
_REVOKED = Pair("ใบรับรองถูกเพิกถอนแล้ว", "The certificate was revoked.")
_BAD_STAMP = Pair(
    "การประทับเวลาไม่ถูกต้อง เวลาที่แสดงจึงเชื่อถือไม่ได้",
    "The time stamp does not hold, so the time is not to be relied on.",
)
_FORMS = Pair(
    "หลังจากนั้นมีการกรอกแบบฟอร์มหรือลงลายมือชื่อเพิ่ม ตามที่ลายมือชื่อนี้อนุญาต",
    "Afterwards a form was filled in or another signature added, as this signature allows.",
)
_NO_REVOCATION = Pair(
    "ไม่ได้ตรวจว่าใบรับรองถูกเพิกถอนหรือไม่ เพราะในไฟล์ไม่มีหลักฐาน และระบบไม่ติดต่อภายนอก",
    "Whether the certificate was revoked was not checked: the file holds no proof, and nothing is "
    "fetched.",
)
_STAMP_TIME = Pair("ตามการประทับเวลา", "by time stamp")
_OWN_TIME = Pair("ตามที่ผู้ลงลายมือชื่อแจ้ง", "by the signer's own word")


def unreadable(obstacle: Obstacle) -> Verification:
    """Nothing can be said."""
    return _answer(Verdict.UNREADABLE, (), [obstacle.value])


def unsigned() -> Verification:
    """A readable PDF without any signature."""
    return _answer(Verdict.UNSIGNED, (), [_VERDICTS[Verdict.UNSIGNED]])


def judge(checks: tuple[SignatureCheck, ...]) -> Verification:
    """The worst of the signatures decides."""
    verdict = _verdict(checks)
    sentences = [_VERDICTS[verdict]]
    for check in checks:
        sentences += _sentences(check)
    return _answer(verdict, checks, sentences)


def _verdict(checks: tuple[SignatureCheck, ...]) -> Verdict:
    if not all(check.intact for check in checks):
        return Verdict.TAMPERED
    if any(check.change_after is Change.CONTENT for check in checks):
        return Verdict.EXTENDED
    if all(check.profile is SignatureProfile.DOCUMENT_TIMESTAMP for check in checks):
        return Verdict.UNSIGNED
    stamps_hold = all(check.timestamp_intact in (None, True) for check in checks)
    return (
        Verdict.VALID
        if stamps_hold and all(check.trusted for check in checks)
        else Verdict.UNTRUSTED
    )


def _sentences(check: SignatureCheck) -> Iterable[Pair]:
    if check.certificate_sha256 is None:
        yield Pair(
            "มีลายมือชื่อที่เสียหายจนอ่านไม่ได้",
            "There is a signature too damaged, or of a kind too unusual, to be read.",
        )
        return
    yield _who_and_when(check)
    conditions = (
        (check.timestamp_intact is False, _BAD_STAMP),
        (check.revoked, _REVOKED),
        (check.change_after is Change.FORMS, _FORMS),
        (check.trial, _TRIAL),
        (check.trusted and not check.trial and not check.revocation_checked, _NO_REVOCATION),
    )
    yield from (pair for applies, pair in conditions if applies)


def _who_and_when(check: SignatureCheck) -> Pair:
    if check.profile is SignatureProfile.DOCUMENT_TIMESTAMP:
        thai, english = f"ประทับเวลาทั้งไฟล์โดย {check.signer}", f"Time-stamped by {check.signer}"
    else:
        thai, english = f"ลงลายมือชื่อโดย {check.signer}", f"Signed by {check.signer}"
    moment = check.timestamp_at or check.signed_at
    if moment is None:
        return Pair(
            f"{thai} ไม่ทราบเวลา ({check.profile})",
            f"{english} at an unknown time ({check.profile}).",
        )
    source = _STAMP_TIME if check.timestamp_at else _OWN_TIME
    return Pair(
        f"{thai} เมื่อ {thai_moment(moment)} {source.thai} ({check.profile})",
        f"{english} on {_english_moment(moment)} {source.english} ({check.profile}).",
    )


def _english_moment(moment: datetime) -> str:
    local = moment.astimezone(BANGKOK)
    return f"{local.isoformat(timespec='minutes')} (B.E. {local.year + 543})"


def _answer(
    verdict: Verdict, checks: tuple[SignatureCheck, ...], sentences: Iterable[Pair]
) -> Verification:
    pairs = list(sentences)
    return Verification(
        verdict=verdict,
        signatures=checks,
        thai=tuple(pair.thai for pair in pairs),
        english=tuple(pair.english for pair in pairs),
    )
