"""Run one stage alone, in a folder of its own, without engine, store or settings."""

import logging
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from pipeline.machine import usable_cores
from pipeline.pageview import PageView
from pipeline.stage import Stage, StageContext, state
from schemas.artifact import Artifact
from schemas.decision import Decision
from schemas.document import Document, Form
from schemas.evidence import Evidence
from schemas.facts import Fact
from schemas.outcome import Outcome
from schemas.secrecy import Secrecy


@dataclass
class Harness:
    """Holds what a lone run needs. ``secrets`` maps a secret's name to its bytes."""

    root: Path
    secrets: Mapping[str, bytes] = field(default_factory=dict)
    detectors: tuple[Callable[[PageView, Document], list[Evidence]], ...] = ()
    station: str = "TEST"
    progress: Callable[[int, int], None] = lambda _done, _total: None

    def run(
        self,
        stage: Stage[Any],
        inputs: Mapping[str, Path] | None = None,
        *,
        facts: tuple[Fact, ...] = (),
        pages: int = 1,
        form: Form = Form.STACK,
        secrecy: Secrecy = Secrecy.NORMAL,
        classified: bool = False,
        decision: Decision | None = None,
        answers: tuple[Decision, ...] = (),
        cores: int = 1,
        identity: UUID | None = None,
    ) -> tuple[Outcome, Path]:
        """The outcome, and the workdir in which its kept files lie.

        ``identity`` is the document's id; a new one when not given. ``answers`` are given before
        ``decision``.
        """
        workdir = self.root / f"run-{uuid4().hex[:8]}"
        workdir.mkdir(parents=True)
        document = Document(
            id=identity or uuid4(),
            batch=UUID(int=1),
            form=form,
            pages=tuple(range(1, pages + 1)),
            secrecy=secrecy,
            classified=classified,
            facts=state(*facts),
            artifacts=tuple(_artifact(role, path) for role, path in (inputs or {}).items()),
        )
        given: dict[str, Path] = {}
        for role, path in (inputs or {}).items():
            given[role] = workdir / f"in-{role}{path.suffix}"
            shutil.copyfile(path, given[role])
        context = StageContext(
            document=document,
            inputs=given,
            workdir=workdir,
            key="0" * 64,
            deadline=time.monotonic() + stage.resources.timeout,
            memory=stage.resources.memory,
            cores=cores or usable_cores(),
            station=self.station,
            decision=decision,
            log=logging.getLogger("saraban.testing"),
            progress=self.progress,
            resolve_secret=self.secrets.__getitem__,
            detect=lambda page: tuple(e for d in self.detectors for e in d(page, document)),
            answers=(*answers, decision) if decision else answers,
        )
        return stage.run(context), workdir


def _artifact(role: str, path: Path) -> Artifact:
    return Artifact(
        id=uuid4(),
        document=UUID(int=1),
        role=role,
        media_type="application/octet-stream",
        size=path.stat().st_size,
        sha256="0" * 64,
        secrecy=Secrecy.TOP_SECRET,
        locator="",
        stored_size=0,
        stored_sha256="0" * 64,
    )
