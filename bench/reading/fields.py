"""Fields of single letters: how many are read exactly, asked about, or passed on wrong.

Letters of all kinds are drawn from seeds, scanned, read and extracted inside this process.
Numbers, dates and texts are compared without blanks, which a line's end hides. Fonts that the
model was trained on and fonts it never saw are told apart.

    python -m bench.reading.fields [--letters N] [--seed S] [--profiles clean fast grey photocopy]
        [--fonts trained unseen] [--kinds ...] [--keep DIR] [--json]

``--keep`` keeps what was read, so that a change of the extraction alone is measured without
reading again; begin a new folder after a change of the reader or its model.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np

from bench.reading.letters import Case, cases, drawn, truth_of
from pipeline.testing.harness import Harness
from plugins.extract.labels import distance
from plugins.extract.stage import ExtractLetter, ExtractOptions
from plugins.ocr.by_tesserocr import OcrTesserocr
from schemas.artifact import Role
from schemas.document import Form
from schemas.letterfacts import LetterFacts
from schemas.outcome import Done, Suspend
from tests.letters.degrade import PROFILES, encode
from tests.letters.pages import letter_pages
from tests.letters.spec import Kind, Letter
from tests.letters.stack import page_image, to_pdf

SURE: Final = 0.85
"""Confidence from which a field that no question covers counts as passed on for right."""
BINS: Final = (0.0, 0.5, 0.7, 0.85, 0.9, 0.95, 1.01)


@dataclass(frozen=True)
class Result:
    """One field of one letter. ``errors`` is the edit distance, ``length`` that of the truth."""

    case: str
    group: str
    profile: str
    field: str
    truth: str
    read: str
    confidence: float
    asked: bool
    errors: int
    length: int

    @property
    def exact(self) -> bool:
        return self.errors == 0

    @property
    def passed_wrong(self) -> bool:
        return not self.exact and not self.asked and self.confidence >= SURE


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--letters", type=int, default=12, help="of each profile and font group")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--profiles", nargs="+", choices=PROFILES, default=["clean"])
    parser.add_argument("--fonts", nargs="+", default=["trained", "unseen"])
    parser.add_argument("--kinds", nargs="+", type=Kind, default=list(Kind))
    parser.add_argument("--keep", type=Path, help="folder for what was read")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), asked.keep or Path(folder))
        results = [
            result
            for profile in asked.profiles
            for group in asked.fonts
            for case in cases(group, profile, asked.kinds, asked.letters, asked.seed)
            for result in bench.measure(case)
        ]
    if asked.json:
        found = {"cpu_s_letter": bench.seconds / bench.letters}
        print(json.dumps(found | {"results": [asdict(result) for result in results]}, indent=1))
        return
    report(results)
    print(f"\nextraction: {bench.seconds / bench.letters:.2f} CPU s a letter ({bench.letters})")


def read_of(facts: LetterFacts) -> dict[str, tuple[str, float]]:
    """Every field as text, with its confidence."""
    urgency = facts.urgency.value
    lists = {
        "references": (" | ".join(facts.references), facts.references_confidence),
        "attachments": (
            " | ".join(line.title for line in facts.attachments),
            facts.attachments_confidence,
        ),
    }
    plain = ("kind", "number", "date", "subject", "addressee", "sender", "signer", "unit")
    readings = {name: getattr(facts, name) for name in plain}
    return {
        **{name: (str(r.value or ""), r.confidence) for name, r in readings.items()},
        "urgency": (urgency.thai if urgency else "", facts.urgency.confidence),
        **lists,
    }


class Bench:
    """Draws, reads and extracts. ``seconds`` of CPU time went into extracting ``letters``."""

    def __init__(self, scratch: Path, kept: Path) -> None:
        self.harness, self.kept = Harness(scratch), kept
        self.seconds, self.letters = 0.0, 0
        self._reader = OcrTesserocr(OcrTesserocr.Options())
        self._stage = ExtractLetter(ExtractOptions())
        kept.mkdir(parents=True, exist_ok=True)

    def measure(self, case: Case) -> list[Result]:
        """The fields of one letter."""
        letter = drawn(case)
        inputs = self._read(case, letter)
        before = time.process_time()
        outcome, _ = self.harness.run(self._stage, inputs, form=Form.SET)
        self.seconds += time.process_time() - before
        self.letters += 1
        facts, asked = _told(outcome)
        read = read_of(facts)
        return [
            _result(case, name, value, read[name], asked=name in asked)
            for name, value in truth_of(letter).items()
        ]

    def _read(self, case: Case, letter: Letter) -> dict[str, Path]:
        files = {
            Role.PAGE_TEXT: self.kept / f"{case.name}.json",
            Role.SEARCHABLE: self.kept / f"{case.name}.pdf",
        }
        if not all(path.exists() for path in files.values()):
            source = self.harness.root / "scan.pdf"
            arts = letter_pages(letter, np.random.default_rng([case.seed, 5]))[0]
            scans = [
                encode(page_image(art, case.profile, case.seed, page), PROFILES[case.profile])
                for page, art in enumerate(arts, 1)
            ]
            source.write_bytes(to_pdf(scans))
            outcome, workdir = self.harness.run(self._reader, {Role.PDF: source})
            if not isinstance(outcome, Done):
                raise SystemExit(f"{case.name} was not read")
            for artifact in outcome.artifacts:
                files[Role(artifact.role)].write_bytes((workdir / artifact.path).read_bytes())
        return {str(role): path for role, path in files.items()}


def _told(outcome: Any) -> tuple[LetterFacts, frozenset[str]]:
    """The facts, stated or proposed, and the names of the fields that are asked about."""
    if isinstance(outcome, Suspend):
        facts = LetterFacts.model_validate(outcome.question.proposal)
        notes = [exhibit.note for exhibit in outcome.question.exhibits]
        return facts, frozenset(note.split(" / ")[1] for note in notes)
    facts_of_done = LetterFacts.of(outcome.facts)
    if facts_of_done is None:
        raise SystemExit("the stage stated nothing")
    return facts_of_done, frozenset()


def _result(case: Case, name: str, truth: str, read: tuple[str, float], *, asked: bool) -> Result:
    wanted, found = ("".join(value.split()) for value in (truth, read[0]))
    return Result(
        case=case.name,
        group=case.group,
        profile=case.profile,
        field=name,
        truth=truth,
        read=read[0],
        confidence=read[1],
        asked=asked,
        errors=distance(wanted, found),
        length=len(wanted),
    )


def report(results: Sequence[Result]) -> None:
    """Tables by profile and fonts, what passed wrong, and how far confidence can be believed."""
    for profile, group in dict.fromkeys((r.profile, r.group) for r in results):
        chosen = [r for r in results if (r.profile, r.group) == (profile, group)]
        letters = len({r.case for r in chosen})
        questions = len({r.case for r in chosen if r.asked})
        print(f"\n{profile}, fonts {group}: {letters} letters, {questions} asked about")
        print(f"{'field':12}{'of':>5}{'exact':>8}{'CER %':>7}{'asked':>7}{'passed wrong':>14}")
        for field, found in _by(chosen, lambda r: r.field):
            _row(field, found)
    _wrong(results)
    _calibration(results)


def _row(field: str, found: Sequence[Result]) -> None:
    exact = 100 * sum(r.exact for r in found) / len(found)
    error = 100 * sum(r.errors for r in found) / max(sum(r.length for r in found), 1)
    asked, wrong = sum(r.asked for r in found), sum(r.passed_wrong for r in found)
    print(f"{field:12}{len(found):5}{exact:7.1f}%{error:7.2f}{asked:7}{wrong:14}")


def _wrong(results: Iterable[Result]) -> None:
    print("\nwrong (! passed on as sure, ? asked about)")
    for r in results:
        if not r.exact:
            sign = "!" if r.passed_wrong else "?" if r.asked else " "
            print(
                f"{sign} {r.case:36} {r.field:11} {r.confidence:.2f}\n    {r.read}\n    {r.truth}"
            )


def _calibration(results: Sequence[Result]) -> None:
    print("\nconfidence: fields, share exact")
    groups = {"number, date": ("number", "date"), "texts": ("subject", "addressee", "sender")}
    for name, fields in groups.items():
        chosen = [r for r in results if r.field in fields]
        cells = []
        for low, high in pairwise(BINS):
            inside = [r.exact for r in chosen if low <= r.confidence < high]
            share = f"{100 * sum(inside) / len(inside):.0f} %" if inside else "-"
            cells.append(f"{low:.2f}+: {len(inside)}, {share}")
        print(f"{name:14}" + "   ".join(cells))


def _by(
    results: Sequence[Result], key: Callable[[Result], str]
) -> Iterator[tuple[str, list[Result]]]:
    for name in dict.fromkeys(key(result) for result in results):
        yield name, [result for result in results if key(result) == name]


if __name__ == "__main__":
    main()
