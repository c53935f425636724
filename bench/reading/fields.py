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
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np

from pipeline.testing.harness import Harness
from plugins.extract.labels import distance
from plugins.extract.stage import ExtractLetter, ExtractOptions
from plugins.ocr.by_tesserocr import OcrTesserocr
from schemas.artifact import Role
from schemas.document import Form
from schemas.letter import LetterKind, LetterNumber, OrderNumber, ThaiDate
from schemas.letterfacts import LetterFacts
from schemas.outcome import Done, Suspend
from tests.letters import text
from tests.letters.compose import make_letter
from tests.letters.degrade import PROFILES, encode
from tests.letters.fonts import FontMissingError, find_font
from tests.letters.numbers import thai, thai_date
from tests.letters.pages import letter_pages
from tests.letters.spec import Kind, Letter, Urgency
from tests.letters.stack import page_image, to_pdf
from tests.letters.typeset import Style
from training.fonts import NEVER_TRAINED, TRAINED, Font

POINTS: Final = 16.0
"""Size of body text in Laksaman; other fonts are set as large as that."""
SURE: Final = 0.85
"""Confidence from which a field that no question covers counts as passed on for right."""
BINS: Final = (0.0, 0.5, 0.7, 0.85, 0.9, 0.95, 1.01)
CODES: Final = ("ตก", "กค", "มท", "ศธ", "นร", "สธ", "ชร", "ปท", "อบ", "ฉช", "ปปท", "รง", "ทส")
SIGNED: Final = frozenset(Kind) - {Kind.STAMPED}
OWNED: Final = frozenset({Kind.EXTERNAL, Kind.STAMPED})
TITLED: Final = frozenset({Kind.EXTERNAL, Kind.INTERNAL, Kind.ORDER, Kind.ANNOUNCEMENT})


@dataclass(frozen=True)
class Case:
    """One letter to draw. ``group``: ``trained`` or ``unseen``."""

    seed: int
    kind: Kind
    font: Font
    group: str
    profile: str

    @property
    def name(self) -> str:
        return f"{self.profile}-{self.font.stem}-{self.kind}-{self.seed}"


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


def cases(group: str, profile: str, kinds: Sequence[Kind], count: int, seed: int) -> Iterator[Case]:
    """``count`` letters whose kinds and fonts take turns."""
    fonts = families(group)
    for number in range(count):
        kind, font = kinds[number % len(kinds)], fonts[number // len(kinds) % len(fonts)]
        yield Case(seed + number, kind, font, group, profile)


def families(group: str) -> tuple[Font, ...]:
    """The upright cuts of a group that are installed."""
    fonts = TRAINED if group == "trained" else sum(NEVER_TRAINED.values(), ())
    return tuple(font for font in fonts if "-" not in font.stem and _installed(font.stem))


def _installed(stem: str) -> bool:
    try:
        find_font(stem)
    except FontMissingError:
        return False
    return True


def drawn(case: Case) -> Letter:
    """The letter of a case: everything on it differs by its seed."""
    rng = np.random.default_rng([case.seed, 4])
    plain = make_letter(case.seed, case.kind, length=int(rng.integers(1, 4)))
    letter = replace(
        plain, subject=_subject(rng), style=Style(case.font.stem, POINTS * case.font.scale)
    )
    if case.kind in (Kind.EXTERNAL, Kind.INTERNAL, Kind.STAMPED):
        letter = replace(letter, number=_number(rng))
    if case.kind is Kind.EXTERNAL:
        sent = make_letter(case.seed, attachments=int(rng.integers(0, 4))).attachments
        references = tuple(_reference(letter.dated, rng) for _ in range(int(rng.integers(0, 3))))
        receipt = f"{thai(int(rng.integers(1, 999)))}/{thai(letter.dated.year + 543)}"
        letter = replace(
            letter,
            attachments=sent,
            references=references,
            receipt=receipt if rng.random() < 0.3 else "",
        )
    marks = (None, None, *Urgency)
    urgent = case.kind in (Kind.EXTERNAL, Kind.INTERNAL)
    return replace(letter, urgency=marks[int(rng.integers(len(marks)))] if urgent else None)


def _subject(rng: np.random.Generator) -> str:
    """A piece of prose of 25 to 110 letters; a stock subject where the paragraph has none."""
    news = text.news_paragraphs()
    words = news[int(rng.integers(len(news)))].split()
    first = int(rng.integers(len(words)))
    piece = ""
    for word in words[first:] + words[:first]:
        if len(piece) + len(word) > 110:
            break
        piece = f"{piece} {word}".strip()
        if len(piece) >= 25 and rng.random() < 0.6:
            return piece
    return piece if len(piece) >= 25 else text.SUBJECTS[int(rng.integers(len(text.SUBJECTS)))]


def _number(rng: np.random.Generator) -> str:
    prefix = CODES[int(rng.integers(len(CODES)))]
    owner = f"{int(rng.integers(1, 1000)):04}"
    if rng.random() < 0.6:
        owner += f".{int(rng.integers(1, 40))}"
    running = int(rng.integers(1, 9999))
    choice = rng.random()
    if choice < 0.1:
        return thai(f"{prefix} {owner} / ฉ {running % 1000:03}")
    return thai(f"{prefix} {owner}/{'ว ' if choice < 0.35 else ''}{running}")


def _reference(dated: date, rng: np.random.Generator) -> str:
    before = dated - timedelta(days=int(rng.integers(3, 200)))
    return f"หนังสือจังหวัดตาก ที่ {_number(rng)} ลงวันที่ {thai_date(before)}"


def truth_of(letter: Letter) -> dict[str, str]:
    """What every field should be read as; a field that the letter does not have is left out."""
    kind = letter.kind
    truth = {
        "kind": str(LetterKind(kind.value)),
        "number": _printed_number(letter),
        "date": str(ThaiDate.of(letter.dated)),
        "subject": letter.subject if kind in TITLED else "",
        "addressee": letter.to,
        "sender": _sender(letter),
        "signer": letter.signer.name if kind in SIGNED else "",
        "unit": " ".join(letter.agency.unit) if kind in OWNED else "",
        "urgency": letter.urgency.value if letter.urgency else "",
        "references": " | ".join(letter.references),
        "attachments": " | ".join(sent.label for sent in letter.attachments),
    }
    always = ("urgency", "references", "attachments") if kind is Kind.EXTERNAL else ()
    return {name: value for name, value in truth.items() if value or name in always}


def _printed_number(letter: Letter) -> str:
    if not letter.number:
        return ""
    shape = OrderNumber if letter.kind in (Kind.ORDER, Kind.EVIDENCE) else LetterNumber
    return str(shape.parse(letter.number))


def _sender(letter: Letter) -> str:
    if letter.kind is Kind.INTERNAL:
        return " ".join((letter.agency.name, *letter.agency.unit))
    return "" if letter.kind is Kind.STAMPED else letter.agency.name


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
