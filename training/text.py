"""What the training lines say: official prose, and lines full of numbers.

Prose is split by line: `held_out` texts are never trained on.
"""

import random
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from schemas.thaitext import thai_digits, tidy
from training.numbers import number_line
from training.phrases import (
    OPENINGS,
    POSTS,
    PROVINCES,
    ROUTINE,
    SUBJECTS,
    SYLLABLES,
    UNUSED,
    VOWELS,
)

DATA = Path(__file__).resolve().parent / "data"
RARE = re.compile("[ฉฌฎฏฑฒฆฐฬฮฤซฟฝ๊๋]|[ิีึืั][่้๊๋์]|[ุู][่้๊๋]|[่้๊๋]ำ")
"""Letters that prose holds too few of, and two marks on one consonant: what is lost first."""
HELD_OUT_EVERY = 16
_TORN_START = re.compile("^[ะ-ฺๅๆ็-๎]+")
_LONGEST = 78
"""Characters of a line; an official letter holds about 75."""


def label(text: str) -> str:
    """`text` as the recogniser learns it.

    In our one spelling of Thai, then NFKC, for the characters of tesseract's models are in that
    form: SARA AM becomes NIKHAHIT and SARA AA. Runs of six dots or more are leaders, which are
    drawn but not read.
    """
    undotted = re.sub(r"\s*[.…]{6,}\s*", " ", tidy(text))
    return " ".join(unicodedata.normalize("NFKC", undotted).split())


@dataclass(frozen=True)
class Corpus:
    """Prose to draw lines from. Raises OSError when a file cannot be read."""

    prose: Sequence[str]
    spots: Mapping[str, Sequence[tuple[int, int]]] = field(repr=False)
    """Paragraph and place of each rare letter and of each pair of marks."""
    words: Sequence[str] = field(repr=False)

    @classmethod
    def load(cls, held_out: bool, more: Sequence[Path] = ()) -> "Corpus":
        """The project's own text and the paragraphs of `more`: those to train or to measure on."""
        prose = [
            line
            for path in (DATA / "prose.txt", *more)
            for line in path.read_text("utf-8").splitlines()
        ]
        prose = [text for n, text in enumerate(prose) if (n % HELD_OUT_EVERY == 0) == held_out]
        spots: dict[str, list[tuple[int, int]]] = {}
        for number, text in enumerate(prose):
            for match in RARE.finditer(text):
                spots.setdefault(match[0], []).append((number, match.start()))
        return cls(prose, spots, (DATA / "words.txt").read_text("utf-8").split())

    def line(self, rng: random.Random) -> str:
        """One line of any sort: nearly half of them are full of numbers."""
        sorts: Sequence[Callable[[random.Random], str]] = (
            number_line,
            self.excerpt,
            self.rare_excerpt,
            self.routine,
            self.mixed,
            self.catchword,
            self.subject,
            self.jumble,
            _place,
            _syllables,
        )
        (sort,) = rng.choices(sorts, weights=(34, 27, 9, 7, 7, 3, 4, 4, 4, 1))
        return " ".join(sort(rng)[:_LONGEST].split())

    def excerpt(self, rng: random.Random) -> str:
        """Some words of prose; its digits mostly made Thai."""
        text = rng.choice(self.prose)
        return self._cut(text, rng.randrange(max(len(text) - 20, 1)), rng)

    def rare_excerpt(self, rng: random.Random) -> str:
        """Prose around a rare letter or two marks on one consonant, each as often."""
        paragraph, place = rng.choice(self.spots[rng.choice(sorted(self.spots))])
        return self._cut(self.prose[paragraph], max(place - rng.randint(0, 40), 0), rng)

    def routine(self, rng: random.Random) -> str:
        """The fixed words of official letters, names and positions."""
        if rng.random() < 0.35:
            return f"{rng.choice(('(', ''))}{rng.choice(OPENINGS)}{_name(rng)} {_name(rng)}"
        return rng.choice(ROUTINE)

    def mixed(self, rng: random.Random) -> str:
        """Prose and numbers on one line."""
        parts = [self.excerpt(rng)[: rng.randint(8, 40)], number_line(rng)]
        rng.shuffle(parts)
        return " ".join(parts)

    def catchword(self, rng: random.Random) -> str:
        """The first words of the next page at the foot of this one."""
        words = self.excerpt(rng)[: rng.randint(4, 16)].strip()
        item = f"{rng.randint(1, 20)}. " if rng.random() < 0.4 else ""
        return f"/{thai_digits(item)}{words}{rng.choice(('...', ' ...', '...', '....'))}"

    def subject(self, rng: random.Random) -> str:
        """What a letter is about: a usual beginning, then words or prose."""
        rest = self.jumble(rng) if rng.random() < 0.5 else self.excerpt(rng)
        label = rng.choice(("เรื่อง ", "เรื่อง  ", ""))
        return f"{label}{rng.choice(SUBJECTS)}{rest[: rng.randint(10, 60)]}"

    def jumble(self, rng: random.Random) -> str:
        """Words of the dictionary, without sense: each as often as any other."""
        words = rng.choices(self.words, k=rng.randint(2, 9))
        return "".join(word + rng.choice(("", "", "", " ")) for word in words)

    def _cut(self, text: str, start: int, rng: random.Random) -> str:
        taken = _TORN_START.sub("", text[start : start + rng.randint(16, _LONGEST)]).strip()
        return thai_digits(taken) if rng.random() < 0.65 else taken


def _place(rng: random.Random) -> str:
    """An addressee or an address: posts, districts and provinces."""
    province, name = rng.choice(PROVINCES), "".join(rng.sample(SYLLABLES, rng.randint(1, 2)))
    label = rng.choice(("เรียน ", "เรียน  ", "ถึง ", "ส่วนราชการ ", ""))
    if rng.random() < 0.6:
        return f"{label}{rng.choice(POSTS)}{rng.choice((province, name))}"
    town = rng.choice((f"เมือง{province}", name))
    code = rng.choice(("", f" {rng.randint(10, 96)}{rng.randint(0, 999):03}"))
    return f"ตำบล{name} อำเภอ{town} จังหวัด{province}{code}"


def _name(rng: random.Random) -> str:
    """A made-up Thai name."""
    return "".join(rng.sample(SYLLABLES, rng.randint(2, 3)))


def _syllables(rng: random.Random) -> str:
    """Syllables without sense: every consonant, vowel and tone mark as often as any other."""
    made = []
    for _ in range(rng.randint(6, 22)):
        consonant = chr(rng.choice([code for code in range(0x0E01, 0x0E2F) if code not in UNUSED]))
        before, above, after = rng.choice(VOWELS)
        tone = rng.choice(("", "", "่", "้", "๊", "๋"))
        made.append(before + consonant + above + tone + after)
    return "".join(part + rng.choice(("", "", "", " ")) for part in made)
