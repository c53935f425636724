"""DOC and DOCX by their containers: nothing of their text is read here."""

import re
import struct
import zipfile
import zlib
from itertools import pairwise
from pathlib import Path

from plugins.safety.compound import CompoundFile
from plugins.safety.limits import Limits
from plugins.safety.refusals import Refused
from schemas.verdict import MediaType, SafetyFinding, SafetyVerdict, Severity

MAX_MEMBERS = 10_000
LOCAL_HEADER = 30
ENCRYPTED_FLAG = 0x0100
"""FibBase.fEncrypted ([MS-DOC] 2.5.2), in the 16 bits at offset 10 of the WordDocument stream."""
EXTERNAL = re.compile(rb"<Relationship\b[^>]*TargetMode\s*=\s*[\"']External[\"'][^>]*>")
HYPERLINK = re.compile(rb"Type\s*=\s*[\"'][^\"']*/hyperlink[\"']")


def inspect_doc(path: Path, _limits: Limits) -> SafetyVerdict:
    """Raises Refused unless it is a whole Word 97-2003 document without a password."""
    container = CompoundFile(path.read_bytes())
    if "EncryptedPackage" in container.names:
        raise Refused("password-protected")
    if "WordDocument" not in container.names:
        raise Refused("type-not-accepted")
    head = container.read("WordDocument", 32)
    if head and struct.unpack_from("<H", head, 10)[0] & ENCRYPTED_FLAG:
        raise Refused("password-protected")
    found = [
        code
        for code, name in (("macros", "_VBA_PROJECT"), ("embedded-files", "ObjectPool"))
        if name in container.names
    ]
    return SafetyVerdict(media_type=MediaType.DOC, findings=tuple(map(_removed, found)))


def inspect_docx(path: Path, limits: Limits) -> SafetyVerdict:
    """Raises Refused unless it is a whole Word document of a sane unpacked size."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _check_members(archive, members, limits)
            names = {member.filename for member in members}
            if not {"[Content_Types].xml", "word/document.xml"} <= names:
                raise Refused("type-not-accepted")
            if archive.testzip() is not None:
                raise Refused("office-damaged")
            found = _active_parts(archive, names)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, struct.error):
        raise Refused("office-damaged") from None
    return SafetyVerdict(media_type=MediaType.DOCX, findings=tuple(map(_removed, found)))


def _check_members(
    archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], limits: Limits
) -> None:
    """Bombs: by size, by number, and by members that share their bytes (as 42.zip's kin do)."""
    if len(members) > MAX_MEMBERS or len({m.filename for m in members}) != len(members):
        raise Refused("office-bomb")
    if sum(member.file_size for member in members) > limits.max_unpacked_mib << 20:
        raise Refused("office-bomb")
    if any(member.flag_bits & 1 for member in members):
        raise Refused("password-protected")
    extents = sorted(
        (member.header_offset, member.header_offset + LOCAL_HEADER + member.compress_size)
        for member in members
    )
    starts = archive.start_dir
    if any(end > following for (_, end), (following, _) in pairwise(extents)) or any(
        end > starts for _, end in extents
    ):
        raise Refused("office-bomb")


def _active_parts(archive: zipfile.ZipFile, names: set[str]) -> list[str]:
    found = []
    if any(name.endswith("vbaProject.bin") for name in names):
        found.append("macros")
    if any(name.startswith(("word/embeddings/", "word/activeX/")) for name in names):
        found.append("embedded-files")
    relations = b"".join(archive.read(name) for name in sorted(names) if name.endswith(".rels"))
    if any(not HYPERLINK.search(link) for link in EXTERNAL.findall(relations)):
        found.append("external-reference")
    return found


def _removed(code: str) -> SafetyFinding:
    return SafetyFinding(code=code, severity=Severity.REMOVED)
