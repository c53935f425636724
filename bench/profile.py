"""What a page costs: CPU seconds of each stage, and inside the reader; one process, no start-up.

python -m bench.profile [--pdf FILE] [--json]
"""

import argparse
import functools
import json
import os
import resource
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pypdfium2

from bench.ocr import STACK, run_quietly
from pipeline import runner
from pipeline.app import Station
from pipeline.hookspecs import hookimpl
from pipeline.receiving import receive
from pipeline.stage import Stage, StageContext
from plugins.ocr import engine, raster, tesseract
from schemas.outcome import Outcome

INSIDE: tuple[tuple[str, Any, str], ...] = (
    ("  render", engine, "render"),
    ("  skew", raster, "skew"),
    ("  black on white", engine, "clear"),
    ("  recognition", tesseract.Tesseract, "read"),
    ("  which way up", engine.PageReader, "_upright"),
    ("  text layer", engine, "write_text_pdf"),
)
"""Parts of the reader: label, owner and name of the function."""


@dataclass
class Meter:
    """CPU seconds by label, in the order of the first time; ``hook`` measures the stages."""

    spent: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    @hookimpl(wrapper=True)
    def run_stage(
        self, stage: Stage[Any], context: StageContext
    ) -> Generator[None, Outcome, Outcome]:
        del context
        before = process_cpu()
        try:
            return (yield)
        finally:
            self.spent[stage.name] += process_cpu() - before

    def watch(self, label: str, owner: Any, name: str) -> None:
        """Measure a function by the clock of the thread that it runs in."""
        plain: Callable[..., Any] = getattr(owner, name)

        @functools.wraps(plain)
        def measured(*arguments: Any, **named: Any) -> Any:
            before = time.thread_time()
            try:
                return plain(*arguments, **named)
            finally:
                self.spent[label] += time.thread_time() - before

        setattr(owner, name, measured)


def process_cpu() -> float:
    """CPU seconds of this process and of the children that it waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pdf", type=Path, default=STACK)
    parser.add_argument("--json", action="store_true", help="print JSON")
    asked = parser.parse_args()
    os.environ["OMP_THREAD_LIMIT"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        found = measure(asked.pdf.resolve(), Path(folder) / "station")
    if asked.json:
        print(json.dumps(found, indent=1))
        return
    for label, seconds in found.items():
        print(f"{label:28} {1000 * seconds:7.1f} CPU ms/page")


def measure(pdf: Path, folder: Path) -> dict[str, float]:
    """CPU seconds a page, by stage and part of the reader."""
    saraban = Path(sys.executable).with_name("saraban")
    run_quietly(
        *(saraban, "init", folder, "--code", "TAK01", "--organisation", "bench", "--agency", "TAK")
    )
    document = pypdfium2.PdfDocument(pdf)
    pages = len(document)
    document.close()
    station, meter = Station.open(folder), Meter()
    station.host.manager.register(meter)
    with runner.holding(station):
        loaded = station.definition(None)
        station.ready(loaded)
        for label, owner, name in INSIDE:
            meter.watch(label, owner, name)
        before = process_cpu()
        runner.run_inline(station, receive(station, str(pdf), loaded).batches)
        whole = process_cpu() - before
    station.close()
    return _table(meter.spent, whole, pages)


def _table(spent: dict[str, float], whole: float, pages: int) -> dict[str, float]:
    """Each stage, the parts of the reader under it, and what the engine itself needs."""
    stages = [label for label in spent if not label.startswith(" ")]
    parts = [label for label, _, _ in INSIDE if label in spent]
    reader = next((stage for stage in stages if stage.startswith("ocr-")), "")
    rows: dict[str, float] = {}
    for stage in stages:
        rows[stage] = spent[stage]
        if stage == reader:
            rows |= {part: spent[part] for part in parts}
    rows["engine, store, keys"] = whole - sum(spent[stage] for stage in stages)
    rows["all"] = whole
    return {label: seconds / pages for label, seconds in rows.items()}


if __name__ == "__main__":
    main()
