"""What a scanner does to a page: skew, blur, noise, fading, turning, JPEG or bilevel."""

import io
import zlib
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from .fonts import DPI
from .paper import Pixels, bordered, folded, seen_through


@dataclass(frozen=True)
class Profile:
    """One scanner at one setting."""

    skew: float = 0.6
    """Most degrees of skew to either side."""
    blur: float = 0.7
    noise: float = 2.2
    fade: float = 0.0
    """How far the ink has gone towards the paper, 0 to 1."""
    shade: float = 0.02
    """How much darker the paper gets towards one edge."""
    specks: int = 0
    through: float = 0.0
    """How much of the writing on the back is seen, 0 to 1."""
    folds: int = 0
    """Creases across the page."""
    border: float = 0.0
    """Most centimetres of black where the page does not cover the glass."""
    paper: tuple[int, int, int] = (251, 250, 247)
    grey: bool = False
    bilevel: bool = False
    quality: int = 62
    dpi: int = DPI


PROFILES = {
    "clean": Profile(skew=0.0, blur=0.0, noise=0.0, shade=0.0, paper=(255, 255, 255), quality=80),
    "office": Profile(),
    "skewed": Profile(skew=1.0, noise=3.5),
    "faded": Profile(fade=0.45, noise=3.0),
    "grey": Profile(grey=True),
    "fast": Profile(dpi=200, quality=70),
    "photocopy": Profile(skew=0.9, blur=1.3, noise=14.0, specks=420, bilevel=True),
}


def profile_of(which: str | Profile) -> Profile:
    """A profile itself, or by its name in `PROFILES`."""
    return PROFILES[which] if isinstance(which, str) else which


@dataclass(frozen=True)
class ScanPage:
    """One scanned side as it goes into the PDF: JPEG bytes, or packed bits when bilevel."""

    data: bytes
    width: int
    height: int
    dpi: int
    colours: int
    """Channels: 3 colour, 1 grey, 0 bilevel."""


def _skewed(pixels: Pixels, degrees: float) -> Pixels:
    if not degrees:
        return pixels
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return np.asarray(
        cv2.warpAffine(
            pixels, matrix, (width, height), flags=cv2.INTER_LINEAR, borderValue=(255, 255, 255)
        ),
        dtype=np.uint8,
    )


def _specked(pixels: Pixels, count: int, rng: np.random.Generator) -> None:
    height, width = pixels.shape[:2]
    for x, y, size in zip(
        rng.integers(0, width, count),
        rng.integers(0, height, count),
        rng.integers(1, 4, count),
        strict=True,
    ):
        cv2.circle(pixels, (int(x), int(y)), int(size), (60, 60, 60), -1)


def scan(
    page: Image.Image, profile: Profile, rng: np.random.Generator, turn: int = 0
) -> Image.Image:
    """The picture that the scanner gives of a page; `turn` is in degrees clockwise."""
    pixels: Pixels = np.asarray(page.convert("RGB")).copy()
    if profile.through:
        pixels = seen_through(pixels, profile.through)
    if profile.folds:
        pixels = folded(pixels, profile.folds, rng)
    if profile.specks:
        _specked(pixels, profile.specks, rng)
    pixels = _skewed(pixels, float(rng.uniform(-profile.skew, profile.skew)))
    if profile.border:
        pixels = bordered(pixels, profile.border * DPI / 2.54, rng)
    if profile.dpi != DPI:
        size = (round(page.width * profile.dpi / DPI), round(page.height * profile.dpi / DPI))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    if profile.blur:
        pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), profile.blur), dtype=np.uint8)
    picture = Image.fromarray(_lit(pixels, profile, rng))
    if profile.grey or profile.bilevel:
        picture = picture.convert("L")
    if profile.bilevel:
        picture = picture.point(lambda value: 255 if value > 150 else 0).convert("1")
    return picture.rotate(-turn, expand=True) if turn else picture


def _lit(pixels: Pixels, profile: Profile, rng: np.random.Generator) -> Pixels:
    """Paper colour, faded ink, uneven light and sensor noise."""
    height, width = pixels.shape[:2]
    light = np.linspace(1.0, 1.0 - profile.shade * rng.uniform(0.3, 1.0), width, dtype=np.float32)
    noise = np.zeros((height, width), dtype=np.float32)
    if profile.noise:
        noise = rng.standard_normal((height, width), dtype=np.float32) * profile.noise
    out = np.empty_like(pixels)
    for channel, paper in enumerate(profile.paper):
        plane = pixels[:, :, channel].astype(np.float32)
        plane += (255.0 - plane) * profile.fade
        plane *= light[None, :] * (paper / 255.0)
        plane += noise
        out[:, :, channel] = np.clip(plane, 0, 255).astype(np.uint8)
    return out


def show_through(front: Image.Image) -> Image.Image:
    """The blank back of a page, on which the front is barely to be guessed."""
    small = front.convert("L").resize((front.width // 4, front.height // 4))
    mirrored = np.asarray(small.transpose(Image.Transpose.FLIP_LEFT_RIGHT)).astype(np.float32)
    soft = cv2.GaussianBlur(mirrored, (0, 0), 3.0)
    faint = 255.0 - (255.0 - np.asarray(soft)) * 0.035
    return Image.fromarray(faint.astype(np.uint8)).resize(front.size).convert("RGB")


def encode(picture: Image.Image, profile: Profile) -> ScanPage:
    """Compress a scanned picture as the profile says."""
    width, height = picture.size
    if picture.mode == "1":
        return ScanPage(zlib.compress(picture.tobytes(), 9), width, height, profile.dpi, 0)
    buffer = io.BytesIO()
    picture.save(
        buffer,
        "JPEG",
        quality=profile.quality,
        subsampling=2,
        optimize=True,
        dpi=(profile.dpi, profile.dpi),
    )
    colours = 1 if picture.mode == "L" else 3
    return ScanPage(buffer.getvalue(), width, height, profile.dpi, colours)
