"""The model that training starts from: an integer model in floating point, with more characters."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from pipeline.models import LANGUAGE
from training.lstmf import TESSDATA
from training.network import to_float

ADDED = "๔๖๗๘๙ฌ฿;&_–‘’"
"""Characters that the published Thai model lacks, but for Latin letters: what they cost in Thai is
more than they bring, and `plugins.ocr.latin` reads them."""
_SPECIAL = frozenset({"NULL", "Joined", "|Broken|0|1"})
_LIKE = dict(zip("๔๖๗๘๙ฌ฿–", "๕๕๕๕๕ณ%-", strict=True))
"""Characters whose entry is made after that of another one of the model."""
_OTHER_CASE, _MIRROR, _NORMED = 4, 6, 7
"""Columns of an entry; the other case and the mirror are numbers of entries."""


class ModelToolError(RuntimeError):
    """A program of tesseract failed; the message is what it said."""


@dataclass(frozen=True)
class Start:
    """What `lstmtraining` begins with."""

    network: Path
    """Floating point, with the output classes of `old`."""
    old: Path
    """The traineddata that the network comes from."""
    new: Path
    """Traineddata with the characters to learn; it has no network of its own."""
    unicharset: Path
    """The characters to learn."""


def run(*command: str | Path) -> str:
    """What a program of tesseract printed. Raises ModelToolError when it fails."""
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    if done.returncode:
        raise ModelToolError(f"{command[0]} ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout + done.stderr


def unpack(model: Path, folder: Path) -> Path:
    """Take a traineddata apart into `folder/part.*`; the common beginning of the files' names."""
    folder.mkdir(parents=True, exist_ok=True)
    run("combine_tessdata", "-u", model, f"{folder / 'part'}.")
    return folder / "part"


def part(parts: Path, name: str) -> Path:
    """The file of one component of an unpacked model."""
    return parts.with_name(f"{parts.name}.{name}")


def characters(unicharset: Path) -> frozenset[str]:
    """The characters that a model knows."""
    names = {line.split(" ")[0] for line in unicharset.read_text("utf-8").splitlines()[1:]}
    return frozenset(names - _SPECIAL)


def prepare(base: Path, folder: Path, added: str = ADDED) -> Start:
    """Make from the traineddata `base` what training starts with; `added`: characters to learn.

    The recoder passes characters through: with any other the network's classes would change their
    meaning. Raises ModelToolError, NetworkFormatError.
    """
    parts = unpack(base, folder / "base")
    network = folder / "base.lstm"
    network.write_bytes(to_float(part(parts, "lstm").read_bytes()))
    english = unpack(TESSDATA / "eng.traineddata", folder / "eng")
    unicharset = folder / "unicharset"
    unicharset.write_text(
        _extended(part(parts, "lstm-unicharset"), part(english, "lstm-unicharset"), added), "utf-8"
    )
    scripts = folder / "scripts"
    scripts.mkdir(exist_ok=True)
    (scripts / "radical-stroke.txt").write_text("# asked for, and not used for Thai\n", "utf-8")
    run(
        *("combine_lang_model", "--input_unicharset", unicharset, "--script_dir", scripts),
        *("--output_dir", folder, "--lang", LANGUAGE, "--pass_through_recoder"),
    )
    return Start(network, base, folder / LANGUAGE / f"{LANGUAGE}.traineddata", unicharset)


def _extended(own: Path, english: Path, added: str) -> str:
    """The unicharset `own` with those of `added` that it lacks; present numbers stay."""
    entries = [line for line in own.read_text("utf-8").splitlines()[1:] if line]
    names = [entry.split(" ")[0] for entry in entries]
    known = {line.split(" ")[0]: line for line in english.read_text("utf-8").splitlines()[1:]}
    known |= dict(zip(names, entries, strict=True))
    new = [char for char in added if char not in names]
    entries += [
        _entry(char, known[_LIKE.get(char, char)], number)
        for number, char in enumerate(new, len(names))
    ]
    return "\n".join([str(len(entries)), *entries]) + "\n"


def _entry(char: str, like: str, number: int) -> str:
    """Entry `number`, that of `char`, made after the entry `like`."""
    columns = like.split("\t", maxsplit=1)[0].split(" ")
    columns[0] = columns[_NORMED] = char
    columns[_OTHER_CASE] = columns[_MIRROR] = str(number)
    return " ".join(columns)
