"""CPU a page: the whole pipeline against raw tesseract and OCRmyPDF, same pages, one run.

The pipeline does all its work (safety, reading, cutting, marks, fields, PDF/A, signing, sealing,
archiving); the two others only read. CPU is that of all processes, start-up included.

    python -m bench.pipeline [--pdf FILE] [--json]
"""

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Collection
from pathlib import Path

import pypdfium2

from bench.ocr import STACK, children_cpu, pictures_of, run_ocrmypdf, run_quietly, run_tesseract


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pdf", type=Path, default=STACK)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(asked.pdf, Path(folder))
    if asked.json:
        print(json.dumps(found, indent=1))
        return
    floor = found[RAW]
    for name, cpu in found.items():
        print(f"{name:28} {cpu:6.2f} CPU s/page   x {cpu / floor:4.2f}")


RAW, PLAIN, WHOLE = "tesseract tha+eng", "ocrmypdf (its defaults)", "saraban run"
"""The candidates."""


def measure(
    pdf: Path, folder: Path, names: Collection[str] = (RAW, PLAIN, WHOLE)
) -> dict[str, float]:
    """CPU seconds a page, by candidate."""
    document = pypdfium2.PdfDocument(pdf)
    pages = len(document)
    document.close()
    pictures = pictures_of(pdf, folder)
    station = folder / "station"
    saraban = Path(sys.executable).with_name("saraban")
    run_quietly(
        saraban, "init", station, "--code", "TAK01", "--organisation", "bench", "--agency", "TAK"
    )
    candidates: dict[str, Callable[[], str]] = {
        RAW: lambda: run_tesseract(pictures),
        PLAIN: lambda: run_ocrmypdf(pdf, folder / "out.pdf"),
        WHOLE: lambda: run_quietly(
            saraban, "run", pdf, "--station", station, "--json", expect=(0, 3)
        ),
    }
    found = {}
    for name in names:
        before = children_cpu()
        candidates[name]()
        found[name] = (children_cpu() - before) / pages
    shutil.rmtree(station)
    return found


if __name__ == "__main__":
    main()
