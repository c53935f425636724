"""Scans of stamped letters: typed pages drawn once, then stamped and scanned anew for each seed."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.reading.stamps import INKS, Pixels, Stamp, lay, receipt, scribble
from tests.letters import Kind, Level, Profile, Style, letter_pages, make_letter
from tests.letters.attachments import attachment_sheets
from tests.letters.degrade import ScanPage
from tests.letters.fonts import DPI
from tests.letters.numbers import thai
from tests.letters.spec import Attachment, Letter
from tests.letters.stack import to_pdf

MARKED = (Level.CONFIDENTIAL, Level.SECRET, Level.TOP_SECRET)
_BENIGN = ("ด่วน", "ด่วนมาก", "ด่วนที่สุด", "สำเนาถูกต้อง", "ต้นฉบับ", "รับแล้ว", "ห้ามทำลาย", "สำเนาคู่ฉบับ")
_TRAPS = (
    "ทั้งนี้ ให้เจ้าหน้าที่รักษาความลับของทางราชการตามลำดับชั้น และส่งกลับคืนภายในกำหนด",
    "ให้หน่วยงานเรียงลำดับความสำคัญเร่งด่วนที่สุดก่อน แล้วแจ้งกลับมายังจังหวัด มิให้มีการพูดลับหลัง",
    "ข้อมูลส่วนบุคคลให้เก็บเป็นความลับ ห้ามเปิดเผย และทำลายเมื่อพ้นกำหนดตามลำดับ",
)
_BODIES = 32


@dataclass(frozen=True)
class Part:
    """Fonts and seeds that belong together; no font or seed is in two parts."""

    name: str
    bodies: tuple[str, ...]
    stamps: tuple[str, ...]
    seed: int


PARTS = {
    "tuned": Part(
        "tuned",
        ("Laksaman", "Norasi", "Garuda", "Loma"),
        ("Laksaman", "Norasi", "Garuda", "Loma", "TlwgTypist"),
        71_000_000,
    ),
    "measured": Part(
        "measured",
        ("Umpush", "Kinnari", "Sawasdee", "Waree"),
        ("Umpush", "Kinnari", "Sawasdee", "Waree", "TlwgTypewriter"),
        93_000_000,
    ),
}


@dataclass(frozen=True)
class Page:
    """One scan; ``level`` is the truth, ``story`` says what was drawn, for a person."""

    pdf: bytes
    level: Level
    story: str
    size: tuple[int, int]
    dpi: int


def page(part: Part, number: int, *, marked: bool) -> Page:
    """The scan of that number: the same one always."""
    rng = np.random.default_rng([part.seed, number, int(marked)])
    dpi = int(rng.choice((150, 200, 300), p=(0.35, 0.45, 0.2)))
    body = int(rng.integers(_BODIES))
    sheet = _body(part.name, body, dpi)
    story = [f"body {body}", f"{dpi} dpi"]
    level = MARKED[int(rng.integers(3))] if marked else Level.NORMAL
    story += _ordinary(sheet, part, dpi, rng, often=0.35 if marked else 0.6)
    if marked:
        story += _marks(sheet, part, level, dpi, rng)
    profile = _profile(dpi, rng, grey=marked and rng.random() < 0.06)
    scanned = _scanned(sheet, part, profile, rng, story)
    width, height = scanned.width, scanned.height
    return Page(to_pdf([scanned]), level, "; ".join(story), (width, height), dpi)


@lru_cache(maxsize=128)
def _typed(part: str, body: int) -> bytes:
    """A letter's page as it left the typewriter, at 300 dpi, compressed almost without loss."""
    rng = np.random.default_rng([PARTS[part].seed, body])
    family = str(rng.choice(PARTS[part].bodies))
    style = Style(family, points=16 if family in ("Laksaman", "Umpush") else 13)
    kind = list(Kind)[body % len(Kind)]
    letter = make_letter(PARTS[part].seed + body, kind, length=int(rng.integers(1, 4)), style=style)
    sheets = _sheets(letter, body, rng)
    image = np.asarray(sheets[int(rng.integers(len(sheets)))], dtype=np.uint8)
    done, data = cv2.imencode(".jpg", image[:, :, ::-1], (cv2.IMWRITE_JPEG_QUALITY, 96))
    assert done
    return data.tobytes()


def _sheets(letter: Letter, body: int, rng: np.random.Generator) -> list[Image.Image]:
    if body % 8 == 7:
        table = tuple((f"ลำดับ {thai(i)}", "รายการ", thai(i * 117)) for i in range(12))
        sent = Attachment("บัญชี", "บัญชีรายละเอียดตามลำดับ", letter.paragraphs[:1], table)
        return [sheet.image for sheet in attachment_sheets(sent, 1, 2, letter.style)]
    paragraphs = (*letter.paragraphs, str(rng.choice(_TRAPS)))
    return [art.image for art in letter_pages(replace(letter, paragraphs=paragraphs), rng)[0]]


def _body(part: str, body: int, dpi: int) -> Pixels:
    data = np.frombuffer(_typed(part, body), np.uint8)
    reduced = cv2.IMREAD_REDUCED_COLOR_2 if dpi == DPI // 2 else cv2.IMREAD_COLOR
    decoded = cv2.imdecode(data, reduced)
    assert decoded is not None
    picture = decoded[:, :, ::-1]
    if dpi not in (DPI, DPI // 2):
        size = (round(picture.shape[1] * dpi / DPI), round(picture.shape[0] * dpi / DPI))
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(picture, dtype=np.uint8)


def _ordinary(
    sheet: Pixels, part: Part, dpi: int, rng: np.random.Generator, often: float
) -> list[str]:
    """What offices put on letters that are no secret."""
    height, width = sheet.shape[:2]
    family = str(rng.choice(part.stamps))
    done = []
    if rng.random() < often:
        done.append("receive stamp")
        number = f"เลขรับ {thai(int(rng.integers(9999)))}"
        rows = ("สำนักงานสารบรรณกลาง", number, "วันที่ ............", "เวลา ............ น.")
        colour = INKS[str(rng.choice(("red", "blue", "violet")))]
        centre = (width - rng.uniform(1.3, 1.7) * dpi, rng.uniform(0.6, 0.9) * dpi)
        lay(sheet, receipt(rows, family, dpi, rng), centre, colour)
    if rng.random() < often:
        words = str(rng.choice(_BENIGN))
        done.append(words)
        points, turn = rng.uniform(22, 36), rng.uniform(-3, 3)
        stamp = Stamp(words, family, points, INKS["red"], turn=turn, wear=0.35)
        centre = (rng.uniform(1.5, 2.6) * dpi, rng.uniform(0.5, 1.7) * dpi)
        lay(sheet, stamp.stencil(dpi, rng), centre, stamp.colour)
    if rng.random() < 0.5 * often:
        done.append("note by pen")
        colour = INKS[str(rng.choice(("blue", "black")))]
        y = rng.uniform(0.6, 0.85) * height
        x = rng.uniform(1.5, 3.0) * dpi
        for line in range(int(rng.integers(1, 4))):
            lay(sheet, scribble(1.6, 0.3, dpi, rng), (x, y + line * 0.3 * dpi), colour)
    if rng.random() < 0.04 * often:
        done.append("photograph")
        _photograph(sheet, dpi, rng)
    return done


def _photograph(sheet: Pixels, dpi: int, rng: np.random.Generator) -> None:
    """A colour picture of nothing in particular, in the lower half."""
    coarse = rng.integers(0, 256, (9, 12, 3), dtype=np.uint8)
    picture = cv2.resize(coarse, (int(2.6 * dpi), 2 * dpi), interpolation=cv2.INTER_CUBIC)
    top, left = int(sheet.shape[0] * rng.uniform(0.5, 0.6)), int(rng.uniform(1.5, 4.0) * dpi)
    sheet[top : top + picture.shape[0], left : left + picture.shape[1]] = picture


def _marks(
    sheet: Pixels, part: Part, level: Level, dpi: int, rng: np.random.Generator
) -> list[str]:
    """The mark, once or twice, drawn as offices draw it and worse."""
    height, width = sheet.shape[:2]
    ink = str(rng.choice(tuple(INKS), p=(0.35, 0.1, 0.15, 0.1, 0.3)))
    typed = ink == "black" and rng.random() < 0.4
    spaced = rng.random() < 0.1
    stamp = Stamp(
        "  ".join(_syllables(level.mark)) if spaced else level.mark,
        str(rng.choice(part.stamps)),
        rng.uniform(20, 60),
        INKS[ink],
        frame="" if typed else str(rng.choice(("", "", "plain", "double", "round"))),
        bold=typed or rng.random() < 0.85,
        turn=0.0 if typed else rng.uniform(-8, 8),
        ink=1.0 if typed else rng.uniform(0.45, 1.0),
        wear=0.0 if typed else rng.uniform(0.1, 0.5),
        hidden=rng.uniform(-0.3, 0.3) if rng.random() < 0.15 else 0.0,
    )
    middle = width / 2 + rng.uniform(-0.3, 0.3) * dpi
    head = (middle, rng.uniform(0.3, 0.55) * dpi)
    foot = (middle, height - rng.uniform(0.3, 0.55) * dpi)
    side = rng.uniform(1.0, 1.5) * dpi
    edge = side if rng.random() < 0.5 else width - side
    places = {
        "head and foot": [head, foot],
        "head": [head],
        "foot": [foot],
        "corner": [(edge, head[1] if rng.random() < 0.6 else foot[1])],
        "emblem": [(middle, rng.uniform(0.8, 1.9) * dpi)],
        "text": [(rng.uniform(0.25, 0.75) * width, rng.uniform(0.2, 0.8) * height)],
        "stamp": [(width - rng.uniform(1.1, 2.0) * dpi, rng.uniform(0.4, 1.1) * dpi)],
    }
    place = str(rng.choice(tuple(places), p=(0.25, 0.2, 0.1, 0.12, 0.13, 0.08, 0.12)))
    if place == "stamp":
        words = str(rng.choice(_BENIGN))
        other = Stamp(words, stamp.family, 30, INKS["red"], frame="plain", wear=0.3)
        lay(sheet, other.stencil(dpi, rng), places[place][0], other.colour)
    for centre in places[place]:
        lay(sheet, stamp.stencil(dpi, rng), centre, stamp.colour)
    return [
        f"{level} {ink}{' typed' if typed else ''} on {place}{' spaced' if spaced else ''}",
        f"{stamp.family} {stamp.points:.0f} pt{'' if stamp.bold else ' light'}",
        f"turn {stamp.turn:.1f} ink {stamp.ink:.2f} wear {stamp.wear:.2f}",
        f"hidden {stamp.hidden:.2f} frame {stamp.frame or 'none'}",
    ]


def _syllables(mark: str) -> list[str]:
    """Letters with the vowels and tones that stand on them."""
    found: list[str] = []
    for letter in mark:
        if found and letter in "ัิีึืุู็่้":
            found[-1] += letter
        else:
            found.append(letter)
    return found


def _profile(dpi: int, rng: np.random.Generator, *, grey: bool) -> Profile:
    tint = int(rng.integers(0, 14))
    return Profile(
        skew=1.0,
        blur=rng.uniform(0.2, 0.9),
        noise=rng.uniform(0.5, 7.0),
        fade=rng.uniform(0.1, 0.4) if rng.random() < 0.2 else 0.0,
        shade=rng.uniform(0.0, 0.08),
        paper=(252, 252 - tint // 2, 250 - tint),
        grey=grey,
        quality=int(rng.integers(50, 86)),
        dpi=dpi,
    )


def _scanned(
    sheet: Pixels, part: Part, profile: Profile, rng: np.random.Generator, story: list[str]
) -> ScanPage:
    """What ``tests.letters.scan`` does, with show-through and dark borders, at the scan's size."""
    height, width = sheet.shape[:2]
    if rng.random() < 0.15:
        story.append("show-through")
        back: NDArray[Any] = _body(part.name, int(rng.integers(_BODIES)), profile.dpi)[:, ::-1]
        faint = cv2.GaussianBlur(back, (0, 0), profile.dpi / 75)
        through = ((255 - faint) * rng.uniform(0.03, 0.1)).astype(np.uint8)
        sheet = np.asarray(cv2.subtract(sheet, through), dtype=np.uint8)
    angle = rng.uniform(-profile.skew, profile.skew)
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    border = (255.0, 255.0, 255.0)
    pixels: NDArray[Any] = cv2.warpAffine(sheet, matrix, (width, height), borderValue=border)
    pixels = cv2.GaussianBlur(pixels, (0, 0), profile.blur)
    if rng.random() < 0.3:
        story.append("fringes")
        shift = np.array([[1, 0, 0], [0, 1, rng.uniform(-0.6, 0.6)]], dtype=np.float32)
        channel = pixels[:, :, 0].copy()
        pixels[:, :, 0] = cv2.warpAffine(channel, shift, (width, height), borderValue=(255.0,))
    if rng.random() < 0.15:
        story.append("dark border")
        edge = round(rng.uniform(0.02, 0.12) * profile.dpi)
        pixels[:, :edge] = pixels[:edge] = 40
    paper = np.asarray(profile.paper, dtype=np.float32)[None, None] / 255
    light = np.linspace(1.0, 1.0 - profile.shade, width, dtype=np.float32)[None, :, None]
    faded = cv2.addWeighted(pixels, 1 - profile.fade, pixels, 0, 255 * profile.fade)
    lit = (faded * (paper * light)).astype(np.uint8)
    grain = _grain(int(rng.integers(64)), profile.noise, lit.shape)
    lit = np.asarray(cv2.add(lit, grain, dtype=cv2.CV_8U), dtype=np.uint8)
    story.append(f"noise {profile.noise:.1f} fade {profile.fade:.2f} quality {profile.quality}")
    picture: NDArray[Any] = (
        cv2.cvtColor(lit, cv2.COLOR_RGB2GRAY) if profile.grey else lit[:, :, ::-1]
    )
    if profile.grey:
        story.append("grey")
    _, data = cv2.imencode(".jpg", picture, (cv2.IMWRITE_JPEG_QUALITY, profile.quality))
    return ScanPage(data.tobytes(), width, height, profile.dpi, 1 if profile.grey else 3)


def _grain(start: int, strength: float, shape: tuple[int, ...]) -> NDArray[np.int16]:
    """Sensor noise, cut from one large piece of it."""
    grain = _noise()[start : start + shape[0], : shape[1]] * strength
    return grain.astype(np.int16)[:, :, None].repeat(3, axis=2)


@lru_cache(maxsize=1)
def _noise() -> NDArray[np.float32]:
    return np.random.default_rng(5).standard_normal((3600, 2500), dtype=np.float32)
