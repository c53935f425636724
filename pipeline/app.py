"""A station: one folder with settings, keys, state and stores. What the CLI and the desk call."""

import getpass
import os
import resource
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Self
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import func, select, update

from pipeline import queue
from pipeline import tables as t
from pipeline.artifacts import ArtifactStore, read_artifact
from pipeline.audit import append_event
from pipeline.engine import Engine
from pipeline.errors import ConfigurationError
from pipeline.host import Host
from pipeline.keys import KeyRing, StationKey
from pipeline.loader import LoadedDefinition, find_definition, load_definition
from pipeline.queue import Reach
from pipeline.quota import GIB, Quota
from pipeline.s3.address import SCHEME, anchored
from pipeline.settings import Settings, read_settings
from pipeline.stage import Queue
from pipeline.state import State, one_document
from pipeline.suspensions import Waiting, open_questions, record_decision
from schemas.artifact import Artifact
from schemas.decision import Decision
from schemas.document import Document, DocumentState
from schemas.secrecy import Secrecy

STATION_KEY = "station-key"
"""Secret that opens every level; with ``-normal``, ``-confidential`` or ``-secret``, up to that."""


@dataclass
class Station:
    """An opened station. One per process; close it when done."""

    folder: Path
    settings: Settings
    host: Host
    state: State
    store: ArtifactStore
    secrets: dict[str, str] = field(repr=False)

    @classmethod
    def open(cls, folder: Path, *, keyless: bool = False) -> Self:
        """Raises ConfigurationError when settings, plugins, keys or tables are not fit.

        A ``keyless`` process needs no station key: it passes work on and opens no document.
        From here on this process and its children leave no core dump: it would hold keys.
        """
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
        folder = folder.resolve()
        settings = read_settings(folder)
        host = Host(settings.plugins.allow)
        secrets = {name: absolute(ref, folder) for name, ref in settings.secrets.items()}
        keys = {} if keyless else _station_keys(host, secrets)
        store = host.one(
            "open_artifact_store", settings.store, url=absolute(settings.store, folder)
        )
        state = State(absolute(settings.state, folder), KeyRing(keys))
        state.upgrade()
        return cls(folder, settings, host, state, store, secrets)

    def close(self) -> None:
        """Give files and connections back."""
        self.state.close()

    @cached_property
    def scratch(self) -> Path:
        """Where plaintext lies while a step runs: memory if there is some; emptied after."""
        if self.settings.runner.scratch:
            return self.folder / self.settings.runner.scratch
        memory = Path("/dev/shm")  # noqa: S108 - the folder below is private
        if not os.access(memory, os.W_OK) or shutil.disk_usage(memory).free < 1 << 30:
            return self.folder / "scratch"
        identity = f"{self.folder.stat().st_ino:x}-{os.getuid()}"
        return memory / f"saraban-{self.settings.station.code}-{identity}"

    @property
    def quota(self) -> Quota:
        """What the station's agency may keep in the archive."""
        gib = self.settings.archive.quota_gib
        return Quota(self.settings.station.agency, None if gib is None else int(gib * GIB))

    def definition(self, name: str | None = None) -> LoadedDefinition:
        """A checked definition; the station's default when no name is given."""
        file = find_definition(name or self.settings.default_definition, self.folder)
        return load_definition(file.read_text("utf-8"), str(file), self.host, self.folder)

    def ready(
        self, definition: LoadedDefinition, queues: Collection[Queue] = frozenset(Queue)
    ) -> None:
        """Raises ConfigurationError when this machine lacks what a stage of the queues needs."""
        problems = [
            problem
            for stage in definition.stages
            if stage.resources.queue in queues
            for problem in stage.preflight()
            if not problem.warning
        ]
        if problems:
            raise ConfigurationError(
                "not-ready",
                thai="เครื่องนี้ยังไม่พร้อม: " + "; ".join(p.thai for p in problems),
                english="This machine is not ready: " + "; ".join(p.english for p in problems),
            )

    def engine(
        self,
        holder: str,
        progress: Callable[[int, int], None] = lambda _done, _all: None,
        reach: Reach | None = None,
        pause: float = 0.0,
        scratch: Path | None = None,
    ) -> Engine:
        """An engine for this process; all temporary files of its libraries go to the scratch."""
        scratch = scratch or self.scratch
        scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.environ["TMPDIR"] = str(scratch)
        tempfile.tempdir = str(scratch)
        return Engine(
            state=self.state,
            store=self.store,
            host=self.host,
            folder=self.folder,
            station=self.settings.station.code,
            scratch=scratch,
            holder=holder,
            sees=self.settings.plugins.sees,
            secrets=self.secrets,
            progress=progress,
            reach=reach or Reach(),
            pause=pause,
        )

    def questions(self, document: UUID | None = None) -> list[Waiting]:
        """Open questions, oldest first."""
        return open_questions(self.state, document)

    def decide(
        self,
        waiting: Waiting,
        choice: str,
        *,
        content: JsonValue = None,
        by: str | None = None,
        reason: str = "",
    ) -> None:
        """Record a person's answer; the step becomes due again."""
        decision = Decision(
            code=waiting.question.code,
            choice=choice,
            content=content,
            by=by or getpass.getuser(),
            at=datetime.now(UTC),
            reason=reason,
        )
        record_decision(self.state, waiting, decision)

    def find(self, prefix: str) -> UUID:
        """The document whose id starts with ``prefix``. Raises ConfigurationError when unclear."""
        with self.state.read() as tx:
            ids: list[UUID] = [
                i for i in tx.execute(select(t.document.c.id)).scalars() if _starts(i, prefix)
            ]
        if len(ids) != 1:
            raise ConfigurationError(
                "no-such-document",
                thai=f"มีเอกสาร {len(ids)} ฉบับที่รหัสขึ้นต้นด้วย {prefix} "
                "ดูรหัสได้จาก `saraban status --json`",
                english=f"{len(ids)} documents have an id that starts with {prefix}; "
                "`saraban status --json` lists the ids.",
            )
        return ids[0]

    def document(self, document: UUID) -> Document:
        """The document as last committed. Raises ConfigurationError when its key was destroyed."""
        with self.state.read() as tx:
            return self.state.load(tx, document)[0]

    def read(self, artifact: Artifact, target: Path) -> None:
        """Decrypt one artifact into ``target``, a new file that only its owner may read."""
        with self.state.read() as tx:
            key = self.state.document_key(tx, artifact.document)
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        read_artifact(self.store, key, artifact, target)

    def retry(self, document: UUID) -> None:
        """Let a quarantined document try its step again from attempt 1, asking anew."""
        with self.state.write() as tx:
            if one_document(tx, document).state != DocumentState.QUARANTINED:
                raise ConfigurationError(
                    "not-in-quarantine",
                    thai="เอกสารนี้ไม่ได้ถูกกักไว้",
                    english="This document is not in quarantine.",
                )
            due = tx.execute(
                update(t.work)
                .where(t.work.c.document == document, t.work.c.state == queue.FAILED)
                .values(state=queue.READY, attempt=0, not_before=self.state.clock(), told_at=None)
            )
            if not due.rowcount:
                raise ConfigurationError(
                    "nothing-to-retry",
                    thai="ไฟล์ต้นทางอ่านไม่ได้ตั้งแต่รับเข้า โปรดสั่ง `saraban run` พร้อมไฟล์นั้นอีกครั้ง",
                    english="Its source could not be read at intake; "
                    "name the source again with `saraban run`.",
                )
            stopped, key = self.state.load(tx, document)
            again = stopped.model_copy(update={"state": DocumentState.OPEN})
            self.state.save(tx, again, key)
            append_event(
                tx,
                again.batch,
                again.id,
                "document-retried",
                getpass.getuser(),
                self.state.clock(),
                {},
            )

    def batches(self) -> Iterator[Any]:
        """Rows of all batches, newest first."""
        with self.state.read() as tx:
            yield from tx.execute(
                select(t.batch).order_by(t.batch.c.received_at.desc(), t.batch.c.id)
            ).all()

    def count_documents(self) -> int:
        """How many documents the station knows."""
        with self.state.read() as tx:
            return tx.execute(select(func.count()).select_from(t.document)).scalar_one()


def _station_keys(host: Host, secrets: Mapping[str, str]) -> dict[Secrecy, StationKey]:
    """The station keys that this machine was given, by the level their name ends in."""
    keys: dict[Secrecy, StationKey] = {}
    for level in Secrecy:
        name = STATION_KEY if level is Secrecy.TOP_SECRET else f"{STATION_KEY}-{level.lower()}"
        if name in secrets:
            secret = host.one("resolve_secret", name, reference=secrets[name])
            keys[level] = StationKey(secret)
    if not keys:
        raise ConfigurationError(
            "no-station-key",
            thai=f"ไม่ได้กำหนด {STATION_KEY} ใน [secrets] ของ saraban.toml",
            english=f"{STATION_KEY} is not set in [secrets] of saraban.toml.",
        )
    return keys


def absolute(reference: str, folder: Path) -> str:
    """What names files in a reference is relative to the station's folder."""
    if reference.startswith(SCHEME):
        return anchored(reference, folder)
    for scheme in ("file:", "sqlite:///"):
        if reference.startswith(scheme):
            return scheme + str(folder / reference.removeprefix(scheme))
    return reference


def _starts(identity: UUID, prefix: str) -> bool:
    return str(identity).startswith(prefix) or identity.hex.startswith(prefix)
