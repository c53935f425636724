"""Which fonts the lines are drawn in, and which are kept to measure with and never trained on.

System fonts come from Debian's fonts-thai-tlwg. The others are taken apart from their packages into
the training folder, so that the machine's own fonts stay as they are.
"""

import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont

TLWG = "GPL-2+ with font exception (fonts-thai-tlwg)"
ARUNDINA = "Bitstream Vera licence (fonts-arundina)"
OFL = "SIL Open Font License 1.1"

WHEELS = (
    "fontpkg-sarabun==1.0",
    "fontpkg-kanit==2.0",
    "fontpkg-prompt==1.1",
    "fontpkg-chakra-petch==1.0",
)
DEBIAN = ("fonts-arundina", "fonts-noto-core")
NPM = tuple(
    f"@expo-google-fonts/{name}"
    for name in (
        *("anuphan@0.4.1", "athiti@0.1.0", "bai-jamjuree@0.4.1", "charm@0.4.1", "fahkwang@0.1.0"),
        *("ibm-plex-sans-thai@0.4.1", "ibm-plex-sans-thai-looped@0.4.1", "itim@0.4.1", "k2d@0.4.1"),
        *("kodchasan@0.4.1", "koho@0.2.3", "maitree@0.3.0", "mali@0.4.1", "mitr@0.4.1"),
        *("niramit@0.2.3", "noto-sans-thai@0.4.2", "noto-sans-thai-looped@0.4.2", "pridi@0.2.0"),
        *("sriracha@0.4.1", "taviraj@0.2.3", "trirong@0.2.3"),
    )
)
_SYSTEM = Path("/usr/share/fonts/truetype/tlwg")


@dataclass(frozen=True)
class Font:
    """A font file by its stem. `scale`: its size for letters as large as Laksaman's at size 1."""

    stem: str
    licence: str
    scale: float = 1.0
    weight: int = 1


# TlwgMono and NotoLoopedThai are no use: HarfBuzz sets their tone marks on the next letter or onto
# the vowel marks.
TRAINED = (
    Font("Laksaman", TLWG, weight=6),
    Font("Laksaman-Bold", TLWG, weight=3),
    Font("Laksaman-Italic", TLWG),
    Font("Sarabun-Regular", OFL, 0.72, 5),
    Font("Sarabun-Bold", OFL, 0.72, 2),
    Font("Sarabun-Light", OFL, 0.72, 2),
    Font("Sarabun-Italic", OFL, 0.72),
    Font("Sarabun-Medium", OFL, 0.72),
    Font("Norasi", TLWG, 0.85, 3),
    Font("Norasi-Bold", TLWG, 0.85),
    Font("Norasi-Italic", TLWG, 0.85),
    Font("Garuda", TLWG, 0.72, 2),
    Font("Garuda-Bold", TLWG, 0.72),
    Font("Loma", TLWG, 0.76, 2),
    Font("Loma-Bold", TLWG, 0.76),
    Font("Waree", TLWG, 0.72, 2),
    Font("TlwgTypist", TLWG, 0.82, 3),
    Font("TlwgTypo", TLWG, 0.82, 2),
    Font("ArundinaSans", ARUNDINA, 0.72, 2),
    Font("ArundinaSerif", ARUNDINA, 0.72, 2),
    Font("Kanit-Regular", OFL, 0.72, 2),
    Font("Kanit-Light", OFL, 0.72, 2),
    Font("Prompt-Regular", OFL, 0.68),
    Font("Prompt-Light", OFL, 0.68, 2),
    Font("ChakraPetch-Regular", OFL, 0.74),
    Font("Anuphan_400Regular", OFL, 0.7),
    Font("Anuphan_300Light", OFL, 0.7),
    Font("Athiti_500Medium", OFL, 0.78),
    Font("BaiJamjuree_400Regular", OFL, 0.74),
    Font("BaiJamjuree_700Bold", OFL, 0.74),
    Font("Charm_400Regular", OFL, 0.8),
    Font("Fahkwang_400Regular", OFL, 0.76),
    Font("IBMPlexSansThai_400Regular", OFL, 0.74),
    Font("IBMPlexSansThai_300Light", OFL, 0.74),
    Font("IBMPlexSansThaiLooped_400Regular", OFL, 0.74, 2),
    Font("IBMPlexSansThaiLooped_700Bold", OFL, 0.74),
    Font("Itim_400Regular", OFL, 0.9),
    Font("K2D_400Regular", OFL, 0.7),
    Font("Kodchasan_400Regular", OFL, 0.74),
    Font("KoHo_400Regular", OFL, 0.72),
    Font("Maitree_400Regular", OFL, 0.74, 2),
    Font("Mali_400Regular", OFL, 0.74),
    Font("Mitr_400Regular", OFL, 0.76),
    Font("Mitr_300Light", OFL, 0.76),
    Font("Niramit_400Regular", OFL, 0.74, 2),
    Font("NotoSansThai_400Regular", OFL, 0.76, 2),
    Font("NotoSansThai_300Light", OFL, 0.76, 2),
    Font("NotoSansThai_700Bold", OFL, 0.76),
    Font("NotoSansThaiLooped_400Regular", OFL, 0.72, 2),
    Font("Pridi_400Regular", OFL, 0.76),
    Font("Pridi_700Bold", OFL, 0.76),
    Font("Sriracha_400Regular", OFL, 0.78),
    Font("Taviraj_400Regular", OFL, 0.73, 2),
    Font("Taviraj_700Bold", OFL, 0.73),
    Font("Trirong_400Regular", OFL, 0.73),
)
NEVER_TRAINED = {
    "letters": (
        Font("Umpush", TLWG, 0.95),
        Font("Kinnari", TLWG, 0.85),
        Font("Sawasdee", TLWG, 0.76),
        Font("NotoSerifThai-Regular", OFL, 0.72),
    ),
    "typewriter": (Font("TlwgTypewriter", TLWG, 0.82),),
}
"""By class: families of which no cut is trained on."""


def fetch(folder: Path) -> None:
    """Bring the fonts that the system lacks into `folder`, by pip, apt and npm; once.

    Raises subprocess.CalledProcessError when a package cannot be had.
    """
    done = folder / "complete"
    if done.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    pip = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", *WHEELS)
    npm = ("npm", "pack", "--silent", *NPM)
    for command in (pip, npm, ("apt-get", "download", "-q", *DEBIAN)):
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    for wheel in folder.glob("*.whl"):
        with zipfile.ZipFile(wheel) as zipped:
            zipped.extractall(folder)  # noqa: S202
    for package in folder.glob("*.tgz"):
        with tarfile.open(package) as tarred:
            tarred.extractall(folder / package.stem, filter="data")
    for package in folder.glob("*.deb"):
        subprocess.run(("dpkg-deb", "-x", package, folder), check=True)
    done.touch()


@dataclass(frozen=True)
class Fonts:
    """Finds font files: the system's first, then those of `folder`."""

    folder: Path

    def path(self, font: Font) -> Path:
        """Raises FileNotFoundError when the font is in neither place."""
        for place in (_SYSTEM, self.folder):
            for found in sorted(place.rglob(f"{font.stem}.ttf")):
                return found
        raise FileNotFoundError(f"{font.stem}.ttf is neither in {_SYSTEM} nor in {self.folder}")

    def present(self, fonts: Sequence[Font]) -> Iterator[Font]:
        """Those of `fonts` that can be found."""
        for font in fonts:
            try:
                self.path(font)
            except FileNotFoundError:
                continue
            yield font

    def covers(self, font: Font, text: str) -> bool:
        """Whether `font` has a glyph for all of `text`."""
        return set(map(ord, text)) <= coverage(self.path(font))


@lru_cache(maxsize=64)
def coverage(path: Path) -> frozenset[int]:
    """The code points that a font file has glyphs for."""
    with TTFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap())
