"""The directory of an OLE2 compound file ([MS-CFB]), read with bounds."""

import struct
from collections.abc import Iterator

from plugins.safety.refusals import Refused

HEADER = 512
END = 0xFFFFFFFA
"""Sector numbers from here on are marks, not sectors."""
FREE = 0xFFFFFFFF
ENTRY = 128
STREAM = 2
MINI_LIMIT = 4096


class CompoundFile:
    """Names of all storages and streams, and the first bytes of a large stream.

    Raises Refused (``office-damaged``) when a sector lies outside the file or a chain loops.
    """

    def __init__(self, content: bytes) -> None:
        self._content = content
        if len(content) < HEADER:
            raise Refused("office-damaged")
        (shift,) = struct.unpack_from("<H", content, 30)
        if shift not in (9, 12):
            raise Refused("office-damaged")
        self._sector = 1 << shift
        directory, difat, difat_count = (
            struct.unpack_from("<I", content, at)[0] for at in (48, 68, 72)
        )
        self._table = self._allocation(difat, difat_count)
        used = max((n for n, mark in enumerate(self._table) if mark != FREE), default=0)
        self._at(used)
        entries = b"".join(self._sectors(directory))
        self._starts: dict[str, tuple[int, int]] = {}
        for at in range(0, len(entries), ENTRY):
            self._note(entries[at : at + ENTRY])

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._starts)

    def read(self, name: str, count: int) -> bytes | None:
        """The first ``count`` bytes of a stream; None for one so small that it has no sectors."""
        start, size = self._starts[name]
        if size < MINI_LIMIT:
            return None
        return b"".join(self._sectors(start))[: min(count, size)]

    def _note(self, entry: bytes) -> None:
        length, kind = struct.unpack_from("<HB", entry, 64)
        if kind == 0 or not 2 <= length <= 64:
            return
        name = entry[: length - 2].decode("utf-16-le", "replace")
        start, size = struct.unpack_from("<II", entry, 116)
        self._starts[name] = (start, size if kind == STREAM else 0)

    def _allocation(self, difat: int, difat_count: int) -> list[int]:
        tables = list(struct.unpack_from("<109I", self._content, 76))
        per_sector = self._sector // 4
        for _ in range(difat_count):
            values = struct.unpack(f"<{per_sector}I", self._at(difat))
            tables.extend(values[:-1])
            difat = values[-1]
            if len(tables) * self._sector > len(self._content) + HEADER * per_sector:
                raise Refused("office-damaged")
        content = b"".join(self._at(number) for number in tables if number < END)
        return list(struct.unpack(f"<{len(content) // 4}I", content))

    def _sectors(self, number: int) -> Iterator[bytes]:
        seen = 0
        while number < END:
            yield self._at(number)
            seen += 1
            if number >= len(self._table) or seen > len(self._table):
                raise Refused("office-damaged")
            number = self._table[number]

    def _at(self, number: int) -> bytes:
        start = (number + 1) * self._sector
        sector = self._content[start : start + self._sector]
        if not sector:
            raise Refused("office-damaged")
        return sector.ljust(self._sector, b"\0")
