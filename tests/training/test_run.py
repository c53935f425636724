"""From the shipped model to one that was trained a little further and can be loaded."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.models import LANGUAGE, tessdata
from pipeline.pixels import Gray
from training.evaluate import Measured, Model, aligned, read_lines, worse
from training.fonts import Font, Fonts
from training.freeze import freeze, provenance
from training.lines import measured_lines
from training.lstmf import write
from training.model import ADDED, Start, characters, part, prepare, run, unpack
from training.network import NetworkFormatError, to_float
from training.text import DATA, Corpus
from training.train import Bound, train

BASE = tessdata() / f"{LANGUAGE}.traineddata"
TEXTS = (
    "ที่ ตก ๐๐๑๘.๑/๔๖๗๘๙",
    "เรื่อง ขอเชิญประชุมคณะกรรมการ",
    "วันที่ ๑๙ มกราคม ๒๕๖๙",
    "จึงเรียนมาเพื่อโปรดทราบ",
)


@pytest.fixture(scope="module")
def fonts(tmp_path_factory: pytest.TempPathFactory) -> Fonts:
    """The system's fonts alone."""
    return Fonts(tmp_path_factory.mktemp("fonts"))


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Start:
    """What training starts with."""
    return prepare(BASE, tmp_path_factory.mktemp("start"))


@pytest.fixture(scope="module")
def pictures(fonts: Fonts) -> list[Gray]:
    """TEXTS as clean lines."""
    lines = measured_lines(TEXTS, fonts, [Font("Laksaman", "")], "clean", 1)
    return [line.picture for line in lines]


def _wrong(read: Sequence[str]) -> float:
    """Wrong characters a character."""
    bare = ["".join(text.split()) for text in TEXTS]
    distances = (
        aligned(text, "".join(line.split()))[0] for text, line in zip(bare, read, strict=True)
    )
    return sum(distances) / sum(map(len, bare))


def test_the_floating_network_reads_what_the_integer_one_reads(
    tmp_path: Path, pictures: list[Gray]
) -> None:
    parts = unpack(BASE, tmp_path / "parts")
    floating = tmp_path / "floating.lstm"
    floating.write_bytes(to_float(part(parts, "lstm").read_bytes()))
    model = tmp_path / "floating.traineddata"
    shutil.copy(BASE, model)
    run("combine_tessdata", "-o", model, floating)
    expected = read_lines(Model.of("integer", BASE), pictures)
    assert _wrong(expected) < 0.05
    assert read_lines(Model.of("floating", model), pictures) == expected
    with pytest.raises(NetworkFormatError, match="not integer"):
        to_float(floating.read_bytes())
    with pytest.raises(NetworkFormatError, match="ends"):
        to_float(part(parts, "lstm").read_bytes()[:5000])


def test_added_characters_leave_the_others_their_numbers(start: Start, tmp_path: Path) -> None:
    before = part(unpack(BASE, tmp_path), "lstm-unicharset").read_text("utf-8").splitlines()[1:]
    own = prepare(BASE, tmp_path / "own", "").unicharset.read_text("utf-8").splitlines()
    assert own[1:] == before
    after = start.unicharset.read_text("utf-8").splitlines()
    assert int(after[0]) == len(after) - 1
    assert after[1 : len(before) + 1] == before
    assert set(ADDED) <= characters(start.unicharset)
    entries = [line.split("\t")[0].split(" ") for line in after[1:]]
    numbers = {entry[0]: number for number, entry in enumerate(entries)}
    assert entries[numbers["๗"]][4] == str(numbers["๗"])


@pytest.mark.slow
@pytest.mark.service
def test_a_little_training_gives_a_model_that_reads(
    start: Start, fonts: Fonts, pictures: list[Gray], tmp_path: Path
) -> None:
    corpus, charset = Corpus.load(held_out=False), characters(start.unicharset)
    files = write(corpus, fonts, charset, 1, 50, tmp_path / "lines")
    stamps = [file.stat().st_mtime_ns for file in files]
    assert write(corpus, fonts, charset, 1, 50, tmp_path / "lines") == files
    assert [file.stat().st_mtime_ns for file in files] == stamps

    told: list[str] = []
    bound = Bound(seconds=600, iterations=100)
    first = train(start, files, tmp_path / "run", bound, told.append)
    assert (first.iterations, len(told)) == (100, 1)
    second = train(start, files, tmp_path / "run", bound, told.append)
    assert second.iterations == 200
    assert second.error < first.error

    frozen = freeze(start, second.checkpoint, tmp_path / "model")
    assert 700_000 < frozen.stat().st_size < 4_000_000
    components = unpack(frozen, tmp_path / "components").parent
    assert {file.suffix for file in components.iterdir()} >= {".lstm", ".config"}
    assert _wrong(read_lines(Model.of("new", frozen), pictures)) < 0.25

    content = json.loads(provenance(frozen, BASE, fonts, [DATA / "prose.txt"], {"seed": 1}))
    assert content["seed"] == 1
    assert {"Laksaman", "Norasi"} <= {font["font"] for font in content["fonts"]}
    assert all(font["licence"] and len(font["sha256"]) == 64 for font in content["fonts"])


@given(st.text("กขค่๑", max_size=9), st.text("กขค่๑", max_size=9))
def test_alignment_finds_the_fewest_changes(truth: str, read: str) -> None:
    distance, right = aligned(truth, read)
    assert distance == aligned(read, truth)[0]
    assert abs(len(truth) - len(read)) <= distance <= max(len(truth), len(read))
    assert (distance == 0) == (truth == read)
    assert len(right) - sum(right) <= distance
    kept = iter(read)
    assert all(char in kept for char, good in zip(truth, right, strict=True) if good)


def test_a_wrong_digit_is_told_from_its_neighbours() -> None:
    assert aligned("ที่๑๒๓", "ที๑๗๓") == (2, [True, True, False, True, False, True])
    assert aligned("๑๒๓", "ก๑๒๓") == (1, [True, True, True])


def test_a_model_is_worse_in_any_measure_that_falls() -> None:
    old = Measured("old", "Thai", 0.02, 0.97)
    assert worse([old], [old]) == []
    assert worse([old._replace(cer=0.01, digits=0.98)], [old]) == []
    assert len(worse([old._replace(cer=0.03)], [old])) == 1
    assert len(worse([old._replace(cer=0.01, digits=0.96)], [old])) == 1
