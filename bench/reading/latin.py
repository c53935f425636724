"""Latin words and Arabic digits among Thai: our reader beside stock ``tha+eng``, in unseen fonts.

A word counts as right when it stands among the words read on its page. Each page is read by both
as it is scanned.

    python -m bench.reading.latin [--pages N] [--seed N] [--json]
"""

import argparse
import json
import os
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from pipeline.models import LANGUAGE
from pipeline.pixels import Gray
from plugins.ocr.tesseract import Tesseract
from schemas.thaitext import tidy
from training.__main__ import FOLDER
from training.degrade import PROFILES
from training.fonts import NEVER_TRAINED, Fonts
from training.lines import seen
from training.lstmf import TESSDATA
from training.render import Setting, draw

WORDS = (
    *("COVID-19", "Website", "www.tak.example", "saraban@tak.example", "Facebook", "Line", "QR"),
    *("Code", "(MOU)", "Thailand", "ASEAN", "Digital", "Government", "Data", "Center", "PDF"),
    *("e-Office", "Smart", "City", "OTOP", "GFMIS", "Wi-Fi", "Online", "Zoom", "Meeting", "ISO"),
    *("Forum", "Research", "Bangkok", "Asian", "Development", "Bank", "UNESCO", "Video", "(KPI)"),
    *("https://forms.example/a1", "Application", "Software", "Internet", "Cloud", "Security"),
)
THAI = (
    "หน่วยงาน",
    "ผ่านระบบ",
    "โครงการ",
    "ตามที่",
    "เรื่อง",
    "ประชุม",
    "ดำเนินการ",
    "จังหวัด",
    "และ",
    "ข้อมูล",
)
PROFILE = ("clean", "fast")


@dataclass(frozen=True)
class Share:
    """Words read right, of all: Latin words and numbers in Arabic digits."""

    reader: str
    latin: float
    numbers: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    found = measure(asked.pages, asked.seed)
    if asked.json:
        print(json.dumps([asdict(one) for one in found], indent=1))
        return
    for one in found:
        print(f"{one.reader:16} Latin words {one.latin:6.1%}   Arabic numbers {one.numbers:6.1%}")


def measure(pages: int, seed: int) -> list[Share]:
    """Both readers over the same `pages`."""
    ours = Tesseract((LANGUAGE,), 4, "eng")
    stock = _stock()
    right: dict[str, list[Counter[bool]]] = {
        name: [Counter(), Counter()] for name in ("saraban", "stock tha+eng")
    }
    for texts, picture, dpi in _pages(pages, seed):
        truth = [word for text in texts for word in text.split()]
        read = {
            "saraban": [w.text for line in ours.read(picture, dpi, 120) for w in line.words],
            "stock tha+eng": _read(stock, picture, dpi),
        }
        for name, words in read.items():
            latin, numbers = right[name]
            latin.update(word in words for word in truth if word in WORDS)
            numbers.update(word in words for word in truth if word[0].isdigit())
    return [
        Share(name, *(found[True] / found.total() for found in counts))
        for name, counts in right.items()
    ]


def _pages(count: int, seed: int) -> Iterator[tuple[Sequence[str], Gray, float]]:
    """Texts, black and white picture and resolution of each page."""
    rng, numbers = random.Random(seed), np.random.default_rng(seed)
    fonts = Fonts(FOLDER / "fonts")
    present = list(fonts.present(NEVER_TRAINED["letters"]))
    for number in range(count):
        font = present[number % len(present)]
        texts = [text for text in (_text(rng) for _ in range(16)) if fonts.covers(font, text)]
        if texts:
            ink, _ = draw(texts, Setting(fonts.path(font), 16 * font.scale), rng)
            scan = PROFILES[PROFILE[number // len(present) % 2]](ink, rng, numbers)
            yield texts, *seen(scan)


def _text(rng: random.Random) -> str:
    words = [*rng.choices(WORDS, k=2), *rng.choices(THAI, k=2), str(rng.randint(10, 99999))]
    rng.shuffle(words)
    return " ".join(words)


def _stock() -> Any:
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")
    import tesserocr

    api = tesserocr.PyTessBaseAPI(path=str(TESSDATA), lang="tha+eng", psm=4)
    api.SetVariable("debug_file", os.devnull)
    return api


def _read(api: Any, picture: Gray, dpi: float) -> list[str]:
    height, width = picture.shape
    api.SetImageBytes(picture.tobytes(), width, height, 1, width)
    api.SetSourceResolution(round(dpi))
    return tidy(api.GetUTF8Text()).split()


if __name__ == "__main__":
    main()
