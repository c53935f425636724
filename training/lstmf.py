"""Training files of tesseract: many lines in one `.lstmf`."""

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

from PIL import Image

from training.fonts import Fonts
from training.lines import Line, training_lines
from training.text import Corpus

TESSDATA = Path("/usr/share/tesseract-ocr/5/tessdata")
"""Debian's tesseract-ocr: the stock models, and the `configs` that lstm.train needs."""
LINES = 50
"""Lines of one file; tesseract reads a file again for each line that it adds."""


def write(
    corpus: Corpus, fonts: Fonts, charset: frozenset[str], seed: int, count: int, folder: Path
) -> list[Path]:
    """Draw about `count` lines into `folder`, fifty to a file; files that are there already stay.

    The same seed gives the same lines. Raises subprocess.CalledProcessError when tesseract refuses
    a picture.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for number in range(-(-count // LINES)):
        done = folder / f"{seed}-{number:05}.lstmf"
        if not done.exists():
            own = seed * 1_000_003 + number
            _write(training_lines(corpus, fonts, charset, own, LINES), done)
        files.append(done)
    return files


def _write(lines: Iterable[Line], target: Path) -> None:
    base = target.with_name(f"part-{target.stem}")
    pictures, boxes = [], []
    for page, line in enumerate(lines):
        height, width = line.picture.shape
        pictures.append(Image.fromarray(line.picture))
        boxes.append(f"WordStr 0 0 {width} {height} {page} #{line.label}\n")
        boxes.append(f"\t {width} {height} {width + 1} {height + 1} {page}\n")
    tiff, box = base.with_suffix(".tif"), base.with_suffix(".box")
    pictures[0].save(tiff, save_all=True, append_images=pictures[1:], dpi=(300, 300))
    box.write_text("".join(boxes), "utf-8")
    command = ("tesseract", tiff, base, "--psm", "13", "-l", "tha", "--tessdata-dir", TESSDATA)
    subprocess.run(
        (*command, "lstm.train"),
        check=True,
        capture_output=True,
        env={**os.environ, "OMP_THREAD_LIMIT": "1"},
    )
    tiff.unlink()
    box.unlink()
    base.with_suffix(".lstmf").replace(target)
