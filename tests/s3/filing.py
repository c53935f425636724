"""Documents that go into an archive in a bucket."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.stage import StageContext
from pipeline.testing.harness import Harness
from plugins.archive.s3 import ArchiveS3, S3ArchiveOptions
from schemas.archive import LockedFile, Receipt
from schemas.facts import Fact
from schemas.filing import FileName
from schemas.outcome import Done
from schemas.secrecy import Secrecy

STEM = "2569_TAK_0023_3_W0026"
RECORD, SIDECAR = f"2569/normal/{STEM}.pdf", f"2569/normal/{STEM}.json"
ONCE = [(SIDECAR, False), (RECORD, False)]
"""What a bucket holds of a letter that was archived once."""


class Reconciling(ArchiveS3):
    """Asks whether it acted before it acts, as the engine does after an unclear crash."""

    found = False

    def run(self, context: StageContext) -> Done:
        known = self.reconcile(context)
        self.found = known is not None
        return known or super().run(context)


@dataclass
class Desk:
    """One letter, filed through one address as often as a test wants."""

    folder: Path
    url: str
    options: dict[str, Any] = field(default_factory=dict)
    content: dict[str, bytes] = field(
        default_factory=lambda: {"record": b"%PDF-1.7 record" * 50, "sidecar": b'{"kind": 1}'}
    )

    def stage(self) -> Reconciling:
        return Reconciling(S3ArchiveOptions(url=self.url, **self.options))

    def file(
        self,
        level: Secrecy = Secrecy.NORMAL,
        facts: tuple[Fact, ...] = (FileName(stem=STEM),),
        stage: ArchiveS3 | None = None,
    ) -> Receipt:
        """Run the stage once, with a client of its own."""
        work = self.folder / "work"
        work.mkdir(exist_ok=True)
        for role, content in self.content.items():
            (work / role).write_bytes(content)
        outcome, _ = Harness(work).run(
            stage or ArchiveS3(S3ArchiveOptions(url=self.url, **self.options)),
            {role: work / role for role in self.content},
            facts=facts,
            secrecy=level,
            classified=True,
        )
        assert isinstance(outcome, Done)
        receipt = Receipt.of(outcome.facts)
        assert receipt is not None
        return receipt


def locked(receipt: Receipt) -> list[LockedFile]:
    """The receipt's files, each with version and lock."""
    files = [file for file in receipt.files if isinstance(file, LockedFile)]
    assert len(files) == len(receipt.files)
    return files
