"""CPU seconds a page: raw tesseract, plain OCRmyPDF and the standard reader on the same pages.

Each candidate runs as a process of its own, one after another, on one core's worth of work;
its CPU time is that of the process and its children, start-up included. Accuracy is measured
where the truth of the pages is known.

    python -m bench.ocr [--pdf FILE] [--pages 2,3,5] [--repeat N] [--json]
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2

from schemas.thaitext import tidy

ROOT = Path(__file__).resolve().parents[1]
STACK = ROOT / "examples" / "stack.pdf"
TRUTH = ROOT / "tests" / "letters" / "golden" / "stack.truth.json"
PAGES = "2,3,10,13,18,23"

_STAGE = """
import sys
from pathlib import Path
from pipeline.testing.harness import Harness
from plugins.ocr.by_tesserocr import OcrTesserocr, TesserocrOptions
stage = OcrTesserocr(TesserocrOptions())
_, workdir = Harness(Path(sys.argv[2])).run(stage, {"pdf": Path(sys.argv[1])}, cores=1)
(workdir / "searchable.pdf").rename(sys.argv[3])
"""


@dataclass(frozen=True)
class Measured:
    """``cpu`` in seconds a page (median of the repeats); ``error`` in characters per character of
    the truth, None where it is not known."""

    name: str
    cpu: float
    ratio: float
    error: float | None


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pdf", type=Path, default=STACK)
    parser.add_argument("--pages", default=PAGES, help="1-based page numbers, comma separated")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="print JSON")
    asked = parser.parse_args()
    pages = [int(page) for page in asked.pages.split(",")]
    with tempfile.TemporaryDirectory() as folder:
        found = measure(asked.pdf, pages, asked.repeat, Path(folder))
    if asked.json:
        print(json.dumps([asdict(one) for one in found], indent=1))
        return
    for one in found:
        error = "" if one.error is None else f"   {100 * one.error:5.1f} % wrong characters"
        print(f"{one.name:32} {one.cpu:6.2f} CPU s/page   x {one.ratio:4.2f}{error}")


def measure(pdf: Path, pages: list[int], repeat: int, folder: Path) -> list[Measured]:
    """All candidates on ``pages``, interleaved so that a busy machine is busy for each."""
    source = folder / "pages.pdf"
    _take(pdf, pages, source)
    pictures = pictures_of(source, folder)
    out = folder / "out.pdf"
    candidates: dict[str, Callable[[], str]] = {
        "tesseract tha+eng": lambda: run_tesseract(pictures),
        "ocrmypdf (its defaults)": lambda: run_ocrmypdf(source, out),
        "ocr-tesserocr": lambda: _stage(source, out, folder),
    }
    truth = _truth(pdf, pages)
    spent: dict[str, list[float]] = {name: [] for name in candidates}
    errors: dict[str, float | None] = {}
    for _ in range(repeat):
        for name, run in candidates.items():
            before = children_cpu()
            text = run()
            spent[name].append((children_cpu() - before) / len(pages))
            errors[name] = None if truth is None else _error(truth, text)
    cpu = {name: statistics.median(times) for name, times in spent.items()}
    floor = cpu["tesseract tha+eng"]
    return [Measured(name, cpu[name], cpu[name] / floor, errors[name]) for name in candidates]


def children_cpu() -> float:
    """CPU seconds of all processes that this one started and waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run_quietly(*command: str | Path, expect: tuple[int, ...] = (0,)) -> str:
    """Standard output of a command; its exit status must be one of ``expect``."""
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        list(map(str, command)), env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode not in expect:
        raise SystemExit(f"{command[0]} ended with {done.returncode}: {done.stderr}")
    return done.stdout


def run_tesseract(pictures: list[Path]) -> str:
    """Text of raw tesseract, one process a page."""
    return "\n".join(
        run_quietly("tesseract", picture, "-", "-l", "tha+eng") for picture in pictures
    )


def run_ocrmypdf(source: Path, out: Path) -> str:
    """Text of OCRmyPDF with its defaults, one job."""
    program = shutil.which("ocrmypdf") or Path(sys.executable).parent / "ocrmypdf"
    sidecar = out.with_suffix(".txt")
    run_quietly(program, "-l", "tha+eng", "-j", "1", "-q", "--sidecar", sidecar, source, out)
    return sidecar.read_text("utf-8")


def _stage(source: Path, out: Path, folder: Path) -> str:
    run_quietly(sys.executable, "-c", _STAGE, source, folder, out)
    pdf = pypdfium2.PdfDocument(out)
    try:
        return "\n".join(page.get_textpage().get_text_bounded() for page in pdf)
    finally:
        pdf.close()


def _take(pdf: Path, pages: list[int], target: Path) -> None:
    with pikepdf.open(pdf) as all_pages, pikepdf.new() as taken:
        for page in pages:
            taken.pages.append(all_pages.pages[page - 1])
        taken.save(target)


def pictures_of(source: Path, folder: Path) -> list[Path]:
    """The scans themselves, as they lie in the file."""
    with pikepdf.open(source) as pdf:
        pictures = [
            pikepdf.PdfImage(picture)
            for page in pdf.pages
            for picture in page.get_images(recursive=False).values()
            if isinstance(picture, pikepdf.Stream)
        ]
        return [
            Path(picture.extract_to(fileprefix=str(folder / f"page-{number}")))
            for number, picture in enumerate(pictures)
        ]


def _truth(pdf: Path, pages: list[int]) -> str | None:
    if pdf != STACK or not TRUTH.is_file():
        return None
    known = json.loads(TRUTH.read_text("utf-8"))["pages"]
    return "\n".join("\n".join(known[page - 1]["lines"]) for page in pages)


def _error(truth: str, text: str) -> float:
    """Edit distance without blanks, a character of the truth."""
    wanted, read = (tidy("".join(both.split())) for both in (truth, text))
    codes = np.array([ord(char) for char in read])
    steps = np.arange(len(read) + 1)
    row = steps.copy()
    for number, char in enumerate(wanted, 1):
        best = np.minimum(row[1:] + 1, row[:-1] + (codes != ord(char)))
        row = np.minimum.accumulate(np.concatenate(([number], best)) - steps) + steps
    return float(row[-1] / len(wanted))


if __name__ == "__main__":
    main()
