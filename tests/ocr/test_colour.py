"""Words in coloured ink are told from typed ones, without a recogniser."""

import numpy as np

from pipeline.pixels import Gray
from plugins.ocr.colour import uncovered
from plugins.ocr.words import ReadLine
from schemas.page import Box, Word

DPI = 200.0
PAPER, INK, BLUE = 240, 30, 110
TYPED = (Box(100, 400, 200, 430), Box(220, 400, 330, 430))
STAMPED = (Box(420, 400, 520, 430), Box(540, 400, 640, 430))


def page(typed: tuple[Box, ...], stamped: tuple[Box, ...]) -> tuple[Gray, Gray, list[ReadLine]]:
    """A line with words of both inks: all ink, the black ink alone, and how it was read."""
    gray = np.full((900, 800), PAPER, np.uint8)
    black = gray.copy()
    for box, light in (*((box, INK) for box in typed), *((box, BLUE) for box in stamped)):
        for left in range(box.left, box.right, 12):
            gray[box.top : box.bottom, left : left + 6] = light
            if light == INK:
                black[box.top : box.bottom, left : left + 6] = light
    words = [Word(text="กขค", box=box, confidence=0.9) for box in (*typed, *stamped)]
    return gray, black, [ReadLine(tuple(words), Box(100, 400, 640, 430))]


def test_a_stamps_words_beside_a_typed_line_stand_in_a_line_of_their_own() -> None:
    gray, black, read = page(TYPED, STAMPED)
    typed, stamped = uncovered(read, gray, black, DPI, lambda _: [])
    assert [word.box for word in typed.words] == list(TYPED)
    assert [word.box for word in stamped.words] == list(STAMPED)
    assert (typed.stamped, stamped.stamped) == (False, True)


def test_a_page_typed_in_colour_bears_no_stamp() -> None:
    gray, black, read = page(TYPED[:1], STAMPED)
    assert uncovered(read, gray, black, DPI, lambda _: []) == read
