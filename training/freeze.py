"""Makes the model that ships: integer weights, and where all of it is from."""

import hashlib
import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from pipeline.models import LANGUAGE
from training.fonts import TRAINED, Fonts
from training.model import Start, part, run, unpack

_KEPT = ("config",)
"""Components taken over from the base. Its dictionaries are not: they changed no character of what
was read, and cost a twentieth of the time."""


def freeze(start: Start, checkpoint: Path, folder: Path) -> Path:
    """The checkpoint as `folder/tha_saraban.traineddata`, in 8-bit weights.

    Raises ModelToolError when a program of tesseract fails.
    """
    folder.mkdir(parents=True, exist_ok=True)
    frozen = folder / f"{LANGUAGE}.traineddata"
    run(
        *("lstmtraining", "--stop_training", "--convert_to_int"),
        *("--continue_from", checkpoint, "--traineddata", start.new, "--model_output", frozen),
    )
    base = unpack(start.old, folder / "base")
    for component in _KEPT:
        held = part(base, component)
        held.replace(held.with_name(f"{LANGUAGE}.{component}"))
    kept = [base.with_name(f"{LANGUAGE}.{component}") for component in _KEPT]
    run("combine_tessdata", "-o", frozen, *kept)
    return frozen


def provenance(
    frozen: Path,
    base: Path,
    fonts: Fonts,
    texts: Sequence[Path],
    figures: Mapping[str, object],
) -> str:
    """JSON that names by SHA-256 what went into a model: its base, texts, fonts with licences."""
    version = subprocess.run(
        ("tesseract", "--version"), capture_output=True, text=True, check=True
    ).stdout.splitlines()[0]
    drawn = [
        {"font": font.stem, "licence": font.licence, "sha256": digest(fonts.path(font))}
        for font in fonts.present(TRAINED)
    ]
    content = {
        "model": {"name": frozen.name, "sha256": digest(frozen)},
        "base": {"name": base.name, "licence": "Apache-2.0", "sha256": digest(base)},
        "texts": [{"name": text.name, "sha256": digest(text)} for text in texts],
        "fonts": drawn,
        "program": version,
        **figures,
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def digest(file: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(file.read_bytes()).hexdigest()
