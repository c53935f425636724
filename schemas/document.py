"""A document: the unit of work, and where it stands."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, JsonValue, NonNegativeInt, PositiveInt

from schemas.artifact import Artifact
from schemas.base import Frozen, Name
from schemas.secrecy import Secrecy


class Form(StrEnum):
    """How much one document holds."""

    STACK = "stack"
    """What came in as one file; may hold many letters."""
    SET = "set"
    """A letter together with its attachments."""
    LETTER = "letter"
    ATTACHMENT = "attachment"


class DocumentState(StrEnum):
    OPEN = "open"
    SUSPENDED = "suspended"
    """Waits for a decision."""
    SPLIT = "split"
    """Its parts live on as documents of their own."""
    FINISHED = "finished"
    DIVERTED = "diverted"
    """Left the pipeline by a disposition, e.g. ``paper``."""
    QUARANTINED = "quarantined"
    """Stopped by an error; its input is kept."""

    @property
    def terminal(self) -> bool:
        """A quarantined document can be retried, so it is not terminal; nor is a suspended one."""
        return self in (DocumentState.SPLIT, DocumentState.FINISHED, DocumentState.DIVERTED)


class PageFate(StrEnum):
    """Why a page is in no document."""

    BLANK = "blank"
    SEPARATOR = "separator"


class Document(Frozen):
    """A snapshot; the engine writes version n+1, nobody edits version n.

    ``pages`` are the 1-based page numbers in the batch's source, in order; empty while the source
    has not been counted yet.
    """

    id: UUID
    batch: UUID
    parent: UUID | None = None
    ordinal: NonNegativeInt = 0
    form: Form = Form.STACK
    version: NonNegativeInt = 0
    state: DocumentState = DocumentState.OPEN
    step: NonNegativeInt = 0
    """Index of the next step in the definition."""
    secrecy: Secrecy = Secrecy.NORMAL
    classified: bool = False
    disposition: Name | None = None
    pages: tuple[PositiveInt, ...] = ()
    artifacts: tuple[Artifact, ...] = ()
    facts: Annotated[dict[str, JsonValue], Field(repr=False)] = {}

    @property
    def exposure(self) -> Secrecy:
        """The level its plaintext must be treated as: the highest until it is classified."""
        return self.secrecy if self.classified else Secrecy.TOP_SECRET

    def artifact(self, role: str) -> Artifact | None:
        """The artifact in ``role``, or None."""
        return next((a for a in self.artifacts if a.role == role), None)
