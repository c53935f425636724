"""What a document becomes in an archive, whichever archive it is."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import Field

from pipeline.durable import digest_file
from pipeline.errors import DocumentError, SecurityError
from pipeline.stage import StageContext, StageOptions, state
from schemas.archive import (
    ENVELOPE_SUFFIX,
    RECORD_SUFFIX,
    SIDECAR_SUFFIX,
    LockedFile,
    Receipt,
    SealedSidecar,
    StoredFile,
)
from schemas.artifact import Role
from schemas.filing import FileName
from schemas.outcome import Done
from schemas.secrecy import Secrecy
from schemas.signing import Sealing

NO_YEAR = "no-year"
WORKING_ROLES = (Role.PDF, Role.SEARCHABLE, Role.PAGE_TEXT, Role.FINISHED)
ARCHIVED_ROLES = (Role.RECORD, Role.SIDECAR, Role.ENVELOPE, Role.SIDECAR_ENVELOPE)
_YEAR = re.compile(r"(\d{4})(?:\d{4})?(?:_|$)")
"""A name starts with its B.E. year, or with the whole day as in ``25690119_TAK_announcement``."""
_CMS_OID = bytes.fromhex("2a864886f70d01")
"""Start of every content type of CMS (RFC 5652 section 4): 1.2.840.113549.1."""


class ArchivingOptions(StageOptions):
    """Options of every archive."""

    keep_copies: bool = Field(
        False,
        description="Keep record and sidecar in the artifact store as well; otherwise the archive "
        "holds the only copy.",
    )


@dataclass(frozen=True)
class Planned:
    """A file to be: ``name`` relative to the archive, content from a file or from memory."""

    name: str
    source: Path | bytes

    def chunks(self) -> Iterator[bytes]:
        if isinstance(self.source, bytes):
            yield self.source
            return
        with self.source.open("rb") as stream:
            while chunk := stream.read(1 << 20):
                yield chunk

    def described(self) -> StoredFile:
        """Size and digest of what shall stand there."""
        if isinstance(self.source, bytes):
            sha256 = hashlib.sha256(self.source).hexdigest()
            return StoredFile(name=self.name, sha256=sha256, size=len(self.source))
        size, sha256 = digest_file(self.source)
        return StoredFile(name=self.name, sha256=sha256, size=size)


def plan(context: StageContext) -> list[Planned]:
    """The files that the document becomes. Raises SecurityError where plaintext would be filed."""
    name = context.fact(FileName)
    if name is None:
        raise DocumentError(
            "no-file-name",
            thai="เอกสารยังไม่มีชื่อไฟล์ โปรดตรวจว่าขั้นตอนตั้งชื่ออยู่ก่อนขั้นตอนนี้",
            english="The document has no file name yet; the naming step must come before this one.",
        )
    level = context.document.exposure
    year = _YEAR.match(name.stem)
    stem = f"{year[1] if year else NO_YEAR}/{level.lower()}/{name.stem}"
    if level is Secrecy.NORMAL:
        return [
            Planned(stem + RECORD_SUFFIX, _input(context, Role.RECORD)),
            Planned(stem + SIDECAR_SUFFIX, _input(context, Role.SIDECAR)),
        ]
    return _sealed_plan(context, level, stem)


def _sealed_plan(context: StageContext, level: Secrecy, stem: str) -> list[Planned]:
    sealing = context.fact(Sealing)
    envelopes = [context.inputs.get(role) for role in (Role.ENVELOPE, Role.SIDECAR_ENVELOPE)]
    record, sidecar = envelopes
    if level is Secrecy.TOP_SECRET or sealing is None or record is None or sidecar is None:
        raise _unsealed()
    if not (_is_cms(record) and _is_cms(sidecar)):
        raise _unsealed()
    planned = [
        Planned(stem + RECORD_SUFFIX + ENVELOPE_SUFFIX, record),
        Planned(stem + SIDECAR_SUFFIX + ENVELOPE_SUFFIX, sidecar),
    ]
    public = SealedSidecar(
        secrecy=level,
        secrecy_thai=level.thai,
        algorithm=sealing.algorithm,
        recipients=sealing.recipients,
        envelopes=tuple(file.described() for file in planned),
    )
    content = f"{public.model_dump_json(indent=2)}\n".encode()
    return [*planned, Planned(stem + SIDECAR_SUFFIX, content)]


def _input(context: StageContext, role: Role) -> Path:
    try:
        return context.inputs[role]
    except KeyError:
        raise DocumentError(
            "nothing-to-archive",
            thai=f"ไม่มีไฟล์ {role} ให้จัดเก็บ โปรดตรวจลำดับขั้นตอนในไฟล์นิยาม",
            english=f"There is no {role} to archive; check the order of the definition's steps.",
        ) from None


def _is_cms(envelope: Path) -> bool:
    with envelope.open("rb") as stream:
        head = stream.read(64)
    return head[:1] == b"\x30" and _CMS_OID in head


def archived(archive: str, files: Sequence[LockedFile | StoredFile], *, keep_copies: bool) -> Done:
    """The outcome once every file was read back."""
    receipt = Receipt(archive=archive, files=tuple(files), archived_at=datetime.now(UTC))
    retire = WORKING_ROLES if keep_copies else (*WORKING_ROLES, *ARCHIVED_ROLES)
    return Done(facts=state(receipt), retire=retire)


def name_taken(name: str) -> SecurityError:
    """Other bytes stand there under the name."""
    return SecurityError(
        "archive-name-taken",
        thai=f"ในที่เก็บมีไฟล์ชื่อ {name} ที่เนื้อหาต่างกันอยู่แล้ว ระบบไม่เขียนทับ โปรดตรวจว่าเลขที่หนังสือซ้ำหรืออ่านผิด",
        english=f"The archive already has another file called {name}; nothing is "
        "overwritten. Check whether the letter's number was read wrongly or used twice.",
    )


def _unsealed() -> SecurityError:
    return SecurityError(
        "not-sealed",
        thai="เอกสารมีชั้นความลับแต่ยังไม่ได้เข้ารหัส จึงไม่จัดเก็บ โปรดตรวจว่าขั้นตอนเข้ารหัสอยู่ก่อนขั้นตอนนี้",
        english="The document is secret but not sealed, so it is not archived; the sealing step "
        "must come before this one.",
    )
