"""Single letters of every kind, each drawn from its seed, and what is true of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

import numpy as np

from schemas.letter import LetterKind, LetterNumber, OrderNumber, ThaiDate
from tests.letters import text
from tests.letters.compose import make_letter
from tests.letters.fonts import FontMissingError, find_font
from tests.letters.numbers import thai, thai_date
from tests.letters.spec import Kind, Letter, Urgency
from tests.letters.typeset import Style
from training.fonts import NEVER_TRAINED, TRAINED, Font

POINTS: Final = 16.0
"""Size of body text in Laksaman; other fonts are set as large as that."""
CODES: Final = ("ตก", "กค", "มท", "ศธ", "นร", "สธ", "ชร", "ปท", "อบ", "ฉช", "ปปท", "รง", "ทส")
OFFICES: Final = ("ผู้ว่าราชการจังหวัด", "ปลัดจังหวัด", "นายกองค์การบริหารส่วนจังหวัด", "ท้องถิ่นจังหวัด")
PROVINCES: Final = (
    "สุโขทัย",
    "ลำพูน",
    "สตูล",
    "ปัตตานี",
    "อุทัยธานี",
    "ศรีสะเกษ",
    "ภูเก็ต",
    "แม่ฮ่องสอน",
    "กระบี่",
)
HEADS: Final = ("นายอำเภอ", "นายกเทศมนตรีตำบล", "ผู้อำนวยการโรงเรียนบ้าน", "กำนันตำบล")
PLACES: Final = (
    ("หนอง", "ทุ่ง", "ดอน", "แม่", "วัง", "ท่า", "ห้วย", "คลอง", "โคก", "ลาด"),
    ("ยาง", "แก้ว", "ทอง", "สูง", "ใหญ่", "หลวง", "ปลา", "ม่วง", "สะเดา", "ถั่ว", "ขวัญ", "ฝาง"),
)
BODIES: Final = (
    "ปลัดกระทรวงมหาดไทย",
    "อธิบดีกรมบัญชีกลาง",
    "เลขาธิการคณะกรรมการกฤษฎีกา",
    "ประธานกรรมการบริษัท ฟ้าใส จำกัด",
    "คณบดีคณะสังคมศาสตร์",
    "ผู้ว่าราชการจังหวัดทุกจังหวัด",
    "ผู้กำกับการสถานีตำรวจภูธรจังหวัด",
    "ผู้อำนวยการโรงพยาบาลส่งเสริมสุขภาพ",
)
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
    if letter.to:
        letter = replace(letter, to=_addressee(letter.to, np.random.default_rng([case.seed, 6])))
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


def _addressee(stock: str, rng: np.random.Generator) -> str:
    """An office of a made-up or a true place, a body of state, a person, or the ``stock`` one."""

    def one(choices: Sequence[str]) -> str:
        return choices[int(rng.integers(len(choices)))]

    made = (
        stock,
        one(OFFICES) + one(PROVINCES),
        one(HEADS) + one(PLACES[0]) + one(PLACES[1]),
        one(BODIES),
        one([signer.name for signer in text.SIGNERS]),
    )
    return one(made)


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
