"""The conditions that letters are read under, in two parts that never mix.

*Tuned* conditions may be looked at while something is made better. *Measured* ones tell how good
it is: other fonts (never trained on), other texts (held out of the training), other seeds and
other scanners. Who tunes to a measured condition has no measure any more.
"""

import zlib
from dataclasses import dataclass
from typing import Any, Final

from tests.letters.degrade import PROFILES, Profile
from training.fonts import NEVER_TRAINED, TLWG, TRAINED, Font

TUNED: Final = "tuned"
MEASURED: Final = "measured"
CLEAN: Final = "clean 300 dpi"
"""The measured condition by which the goals are stated."""
_FACES: Final = tuple(f for f in TRAINED if f.licence == TLWG and "-" not in f.stem)
_UNSEEN: Final = tuple(f for f in NEVER_TRAINED["letters"] if f.licence == TLWG)
"""Upright faces of fonts-thai-tlwg, with which the letters are drawn."""


@dataclass(frozen=True)
class Condition:
    """How the letters of some stacks are typed, stamped, fed and scanned.

    ``over_text``: receive stamps on the typed head, signatures on names. ``turned``: half of the
    pages lie turned in the feeder. ``brief``: part of the small version. ``weight``: how many
    stacks it has for each of another condition.
    """

    name: str
    part: str
    profile: Profile
    fonts: tuple[Font, ...] = _UNSEEN
    over_text: bool = False
    turned: bool = False
    brief: bool = False
    weight: int = 1

    def seed(self, number: int) -> int:
        """The seed of a stack; the same whatever other conditions there are."""
        base = 10_000_000 if self.part == MEASURED else 0
        return base + zlib.crc32(self.name.encode()) % 9_000 * 1_000 + number

    @property
    def colour(self) -> bool:
        return not (self.profile.grey or self.profile.bilevel)


def _tuned(name: str, profile: Profile, **more: Any) -> Condition:
    return Condition(name, TUNED, profile, _FACES, **more)


def _measured(name: str, profile: Profile, **more: Any) -> Condition:
    return Condition(name, MEASURED, profile, **more)


CONDITIONS: Final = (
    Condition(
        CLEAN, MEASURED, Profile(skew=0.3, blur=0.4, noise=1.0, quality=85), brief=True, weight=4
    ),
    _measured("200 dpi, JPEG 70", Profile(dpi=200, quality=70), brief=True),
    _measured("150 dpi", Profile(dpi=150, quality=75), brief=True),
    _measured("grey", Profile(grey=True, quality=65), brief=True),
    _measured("grey, 200 dpi, JPEG 50", Profile(grey=True, dpi=200, quality=50)),
    _measured("bilevel", Profile(skew=0.5, bilevel=True), brief=True),
    _measured("bilevel, 200 dpi", Profile(skew=0.5, bilevel=True, dpi=200)),
    _measured("skew up to 2°", Profile(skew=2.0), brief=True),
    _measured("pages turned", Profile(dpi=200), turned=True, brief=True),
    _measured("noise", Profile(noise=12.0, quality=80)),
    _measured("JPEG 50", Profile(quality=50)),
    _measured(
        "photocopy", Profile(skew=1.2, blur=1.5, noise=16.0, specks=500, bilevel=True), brief=True
    ),
    _measured(
        "photocopy, 200 dpi, grey",
        Profile(skew=0.8, blur=1.6, noise=12.0, specks=300, fade=0.2, grey=True, dpi=200),
    ),
    _measured("show-through", Profile(through=0.22)),
    _measured("fold lines", Profile(folds=2, shade=0.05)),
    _measured("black borders", Profile(skew=1.5, border=0.6)),
    _measured("faded", Profile(fade=0.55, noise=3.5)),
    _measured("ink over text", Profile(), over_text=True, brief=True),
    Condition("typewriter", MEASURED, Profile(), NEVER_TRAINED["typewriter"], brief=True),
    _measured(
        "all at once",
        Profile(skew=1.5, noise=5.0, through=0.1, folds=2, border=0.4, dpi=200, quality=55),
        over_text=True,
    ),
    _tuned("tuned: clean", PROFILES["clean"], brief=True),
    _tuned("tuned: office", PROFILES["office"]),
    _tuned("tuned: 200 dpi", PROFILES["fast"]),
    _tuned("tuned: skewed", PROFILES["skewed"]),
    _tuned("tuned: grey", PROFILES["grey"]),
    _tuned("tuned: faded", PROFILES["faded"]),
    _tuned("tuned: photocopy", PROFILES["photocopy"]),
    _tuned("tuned: ink over text", PROFILES["office"], over_text=True),
    _tuned("tuned: pages turned", PROFILES["fast"], turned=True),
    _tuned("tuned: worn paper", Profile(skew=0.8, through=0.15, folds=1, border=0.3, quality=70)),
)
