"""Secrecy marks: what share of marked pages passes unseen, and of normal ones a person is asked.

Every page is a scan of its own: a typed letter with a mark (level, ink, type, size, place, turn,
wear, frame), other stamps and pens, scanned in its own way. The picture detector looks at it and
its evidence is judged as that of a set of one page. Normal pages are read first, and both detectors
asked, as the pipeline does. Marked ones are read only when the picture alone lets them pass, as the
detector of words adds evidence and takes none away; ``--read`` reads all of them, which takes twice
the time and also shows the picture detector which words were read surely.

    python -m bench.reading.marks [--pages N] [--first N] [--part tuned|measured] [--read] [--json]
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

from bench.reading.stamped import PARTS, Page, page
from pipeline.pageview import PageView
from pipeline.testing.harness import Harness
from plugins.classify import text
from plugins.classify.picture import look
from plugins.classify.stage import Options
from plugins.classify.verdict import Rules, judge
from plugins.ocr.by_tesserocr import OcrTesserocr, TesserocrOptions
from schemas.artifact import Role
from schemas.evidence import Evidence, Finding
from schemas.outcome import Done
from schemas.page import Box, Line, PageText, PageTexts, Word
from schemas.secrecy import Secrecy

KINDS = ("marked", "normal", "both")
_NORMAL_SHARE = 3
"""One normal page to so many marked ones."""


@dataclass(frozen=True)
class Marks:
    """Pages counted. A miss: a marked page that would pass as normal and nobody is asked; by words:
    one that the picture alone would let pass, and the words do not; a wrong level: restricted at
    another level than its own and nobody is asked; a false alarm: a normal page about which a
    person is asked, or that is restricted. ``cpu_s_page``: of the detectors."""

    marked: int
    misses: int
    by_words: int
    wrong_levels: int
    asked: int
    normal: int
    false_alarms: int
    cpu_s_page: float


@dataclass(frozen=True)
class Looked:
    """What became of one page; ``result`` is ``right``, ``asked``, ``miss``, ``by-words``,
    ``wrong-level`` or ``false-alarm``."""

    number: int
    marked: bool
    result: str
    level: str
    story: str
    why: str
    cpu: float


def measure(pages: int, processes: int, part: str = "measured") -> Marks:
    """So many marked pages of a part and a third as many normal ones."""
    return summed(list(each(pages, processes, part)))


def each(
    pages: int,
    processes: int,
    part: str,
    *,
    read: bool = False,
    first: int = 0,
    kind: str = "both",
) -> Iterator[Looked]:
    """The pages one by one, in a fixed order, from the number ``first`` on; ``kind`` is one of
    ``KINDS``."""
    asked = [
        which
        for number in range(first, first + pages)
        for which in ((number, True), (number // _NORMAL_SHARE, False))
        if (which[1] or number % _NORMAL_SHARE == 0) and kind in ("both", KINDS[not which[1]])
    ]
    one = partial(_one, part, read)
    if processes == 1:
        yield from map(one, asked)
        return
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(one, asked, chunksize=8)


def summed(looked: list[Looked]) -> Marks:
    """The counts."""
    marked = [one for one in looked if one.marked]
    return Marks(
        marked=len(marked),
        misses=sum(one.result == "miss" for one in marked),
        by_words=sum(one.result == "by-words" for one in marked),
        wrong_levels=sum(one.result == "wrong-level" for one in marked),
        asked=sum(one.result == "asked" for one in marked),
        normal=len(looked) - len(marked),
        false_alarms=sum(one.result == "false-alarm" for one in looked),
        cpu_s_page=round(sum(one.cpu for one in looked) / max(1, len(looked)), 3),
    )


def _one(part: str, read: bool, which: tuple[int, bool]) -> Looked:
    number, marked = which
    drawn = page(PARTS[part], number, marked=marked)
    looked = _looked(number, drawn, read=read or not marked)
    if looked.result != "miss" or read:
        return looked
    again = _looked(number, drawn, read=True)
    return again if again.result == "miss" else replace(again, result="by-words")


def _looked(number: int, drawn: Page, *, read: bool) -> Looked:
    """By the picture alone, or read and by both detectors."""
    with tempfile.TemporaryDirectory() as folder:
        view = _read(Path(folder), drawn) if read else _unread(Path(folder), drawn)
        began = time.process_time()
        evidence = _both(view) if read else _picture(view)
        spent = time.process_time() - began
    options = Options()
    rules = Rules(options.sure, options.detectors, options.declared)
    verdict = judge(evidence, [1], Secrecy.NORMAL, rules)
    truth = Secrecy(drawn.level.value)
    result = _result(truth, verdict.level, asked=bool(verdict.reasons))
    why = ", ".join(f"{e.finding} {e.note} {e.level or '-'} {e.box}" for e in verdict.exhibits)
    marked = truth is not Secrecy.NORMAL
    return Looked(number, marked, result, verdict.level.value, drawn.story, why, spent)


def _result(truth: Secrecy, found: Secrecy, *, asked: bool) -> str:
    if truth is Secrecy.NORMAL:
        return "right" if found is truth and not asked else "false-alarm"
    if asked:
        return "asked"
    if found is Secrecy.NORMAL:
        return "miss"
    return "right" if found is truth else "wrong-level"


def _picture(view: PageView) -> list[Evidence]:
    silent = Evidence(detector="text", finding=Finding.CLEAR, page=1, score=1.0)
    return [silent, *look(view)]


def _both(view: PageView) -> list[Evidence]:
    return [*text.read(view), *look(view)]


def _unread(folder: Path, drawn: Page) -> PageView:
    """The page with one line of words known, which says that it stands upright."""
    path = folder / "page.pdf"
    path.write_bytes(drawn.pdf)
    width, height = drawn.size
    box = Box(width // 4, height // 2, width // 2, height // 2 + drawn.dpi // 6)
    line = Line(words=(Word(text="เรียน", box=box, confidence=0.5),), box=box)
    words = PageText(number=1, width=width, height=height, dpi=drawn.dpi, lines=(line,))
    return PageView(path, 0, words)


def _read(folder: Path, drawn: Page) -> PageView:
    """The page as the reader leaves it."""
    source = folder / "source.pdf"
    source.write_bytes(drawn.pdf)
    outcome, workdir = Harness(folder).run(OcrTesserocr(TesserocrOptions()), {Role.PDF: source})
    assert isinstance(outcome, Done)
    kept = {artifact.role: workdir / artifact.path for artifact in outcome.artifacts}
    texts = PageTexts.model_validate_json(kept[Role.PAGE_TEXT].read_bytes())
    return PageView(kept[Role.SEARCHABLE], 0, texts.pages[0])


def main() -> int:
    """Measure and print; 1 when a mark was missed or read too low."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=300, help="marked pages")
    parser.add_argument("--first", type=int, default=0, help="number of the first page")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--part", choices=sorted(PARTS), default="measured")
    parser.add_argument("--kind", choices=KINDS, default="both")
    parser.add_argument("--read", action="store_true", help="read every page, marked ones too")
    parser.add_argument("--keep", type=Path, help="folder for the PDFs of what went wrong")
    parser.add_argument("--json", action="store_true", help="print JSON")
    asked = parser.parse_args()
    looked = []
    numbered = each(
        asked.pages,
        asked.processes,
        asked.part,
        read=asked.read,
        first=asked.first,
        kind=asked.kind,
    )
    for one in numbered:
        looked.append(one)
        if one.result not in ("right", "asked"):
            _tell(one, asked.part, asked.keep)
    found = summed(looked)
    print(json.dumps(asdict(found)) if asked.json else found)
    return int(found.misses + found.wrong_levels > 0)


def _tell(one: Looked, part: str, keep: Path | None) -> None:
    kind = "marked" if one.marked else "normal"
    told = f"{one.result} {kind} {one.number} {one.level}: {one.story} | {one.why}"
    print(told, file=sys.stderr, flush=True)
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        pdf = page(PARTS[part], one.number, marked=one.marked).pdf
        (keep / f"{one.result}-{kind}-{one.number}.pdf").write_bytes(pdf)


if __name__ == "__main__":
    sys.exit(main())
