"""Finds the Thai fonts (Debian package fonts-thai-tlwg) by the file name of the family."""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont, features

FONT_DIRS = (
    Path("/usr/share/fonts/truetype/tlwg"),
    Path("/usr/share/fonts/opentype/tlwg"),
    Path("/usr/share/fonts/truetype/thai-tlwg"),
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".local/share/fonts",
)
FAMILIES = ("Laksaman", "Norasi", "Garuda", "Loma", "Kinnari", "Umpush", "TlwgTypist", "Waree")
DPI = 300


class FontMissingError(RuntimeError):
    """A font that the letters are set in is not installed."""


def find_font(family: str, bold: bool = False, directories: Iterable[Path] = FONT_DIRS) -> Path:
    """The font file of a family, looked for in each directory and one level below it."""
    stem = f"{family}-Bold" if bold else family
    for directory in directories:
        for extension in ("ttf", "otf"):
            name = f"{stem}.{extension}"
            for candidate in (directory / name, *sorted(directory.glob(f"*/{name}"))):
                if candidate.is_file():
                    return candidate
    raise FontMissingError(
        f"the font {stem} is not installed; on Debian: apt install fonts-thai-tlwg"
    )


@lru_cache(maxsize=64)
def load_font(family: str, points: float, bold: bool = False) -> ImageFont.FreeTypeFont:
    """A font at a size in points on a 300 dpi page, shaped by Raqm."""
    if not features.check("raqm"):
        raise FontMissingError("Pillow has no Raqm layout: Thai would be drawn wrongly")
    return ImageFont.truetype(
        str(find_font(family, bold)), round(points * DPI / 72), layout_engine=ImageFont.Layout.RAQM
    )
