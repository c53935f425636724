"""How a question is shown to a person: what, on which page of the stack, how to answer."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import JsonValue
from sqlalchemy import select

from pipeline import tables as t
from pipeline.app import Station
from pipeline.cli.console import out, pick, say
from pipeline.exhibits import restricted, stack_page
from pipeline.suspensions import Waiting
from schemas.document import Document
from schemas.letterfacts import LetterFacts

_UNREAD = "…"
_PIECE_FIELDS = ("ordinal", "pages")


def questions_json(
    station: Station, waiting: Sequence[Waiting], *, reveal: bool
) -> list[dict[str, Any]]:
    """Every question with its document's source and pages in it; secret proposals only to
    ``reveal``."""
    answer = []
    for one in waiting:
        document = station.document(one.document)
        question = one.question.model_dump(mode="json")
        if restricted(document) and not reveal:
            question["proposal"] = None
        answer.append(
            {
                "document": str(one.document),
                "source": _source(station, document),
                "pages": list(document.pages),
                "question": question,
            }
        )
    return answer


def print_questions(station: Station, waiting: Sequence[Waiting], *, reveal: bool) -> None:
    """One block a question."""
    if not waiting:
        say("ไม่มีเรื่องรอตัดสิน", "Nothing waits for a person.")
    for one in waiting:
        _print_question(one, station, reveal=reveal)


def print_pictures(drawn: Sequence[Path], folder: Path) -> None:
    """Where the pictures are, and that they must not stay there."""
    for file in drawn:
        out.print(f"  {file}", markup=False)
    say(
        f"ภาพเหล่านี้ไม่ได้เข้ารหัส และหนังสืออาจมีชั้นความลับที่ยังไม่ได้กำหนด ดูเสร็จแล้วโปรดลบทันที: rm -r '{folder}'",
        "These pictures are not encrypted, and the letter may turn out to be secret. "
        f"Delete them when you have looked: rm -r '{folder}'",
    )


def _print_question(one: Waiting, station: Station, *, reveal: bool) -> None:
    question, short = one.question, str(one.document)[:8]
    document = station.document(one.document)
    source = Path(_source(station, document)).name
    pages = ", ".join(map(str, document.pages)) or "-"
    place = pick(f"{source} หน้า {pages}", f"{source}, pages {pages}")
    out.print(f"[bold]{short}[/bold]  {question.code}  ", end="")
    out.print(place, markup=False)
    say(f"  {question.thai}", f"  {question.english}")
    for exhibit in question.exhibits:
        page = stack_page(document, exhibit.page)
        out.print(f"    · {pick('หน้า', 'page')} {page}: {_spoken(exhibit.note)}", markup=False)
    if restricted(document) and not reveal:
        level = document.secrecy
        say(
            f"    ข้อเสนอไม่แสดงเพราะเป็นชั้น {level.thai} ดูด้วย --reveal",
            f"    The proposal is not shown, the letter is {level}; see it with --reveal",
        )
    else:
        _print_proposal(question.proposal, question.code, document)
    out.print(pick("    ตอบด้วยคำสั่งใดคำสั่งหนึ่ง", "    Answer with one of"), markup=False)
    for choice in question.choices:
        answer = f"saraban review {short} --choose {choice.value}"
        out.print(f"      {answer}  # {pick(choice.thai, choice.english)}", markup=False)
    out.print()


def _print_proposal(proposal: JsonValue, code: str, document: Document) -> None:
    if isinstance(proposal, str):
        out.print(f"    {pick('ข้อเสนอ', 'Proposed')}: {proposal}", markup=False)
    if code == "confirm-letter":
        proposal = _print_letter(LetterFacts.model_validate(proposal))
    elif isinstance(proposal, list):
        proposal = [_piece(item) for item in proposal]
        _print_page_numbers(document)
    if proposal is not None and code != "classify":
        text = json.dumps(proposal, ensure_ascii=False)
        edit = pick("ถ้าต้องแก้ ให้แก้แล้วเติม", "To correct it, change and add")
        out.print(f"    {edit} --content '{text}'", markup=False)


def _print_letter(facts: LetterFacts) -> JsonValue:
    """Show what was read and how sure it is; answer the fields as a person may correct them."""
    kind, number, date = facts.kind.value, facts.number.value, facts.date.value
    urgency = facts.urgency.value
    texts = {"subject": facts.subject.value, "addressee": facts.addressee.value}
    rows = (
        (pick("ชนิด", "kind"), pick(kind.thai, kind.value) if kind else None, facts.kind),
        (pick("เลขที่", "number"), number and number.format(), facts.number),
        (pick("วันที่", "date"), date and date.format(), facts.date),
        (pick("เรื่อง", "subject"), texts["subject"], facts.subject),
        (pick("ผู้รับ", "addressee"), texts["addressee"], facts.addressee),
        (pick("ชั้นความเร็ว", "urgency"), urgency and urgency.thai, facts.urgency),
    )
    for label, value, reading in rows:
        sure = pick(f"มั่นใจ {reading.confidence:.0%}", f"{reading.confidence:.0%} sure")
        out.print(f"    {pick('อ่านได้ว่า', 'Read')} {label}: {value or '-'} ({sure})", markup=False)
    return {
        "kind": kind.value if kind else _UNREAD,
        "number": number.format() if number else _UNREAD,
        "date": date.format() if date else _UNREAD,
        **{name: text for name, text in texts.items() if text},
        "urgency": urgency.thai if urgency else "",
    }


def _print_page_numbers(document: Document) -> None:
    """Pages of a proposal count within the document, those a person sees within the stack."""
    if document.pages == tuple(range(1, len(document.pages) + 1)):
        return
    pairs = ", ".join(f"{n} = {page}" for n, page in enumerate(document.pages, 1))
    label = pick("เลขหน้าในข้อเสนอ = เลขหน้าในกอง", "Page in the proposal = page in the stack")
    out.print(f"    {label}: {pairs}", markup=False)


def _piece(item: JsonValue) -> JsonValue:
    """Only what counts in an answer about pieces."""
    if isinstance(item, dict):
        return {name: item[name] for name in _PIECE_FIELDS if name in item}
    return item


def _spoken(note: str) -> str:
    """The half of a note "Thai / English" that the user reads."""
    thai, _, english = note.partition(" / ")
    return pick(thai, english or thai)


def _source(station: Station, document: Document) -> str:
    root = t.document.alias()
    with station.state.read() as tx:
        source: str = tx.execute(
            select(root.c.source)
            .join(t.document, t.document.c.root == root.c.id)
            .where(t.document.c.id == document.id)
        ).scalar_one()
    return source
