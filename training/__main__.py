"""Train a recognition model and measure it beside its base and the stock models."""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from pipeline.models import LANGUAGE, tessdata
from training import fonts as faces
from training.evaluate import STOCK, Measured, Model, evaluate, worse
from training.freeze import freeze, provenance
from training.lstmf import write
from training.model import Start, characters, prepare
from training.text import DATA, Corpus
from training.train import Bound, train

FOLDER = Path("build/training")


def main() -> int:
    """Run the steps asked for; 0 when the new model is nowhere worse than its base, else 1."""
    asked = _arguments()
    fonts = faces.Fonts(asked.folder / "fonts")
    faces.fetch(fonts.folder)
    base: Path = asked.base
    start = prepare(base, asked.folder / "start")
    files = _draw(asked, fonts, start)
    bound = Bound(60 * asked.minutes, asked.iterations)
    done = train(start, files, asked.folder / "run", bound, _say)
    frozen = freeze(start, done.checkpoint, asked.folder / "model")
    _say(f"made {frozen}")
    models = (STOCK, Model.of("base", base), Model.of("new", frozen))
    rows = _measure(models, fonts, asked)
    found = worse(*([row for row in rows if row.model == name] for name in ("new", "base")))
    for shortfall in found:
        _say(f"worse than its base: {shortfall}")
    figures = {
        "iterations": done.iterations,
        "lines": asked.lines,
        "seed": asked.seed,
        "measured": [row._asdict() for row in rows],
    }
    texts = (DATA / "prose.txt", DATA / "words.txt", *asked.text)
    told = provenance(frozen, base, fonts, texts, figures)
    (asked.folder / "model" / "provenance.json").write_text(told, "utf-8")
    return 1 if found else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/train", description=__doc__)
    parser.add_argument("--minutes", type=float, default=90, help="most time of training")
    parser.add_argument("--iterations", type=int, default=1_000_000, help="most iterations")
    parser.add_argument("--lines", type=int, default=14_000, help="lines to draw")
    parser.add_argument("--seed", type=int, default=1, help="of the lines")
    parser.add_argument("--measured", type=int, default=300, help="lines of each measurement")
    parser.add_argument(
        "--text", type=Path, action="append", default=[], help="more prose, a paragraph a line"
    )
    parser.add_argument(
        "--base",
        type=Path,
        default=tessdata() / f"{LANGUAGE}.traineddata",
        help="integer model to start from (default: ours; the stock tha will do)",
    )
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where everything is kept")
    return parser.parse_args()


def _draw(asked: argparse.Namespace, fonts: faces.Fonts, start: Start) -> Sequence[Path]:
    charset = characters(start.unicharset)
    corpus = Corpus.load(held_out=False, more=asked.text)
    _say(f"drawing {asked.lines} lines")
    return write(corpus, fonts, charset, asked.seed, asked.lines, asked.folder / "lines")


def _measure(
    models: Sequence[Model], fonts: faces.Fonts, asked: argparse.Namespace
) -> list[Measured]:
    """Print a row for each condition and model as it is measured."""
    print(f"{'':22} {'':14} {'cer':>7} {'digits':>7}")
    found = []
    for rows in evaluate(models, fonts, asked.measured, asked.seed):
        for row in rows:
            digits = "" if row.digits is None else f"{row.digits:.4f}"
            print(f"{row.condition:22} {row.model:14} {row.cer:7.4f} {digits:>7}", flush=True)
        found += rows
    return found


def _say(text: str) -> None:
    print(time.strftime("%H:%M:%S"), text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
