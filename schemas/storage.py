"""What a storage was shown to do, by trying it."""

from typing import Literal

from schemas.base import Frozen, Name


class ProbeFinding(Frozen):
    """One property that was tried. ``held`` tells whether the storage has it."""

    code: Name
    held: bool
    thai: str
    english: str


class StorageProbe(Frozen):
    """All findings; only a storage with every property may be called an archive."""

    kind: Literal["saraban.storage-probe"] = "saraban.storage-probe"
    version: Literal[1] = 1
    storage: str
    """Address, without credentials."""
    findings: tuple[ProbeFinding, ...]

    @property
    def is_archive(self) -> bool:
        """Whether everything held, and something was tried."""
        return bool(self.findings) and all(finding.held for finding in self.findings)
