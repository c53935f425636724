"""Evidence of a secrecy level, left by independent detectors."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from schemas.base import Frozen
from schemas.facts import Fact
from schemas.page import Box
from schemas.secrecy import Secrecy


class Finding(StrEnum):
    MARK = "mark"
    """A secrecy mark was read; ``level`` says which, above NORMAL."""
    DOUBT = "doubt"
    """Something that may be a mark: a person must look."""
    UNLIKE = "unlike"
    """Something that could not be read and that looks like no mark: told for those who want to look
    all the same."""
    CLEAR = "clear"
    """The detector looked at the whole page and explains everything else that it saw."""
    FAILED = "failed"
    """The detector did not answer; never the same as CLEAR."""


class Evidence(Frozen):
    """One detector's word on one page (1-based, within the document)."""

    detector: str
    finding: Finding
    page: int
    level: Secrecy | None = None
    box: Box | None = None
    dpi: float = 300.0
    score: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 0.0
    """Strength in 0..1."""
    note: str = ""

    @model_validator(mode="after")
    def _has_level(self) -> Self:
        if self.finding is Finding.MARK and (self.level or Secrecy.NORMAL) is Secrecy.NORMAL:
            raise ValueError("a mark has a level above NORMAL")
        return self


class SecrecyAssessment(Fact, name="secrecy-assessment"):
    """The evidence behind a document's level. Page texts are never quoted here."""

    level: Secrecy
    by_person: bool = False
    evidence: tuple[Evidence, ...]
