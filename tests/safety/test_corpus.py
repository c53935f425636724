"""Odd, broken and hostile PDFs from the wild: always an outcome or a deliberate error, in time."""

import os
import time
from contextlib import suppress
from pathlib import Path

import pytest

from pipeline.errors import StageError
from pipeline.testing.harness import Harness
from plugins.convert.topdf import ConvertPdf, ConvertPdfOptions
from plugins.safety.check import CheckSafety, CheckSafetyOptions
from schemas.outcome import Done
from schemas.verdict import SafetyVerdict

BESIDE = Path(__file__).parents[3] / "shared" / "corpus"
CORPUS = Path(os.environ.get("SARABAN_CORPUS", BESIDE))
FOLDERS = ("opf_handbuilt", "opf_horrors", "opf_govdocs_err", "qpdf_fuzz", "safedocs", "pyhanko")
EVERY = int(os.environ.get("SARABAN_CORPUS_EVERY", "12"))
"""One file in so many is taken; 1 takes all."""
SECONDS = 60


def sample(folder: str) -> list[Path]:
    return sorted((CORPUS / folder).glob("*"))[::EVERY]


@pytest.mark.slow
@pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus on this machine")
@pytest.mark.parametrize("folder", FOLDERS)
def test_wild_files_end_in_an_outcome_or_a_deliberate_error(tmp_path: Path, folder: str) -> None:
    harness = Harness(tmp_path)
    check, convert = CheckSafety(CheckSafetyOptions()), ConvertPdf(ConvertPdfOptions())
    for source in sample(folder):
        began = time.monotonic()
        with suppress(StageError):
            outcome, _ = harness.run(check, {"source": source})
            assert isinstance(outcome, Done)
            verdict = SafetyVerdict.of(outcome.facts)
            assert verdict is not None
            outcome, _ = harness.run(convert, {"source": source}, facts=(verdict,))
            assert isinstance(outcome, Done)
            assert outcome.pages
        assert time.monotonic() - began < SECONDS, source.name
