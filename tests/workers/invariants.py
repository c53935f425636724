"""What must hold of a station of toy stages once its work is done, whatever happened meanwhile."""

import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from pipeline import queue
from pipeline import tables as t
from pipeline.app import Station
from pipeline.audit import verify_chains
from schemas.document import DocumentState
from schemas.secrecy import Secrecy

ENDS = {
    DocumentState.FINISHED: "document-finished",
    DocumentState.DIVERTED: "document-diverted",
    DocumentState.SPLIT: "document-split",
}
"""The one event that ends a document in a terminal state."""
ONCE = {
    "document-received",
    "document-cut",
    "source-released",
    "keys-destroyed",
    "erasure-certified",
    *ENDS.values(),
}
"""Events that a document has at most one of, however often its steps were tried."""


@dataclass(frozen=True)
class Told:
    """Rows of a station in which nothing is due any more."""

    documents: dict[UUID, Any]
    events: dict[UUID, list[Any]]
    pages: dict[UUID, dict[int, Any]]
    lines: list[Any]
    work: list[Any]
    doomed: list[Any]
    breaks: list[Any]

    @classmethod
    def by(cls, station: Station) -> "Told":
        events: dict[UUID, list[Any]] = defaultdict(list)
        pages: dict[UUID, dict[int, Any]] = defaultdict(dict)
        with station.state.read() as tx:
            for row in tx.execute(select(t.event).order_by(t.event.c.sequence)):
                events[row.document].append(row)
            for row in tx.execute(select(t.page)):
                pages[row.root][row.number] = row
            return cls(
                documents={row.id: row for row in tx.execute(select(t.document))},
                events=events,
                pages=pages,
                lines=list(tx.execute(select(t.register_line))),
                work=list(tx.execute(select(t.work))),
                doomed=list(tx.execute(select(t.doomed).where(t.doomed.c.waits_for.is_(None)))),
                breaks=verify_chains(tx)[1],
            )


def violations(station: Station, sources: Iterable[Path]) -> list[str]:
    """What is wrong with a station that received exactly these toy sources; [] when all is well."""
    told = Told.by(station)
    return [
        *(f"the audit chain is broken: {one}" for one in told.breaks),
        *_left_over(told),
        *_pages_not_once(told, sources),
        *_ends_not_once(told),
        *_events_doubled(told),
        *_secrecy_fallen(told),
        *_numbers_not_in_order(told),
        *_bytes_not_whole(station, told),
        *_archive_not_exact(station, told),
    ]


def letters_of(lines: list[str]) -> list[tuple[int, ...]]:
    """The page numbers of each letter of a toy source, by the rule of the stage ``toy-cut``."""
    letters: list[list[int]] = [[]]
    for number, line in enumerate(lines, 1):
        if line == "---":
            letters.append([])
        elif line != "blank":
            letters[-1].append(number)
    return [tuple(letter) for letter in letters if letter]


def _left_over(told: Told) -> Iterator[str]:
    for row in told.work:
        if row.state in {queue.READY, queue.LEASED}:
            yield f"work {row.id} at step {row.step} is still {row.state}"
    for row in told.doomed:
        yield f"doomed bytes {row.locator} are still there"


def _pages_not_once(told: Told, sources: Iterable[Path]) -> Iterator[str]:
    roots = {row.source: row for row in told.documents.values() if row.parent is None}
    for source in sources:
        root = roots.pop(str(source), None)
        if root is None:
            yield f"{source.name} was lost"
        elif root.state == DocumentState.SPLIT:
            yield from _cut_wrongly(told, source, root)
        elif any(row.document != root.id or row.fate for row in told.pages[root.id].values()):
            yield f"pages of {source.name} left it although it was not cut"
    for name in roots:
        yield f"{name} was never sent"


def _cut_wrongly(told: Told, source: Path, root: Any) -> Iterator[str]:
    pages = told.pages[root.id]
    lines = source.read_text("utf-8").splitlines()
    fates = {n: {"---": "separator", "blank": "blank"}.get(s) for n, s in enumerate(lines, 1)}
    if {number: row.fate for number, row in pages.items()} != fates:
        yield f"pages of {source.name} are missing or have another fate"
    held: dict[UUID, list[int]] = defaultdict(list)
    for number, row in sorted(pages.items()):
        if row.fate is None:
            held[row.document].append(number)
    if sorted(map(tuple, held.values())) != letters_of(lines):
        yield f"letters of {source.name} hold other pages: {sorted(held.values())}"
    parts = {row.id for row in told.documents.values() if row.parent == root.id}
    if parts != set(held):
        yield f"{source.name} has {len(parts)} documents for {len(held)} letters"


def _ends_not_once(told: Told) -> Iterator[str]:
    for identity, row in told.documents.items():
        types = Counter(event.type for event in told.events[identity])
        state = DocumentState(row.state)
        ends = {type_: types[type_] for type_ in ENDS.values() if types[type_]}
        expected = {ENDS[state]: 1} if state in ENDS else {}
        if ends != expected:
            yield f"document {identity} is {state} and ended by {ends}"
        stopped = types["document-quarantined"] - types["document-retried"]
        if stopped != (state is DocumentState.QUARANTINED):
            yield f"document {identity} is {state} and was quarantined {stopped} times"


def _events_doubled(told: Told) -> Iterator[str]:
    for identity, events in told.events.items():
        seen = Counter(
            (event.type, json.loads(event.detail).get("step"))
            for event in events
            if event.type in ONCE | {"step-finished"}
        )
        for (type_, step), count in seen.items():
            if count > 1:
                yield f"document {identity} has {count} events {type_} {step or ''}"


def _secrecy_fallen(told: Told) -> Iterator[str]:
    for identity, events in told.events.items():
        level = Secrecy.NORMAL
        for event in events:
            if event.type != "document-classified":
                continue
            detail = json.loads(event.detail)
            found = Secrecy(detail["level"])
            if found < level and not detail["by_person"]:
                yield f"document {identity} fell from {level} to {found}"
            level = found
        if Secrecy(told.documents[identity].secrecy) < level:
            yield f"document {identity} is stored below {level}"


def _numbers_not_in_order(told: Told) -> Iterator[str]:
    numbers: dict[tuple[str, int], list[int]] = defaultdict(list)
    for line in told.lines:
        numbers[line.register_name, line.year].append(line.number)
    for register, given in numbers.items():
        if sorted(given) != list(range(1, len(given) + 1)):
            yield f"register {register} has gaps or doubles: {sorted(given)}"
    received = Counter(line.document for line in told.lines if line.register_name == "received")
    for identity, row in told.documents.items():
        if row.state == DocumentState.FINISHED and received[identity] != 1:
            yield f"document {identity} has {received[identity]} numbers"


def _bytes_not_whole(station: Station, told: Told) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        for identity, row in told.documents.items():
            if row.body_sealed is None:
                continue
            for number, artifact in enumerate(station.document(identity).artifacts):
                target = Path(folder, f"{identity}-{number}")
                try:
                    station.read(artifact, target)
                except Exception as error:  # noqa: BLE001 - whatever fails, the bytes are lost
                    yield f"{artifact.role} of document {identity}: {type(error).__name__}"


def _archive_not_exact(station: Station, told: Told) -> Iterator[str]:
    texts = {row.id: row.source for row in told.documents.values() if row.parent is None}
    expected: dict[str, str] = {}
    for identity, row in told.documents.items():
        if row.state != DocumentState.FINISHED:
            continue
        document = station.document(identity)
        title: Any = document.facts["toy-title"]
        name = f"{title['text']}.txt"
        if name in expected:
            yield f"two documents are archived as {name}"
        lines = Path(texts[row.root]).read_text("utf-8").splitlines()
        expected[name] = "\n".join(lines[page - 1] for page in document.pages)
    archive = station.folder / "archive"
    found = {str(f.relative_to(archive)): f.read_text() for f in archive.rglob("*") if f.is_file()}
    for name in sorted(expected.keys() | found.keys()):
        if expected.get(name) != found.get(name):
            yield f"archived {name}: {found.get(name)!r} instead of {expected.get(name)!r}"
