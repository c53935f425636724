"""Finding the fixed words of a letter in what was read: by skeleton, with a few slips."""

from schemas.thaitext import skeleton


def within(label: str, text: str, slips: int) -> bool:
    """Whether ``label`` stands somewhere in ``text`` (both skeletons) with at most ``slips`` edits.

    Sellers' algorithm: a label may begin anywhere in the text.
    """
    return min(_edits(label, text, [0] * (len(text) + 1))) <= slips


def begins(word: str, text: str, slips: int) -> bool:
    """Whether ``text`` begins with ``word`` (both skeletons) with at most ``slips`` edits."""
    text = text[: len(word) + slips]
    return min(_edits(word, text, list(range(len(text) + 1)))) <= slips


def leads(label: str, text: str, slips: int = 0) -> bool:
    """Whether ``text`` begins with ``label``, allowing one stray sign before it when slips are."""
    return behind(label, text, slips) is not None


def behind(label: str, text: str, slips: int = 0) -> str | None:
    """What follows the ``label`` that ``text`` begins with, as in :func:`leads`; None without."""
    head = text[: len(label) + slips]
    row = _edits(label, head, [0] * (len(head) + 1))
    least = min(row)
    return text[row.index(least) :] if least <= slips else None


def _edits(label: str, text: str, row: list[int]) -> list[int]:
    """The fewest edits between ``label`` and what ends behind each letter of ``text``.

    ``row``: what it costs that the label begins there.
    """
    for i, letter in enumerate(label, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(text, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (letter != other))
    return row


def bones(*labels: str) -> tuple[str, ...]:
    """The labels as skeletons."""
    return tuple(skeleton(label) for label in labels)
