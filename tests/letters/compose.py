"""Makes up a letter from a seed."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, TypeVar

import numpy as np

from . import text
from .numbers import thai
from .spec import Agency, Attachment, Kind, Letter, Level

_T = TypeVar("_T")
_AGENCIES: dict[Kind, Agency] = {
    Kind.EXTERNAL: text.PROVINCE,
    Kind.INTERNAL: text.BUREAU,
    Kind.STAMPED: text.PROVINCE,
    Kind.ORDER: text.PROCLAIMER,
    Kind.ANNOUNCEMENT: text.PROCLAIMER,
    Kind.EVIDENCE: text.PROVINCE,
}


def _pick(rng: np.random.Generator, choices: tuple[_T, ...]) -> _T:
    return choices[int(rng.integers(len(choices)))]


def _number(kind: Kind, year: int, rng: np.random.Generator) -> str:
    running = thai(int(rng.integers(1, 9999)))
    if kind in (Kind.ORDER, Kind.EVIDENCE):
        return f"{running}/{thai(year + 543)}"
    if kind is Kind.ANNOUNCEMENT:
        return ""
    owner = thai(f"00{int(rng.integers(10, 40))}.{int(rng.integers(1, 9))}")
    return f"ตก {owner}/{running}"


def _body(kind: Kind, level: Level, length: int, rng: np.random.Generator) -> tuple[str, ...]:
    news = text.news_paragraphs()
    chosen = rng.choice(len(news), size=length, replace=False)
    body = [_pick(rng, text.body("openings")), *(news[int(i)] for i in chosen)]
    body.extend(
        f"อนึ่ง การดำเนินการตามแผน{word}ให้เป็นไปตามที่กำหนดไว้ และให้รายงานผลภายใน ๗ วัน"
        for word in text.CANARIES[level]
    )
    if kind in (Kind.EXTERNAL, Kind.INTERNAL):
        body.append(_pick(rng, text.CLOSINGS))
    elif kind is Kind.ORDER:
        body.append("ทั้งนี้ ตั้งแต่บัดนี้เป็นต้นไป")
    return tuple(body)


def _attachments(count: int, rng: np.random.Generator) -> tuple[Attachment, ...]:
    news = text.news_paragraphs()
    headings = rng.choice(len(text.ATTACHMENT_HEADINGS), size=count, replace=False)
    return tuple(
        Attachment(
            text.ATTACHMENT_HEADINGS[int(i)],
            text.ATTACHMENT_HEADINGS[int(i)],
            (_pick(rng, news), _pick(rng, news)),
        )
        for i in headings
    )


def make_letter(
    seed: int,
    kind: Kind = Kind.EXTERNAL,
    *,
    level: Level = Level.NORMAL,
    attachments: int = 0,
    length: int = 1,
    **changes: Any,
) -> Letter:
    """A letter from a seed; `length` is paragraphs of news in its body (5 make two pages).

    Any field of `Letter` can be set by name in `changes`.
    """
    rng = np.random.default_rng([seed, list(Kind).index(kind)])
    dated = date(2026, 1, 2) + timedelta(days=int(rng.integers(0, 330)))
    canaries = text.CANARIES[level]
    to_all = kind in (Kind.ORDER, Kind.ANNOUNCEMENT, Kind.EVIDENCE)
    subject = _pick(rng, text.SUBJECTS)
    letter = Letter(
        kind,
        _number(kind, dated.year, rng),
        dated,
        f"{subject}ตามแผน{canaries[0]}" if canaries else subject,
        "" if to_all else _pick(rng, text.RECIPIENTS),
        _body(kind, level, length, rng),
        _AGENCIES[kind],
        _pick(rng, text.SIGNERS),
        attachments=_attachments(attachments, rng),
        level=level,
        canaries=canaries,
    )
    return replace(letter, **changes)
