"""Letters with what was sent along, as stacks hold them: drawn once, then laid into many stacks."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from PIL import Image, ImageDraw

from plugins.split.emblem import Emblem
from tests.letters import Kind, Letter, Level, PageArt, Style, letter_pages, make_letter, text
from tests.letters.attachments import attachment_label
from tests.letters.flow import MIDDLE, NUMBER_BASELINE, RIGHT, Flow
from tests.letters.numbers import thai
from tests.letters.spec import Attachment, Urgency
from tests.letters.typeset import Run, Sheet, cm

_SHARES = {
    Kind.EXTERNAL: 0.46,
    Kind.INTERNAL: 0.26,
    Kind.STAMPED: 0.08,
    Kind.ORDER: 0.1,
    Kind.ANNOUNCEMENT: 0.06,
    Kind.EVIDENCE: 0.04,
}
_URGENCIES = (None, None, None, Urgency.URGENT, Urgency.MOST_URGENT)


@dataclass(frozen=True, eq=False)
class Leaf:
    """One page with ink on it. ``part`` is 0 for the letter, else the attachment's ordinal."""

    art: PageArt
    part: int
    emblem: Emblem | None = None


@dataclass(frozen=True)
class Sheaf:
    """A letter and its attachments; ``listed`` is how many its own list names."""

    leaves: tuple[Leaf, ...]
    listed: int

    @property
    def letter_pages(self) -> int:
        return sum(leaf.part == 0 for leaf in self.leaves)


def draw_sheaf(seed: int, *, pictures: bool = False) -> Sheaf:
    """A letter of any kind, one to four pages, with up to three attachments of many looks.

    Attachments may lack their label or be copies of other letters; some offices type no catchwords
    or no page numbers. Without ``pictures`` only the texts and their places are kept.
    """
    rng = np.random.default_rng([seed, 20])
    letter = _letter(seed, rng)
    leaves = _drawn(letter, rng)
    for part in range(1, len(letter.attachments) + 1):
        if rng.random() < 0.15:
            leaves = _with_copy(leaves, part, len(letter.attachments), seed + part, rng)
    leaves = _with_habits(leaves, rng)
    if letter.kind is Kind.ORDER and rng.random() < 0.25:
        leaves.append(_annex(len(leaves) + 1))
    if not pictures:
        leaves = [_pictureless(leaf) for leaf in leaves]
    return Sheaf(tuple(leaves), len(letter.attachments))


@cache
def stray_leaf(seed: int) -> Leaf:
    """A page that is no letter's, without its picture: a cash receipt, or the cover of a fax."""
    rng = np.random.default_rng([seed, 21])
    flow = Flow(Style())
    amount = f"รวมเงิน {thai(rng.integers(100, 999))} บาท"
    receipt = ("ใบเสร็จรับเงิน", "ได้รับเงินจาก สำนักงานจังหวัดตาก", amount, "ผู้รับเงิน")
    cover = ("ใบนำส่งโทรสาร", "ถึง สำนักงานจังหวัดตาก", "จาก อำเภอเมืองตาก", "เรื่อง ส่งเอกสาร")
    rows = receipt if rng.random() < 0.5 else cover
    flow.centred(rows[0], bold=True)
    for row in rows[1:]:
        flow.line(row)
    return _pictureless(Leaf(flow.sheet.art(), 0))


def _pictureless(leaf: Leaf) -> Leaf:
    return replace(leaf, art=replace(leaf.art, image=Image.new("L", (1, 1))))


def _letter(seed: int, rng: np.random.Generator) -> Letter:
    kind = list(_SHARES)[int(rng.choice(len(_SHARES), p=list(_SHARES.values())))]
    sent = int(rng.choice(4, p=(0.45, 0.3, 0.15, 0.1))) if kind is Kind.EXTERNAL else 0
    letter = make_letter(
        seed,
        kind,
        attachments=sent,
        level=list(Level)[int(rng.choice(4, p=(0.85, 0.08, 0.05, 0.02)))],
        length=int(rng.choice((1, 2, 3, 4, 5, 6, 8, 12))),
        urgency=_URGENCIES[int(rng.integers(len(_URGENCIES)))],
        receipt=f"{thai(rng.integers(1, 9999))}/๒๕๖๙" if rng.random() < 0.4 else "",
    )
    return replace(letter, attachments=tuple(_lengthened(a, rng) for a in letter.attachments))


def _lengthened(attachment: Attachment, rng: np.random.Generator) -> Attachment:
    news = text.news_paragraphs()
    chosen = rng.choice(len(news), size=int(rng.integers(1, 12)), replace=False)
    count = int(rng.choice((0, 0, 8, 40)))
    rows = [(thai(n), f"หมู่ที่ {thai(rng.integers(1, 99))}", thai(n * 37 % 911)) for n in range(count)]
    table = (("ที่", "หมู่บ้าน", "จำนวน"), *rows) if rows else ()
    return replace(attachment, paragraphs=tuple(news[int(i)] for i in chosen), table=table)


def _drawn(letter: Letter, rng: np.random.Generator) -> list[Leaf]:
    emblem = Emblem.LEFT if letter.kind is Kind.INTERNAL else Emblem.CENTRE
    return [
        Leaf(art, part, emblem if part == number == 0 else None)
        for part, arts in enumerate(letter_pages(letter, rng))
        for number, art in enumerate(arts)
    ]


def _with_copy(
    leaves: list[Leaf], part: int, count: int, seed: int, rng: np.random.Generator
) -> list[Leaf]:
    """One attachment is the copy of another letter, labelled more often than not."""
    kind = (Kind.EXTERNAL, Kind.INTERNAL, Kind.ORDER)[int(rng.integers(3))]
    copy = _drawn(make_letter(seed, kind, length=int(rng.integers(1, 6))), rng)
    if rng.random() < 0.6:
        sheet = Sheet(Style(), copy[0].art.image)
        sheet.write(RIGHT, cm(2.6), attachment_label(part, count), align="r")
        added = sheet.art()
        art = PageArt(
            added.image, (*added.lines, *copy[0].art.lines), (*added.runs, *copy[0].art.runs)
        )
        copy[0] = replace(copy[0], art=art)
    before = [leaf for leaf in leaves if leaf.part < part]
    after = [leaf for leaf in leaves if leaf.part > part]
    return [*before, *(replace(leaf, part=part) for leaf in copy), *after]


def _with_habits(leaves: list[Leaf], rng: np.random.Generator) -> list[Leaf]:
    """What some offices leave out."""
    left_out: list[Callable[[Run], bool]] = []
    if rng.random() < 0.15:
        left_out.append(lambda run: run.text.startswith("/"))
    if rng.random() < 0.04:
        left_out.append(lambda run: run.y == NUMBER_BASELINE and run.text.startswith("- "))
    if rng.random() < 0.12:
        left_out.append(lambda run: run.y == cm(2.6) and run.text.startswith("สิ่งที่ส่งมาด้วย"))
    for wanted in left_out:
        leaves = [replace(leaf, art=_without(leaf.art, wanted)) for leaf in leaves]
    return leaves


def _without(art: PageArt, wanted: Callable[[Run], bool]) -> PageArt:
    for run in filter(wanted, art.runs):
        height = cm(run.points / 28)
        box = (run.x - 9, run.y - height, run.x + run.width + 9, run.y + height // 2)
        ImageDraw.Draw(art.image).rectangle(box, fill=(255, 255, 255))
    gone = {run.text for run in art.runs if wanted(run)}
    kept = tuple(run for run in art.runs if not wanted(run))
    return PageArt(art.image, tuple(row for row in art.lines if row not in gone), kept)


def _annex(number: int) -> Leaf:
    """The list that belongs to an order, numbered on from it."""
    flow = Flow(Style())
    flow.sheet.write(MIDDLE, NUMBER_BASELINE, f"- {thai(number)} -", align="m")
    flow.centred("บัญชีรายชื่อแนบท้ายคำสั่งจังหวัดตาก", bold=True)
    for ordinal, person in enumerate(text.SIGNERS, 1):
        flow.line(f"{thai(ordinal)}. {person.name} {person.position[-1]}")
    return Leaf(flow.sheet.art(), 0)
