"""Documents that are ready for the archive."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pipeline.stage import Stage
from pipeline.testing.harness import Harness
from plugins.archive.folder import ArchiveFolder, ArchiveOptions
from schemas.facts import Fact
from schemas.filing import FileName
from schemas.outcome import Done
from schemas.secrecy import Secrecy
from schemas.signing import Recipient, Sealing

STEM = "2569_TAK_0023_3_W0026"
CMS = bytes.fromhex("30820100060b2a864886f70d0109100117") + b"sealed bytes"
SEALING = Sealing(
    algorithm="AES-256-GCM",
    recipients=(Recipient(name="นายทะเบียนลับ", certificate_sha256="ab" * 32),),
)


@dataclass
class Shelf:
    """An archive and what is filed into it."""

    work: Path
    root: Path
    content: dict[str, bytes] = field(
        default_factory=lambda: {"record": b"%PDF-1.7 record", "sidecar": b'{"kind": "sidecar"}'}
    )

    def inputs(self) -> dict[str, Path]:
        for role, content in self.content.items():
            (self.work / role).write_bytes(content)
        return {role: self.work / role for role in self.content}

    def file(
        self,
        level: Secrecy = Secrecy.NORMAL,
        facts: tuple[Fact, ...] = (FileName(stem=STEM),),
        *,
        classified: bool = True,
        stage: Stage[ArchiveOptions] | None = None,
    ) -> Done:
        """Run the stage once."""
        outcome, _ = Harness(self.work).run(
            stage or self.stage(),
            self.inputs(),
            facts=facts,
            secrecy=level,
            classified=classified,
        )
        assert isinstance(outcome, Done)
        return outcome

    def stage(self) -> ArchiveFolder:
        return ArchiveFolder(ArchiveOptions(root=self.root))

    def files(self) -> dict[str, bytes]:
        """Everything that lies in the archive, by its name."""
        return {
            str(path.relative_to(self.root)): path.read_bytes()
            for path in self.root.rglob("*")
            if path.is_file()
        }


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    (tmp_path / "work").mkdir()
    return Shelf(tmp_path / "work", tmp_path / "archive")


@pytest.fixture
def sealed(shelf: Shelf) -> Shelf:
    shelf.content = {"envelope": CMS + b"1", "sidecar-envelope": CMS + b"2"}
    return shelf
