"""What the engine itself costs: tiny documents through stages that do almost nothing.

Prints milliseconds of CPU and wall clock a step, the cost of the last documents against the first,
and peak memory; beside it, in the same run, plain SQLite commits of one row as the floor.

    python -m bench.engine [--documents N] [--json]
"""

import argparse
import json
import os
import resource
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

from pipeline.app import Station
from pipeline.receiving import receive
from pipeline.runner import holding
from pipeline.station import make_station

TOY = Path(__file__).resolve().parents[1] / "tests" / "engine" / "toy"
STEPS = ("toy-count", "toy-cut", "toy-classify", "toy-name", "toy-archive")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=500)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    sys.path.insert(0, str(TOY))
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), asked.documents)
    if asked.json:
        print(json.dumps(found, indent=1))
        return
    for name, value in found.items():
        print(f"{name:40} {value:10.3f}")


def measure(folder: Path, documents: int) -> dict[str, float]:
    """Figures by name; times in milliseconds, memory in MiB."""
    station = _station(folder / "station")
    inbox = folder / "inbox"
    inbox.mkdir()
    for number in range(documents):
        (inbox / f"{number:06}.txt").write_text(f"letter-{number}")
    began = time.process_time()
    with holding(station):
        received = receive(station, str(inbox), station.definition())
        intake = time.process_time() - began
        engine = station.engine(f"bench:{os.getpid()}")
        took: list[float] = []
        began, wall = time.process_time(), time.perf_counter()
        while True:
            step = time.perf_counter()
            if not engine.run_next(received.batches):
                break
            took.append(time.perf_counter() - step)
        spent, wall = time.process_time() - began, time.perf_counter() - wall
    tenth = max(1, len(took) // 10)
    station.close()
    return {
        "steps": len(took),
        "ms CPU a document taken in": 1000 * intake / documents,
        "ms CPU a step": 1000 * spent / len(took),
        "ms wall a step": 1000 * wall / len(took),
        "ms wall a plain SQLite commit": _plain_commits(folder / "plain.db"),
        "last tenth of steps against the first": sum(took[-tenth:]) / sum(took[:tenth]),
        "MiB peak memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _station(folder: Path) -> Station:
    make_station(folder, code="BENCH", organisation="bench", agency="TST")
    steps = "".join(f'[[steps]]\nname = "{name}"\nuses = "{name}"\n' for name in STEPS)
    steps += 'with = { root = "archive" }\n'
    (folder / "definitions" / "toy.toml").write_text(f'name = "toy"\n{steps}')
    settings = folder / "saraban.toml"
    text = settings.read_text("utf-8").replace('"standard"', '"toy"')
    text += '[plugins]\nallow = ["toy"]\n[plugins.sees]\ntoy = "TOP_SECRET"\n'
    settings.write_text(text, "utf-8")
    return Station.open(folder)


def _plain_commits(file: Path, count: int = 300) -> float:
    database = sqlite3.connect(file, isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE t (n)")
    began = time.perf_counter()
    for number in range(count):
        database.execute("BEGIN IMMEDIATE")
        database.execute("INSERT INTO t VALUES (?)", (number,))
        database.execute("COMMIT")
    return 1000 * (time.perf_counter() - began) / count


if __name__ == "__main__":
    main()
