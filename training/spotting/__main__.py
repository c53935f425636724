"""Train the network that spots secrecy marks, and measure it in fonts that it never saw."""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from training.fonts import NEVER_TRAINED, TRAINED, Font, Fonts, fetch
from training.freeze import digest
from training.spotting.network import likest, save, train
from training.spotting.pieces import Pieces, write
from training.spotting.sheet import Material
from training.text import DATA

_HANDS = ("Charm", "Itim", "Mali", "Sriracha")
_KEPT = ("Waree",)
"""Families that the recogniser learnt and the measurement of stamps is drawn in."""
_LIMITS = (0.02, 0.05, 0.1, 0.2, 0.5, 0.9)
_MEASURED = 20_000
"""The first file of the pieces to measure with: those to train with come long before."""
_LONGEST = 14


class Measured(NamedTuple):
    """At a limit of likeness: pieces with a mark that fall below it, and pieces without that do
    not; shares of all such pieces."""

    limit: float
    lost: float
    kept: float


def main() -> int:
    """Draw, train, measure and write the network with its provenance."""
    asked = _arguments()
    fonts = Fonts(asked.folder / "fonts")
    fetch(fonts.folder)
    learnt = [font for font in TRAINED if not font.stem.startswith(_KEPT)]
    pieces = asked.folder / "pieces"
    _say(f"drawing {asked.files} files")
    files = write(material(fonts, learnt), asked.seed * 1000, asked.files, pieces)
    unseen = list(fonts.present(NEVER_TRAINED["letters"]))
    held = write(material(fonts, learnt, unseen), _MEASURED, 4, asked.folder / "measured")
    made = train(files, asked.folder / "spotter.pt", asked.minutes, asked.seed, _say)
    target = asked.folder / "spotter.onnx"
    save(made, target)
    rows = measure(*likest(made, Pieces.load(held)))
    for row in rows:
        _say(f"limit {row.limit}: {row.lost:.4f} of marks lost, {row.kept:.4f} of others kept")
    told = _provenance(target, fonts, learnt, rows, asked)
    target.with_suffix(".json").write_text(told, "utf-8")
    return 0


def material(fonts: Fonts, learnt: Sequence[Font], stamped: Sequence[Font] = ()) -> Material:
    """Words without ลับ in them, and faces; stamps in ``stamped`` where there are any."""
    words = (DATA / "words.txt").read_text("utf-8").split()
    hands = [font for font in learnt if font.stem.startswith(_HANDS)]
    return Material(
        words=[word for word in words if "ลับ" not in word and len(word) < _LONGEST],
        faces=[fonts.path(font) for font in stamped or learnt],
        hands=[fonts.path(font) for font in hands],
    )


def measure(marked: NDArray[np.float32], others: NDArray[np.float32]) -> list[Measured]:
    """From how like a mark the likest cell is of pieces with and without one."""
    return [
        Measured(limit, float((marked < limit).mean()), float((others >= limit).mean()))
        for limit in _LIMITS
    ]


def _provenance(
    network: Path,
    fonts: Fonts,
    learnt: Sequence[Font],
    rows: Sequence[Measured],
    asked: argparse.Namespace,
) -> str:
    """JSON that names by SHA-256 what went into a network, and how it was measured."""
    drawn = [
        {"font": font.stem, "licence": font.licence, "sha256": digest(fonts.path(font))}
        for font in learnt
    ]
    words = DATA / "words.txt"
    content = {
        "network": {"name": network.name, "sha256": digest(network)},
        "words": {"name": words.name, "sha256": digest(words)},
        "fonts": drawn,
        "files": asked.files,
        "minutes": asked.minutes,
        "seed": asked.seed,
        "measured": [row._asdict() for row in rows],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/train-spotter", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60, help="time of training")
    parser.add_argument("--files", type=int, default=100, help="files of 500 pieces to draw")
    parser.add_argument("--seed", type=int, default=1, help="of the pieces and the training")
    parser.add_argument(
        "--folder", type=Path, default=Path("build/spotting"), help="where everything is kept"
    )
    return parser.parse_args()


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
