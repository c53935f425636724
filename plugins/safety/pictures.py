"""JPEG, PNG and TIFF by their headers; no pixel is ever decoded here."""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from plugins.safety.limits import Limits
from plugins.safety.refusals import Refused
from schemas.verdict import MediaType, SafetyVerdict

FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""SOF markers (ITU-T T.81, table B.1)."""
PDF_FRAME_HEADERS = frozenset({0xC0, 0xC1, 0xC2})
"""Baseline, extended and progressive Huffman: what DCTDecode knows (ISO 32000-1, 7.4.8)."""
STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})


class Frame(NamedTuple):
    width: int
    height: int


def inspect_jpeg(path: Path, limits: Limits) -> SafetyVerdict:
    """Raises Refused unless it is one whole picture of a kind that a PDF can hold."""
    content = path.read_bytes()
    frame, marker, scan = _jpeg_header(content)
    if marker not in PDF_FRAME_HEADERS:
        raise Refused("picture-unsupported")
    _check_size(frame, limits)
    if content.find(b"\xff\xd9", scan) < 0:
        raise Refused("picture-damaged")
    return SafetyVerdict(media_type=MediaType.JPEG, pages=1)


def jpeg_size(content: bytes) -> Frame | None:
    """Size that a JPEG stream states itself; None when it states none."""
    try:
        return _jpeg_header(content)[0]
    except Refused:
        return None


def jpeg2000_size(content: bytes) -> Frame | None:
    """Size in the SIZ segment of a JPEG 2000 codestream (ISO/IEC 15444-1, A.5.1)."""
    start = content.find(b"\xff\x4f\xff\x51")
    if start < 0 or len(content) < start + 24:
        return None
    right, bottom, left, top = struct.unpack(">4I", content[start + 8 : start + 24])
    return Frame(right - left, bottom - top)


def _jpeg_header(content: bytes) -> tuple[Frame, int, int]:
    """The frame's size, its marker, and where the first scan begins."""
    at, frame, kind = 2, None, 0
    while at + 4 <= len(content):
        if content[at] != 0xFF:
            raise Refused("picture-damaged")
        marker = content[at + 1]
        if marker == 0xFF or marker in STANDALONE:
            at += 1 if marker == 0xFF else 2
            continue
        if marker == 0xDA:
            break
        (length,) = struct.unpack(">H", content[at + 2 : at + 4])
        if marker in FRAME_HEADERS and len(content) >= at + 9:
            height, width = struct.unpack(">2H", content[at + 5 : at + 9])
            frame, kind = Frame(width, height), marker
        at += 2 + max(length, 2)
    if frame is None or at + 4 > len(content) or 0 in frame:
        raise Refused("picture-damaged")
    return frame, kind, at


def inspect_png(path: Path, limits: Limits) -> SafetyVerdict:
    """Raises Refused unless every chunk is whole, up to IEND."""
    first = True
    with path.open("rb") as stream:
        stream.seek(8)
        while True:
            head = stream.read(8)
            if len(head) < 8:
                raise Refused("picture-damaged")
            length, kind = struct.unpack(">I4s", head)
            body, checksum = stream.read(length), stream.read(4)
            if checksum != struct.pack(">I", zlib.crc32(body, zlib.crc32(kind))):
                raise Refused("picture-damaged")
            if first:
                if kind != b"IHDR" or length != 13:
                    raise Refused("picture-damaged")
                _check_size(Frame(*struct.unpack(">2I", body[:8])), limits)
                first = False
            if kind == b"IEND":
                return SafetyVerdict(media_type=MediaType.PNG, pages=1)


WIDTH, HEIGHT, STRIPS, STRIP_BYTES, TILES, TILE_BYTES = 256, 257, 273, 279, 324, 325
SUBFILE_TYPE = 254
TYPE_FORMATS = {1: "B", 3: "H", 4: "I", 16: "Q"}
"""TIFF 6.0 section 2 and BigTIFF: the integer types that the tags above may have."""


def inspect_tiff(path: Path, limits: Limits) -> SafetyVerdict:
    """Raises Refused unless each page's data lies within the file."""
    content = path.read_bytes()
    pages = 0
    try:
        for tags in _directories(content, limits):
            frame = Frame(tags[WIDTH][0], tags[HEIGHT][0])
            _check_size(frame, limits)
            _check_extent(tags, len(content))
            pages += not tags.get(SUBFILE_TYPE, (0,))[0] & 1
    except (KeyError, IndexError, struct.error):
        raise Refused("picture-damaged") from None
    if pages == 0:
        raise Refused("no-pages")
    return SafetyVerdict(media_type=MediaType.TIFF, pages=pages)


def _directories(content: bytes, limits: Limits) -> Iterator[dict[int, tuple[int, ...]]]:
    """The tags of each page, in order; struct.error when one lies outside the file."""
    order = "<" if content[:2] == b"II" else ">"
    big = content[2:4] in (b"+\0", b"\0+")
    pointer, count_format, entry_size = ("Q", "Q", 20) if big else ("I", "H", 12)
    seen: set[int] = set()
    (at,) = struct.unpack_from(order + pointer, content, 8 if big else 4)
    while at:
        if at in seen:
            raise Refused("picture-damaged")
        seen.add(at)
        if len(seen) > limits.max_pages:
            raise Refused("too-many-pages")
        (count,) = struct.unpack_from(order + count_format, content, at)
        start = at + struct.calcsize(order + count_format)
        yield dict(
            entry
            for number in range(count)
            if (entry := _tag(content, order, pointer, start + number * entry_size)) is not None
        )
        (at,) = struct.unpack_from(order + pointer, content, start + count * entry_size)


def _tag(content: bytes, order: str, pointer: str, at: int) -> tuple[int, tuple[int, ...]] | None:
    number, kind = struct.unpack_from(order + "HH", content, at)
    wanted = (WIDTH, HEIGHT, STRIPS, STRIP_BYTES, TILES, TILE_BYTES, SUBFILE_TYPE)
    if number not in wanted or kind not in TYPE_FORMATS:
        return None
    (count,) = struct.unpack_from(order + pointer, content, at + 4)
    values = order + str(count) + TYPE_FORMATS[kind]
    inline = at + 4 + struct.calcsize(order + pointer)
    if struct.calcsize(values) > struct.calcsize(order + pointer):
        (inline,) = struct.unpack_from(order + pointer, content, inline)
    return number, struct.unpack_from(values, content, inline)


def _check_extent(tags: dict[int, tuple[int, ...]], size: int) -> None:
    offsets = tags.get(STRIPS) or tags[TILES]
    lengths = tags.get(STRIP_BYTES) or tags[TILE_BYTES]
    if len(offsets) != len(lengths):
        raise Refused("picture-damaged")
    if any(start + length > size for start, length in zip(offsets, lengths, strict=True)):
        raise Refused("picture-damaged")


def _check_size(frame: Frame, limits: Limits) -> None:
    if 0 in frame:
        raise Refused("picture-damaged")
    if frame.width * frame.height > limits.max_pixels:
        raise Refused("picture-too-large")
