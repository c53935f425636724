"""Every built-in stage conforms as run: a drawn letter goes the standard way, each step checked."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from pipeline.host import Host
from pipeline.loader import check_definition
from pipeline.stage import Stage
from pipeline.station import make_station
from pipeline.testing.conformance import check_run
from pipeline.testing.harness import Harness
from schemas.document import Form
from schemas.facts import Fact
from schemas.outcome import Done, Outcome, Split
from schemas.secrecy import Secrecy
from tests.letters import Item, Kind, StackSpec, make_letter, make_stack

HOST = Host()
OTHER_READERS = ("ocr-ocrmypdf", "ocr-pytesseract")
NEEDS_A_SERVER = "archive-s3"
"""Checked in tests/s3/test_archive.py."""
NEEDS_TWO_PASSES = "collate-duplex"
"""Checked in tests/scan/test_collate.py."""


@dataclass
class Line:
    """A document on its way: artifacts and facts add up as in the engine. Follows first parts."""

    harness: Harness
    artifacts: dict[str, Path]
    facts: dict[str, Any] = field(default_factory=dict)
    form: Form = Form.STACK
    pages: int = 1
    secrecy: Secrecy = Secrecy.NORMAL
    classified: bool = False

    def check(self, stage: Stage[Any]) -> Outcome:
        """The stage's checked outcome; the document itself stays as it is."""
        return self._check(stage)[0]

    def go(self, stage: Stage[Any]) -> None:
        outcome, workdir = self._check(stage)
        if isinstance(outcome, Split):
            part = outcome.parts[0]
            self.artifacts = {k.role: workdir / k.path for k in part.artifacts}
            self.facts |= part.facts
            self.form, self.pages = part.form, len(part.pages)
            return
        assert isinstance(outcome, Done), outcome
        self.artifacts |= {k.role: workdir / k.path for k in outcome.artifacts}
        self.facts |= outcome.facts
        self.pages = outcome.pages or self.pages
        if outcome.secrecy is not None:
            self.secrecy, self.classified = outcome.secrecy, True

    def _check(self, stage: Stage[Any]) -> tuple[Outcome, Path]:
        roles = {*stage.consumes, *stage.accepts}
        return check_run(
            self.harness,
            stage,
            {role: path for role, path in self.artifacts.items() if role in roles},
            facts=tuple(_known(stage.reads, self.facts)),
            pages=self.pages,
            form=self.form,
            secrecy=self.secrecy,
            classified=self.classified,
        )


def _known(kinds: tuple[type[Fact], ...], facts: dict[str, Any]) -> list[Fact]:
    return [fact for kind in kinds if (fact := kind.of(facts)) is not None]


@pytest.fixture
def standard(tmp_path: Path) -> tuple[Line, list[Stage[Any]]]:
    """One letter on one page, and the stages of the standard definition in a trial station."""
    folder = tmp_path / "station"
    make_station(folder, code="TAK01", organisation="จังหวัดตาก", agency="TAK")
    file = folder / "definitions" / "standard.toml"
    problems, _, stages = check_definition(file.read_text("utf-8"), str(file), HOST, folder)
    assert problems == []
    secrets = {
        name: (folder / "keys" / file).read_bytes()
        for name, file in {
            "signer-key": "signer.key",
            "signer-cert": "signer.pem",
            "signer-chain": "chain.pem",
            "tsa-key": "tsa.key",
            "tsa-cert": "tsa.pem",
            "registrar-certs": "registrar.pem",
        }.items()
    }
    detectors = tuple(i.function for i in HOST.hook.secrecy_evidence.get_hookimpls())
    pdf, _ = make_stack(StackSpec((Item(make_letter(1, Kind.EXTERNAL)),), profile="fast"), seed=1)
    source = tmp_path / "stack.pdf"
    source.write_bytes(pdf)
    harness = Harness(tmp_path / "scratch", secrets=secrets, detectors=detectors, station="TAK01")
    return Line(harness, {"source": source}), stages


@pytest.mark.slow
def test_standard_stages_conform_on_a_real_letter(standard: tuple[Line, list[Stage[Any]]]) -> None:
    line, stages = standard
    for stage in stages:
        if stage.name == "ocr-tesserocr":
            for other in OTHER_READERS:
                kind = HOST.stages[other]
                line.check(kind(kind.Options()))
        if stage.name == "seal-cms":
            line.secrecy = Secrecy.CONFIDENTIAL
        line.go(stage)
    seen = {*OTHER_READERS, NEEDS_A_SERVER, NEEDS_TWO_PASSES, *(stage.name for stage in stages)}
    assert seen >= HOST.stages.keys()
    assert {"record", "sidecar", "envelope", "sidecar-envelope"} <= line.artifacts.keys()
    assert line.facts["receipt"]["files"]
