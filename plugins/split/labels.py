"""Finding the fixed words of a letter in what was read: by skeleton, with a few slips."""

from schemas.thaitext import skeleton


def within(label: str, text: str, slips: int) -> bool:
    """Whether ``label`` stands somewhere in ``text`` (both skeletons) with at most ``slips`` edits.

    Sellers' algorithm: a label may begin anywhere in the text.
    """
    row = [0] * (len(text) + 1)
    for i, letter in enumerate(label, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(text, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (letter != other))
    return min(row) <= slips


def begins(word: str, text: str, slips: int) -> bool:
    """Whether ``text`` begins with ``word`` (both skeletons) with at most ``slips`` edits."""
    text = text[: len(word) + slips]
    row = list(range(len(text) + 1))
    for i, letter in enumerate(word, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(text, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (letter != other))
    return min(row) <= slips


def leads(label: str, text: str, slips: int = 0) -> bool:
    """Whether ``text`` begins with ``label``, allowing one stray sign before it when slips are."""
    return within(label, text[: len(label) + slips], slips)


def bones(*labels: str) -> tuple[str, ...]:
    """The labels as skeletons."""
    return tuple(skeleton(label) for label in labels)
