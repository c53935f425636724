"""Plain text: which character set it is in. Thai offices still write TIS-620 and CP874."""

import codecs
from pathlib import Path

from plugins.safety.limits import Limits
from plugins.safety.refusals import Refused
from schemas.verdict import MediaType, SafetyVerdict

CONTROLS = frozenset(range(32)) - set(b"\t\n\v\f\r\x1a\x1b")
THAI = frozenset([*range(0xA1, 0xDB), *range(0xDF, 0xFC)])
"""Bytes that TIS-620 (TIS 620-2533) gives to Thai characters and the baht sign."""
MAX_TEXT_BYTES = 32 << 20


def inspect_text(path: Path, _limits: Limits) -> SafetyVerdict:
    """Accept text in UTF-8, UTF-16 with a byte order mark, TIS-620 or CP874. Raises Refused."""
    if path.stat().st_size > MAX_TEXT_BYTES:
        raise Refused("type-not-accepted")
    content = path.read_bytes()
    if b"endobj" in content:
        raise Refused("pdf-damaged")
    return SafetyVerdict(media_type=MediaType.TEXT, charset=tell_charset(content))


def tell_charset(content: bytes) -> str:
    """The Python codec that reads ``content``. Raises Refused for bytes that are no text."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _checked(content, "utf-16")
    if CONTROLS.intersection(content):
        raise Refused("type-not-accepted")
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        high = [byte for byte in content if byte >= 0x80]
        thai = sum(byte in THAI for byte in high)
        if thai < 0.9 * len(high):
            raise Refused("text-charset-unknown") from None
        return _checked(content, "cp874")
    return "utf-8-sig"


def _checked(content: bytes, charset: str) -> str:
    try:
        text = content.decode(charset)
    except UnicodeDecodeError:
        raise Refused("text-charset-unknown") from None
    if any(ord(character) in CONTROLS for character in text):
        raise Refused("type-not-accepted")
    return charset
