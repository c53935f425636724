"""What every recogniser answers, and where tesseract keeps its models."""

import os
from pathlib import Path
from typing import NamedTuple, Protocol

from pipeline.models import tessdata
from pipeline.pixels import Gray
from pipeline.stage import Problem
from plugins.ocr.words import ReadLine

_SYSTEM = (
    "/usr/share/tesseract-ocr/*/tessdata",
    "/usr/share/tesseract/tessdata",
    "/usr/share/tessdata",
    "/usr/local/share/tessdata",
)
_FORBIDDEN = frozenset({"osd", "equ"})


class Orientation(NamedTuple):
    """``turn``: degrees clockwise that make the page upright; ``confidence``: 15 is good."""

    turn: int
    confidence: float


class Recogniser(Protocol):
    """Reads one picture at a time; called from several threads."""

    @property
    def name(self) -> str:
        """Engine, versions and models, for the provenance of the text."""

    def orientation(self, gray: Gray, dpi: float) -> Orientation | None:
        """Which way up the page is; None where nothing can be told."""

    def read(self, gray: Gray, dpi: float, seconds: float) -> list[ReadLine]:
        """Lines in reading order. Raises TransientError when it takes longer than ``seconds``."""


def system_tessdata() -> Path | None:
    """Tesseract's own folder of models: that of ``TESSDATA_PREFIX`` or of the distribution."""
    prefix = os.environ.get("TESSDATA_PREFIX")
    if prefix:
        return Path(prefix)
    for pattern in _SYSTEM:
        for folder in sorted(Path("/").glob(pattern.lstrip("/")), reverse=True):
            return folder
    return None


def folder_of(languages: tuple[str, ...]) -> Path | None:
    """The folder that holds the models of all ``languages``, or None. Ours is asked first."""
    for folder in (tessdata(), system_tessdata()):
        if folder and all((folder / f"{name}.traineddata").is_file() for name in languages):
            return folder
    return None


def missing_models(languages: tuple[str, ...], osd: bool = True) -> list[Problem]:
    """Problems for ``preflight``: models that are not there, with the Debian package to install."""
    problems: list[Problem] = []
    if _FORBIDDEN & set(languages):
        problems.append(
            Problem(
                "language-not-readable",
                thai="osd และ equ ไม่ใช่ภาษาที่อ่านได้ กรุณานำออกจาก languages",
                english="osd and equ are no languages to read with; take them out of languages.",
            )
        )
    elif folder_of(languages) is None:
        problems.append(_missing("+".join(languages), _packages(languages)))
    if osd and folder_of(("osd",)) is None:
        problems.append(_missing("osd", "tesseract-ocr-osd"))
    return problems


def _packages(languages: tuple[str, ...]) -> str:
    return " ".join(f"tesseract-ocr-{name.replace('_', '-')}" for name in languages)


def _missing(model: str, packages: str) -> Problem:
    return Problem(
        "tesseract-model-missing",
        thai=f"ไม่พบแบบจำลอง {model} ของ tesseract ในโฟลเดอร์เดียวกัน กรุณาติดตั้งแพ็กเกจ {packages}",
        english=f"Tesseract has no model {model} in one folder; on Debian: apt install {packages}",
    )
