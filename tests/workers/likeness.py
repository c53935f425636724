"""Everything that a station made, in a form that is equal on every runner.

Left out is what differs between any two runs of the same input: times, ids of batches, artifacts
and questions, ciphertext, what a signature draws; and which of the letters that ran at the same
time got which register number. The numbers are compared as a set, their lines by document.
"""

import json
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pypdfium2
from sqlalchemy import Column, Connection, select

from pipeline import tables as t
from pipeline.app import Station
from pipeline.registers import register_rows
from schemas.artifact import Artifact, Role
from schemas.register import Registered

UNTIMELY = "erasure-certified"
"""The one event whose place in its chain depends on when bytes were swept."""
DRAWN = {Role.RECORD, Role.SIDECAR, Role.ENVELOPE, Role.SIDECAR_ENVELOPE}
"""Roles whose bytes hold a signature's time, or its digest, or a fresh key."""
VARYING = re.compile(r'[0-9a-f]{64}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[^"]*|(?<="size": )\d+')
"""Digests and times in JSON, and sizes of files that hold a compressed signature."""


def likeness(station: Station) -> dict[str, Any]:
    """By kind of thing; documents by their ids, which follow from content."""
    own = {str(station.folder): "the station"}
    with station.state.read() as tx:
        ids: list[UUID] = list(
            tx.execute(select(t.document.c.id).order_by(t.document.c.id)).scalars()
        )
        own |= {str(one): "the batch" for one in tx.execute(select(t.batch.c.id)).scalars()}
        failed = (t.failure.c[n] for n in ("document", "step", "attempt", "final", "code"))
        asked = (t.suspension.c[n] for n in ("document", "step", "code"))
        found: dict[str, Any] = {
            "rows": {str(i): _row(tx, i) for i in ids},
            "events": {str(i): _events(tx, i) for i in ids},
            "pages": _rows(tx, *t.page.c),
            "reservations": _rows(tx, *t.reservation.c),
            "questions": _rows(tx, *asked),
            "failures": _rows(tx, *failed),
            "work": _rows(tx, t.work.c.id, t.work.c.state, t.work.c.queue, t.work.c.exposure),
            "batches": [
                row.released_at is not None
                for row in tx.execute(select(t.batch).order_by(t.batch.c.received_at))
            ],
            "registers": sorted(_registers(station, tx)),
        }
        open_ids = [i for i in ids if found["rows"][str(i)]["readable"]]
    found["documents"] = {str(i): _content(station, i, own) for i in open_ids}
    found["archive"] = _archive(station.folder / "archive", own)
    stored = Counter(locator.rpartition("/")[0] for locator in station.store.locators())
    return found | {"stored": dict(stored)}


def _row(tx: Connection, identity: UUID) -> dict[str, Any]:
    row = tx.execute(select(t.document).where(t.document.c.id == identity)).one()
    differing = ("id", "batch", "source", "body_sealed", "chain")
    level = select(t.document_key.c.level).where(t.document_key.c.document == identity)
    same = {name: value for name, value in row._mapping.items() if name not in differing}
    return same | {
        "readable": row.body_sealed is not None,
        "key": tx.execute(level).scalar_one_or_none(),
    }


def _events(tx: Connection, identity: UUID) -> tuple[list[Any], int]:
    rows = tx.execute(
        select(t.event).where(t.event.c.document == identity).order_by(t.event.c.sequence)
    ).all()
    told = []
    for row in rows:
        detail = json.loads(row.detail)
        if isinstance(artifacts := detail.get("artifacts"), dict):
            detail["artifacts"] = len(artifacts)
        told.append((row.type, row.agent, detail))
    return [one for one in told if one[0] != UNTIMELY], sum(one[0] == UNTIMELY for one in told)


def _rows(tx: Connection, *columns: Column[Any]) -> list[tuple[str, ...]]:
    return sorted(tuple(map(str, row)) for row in tx.execute(select(*columns)))


def _registers(station: Station, tx: Connection) -> Iterator[tuple[Any, ...]]:
    line = t.register_line.c
    for name, year in tx.execute(select(line.register_name, line.year).distinct()).all():
        lines = register_rows(station.state, name, year)
        here = (line.register_name == name) & (line.year == year)
        owners = tx.execute(select(line.document, line.step).where(here)).all()
        numbers = [one.number for one in lines]
        entries = sorted(_calm(one.entry, {}) for one in lines)
        yield name, year, numbers, entries, sorted((str(d), step) for d, step in owners)


def _content(station: Station, identity: UUID, own: dict[str, str]) -> dict[str, Any]:
    document = station.document(identity)
    facts = dict(document.facts)
    if Registered.fact_name in facts:
        facts[Registered.fact_name] = "a line of its own"
    return {
        "facts": {name: _calm(value, own) for name, value in facts.items()},
        "pages": document.pages,
        "artifacts": [_artifact(station, one) for one in document.artifacts],
    }


def _artifact(station: Station, artifact: Artifact) -> tuple[Any, ...]:
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder, "plain")
        station.read(artifact, plain)
        content = None if artifact.role in DRAWN else (artifact.size, artifact.sha256)
        if artifact.role == Role.RECORD:
            content = _text(plain)
        return artifact.role, artifact.media_type, artifact.secrecy, content


def _archive(root: Path, own: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for file in root.rglob("*"):
        if not file.is_file():
            continue
        match file.suffix:
            case ".pdf":
                content: Any = _text(file)
            case ".json":
                content = _calm(json.loads(file.read_text("utf-8")), own)
            case ".p7m":
                content = "an envelope"
            case _:
                content = file.read_bytes()
        found[str(file.relative_to(root))] = content
    return found


def _text(pdf: Path) -> Any:
    opened = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_range() for page in opened]
    finally:
        opened.close()


def _calm(value: Any, own: dict[str, str]) -> str:
    """JSON without what varies; ``own``: names that a station has for itself."""
    if isinstance(value, dict) and "register_entry" in value:
        value = value | {"register_entry": "a line of its own"}
    text = VARYING.sub("varies", json.dumps(value, sort_keys=True, ensure_ascii=False))
    for name, instead in own.items():
        text = text.replace(name, instead)
    return text
