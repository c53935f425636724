"""Small stages that do on lines of text what the real ones do on pages.

A source is UTF-8 text; every line is a page. ``---`` cuts, ``blank`` is set aside, a line may hold
``!word`` commands that make a stage misbehave.
"""

import errno
import os
import signal
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import Field

from pipeline.durable import digest_file, discard_partials, write_durably
from pipeline.errors import ConfigurationError, DocumentError, NoSpaceError, TransientError
from pipeline.hookspecs import hookimpl
from pipeline.stage import (
    Effect,
    Resources,
    Stage,
    StageContext,
    StageOptions,
    StationPath,
    state,
)
from schemas.archive import Receipt, StoredFile
from schemas.decision import Choice, Question
from schemas.document import Form, PageFate
from schemas.facts import Fact
from schemas.letter import LetterKind, LetterNumber, ThaiDate
from schemas.letterfacts import LetterFacts, Reading
from schemas.outcome import (
    Divert,
    Done,
    Outcome,
    Part,
    RegisterRequest,
    Reservation,
    SetAside,
    Split,
    Suspend,
)
from schemas.page import Box, Line, PageText, PageTexts, Word
from schemas.secrecy import Secrecy

SLOW = 0.5
"""Seconds that a slow letter takes."""
LONG = 10.0
"""Seconds that a long letter takes at the first try, past the stage's timeout."""


class Title(Fact, name="toy-title"):
    text: str


def lines(context: StageContext, role: str) -> list[str]:
    return context.inputs[role].read_text("utf-8").splitlines()


class Count(Stage[StageOptions]):
    name = "toy-count"
    revision = 1
    consumes = ("source",)
    produces = ("text",)
    sees = Secrecy.TOP_SECRET

    def run(self, context: StageContext) -> Outcome:
        pages = lines(context, "source")
        if not pages:
            raise DocumentError("empty", thai="ว่าง", english="empty")
        kept = context.workdir / "text"
        kept.write_text("\n".join(pages), "utf-8")
        return Done(artifacts=(context.keep(kept, "text", "text/plain"),), pages=len(pages))


class Cut(Stage[StageOptions]):
    name = "toy-cut"
    revision = 1
    consumes = ("text",)
    produces = ("text",)
    sees = Secrecy.TOP_SECRET

    def run(self, context: StageContext) -> Outcome:
        parts: list[list[int]] = [[]]
        aside = []
        pages = lines(context, "text")
        for number, line in enumerate(pages, 1):
            if line == "---":
                aside.append(SetAside(page=number, fate=PageFate.SEPARATOR))
                parts.append([])
            elif line == "blank":
                aside.append(SetAside(page=number, fate=PageFate.BLANK))
            elif line != "!lose":
                parts[-1].append(number)
        return Split(
            parts=tuple(
                self._part(context, pages, part, ordinal)
                for ordinal, part in enumerate(p for p in parts if p)
            ),
            set_aside=tuple(aside),
        )

    @staticmethod
    def _part(context: StageContext, pages: list[str], part: list[int], ordinal: int) -> Part:
        kept = context.workdir / f"part-{ordinal}"
        kept.write_text("\n".join(pages[n - 1] for n in part), "utf-8")
        return Part(
            form=Form.LETTER,
            pages=tuple(part),
            artifacts=(context.keep(kept, "text", "text/plain"),),
            facts=state(Title(text=pages[part[0] - 1])),
        )


class Classify(Stage[StageOptions]):
    name = "toy-classify"
    revision = 1
    consumes = ("text",)
    sees = Secrecy.TOP_SECRET

    def run(self, context: StageContext) -> Outcome:
        text = "\n".join(lines(context, "text"))
        if context.decision is not None and context.decision.code == "toy-level":
            return Done(secrecy=Secrecy(context.decision.choice))
        if "?" in text:
            return Suspend(
                question=Question(
                    code="toy-level",
                    thai="ชั้นใด",
                    english="which level",
                    choices=tuple(Choice(value=s, thai=s, english=s) for s in Secrecy),
                )
            )
        if "!top" in text:
            return Divert(
                disposition="paper",
                reason="top",
                erase=True,
                artifacts=(self._slip(context),),
                register_request=RegisterRequest(register_name="paper", year=2569, entry={}),
            )
        return Done(secrecy=Secrecy.SECRET if "!secret" in text else Secrecy.NORMAL)

    produces = ("slip",)

    @staticmethod
    def _slip(context: StageContext) -> Any:
        slip = context.workdir / "slip"
        slip.write_text("to paper")
        return context.keep(slip, "slip", "text/plain")


class MisbehaveOptions(StageOptions):
    flags: Path = Field(Path(), description="Folder that counts attempts.")


class Misbehave(Stage[MisbehaveOptions]):
    name = "toy-misbehave"
    revision = 1
    Options = MisbehaveOptions
    consumes = ("text",)
    reads = (Title,)
    resources = Resources(timeout=1.0)
    sees = Secrecy.TOP_SECRET

    def run(self, context: StageContext) -> Outcome:
        title = context.fact(Title)
        assert title is not None
        flag = self.options.flags / context.document.id.hex
        tries = len(flag.read_text()) + 1 if flag.exists() else 1
        flag.write_text("x" * tries)
        if "!kill-always" in title.text or ("!kill-once" in title.text and tries == 1):
            os.kill(os.getpid(), signal.SIGKILL)
        if "!slow" in title.text:
            time.sleep(SLOW)
        if "!long" in title.text and tries == 1:
            time.sleep(LONG)
        if "!flaky" in title.text and tries < 3:
            raise TransientError("flaky", thai="ลองใหม่", english="try again")
        if "!bug" in title.text:
            raise ZeroDivisionError("canary-in-a-traceback")
        if "!config" in title.text:
            raise ConfigurationError("toy-config", thai="ตั้งค่าผิด", english="set it right")
        if "!scratch" in title.text:
            raise OSError(errno.ENOSPC, "canary-in-a-traceback")
        if (self.options.flags / "disk-full").exists():
            raise NoSpaceError("no-space", thai="เต็ม", english="full")
        return Done()


class Ask(Stage[StageOptions]):
    """Asks once, and does as it is told."""

    name = "toy-ask"
    revision = 1
    sees = Secrecy.SECRET

    def run(self, context: StageContext) -> Outcome:
        match context.decision.choice if context.decision else None:
            case "fail":
                raise DocumentError("told-to-fail", thai="ตามสั่ง", english="as told")
            case "lower":
                return Done(secrecy=Secrecy.NORMAL)
            case "fine":
                return Done()
        choices = tuple(Choice(value=v, thai=v, english=v) for v in ("fail", "lower", "fine"))
        return Suspend(question=Question(code="toy-ask", thai="?", english="?", choices=choices))


class Name(Stage[StageOptions]):
    name = "toy-name"
    revision = 1
    reads = (Title,)
    sees = Secrecy.SECRET

    def run(self, context: StageContext) -> Outcome:
        title = context.fact(Title)
        assert title is not None
        value = title.text.split()[0]
        if context.decision is not None:
            if context.decision.choice == "duplicate":
                return Divert(disposition="duplicate", reason="same letter")
            value += "_2"
        return Done(
            facts=state(Title(text=value)),
            reserve=(Reservation(space="toy", value=value),),
            register_request=RegisterRequest(
                register_name="received", year=2569, entry={"title": value}
            ),
        )


class Letter(Stage[StageOptions]):
    """Reads a letter whose running number is the first word, if any; all are of one day."""

    name = "toy-letter"
    revision = 1
    consumes = ("text",)
    produces = ("page-text",)
    states = (LetterFacts,)
    sees = Secrecy.SECRET

    def run(self, context: StageContext) -> Outcome:
        text = " ".join(lines(context, "text"))
        first = text.split()[0]
        number = LetterNumber(prefix="ตก", code="0023", running=first) if first.isdigit() else None
        facts = LetterFacts(
            kind=Reading(value=LetterKind.EXTERNAL),
            number=Reading(value=number),
            date=Reading(value=ThaiDate(year_be=2569, month=1, day=19)),
        )
        box = Box(0, 0, 1, 1)
        words = tuple(Word(text=word, box=box, confidence=1.0) for word in text.split())
        page = PageText(number=1, width=1, height=1, dpi=1, lines=(Line(words=words, box=box),))
        kept = context.workdir / "page-text.json"
        kept.write_text(PageTexts(pages=(page,)).model_dump_json(), "utf-8")
        return Done(
            artifacts=(context.keep(kept, "page-text", "application/json"),), facts=state(facts)
        )


class ArchiveOptions(StageOptions):
    root: StationPath = Field(description="Folder to archive in.")


class Archive(Stage[ArchiveOptions]):
    """Acts outside; counts every write so that a double one shows."""

    name = "toy-archive"
    revision = 1
    Options = ArchiveOptions
    consumes = ("text",)
    reads = (Title,)
    states = (Receipt,)
    effect = Effect.KEYED
    sees = Secrecy.SECRET

    def run(self, context: StageContext) -> Outcome:
        content = context.inputs["text"].read_bytes()
        staging = self.options.root / ".partial"
        write_durably(self._target(context), [content], replace=False, staging=staging)
        return self._done(context)

    def reconcile(self, context: StageContext) -> Outcome | None:
        target = self._target(context)
        discard_partials(target, self.options.root / ".partial")
        if not target.exists():
            return None
        assert target.read_bytes() == context.inputs["text"].read_bytes()
        return self._done(context)

    def _done(self, context: StageContext) -> Done:
        target = self._target(context)
        size, sha256 = digest_file(target)
        file = StoredFile(name=target.name, sha256=sha256, size=size)
        moment = datetime(2026, 1, 17, tzinfo=UTC)
        receipt = Receipt(archive="toy", files=(file,), archived_at=moment)
        return Done(facts=state(receipt), retire=("text",))

    def _target(self, context: StageContext) -> Path:
        title = context.fact(Title)
        assert title is not None
        return self.options.root / f"{title.text}.txt"


class Once(Stage[MisbehaveOptions]):
    """Counts its effects; dies after the first ones when the letter says so."""

    name = "toy-once"
    revision = 1
    Options = MisbehaveOptions
    effect = Effect.ONCE
    reads = (Title,)
    sees = Secrecy.SECRET

    def run(self, context: StageContext) -> Outcome:
        title = context.fact(Title)
        assert title is not None
        flag = self.options.flags / context.document.id.hex
        effects = len(flag.read_text()) + 1 if flag.exists() else 1
        flag.write_text("x" * effects)
        if effects <= title.text.count("!die"):
            os.kill(os.getpid(), signal.SIGKILL)
        return Done()


@hookimpl
def register_stages() -> list[type[Stage[Any]]]:
    return [Count, Cut, Classify, Misbehave, Ask, Name, Letter, Archive, Once]
