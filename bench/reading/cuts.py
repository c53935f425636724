"""Cuts of whole stacks: documents exactly right, stacks asked about, wrong cuts that nobody asked.

Random stacks of drawn letters are cut, in order and disordered, with separator sheets and without.
What was read of each page is its drawn text with a recogniser's slips, so that thousands of stacks
take minutes; ``--read N`` scans N stacks of each kind and reads them with the standard reader
instead. Letters and slips of the measured part are other ones than those of the part to tune on.

    python -m bench.reading.cuts [--part tuned|measured] [--stacks N] [--noise clean office poor]
        [--trouble none swapped missing doubled reversed stray] [--read N] [--profile NAME]
        [--show] [--json]
"""

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import product
from pathlib import Path

import numpy as np

from pipeline.testing.harness import Harness
from plugins.ocr.by_tesserocr import OcrTesserocr, TesserocrOptions
from plugins.split.cutting import Cutting, cut_stack
from plugins.split.looking import look
from plugins.split.pieces import Head, cut_set
from plugins.split.seen import Expected, Limits, PageSeen
from schemas.artifact import Role
from schemas.document import PageFate
from schemas.outcome import Done
from schemas.page import PageTexts
from tests.letters import PROFILES, Style, encode, page_image, separator_page
from tests.letters.stack import to_pdf
from tests.letters.typeset import Sheet
from tests.split.noise import CLEAN, OFFICE, POOR
from tests.split.sheaves import Sheaf, draw_sheaf
from tests.split.stacks import Stack, Trouble, lay_stack, seen_stack

NOISES = {"clean": CLEAN, "office": OFFICE, "poor": POOR}
PARTS = {"tuned": 1_000_000, "measured": 5_000_000}
"""The first seed of each part."""
LIBRARY = 240
"""Letters drawn; a stack takes three to seven of them."""
READ_LIBRARY = 16
"""As many when they are scanned, because their pictures stay in memory: 26 MB a page."""


@dataclass(frozen=True)
class Case:
    """One stack: where it comes from."""

    seed: int
    noise: str
    sheets: bool
    trouble: Trouble


@dataclass
class Tally:
    """What became of all stacks of one kind.

    ``later``: wrong or disordered, not asked at the cut, but asked when attachments are parted;
    ``silent``: nobody asked at all.
    """

    stacks: int = 0
    documents: int = 0
    exact: int = 0
    asked: int = 0
    doubts: int = 0
    later: int = 0
    silent: list[int] = field(default_factory=list)
    reasons: dict[str, int] = field(default_factory=dict)

    def add(self, case: Case, stack: Stack, pages: Sequence[PageSeen], cutting: Cutting) -> None:
        """Count one stack."""
        found = {cut.pages for cut in cutting.cuts}
        exact = sum(pages in found for pages in stack.sets)
        asked = bool(cutting.doubts)
        self.stacks += 1
        self.documents += len(stack.sets)
        self.exact += exact
        self.asked += asked
        self.doubts += len(cutting.doubts)
        for reason in {doubt.reason.value for doubt in cutting.doubts}:
            self.reasons[reason] = self.reasons.get(reason, 0) + 1
        wrong = exact < len(stack.sets) or len(found) > exact or not _aside(stack, cutting)
        if not asked and (wrong or case.trouble is not Trouble.NONE):
            if asked_later(stack, cutting, pages):
                self.later += 1
            else:
                self.silent.append(case.seed)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--part", choices=PARTS, default="measured")
    parser.add_argument("--stacks", type=int, default=200, help="of each kind")
    parser.add_argument("--noise", nargs="+", choices=NOISES, default=list(NOISES))
    parser.add_argument("--trouble", nargs="+", type=Trouble, default=list(Trouble))
    parser.add_argument("--read", type=int, default=0, help="stacks of each kind to scan and read")
    parser.add_argument("--profile", choices=PROFILES, default="fast", help="the scanner's")
    parser.add_argument("--show", action="store_true", help="silent or needlessly asked stacks")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    first, count = PARTS[asked.part], asked.read or asked.stacks
    drawn = READ_LIBRARY if asked.read else LIBRARY
    library = [draw_sheaf(first + n, pictures=bool(asked.read)) for n in range(drawn)]
    noises = [asked.profile] if asked.read else asked.noise
    tallies: dict[tuple[str, bool, Trouble], Tally] = {}
    for kind in product(noises, (True, False), asked.trouble):
        tally = tallies[kind] = Tally()
        for case, stack in stacks(library, first, count, *kind):
            pages = scanned(stack, case) if asked.read else seen(stack, case)
            cutting = cut_stack(pages, Limits(), Expected())
            before = len(tally.silent)
            tally.add(case, stack, pages, cutting)
            if asked.show:
                show(case, stack, cutting, silent=len(tally.silent) > before)
    report(tallies, as_json=asked.json)


def stacks(
    library: Sequence[Sheaf], first: int, count: int, noise: str, sheets: bool, trouble: Trouble
) -> Iterator[tuple[Case, Stack]]:
    """``count`` stacks of one kind."""
    seed = first
    while count:
        seed += 1
        rng = np.random.default_rng([seed, 22])
        size = min(int(rng.integers(3, 8)), len(library))
        chosen = rng.choice(len(library), size=size, replace=False)
        stack = lay_stack([library[int(n)] for n in chosen], rng, sheets=sheets, trouble=trouble)
        if stack is not None:
            count -= 1
            yield Case(seed, noise, sheets, trouble), stack


def seen(stack: Stack, case: Case) -> list[PageSeen]:
    """The pages as a recogniser with the case's slips would give them."""
    return seen_stack(stack, NOISES[case.noise], np.random.default_rng([case.seed, 23]))


def scanned(stack: Stack, case: Case) -> list[PageSeen]:
    """The pages as the standard reader gives them, scanned with the case's profile."""
    scans = []
    for number, side in enumerate(stack.sides, 1):
        art = side.leaf.art if side.leaf else Sheet(Style()).art()
        if side.is_sheet:
            art = separator_page("69000001", side.ordinal)
        picture = page_image(art, case.noise, case.seed, number)
        scans.append(encode(picture, PROFILES[case.noise]))
    with tempfile.TemporaryDirectory() as folder:
        pdf = Path(folder) / "stack.pdf"
        pdf.write_bytes(to_pdf(scans))
        outcome, workdir = Harness(Path(folder)).run(
            OcrTesserocr(TesserocrOptions()), {Role.PDF: pdf}
        )
        assert isinstance(outcome, Done)
        files = {kept.role: workdir / kept.path for kept in outcome.artifacts}
        texts = PageTexts.model_validate_json(files[Role.PAGE_TEXT].read_bytes())
        return look(files[Role.SEARCHABLE], texts, Limits().most_letters, lambda: None)


def _aside(stack: Stack, cutting: Cutting) -> bool:
    """Whether the separator sheets and blank backs were set aside as such."""
    fates = {aside.page: aside.fate for aside in cutting.set_aside}
    true = {
        number: PageFate.SEPARATOR if side.is_sheet else PageFate.BLANK
        for number, side in enumerate(stack.sides, 1)
        if side.leaf is None
    }
    return fates == true


def asked_later(stack: Stack, cutting: Cutting, pages: Sequence[PageSeen]) -> bool:
    """Whether the letters' own lists disagree with the attachments found in the sets."""
    for cut in cutting.cuts:
        cues = [pages[number - 1].cues for number in cut.pages]
        labels = enumerate((page.attachment for page in cues[1:]), 2)
        heads = [Head(number, label) for number, label in labels if label is not None]
        first = stack.sides[cut.first_page - 1]
        if cut_set(len(cues), heads, stack.sheaves[first.sheaf].listed).doubts:
            return True
    return False


def show(case: Case, stack: Stack, cutting: Cutting, *, silent: bool) -> None:
    """Print a stack that went wrong silently, or that was asked about without need."""
    needless = bool(cutting.doubts) and case.trouble is Trouble.NONE
    if not (silent or needless):
        return
    print("SILENT" if silent else "ASKED", case)
    print("   true", stack.sets)
    print("   cuts", [cut.pages for cut in cutting.cuts])
    print("   ask ", [(doubt.page, doubt.reason.value) for doubt in cutting.doubts])


def report(tallies: dict[tuple[str, bool, Trouble], Tally], *, as_json: bool) -> None:
    """One line a kind of stacks."""
    if as_json:
        rows = [
            {"noise": noise, "sheets": sheets, "trouble": trouble, **asdict(tally)}
            for (noise, sheets, trouble), tally in tallies.items()
        ]
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    print("noise   sheets trouble    stacks documents  exact  asked  doubts  later  silent")
    for (noise, sheets, trouble), tally in tallies.items():
        print(
            f"{noise:7} {'yes' if sheets else 'no':6} {trouble:10} {tally.stacks:6} "
            f"{tally.documents:9}  {tally.exact / tally.documents:5.1%}  "
            f"{tally.asked / tally.stacks:5.1%}  {tally.doubts:6}  {tally.later:5}  "
            f"{len(tally.silent):6}   {tally.silent[:5] or ''} {tally.reasons}"
        )


if __name__ == "__main__":
    main()
