"""The Thai font for sheets and stamps that saraban itself draws."""

from pathlib import Path

from pipeline.errors import ConfigurationError
from pipeline.stage import Problem

_FAMILY = "Laksaman"
_DIRECTORIES = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")


def thai_font(bold: bool = False) -> Path:
    """Laksaman (a relative of TH Sarabun New) as a TrueType file.

    Raises ConfigurationError naming the Debian package when it is not installed.
    """
    name = f"{_FAMILY}-Bold.ttf" if bold else f"{_FAMILY}.ttf"
    for directory in _DIRECTORIES:
        for found in sorted(Path(directory).expanduser().rglob(name)):
            return found
    raise ConfigurationError(
        "font-missing",
        thai=f"ไม่พบแบบอักษรไทย {name} กรุณาติดตั้งแพ็กเกจ fonts-thai-tlwg",
        english=f"The Thai font {name} is missing; on Debian: apt install fonts-thai-tlwg",
    )


def missing_fonts(stage: str) -> list[Problem]:
    """What the ``preflight`` of a stage that draws sheets answers."""
    try:
        thai_font()
        thai_font(bold=True)
    except ConfigurationError as error:
        return [Problem(error.code, error.thai, error.english, where=stage)]
    return []
