"""A letter read several times where its fields stand, and searched where one is missing."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.pixels import Gray
from plugins.extract.found import Head, Tail
from plugins.extract.heads import head_lines, read_head
from plugins.extract.layout import Sheet
from plugins.extract.picture import Pictures
from plugins.extract.reader import READINGS, Readings, SecondReader
from plugins.extract.tails import read_tail, tail_lines


@dataclass(frozen=True)
class Told:
    """What each reading tells of a letter, and what most of them say letter by letter."""

    heads: tuple[Head, ...]
    tails: tuple[Tail, ...]
    head: Head
    tail: Tail

    @classmethod
    def once(cls, sheets: tuple[Sheet, ...]) -> "Told":
        """From the words of the pages alone."""
        head, tail = read_head(sheets[0]), read_tail(sheets)
        return cls((head,), (tail,), head, tail)


class Rereading:
    """Reads the pages of one letter again from ``pdf``."""

    def __init__(self, reader: SecondReader, pdf: Path) -> None:
        self._reader, self._pictures = reader, Pictures(pdf)

    def told(self, sheets: tuple[Sheet, ...]) -> Told:
        """The letter's fields, from ``sheets`` and again from the picture."""
        head = self._head(sheets[0], head_lines(sheets[0]))
        tail = read_tail(sheets)
        feet = [self._foot(sheet, tail_lines(sheet, tail)) for sheet in sheets]
        ways = zip(*(foot.single for foot in feet), strict=True)
        return Told(
            heads=tuple(read_head(sheet) for sheet in head.single),
            tails=tuple(read_tail(way) for way in ways),
            head=read_head(head.agreed),
            tail=read_tail(tuple(foot.agreed for foot in feet)),
        )

    def _head(self, sheet: Sheet, chosen: frozenset[int]) -> Readings:
        words = [word.box for index in chosen for word in sheet.runs[index].words]
        return self._lines(sheet, chosen, lambda: self._pictures.freed(sheet.page, words))

    def _foot(self, sheet: Sheet, chosen: frozenset[int]) -> Readings:
        return self._lines(sheet, chosen, lambda: self._pictures.typed(sheet.page))

    def _lines(self, sheet: Sheet, chosen: frozenset[int], picture: Callable[[], Gray]) -> Readings:
        if not chosen:
            return Readings((sheet,) * READINGS, sheet)
        return self._reader.lines(sheet, chosen, picture())

    def searched_head(self, sheets: tuple[Sheet, ...], share: float) -> tuple[Sheet, ...]:
        """``sheets`` with the upper ``share`` of the first page read as one block, without leader
        dots, for the lines that these hid."""
        first = sheets[0]
        gray = self._pictures.gray(first.page)
        return (self._block(first, gray, 0, round(share * first.page.height)), *sheets[1:])

    def searched_foot(self, sheets: tuple[Sheet, ...], share: float) -> tuple[Sheet, ...]:
        """``sheets`` with the last page read as one block, without coloured ink, for the lines
        that it hid; of a single page what lies below ``share``."""
        last = sheets[-1]
        top = round(share * last.page.height) if len(sheets) == 1 else 0
        gray = self._pictures.typed(last.page)
        return (*sheets[:-1], self._block(last, gray, top, last.page.height))

    def _block(self, sheet: Sheet, gray: Gray, top: int, bottom: int) -> Sheet:
        """``sheet`` with what stands between two heights read as one block."""
        block = self._reader.band(sheet, gray, top, bottom).runs
        above = tuple(run for run in sheet.runs if run.middle < top)
        below = tuple(run for run in sheet.runs if run.middle >= bottom)
        return replace(sheet, runs=(*above, *block, *below))
