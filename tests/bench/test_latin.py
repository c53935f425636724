"""The measure of Latin words and Arabic digits: both readers over one drawn page."""

import pytest

from bench.reading.latin import Share, measure


@pytest.fixture(scope="module")
def found() -> dict[str, Share]:
    return {one.reader: one for one in measure(1, 3)}


def test_both_readers_are_measured(found: dict[str, Share]) -> None:
    assert set(found) == {"saraban", "stock tha+eng"}
    assert all(0 <= share <= 1 for one in found.values() for share in (one.latin, one.numbers))


def test_our_reader_reads_latin_words_and_arabic_numbers(found: dict[str, Share]) -> None:
    """A page has 32 words and 16 numbers; what one page may lack is no measure."""
    ours = found["saraban"]
    assert ours.latin >= 0.8
    assert ours.numbers >= 0.8
