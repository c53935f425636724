"""From a finished PDF/A to the archive, as the standard definition goes."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from pyhanko.keys import load_certs_from_pemder_data

from pipeline.stage import Stage, StageOptions
from pipeline.testing.harness import Harness
from plugins.archive.describe import DescribeSidecar
from plugins.archive.folder import ArchiveFolder, ArchiveOptions
from plugins.seal.stage import SealCms, SealOptions
from plugins.sign.stage import SignOptions, SignPades
from plugins.sign.trial import make_trial_pki
from plugins.sign.verify import verify_pdf
from schemas.archive import Sidecar
from schemas.facts import Fact
from schemas.filing import FileName
from schemas.letter import LetterKind
from schemas.letterfacts import LetterFacts, Reading
from schemas.outcome import Done
from schemas.secrecy import Secrecy
from schemas.signing import Sealing, Signature, Verdict
from schemas.verdict import MediaType, SafetyVerdict
from tests.sign.conftest import letter, secrets_of

STEM = "2569_TAK_0023_3_W0026"
SUBJECT = "เรื่องที่ห้ามรั่วไหล"


class Line:
    """Runs stages one after another, as the engine does: artifacts and facts add up."""

    def __init__(self, folder: Path, keys: Path, level: Secrecy) -> None:
        secrets = secrets_of(keys) | {"registrar-certs": (keys / "registrar.pem").read_bytes()}
        self.harness = Harness(folder, secrets=secrets)
        self.level = level
        self.artifacts = {"finished": letter(folder / "finished.pdf")}
        self.facts: dict[type[Fact], Fact] = {
            SafetyVerdict: SafetyVerdict(media_type=MediaType.PDF),
            FileName: FileName(stem=STEM),
            LetterFacts: LetterFacts(
                kind=Reading[LetterKind](value=LetterKind.EXTERNAL, confidence=1),
                subject=Reading[str](value=SUBJECT, confidence=0.9),
            ),
        }

    def run(self, *stages: Stage[Any]) -> None:
        for stage in stages:
            roles = {*stage.consumes, *stage.accepts}
            given = {role: path for role, path in self.artifacts.items() if role in roles}
            facts = tuple(fact for kind, fact in self.facts.items() if kind in stage.reads)
            outcome, workdir = self.harness.run(
                stage, given, facts=facts, secrecy=self.level, classified=True
            )
            assert isinstance(outcome, Done)
            for role in outcome.retire:
                self.artifacts.pop(role, None)
            self.artifacts |= {kept.role: workdir / kept.path for kept in outcome.artifacts}
            for kind in (Signature, Sealing):
                if found := kind.of(outcome.facts):
                    self.facts[kind] = found


@pytest.mark.parametrize("level", [Secrecy.NORMAL, Secrecy.CONFIDENTIAL, Secrecy.SECRET])
def test_to_the_archive(tmp_path: Path, level: Secrecy) -> None:
    keys, root = tmp_path / "keys", tmp_path / "archive"
    make_trial_pki(keys, "อบต. ทดสอบ")
    line = Line(tmp_path, keys, level)
    line.run(
        SignPades(SignOptions()),
        DescribeSidecar(StageOptions()),
        SealCms(SealOptions()),
        ArchiveFolder(ArchiveOptions(root=root)),
    )
    assert line.artifacts == {}, "the archive holds the only copies"
    folder = root / "2569" / level.lower()
    if level is Secrecy.NORMAL:
        record, sidecar = folder / f"{STEM}.pdf", (folder / f"{STEM}.json").read_bytes()
    else:
        for path in folder.iterdir():
            assert SUBJECT.encode() not in path.read_bytes(), path
            assert b"%PDF" not in path.read_bytes(), path
        record = tmp_path / "opened.pdf"
        record.write_bytes(_opened(folder / f"{STEM}.pdf.p7m", keys))
        sidecar = _opened(folder / f"{STEM}.json.p7m", keys)
    roots = list(load_certs_from_pemder_data((keys / "ca.pem").read_bytes()))
    verified = verify_pdf(record, roots)
    assert verified.verdict is Verdict.VALID
    described = Sidecar.model_validate_json(sidecar)
    assert described.record.sha256 == verified.sha256
    assert described.signature == line.facts[Signature]
    assert described.letter is not None
    assert described.letter.subject.value == SUBJECT


def _opened(envelope: Path, keys: Path) -> bytes:
    command = ["openssl", "cms", "-decrypt", "-binary", "-inform", "DER", "-in", str(envelope)]
    command += ["-inkey", str(keys / "registrar.key"), "-recip", str(keys / "registrar.pem")]
    return subprocess.run(command, check=True, capture_output=True).stdout
