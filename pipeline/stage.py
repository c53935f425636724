"""The contract between a stage and the engine. Plugin authors subclass :class:`Stage`."""

import hashlib
import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Annotated, ClassVar, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, JsonValue, ValidationInfo

from pipeline.errors import TransientError
from pipeline.pageview import PageView
from schemas.decision import Decision
from schemas.document import Document
from schemas.evidence import Evidence
from schemas.facts import Fact
from schemas.outcome import Kept, Outcome
from schemas.secrecy import Secrecy


class StageOptions(BaseModel):
    """Base of every ``Options``; each field must carry a description."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _in_station(path: Path, info: ValidationInfo) -> Path:
    folder = (info.context or {}).get("folder")
    return Path(folder) / path if folder is not None else path


StationPath = Annotated[Path, AfterValidator(_in_station)]
"""Type of an option that holds a path; a relative one is taken from the station's folder."""

F = TypeVar("F", bound=Fact)
OptionsT = TypeVar("OptionsT", bound=StageOptions)


class Queue(StrEnum):
    """Resource classes; on several machines, one queue each."""

    IO = "io"
    CPU = "cpu"
    SIGN = "sign"
    SEALED = "sealed"


class Effect(StrEnum):
    PURE = "pure"
    """Rerun freely."""
    KEYED = "keyed"
    """Acts outside with ``context.key`` as request id; implements :meth:`Stage.reconcile`."""
    ONCE = "once"
    """Never repeated after an unclear crash: a person is asked whether it happened."""


@dataclass(frozen=True)
class Resources:
    """``timeout``: seconds of wall clock for one run. ``memory``: MiB of address space for each
    external tool it starts."""

    queue: Queue = Queue.CPU
    timeout: float = 600.0
    memory: int = 4096


@dataclass(frozen=True)
class Problem:
    """Something to mend before a document arrives. ``line`` is 1-based in the file ``where``."""

    code: str
    thai: str
    english: str
    where: str = ""
    line: int | None = None
    warning: bool = False


@dataclass(frozen=True)
class StageContext:
    """What one run may use: these fields, and nothing else of the system.

    ``inputs`` maps each declared role the document has to a plaintext copy in ``workdir``; both
    vanish after the run. ``deadline`` is in :func:`time.monotonic` seconds, ``memory`` in MiB.
    ``key`` is the request id for effects outside. ``cores`` is how many threads or processes the
    stage may keep busy. ``station`` is the station's short code.
    """

    document: Document
    inputs: Mapping[str, Path]
    workdir: Path
    key: str
    deadline: float
    memory: int
    cores: int
    station: str
    decision: Decision | None
    log: logging.Logger
    progress: Callable[[int, int], None]
    """Tell the runner ``(pages done, pages in all)``; for display only."""
    resolve_secret: Callable[[str], bytes] = field(repr=False)
    detect: Callable[[PageView], tuple[Evidence, ...]] = field(repr=False)
    """Ask every plugin's ``secrecy_evidence`` about a page; a failing one answers FAILED."""
    answers: tuple[Decision, ...] = ()
    """All decisions of this step, oldest first; ``decision`` is the last of them."""

    def secret(self, name: str) -> bytes:
        """A secret that the stage declared in ``secrets``; ConfigurationError when unknown."""
        return self.resolve_secret(name)

    def fact(self, kind: type[F]) -> F | None:
        """A fact that the stage declared in ``reads``; None when nobody stated it."""
        return kind.of(self.document.facts)

    def remaining(self) -> float:
        """Seconds until the deadline. Raises TransientError when it has passed."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TransientError(
                "deadline-passed",
                thai="ขั้นตอนใช้เวลานานเกินกำหนด ระบบจะลองใหม่",
                english="The step ran past its time limit; it will be tried again.",
            )
        return left

    def keep(self, path: Path, role: str, media_type: str) -> Kept:
        """Hand over a finished file of the workdir; it may not change afterwards."""
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        relative = path.resolve().relative_to(self.workdir.resolve())
        return Kept(
            path=str(relative),
            role=role,
            media_type=media_type,
            sha256=digest,
            size=path.stat().st_size,
        )


class Stage(ABC, Generic[OptionsT]):
    """One kind of work on one document.

    A subclass names itself ``verb-how`` and declares what it touches; the engine hands it nothing
    else. Instances live as long as a worker process: keep models and keys loaded on ``self``, never
    anything of a document.

    ``consumes`` must be present, ``accepts`` may be; both are handed over as files. ``reads`` are
    the facts the run depends on (they enter its key). ``sees`` is the highest exposure it may open.
    """

    name: ClassVar[str]
    revision: ClassVar[int]
    """Raise it when the same input may give another output."""
    Options: ClassVar[type[StageOptions]] = StageOptions
    consumes: ClassVar[tuple[str, ...]] = ()
    accepts: ClassVar[tuple[str, ...]] = ()
    produces: ClassVar[tuple[str, ...]] = ()
    reads: ClassVar[tuple[type[Fact], ...]] = ()
    states: ClassVar[tuple[type[Fact], ...]] = ()
    secrets: ClassVar[tuple[str, ...]] = ()
    resources: ClassVar[Resources] = Resources()
    effect: ClassVar[Effect] = Effect.PURE
    sees: ClassVar[Secrecy] = Secrecy.NORMAL
    libraries: ClassVar[tuple[str, ...]] = ()
    """Modules that ``run`` imports when it is first called. The embedded runner imports them once,
    before it forks its workers."""

    def __init__(self, options: OptionsT) -> None:
        self.options = options

    def preflight(self) -> list[Problem]:
        """What this machine lacks to run the stage; asked before any document arrives."""
        return []

    @abstractmethod
    def run(self, context: StageContext) -> Outcome:
        """Do the work. Raise TransientError, DocumentError or SecurityError; all else is a bug."""

    def reconcile(self, context: StageContext) -> Outcome | None:  # noqa: ARG002
        """After an unclear crash of a KEYED stage: the outcome if it acted, else None."""
        return None


def state(*facts: Fact) -> dict[str, JsonValue]:
    """The ``facts`` argument of an outcome, from typed facts."""
    return {fact.fact_name: fact.model_dump(mode="json") for fact in facts}
