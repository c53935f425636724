"""What a file is, by its content alone."""

from pathlib import Path

from plugins.safety.refusals import Refused
from schemas.verdict import MediaType

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HEAD = 4096

MAGIC = (
    (b"%PDF-", MediaType.PDF),
    (b"\xff\xd8\xff", MediaType.JPEG),
    (b"\x89PNG\r\n\x1a\n", MediaType.PNG),
    (b"II*\0", MediaType.TIFF),
    (b"MM\0*", MediaType.TIFF),
    (b"II+\0", MediaType.TIFF),
    (b"MM\0+", MediaType.TIFF),
    (OLE2, MediaType.DOC),
    (b"PK\x03\x04", MediaType.DOCX),
)

NOT_TEXT = (b"{\\rtf", b"<!doctype html", b"<html", b"<?xml", b"%!ps", b"mime-version:")
"""Starts of formats that are written in characters yet are no plain text."""

SUFFIXES = {
    MediaType.PDF: {".pdf"},
    MediaType.JPEG: {".jpg", ".jpeg", ".jpe", ".jfif"},
    MediaType.PNG: {".png"},
    MediaType.TIFF: {".tif", ".tiff"},
    MediaType.DOC: {".doc", ".dot"},
    MediaType.DOCX: {".docx", ".docm", ".dotx", ".dotm"},
    MediaType.TEXT: {".txt", ".text"},
}


def tell_type(path: Path) -> MediaType:
    """The type by the first bytes. DOC and DOCX are told from other containers later.

    A PDF header may follow up to 1,024 other bytes, as viewers allow (ISO 32000-1, annex H.3.4.1).
    Raises Refused.
    """
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    if not head:
        raise Refused("empty-file")
    for magic, media_type in MAGIC:
        if head.startswith(magic):
            return media_type
    if b"%PDF-" in head[:1024]:
        return MediaType.PDF
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(NOT_TEXT):
        raise Refused("type-not-accepted")
    return MediaType.TEXT


def claimed_type(suffix: str, declared: str) -> MediaType | None:
    """The type that a file claims, by its intake or its suffix; None for none of ours."""
    for media_type, suffixes in SUFFIXES.items():
        if declared == media_type or suffix.lower() in suffixes:
            return media_type
    return None
