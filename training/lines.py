"""Pictures of lines with what they say: under random conditions to train, fixed ones to measure."""

import random
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from plugins.ocr.raster import Gray
from training.degrade import PROFILES, degrade
from training.fonts import TRAINED, Font, Fonts
from training.render import Setting, draw
from training.text import Corpus, label


class Line(NamedTuple):
    """A drawn line and its label, in the spelling of `training.text.label`."""

    picture: Gray
    label: str


def training_lines(
    corpus: Corpus, fonts: Fonts, charset: frozenset[str], seed: int, count: int
) -> Iterator[Line]:
    """`count` lines under random conditions, in the fonts that are trained on."""
    rng, numbers = random.Random(seed), np.random.default_rng(seed)
    present = tuple(fonts.present(TRAINED))
    for text, font in _texts(corpus, fonts, present, charset, rng, count):
        crowded = rng.random() < 0.35
        setting = Setting(
            fonts.path(font),
            rng.uniform(12, 22) * font.scale,
            above=corpus.line(rng) if crowded and rng.random() < 0.7 else "",
            below=corpus.line(rng) if crowded and rng.random() < 0.7 else "",
            dotted=rng.random() < 0.04,
        )
        picture = degrade(draw(text, setting, rng), rng, numbers)
        yield Line(picture, label(text))


def measured_lines(
    texts: Sequence[str], fonts: Fonts, chosen: Sequence[Font], profile: str, seed: int
) -> Iterator[Line]:
    """`texts` under the conditions of `profile` at 14 to 18 points; fonts take turns."""
    rng, numbers = random.Random(seed), np.random.default_rng(seed)
    for turn, text in enumerate(texts):
        fit = [font for font in chosen if fonts.choose((font,), text, rng)]
        if fit:
            font = fit[turn % len(fit)]
            setting = Setting(fonts.path(font), rng.uniform(14, 18) * font.scale)
            yield Line(PROFILES[profile](draw(text, setting, rng), rng, numbers), label(text))


def _texts(
    corpus: Corpus,
    fonts: Fonts,
    chosen: Sequence[Font],
    charset: frozenset[str],
    rng: random.Random,
    count: int,
) -> Iterator[tuple[str, Font]]:
    """Texts that the model has all characters for, each with a font that has all glyphs."""
    while count:
        text = corpus.line(rng)
        learned = label(text)
        if learned and set(learned) <= charset | {" "}:
            font = fonts.choose(chosen, text, rng)
            if font:
                count -= 1
                yield text, font
