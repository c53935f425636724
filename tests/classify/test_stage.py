"""The stage on scanned letters that were really read, with the plugin's own hook."""

import hashlib
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.errors import DocumentError
from pipeline.pageview import PageView
from pipeline.testing.harness import Harness
from plugins.classify import picture, spotter
from plugins.classify.hooks import register_stages, secrecy_evidence
from plugins.classify.stage import ClassifyMarks, Options
from schemas.artifact import Role
from schemas.decision import Decision
from schemas.document import Document, Form
from schemas.evidence import Evidence, Finding, SecrecyAssessment
from schemas.outcome import Done, Outcome, Suspend
from schemas.secrecy import Secrecy
from tests.classify.paper import Scanned, draw, read
from tests.letters import Level, Urgency


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Scanned]:
    """Each read once: it is the slow part."""
    scans = {
        "normal": draw(urgency=Urgency.MOST_URGENT, receipt="๑๒๓"),
        "confidential": draw(Level.CONFIDENTIAL),
        "secret": draw(Level.SECRET, urgency=Urgency.URGENT),
        "top-secret": draw(Level.TOP_SECRET),
        "bilevel": draw(profile="photocopy"),
        "bilevel-secret": draw(Level.SECRET, profile="photocopy"),
    }
    return {name: read(tmp_path_factory.mktemp(name), pdf) for name, pdf in scans.items()}


def classify(
    root: Path,
    letter: Scanned,
    options: Options | None = None,
    *,
    decision: Decision | None = None,
    secrecy: Secrecy = Secrecy.NORMAL,
    pages: int = 1,
) -> Outcome:
    harness = Harness(root, detectors=(secrecy_evidence,))
    stage = ClassifyMarks(options or Options())
    outcome, _ = harness.run(
        stage, letter.inputs, form=Form.SET, decision=decision, secrecy=secrecy, pages=pages
    )
    return outcome


def assessed(outcome: Outcome) -> SecrecyAssessment:
    assert isinstance(outcome, Done)
    assessment = SecrecyAssessment.of(outcome.facts)
    assert assessment is not None
    assert assessment.level is outcome.secrecy
    return assessment


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("normal", Secrecy.NORMAL),
        ("confidential", Secrecy.CONFIDENTIAL),
        ("secret", Secrecy.SECRET),
        ("top-secret", Secrecy.TOP_SECRET),
        ("bilevel-secret", Secrecy.SECRET),
    ],
)
def test_a_readable_letter_is_classified_without_a_person(
    tmp_path: Path, letters: dict[str, Scanned], name: str, level: Secrecy
) -> None:
    assessment = assessed(classify(tmp_path, letters[name]))
    assert assessment.level is level
    assert not assessment.by_person
    assert {e.detector for e in assessment.evidence} == {"text", "picture"}


def test_a_bilevel_letter_without_a_mark_is_asked_about(
    tmp_path: Path, letters: dict[str, Scanned]
) -> None:
    outcome = classify(tmp_path, letters["bilevel"])
    assert isinstance(outcome, Suspend)
    question = outcome.question
    assert question.code == "classify"
    assert [c.value for c in question.choices] == [level.value for level in Secrecy]
    assert question.proposal == "NORMAL"
    assert question.exhibits[0].page == 1


def test_a_declared_bilevel_letter_passes(tmp_path: Path, letters: dict[str, Scanned]) -> None:
    options = Options(declared=Secrecy.NORMAL)
    assert assessed(classify(tmp_path, letters["bilevel"], options)).level is Secrecy.NORMAL


def test_the_level_never_falls_below_the_parents(
    tmp_path: Path, letters: dict[str, Scanned]
) -> None:
    outcome = classify(tmp_path, letters["normal"], secrecy=Secrecy.SECRET)
    assert assessed(outcome).level is Secrecy.SECRET


def test_a_persons_answer_is_final_and_keeps_the_evidence(
    tmp_path: Path, letters: dict[str, Scanned]
) -> None:
    answer = Decision(code="classify", choice="CONFIDENTIAL", by="registrar", at=datetime.now(UTC))
    assessment = assessed(classify(tmp_path, letters["top-secret"], decision=answer))
    assert (assessment.level, assessment.by_person) == (Secrecy.CONFIDENTIAL, True)
    assert any(e.level is Secrecy.TOP_SECRET for e in assessment.evidence)


def test_a_broken_detector_sends_the_letter_to_a_person(
    tmp_path: Path,
    letters: dict[str, Scanned],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(page: PageView) -> list[Evidence]:
        raise MemoryError(page.text.text)

    monkeypatch.setattr(picture, "look", broken)
    outcome = classify(tmp_path, letters["secret"])
    assert isinstance(outcome, Suspend)
    assert outcome.question.proposal == "SECRET"
    (told,) = caplog.messages
    assert re.fullmatch(r"picture broke: MemoryError at test_stage\.py:\d+, page 1", told)


def test_a_third_detector_can_raise_the_level_and_not_lower_it(
    tmp_path: Path, letters: dict[str, Scanned]
) -> None:
    def third(page: PageView, document: Document) -> list[Evidence]:
        number = page.text.number
        found = Evidence(
            detector="third", finding=Finding.MARK, page=number, level=Secrecy.SECRET, score=0.9
        )
        return [*secrecy_evidence(page, document), found]

    harness = Harness(tmp_path, detectors=(third,))
    outcome, _ = harness.run(ClassifyMarks(Options()), letters["normal"].inputs, form=Form.SET)
    assert assessed(outcome).level is Secrecy.SECRET


def test_a_page_that_nobody_would_look_at_stops_the_letter(
    tmp_path: Path, letters: dict[str, Scanned]
) -> None:
    with pytest.raises(DocumentError) as stopped:
        classify(tmp_path, letters["normal"], pages=2)
    assert stopped.value.code == "pages-disagree"


def test_neither_question_nor_evidence_quotes_the_letter(
    tmp_path: Path, letters: dict[str, Scanned]
) -> None:
    words = {
        word.text
        for line in letters["bilevel"].views()[0].text.lines
        for word in line.words
        if len(word.text) > 6
    }
    outcome = classify(tmp_path, letters["bilevel"])
    dumped = outcome.model_dump_json()
    assert words
    assert not [word for word in words if word in dumped]


def test_the_hook_brings_the_stage() -> None:
    assert register_stages() == [ClassifyMarks]
    assert ClassifyMarks(Options()).preflight() == []
    assert ClassifyMarks.consumes == (Role.SEARCHABLE, Role.PAGE_TEXT)


@pytest.mark.parametrize("left", [b"", b"no network"])
def test_a_machine_without_the_networks_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left: bytes
) -> None:
    network = tmp_path / "spotter.onnx"
    network.write_bytes(left)
    monkeypatch.setattr(spotter, "_NETWORK", network)
    spotter._network.cache_clear()
    try:
        (problem,) = ClassifyMarks(Options()).preflight()
    finally:
        spotter._network.cache_clear()
    assert problem.code == "networks-unusable"


def test_other_networks_are_another_revision() -> None:
    """Machines agree by revision: raise it where this fails, and pin the new pair."""
    network = Path(spotter.__file__).with_name("spotter.onnx").read_bytes()
    assert (ClassifyMarks.revision, hashlib.sha256(network).hexdigest()) == (
        10,
        "cffb13ede8a21d394b92538d093cd4ffd9fa9328e375cb0c23561df7b3546829",
    )
