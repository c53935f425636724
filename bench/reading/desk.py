"""A station in this process: one warmed engine that takes stacks through the standard pipeline.

The definition is the standard one up to the step that cuts attachments off: naming, signing and
archiving change nothing of what was read.
"""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from bench.ocr import children_cpu
from bench.reading.person import answer
from pipeline import tables as t
from pipeline.app import Station
from pipeline.receiving import receive
from pipeline.runner import holding
from pipeline.station import make_station
from pipeline.suspensions import Waiting
from schemas.artifact import Role
from schemas.decision import Question
from schemas.document import DocumentState, Form
from schemas.letterfacts import LetterFacts
from schemas.page import PageTexts
from schemas.secrecy import Secrecy
from tests.letters.truth import Truth

_LAST = '[[steps]]\nname = "name"'
"""What follows the last step that is measured."""
_CLASSIFY = 'uses = "classify-marks"\n'
_DECLARED = 'with = { declared = "NORMAL" }\n'
DOCUMENT = t.document.c


@dataclass
class Walked:
    """What the pipeline made of a stack. Page numbers are the stack's.

    ``lines``: what was read, by page. ``sets``: pages of each set cut. ``pieces``: of each letter
    and attachment. ``facts``: what is stated of a set. ``questions``: all that was asked, by
    document. ``failed``: error codes. ``cpu``: seconds of the engine and what it started.
    """

    stack: UUID
    lines: dict[int, tuple[str, ...]] = field(default_factory=dict)
    sets: dict[UUID, tuple[int, ...]] = field(default_factory=dict)
    pieces: dict[UUID, list[tuple[int, ...]]] = field(default_factory=dict)
    facts: dict[UUID, LetterFacts] = field(default_factory=dict)
    levels: dict[UUID, Secrecy] = field(default_factory=dict)
    questions: dict[UUID, list[Question]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    cpu: float = 0.0

    def asked(self, document: UUID, code: str) -> Question | None:
        """The first question with ``code`` about a document."""
        return next((q for q in self.questions.get(document, ()) if q.code == code), None)


@contextmanager
def desk(folder: Path) -> Iterator["Desk"]:
    """A new station in ``folder``, held until the end."""
    make_station(folder, code="TAK01", organisation="bench", agency="TAK")
    definitions = folder / "definitions"
    standard = (definitions / "standard.toml").read_text("utf-8")
    measured = standard[: standard.index(_LAST)].replace('name = "standard"', 'name = "colour"')
    declared = measured.replace('name = "colour"', 'name = "declared"')
    declared = declared.replace(_CLASSIFY, _CLASSIFY + _DECLARED)
    assert _DECLARED in declared, "the standard definition classifies otherwise"
    (definitions / "colour.toml").write_text(measured, "utf-8")
    (definitions / "declared.toml").write_text(declared, "utf-8")
    station = Station.open(folder)
    try:
        with holding(station):
            yield Desk(station)
    finally:
        station.close()


class Desk:
    """Takes stacks in one after another."""

    def __init__(self, station: Station) -> None:
        self.station = station
        self.engine = station.engine(f"embedded:{os.getpid()}")

    def walk(self, pdf: Path, truth: Truth, *, declared: bool) -> Walked:
        """Everything up to the attachments, with every question answered.

        ``declared``: the station vouches that what it scans without colour bears no marks; without
        that a person is asked about every such letter.
        """
        definition = self.station.definition("declared" if declared else "colour")
        (batch,) = receive(self.station, str(pdf), definition).batches
        ((stack, _),) = self._documents(batch, Form.STACK)
        walked = Walked(stack)
        before = _cpu()
        answered: set[UUID] = set()
        while True:
            while self.engine.run_next([batch]):
                self._note(walked, batch)
            if not self._answer(walked, truth, answered):
                break
        walked.cpu = _cpu() - before
        self._finish(walked, batch)
        return walked

    def _note(self, walked: Walked, batch: UUID) -> None:
        """What a later step takes away or may change: page texts, and the pages of the sets."""
        if not walked.lines:
            stack = self.station.document(walked.stack)
            artifact = stack.artifact(Role.PAGE_TEXT)
            if artifact:
                target = self.station.folder / f"{walked.stack}.json"
                self.station.read(artifact, target)
                texts = PageTexts.model_validate_json(target.read_bytes())
                walked.lines = {p.number: tuple(line.text for line in p.lines) for p in texts.pages}
                target.unlink()
        for identity, _ in self._documents(batch, Form.SET):
            if identity not in walked.sets:
                walked.sets[identity] = self.station.document(identity).pages

    def _answer(self, walked: Walked, truth: Truth, answered: set[UUID]) -> bool:
        """Answer what can be answered; whether anything was."""
        anything = False
        for waiting in self.station.questions():
            if waiting.id in answered or not self._ours(waiting, walked):
                continue
            answered.add(waiting.id)
            told = walked.questions.setdefault(waiting.document, [])
            again = any(question.code == waiting.question.code for question in told)
            pages = walked.sets.get(waiting.document, ())
            given = answer(waiting.question, pages, truth, again=again)
            told.append(waiting.question)
            if given and len(told) < 8:
                self.station.decide(waiting, given[0], content=given[1], by="bench")
                anything = True
        return anything

    def _ours(self, waiting: Waiting, walked: Walked) -> bool:
        return waiting.document == walked.stack or waiting.document in walked.sets

    def _finish(self, walked: Walked, batch: UUID) -> None:
        """Facts and levels of the sets, and what they were cut into."""
        for identity, state in self._documents(batch, Form.SET):
            with self.station.state.read() as tx:
                row = tx.execute(select(DOCUMENT.secrecy).where(DOCUMENT.id == identity)).one()
            walked.levels[identity] = Secrecy(row.secrecy)
            if state is not DocumentState.DIVERTED:
                facts = LetterFacts.of(self.station.document(identity).facts)
                if facts:
                    walked.facts[identity] = facts
        for form in (Form.LETTER, Form.ATTACHMENT):
            for identity, _ in self._documents(batch, form):
                piece = self.station.document(identity)
                if piece.parent:
                    walked.pieces.setdefault(piece.parent, []).append(piece.pages)
        with self.station.state.read() as tx:
            chosen = select(t.failure.c.code).join(t.document, DOCUMENT.id == t.failure.c.document)
            rows = tx.execute(chosen.where(DOCUMENT.batch == batch, t.failure.c.final))
            walked.failed = list(rows.scalars())

    def _documents(self, batch: UUID, form: Form) -> Sequence[tuple[UUID, DocumentState]]:
        with self.station.state.read() as tx:
            rows = tx.execute(
                select(DOCUMENT.id, DOCUMENT.state)
                .where(DOCUMENT.batch == batch, DOCUMENT.form == form)
                .order_by(DOCUMENT.ordinal)
            ).all()
        return [(row.id, DocumentState(row.state)) for row in rows]


def _cpu() -> float:
    return time.process_time() + children_cpu()
