"""Write a stack of letters: `python -m tests.letters OUT.pdf --seed N --letters external order`.

`--example` writes `examples/stack.pdf` and its truth instead.
"""

import argparse
import sys
from pathlib import Path

from .compose import make_letter
from .degrade import PROFILES
from .example import SEED, STACK_FILE, TRUTH_FILE, example_spec
from .spec import Item, Kind, Level, StackSpec
from .stack import make_stack


def _write(spec: StackSpec, seed: int, pdf_file: Path, truth_file: Path) -> None:
    pdf, truth = make_stack(spec, seed)
    for path in (pdf_file, truth_file):
        path.parent.mkdir(parents=True, exist_ok=True)
    pdf_file.write_bytes(pdf)
    truth_file.write_text(truth.to_json(), encoding="utf-8")
    sys.stdout.write(f"{pdf_file}: {len(truth.pages)} pages, {len(pdf)} bytes\n")


def _item(word: str, seed: int, separator: bool) -> Item:
    """`external`, or `external:SECRET`, as a letter in the stack."""
    kind, _, level = word.partition(":")
    letter = make_letter(seed, Kind(kind), level=Level(level or "NORMAL"))
    return Item(letter, separator)


def main() -> None:
    """Read the arguments and write the stack beside its truth."""
    parser = argparse.ArgumentParser(prog="python -m tests.letters", description=__doc__)
    parser.add_argument("out", nargs="?", type=Path, help="the PDF to write")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--letters", nargs="+", default=["external"], metavar="KIND[:LEVEL]")
    parser.add_argument("--profile", choices=sorted(PROFILES), default="office")
    parser.add_argument("--no-separators", action="store_true")
    parser.add_argument("--example", action="store_true", help="regenerate examples/stack.pdf")
    arguments = parser.parse_args()
    if arguments.example:
        _write(example_spec(), SEED, STACK_FILE, TRUTH_FILE)
        return
    if arguments.out is None:
        parser.error("name the PDF to write, or --example")
    items = tuple(
        _item(word, arguments.seed + i, not arguments.no_separators)
        for i, word in enumerate(arguments.letters)
    )
    spec = StackSpec(items, profile=arguments.profile)
    _write(spec, arguments.seed, arguments.out, arguments.out.with_suffix(".truth.json"))


if __name__ == "__main__":
    main()
