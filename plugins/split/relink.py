"""Proposes where misplaced pages belong: behind the page whose catchword they begin with."""

from collections.abc import Sequence

from plugins.split.cues import FIRST_PAGE
from plugins.split.seen import PageSeen

_LEAST_WORD = 4
"""Letters of a catchword that is trusted to name a page among all others."""


def relinked(pages: Sequence[PageSeen]) -> tuple[list[PageSeen], frozenset[int]]:
    """``pages`` in the order that catchwords ask for, and the numbers of those moved.

    A page is moved when one page alone calls for it, which calls for no other, and its own number,
    if any, fits. All others keep their order.
    """
    order = list(pages)
    moved: set[int] = set()
    for page in pages:
        found = _wanted(page, order, moved)
        if found:
            order.remove(found)
            order.insert(order.index(page) + 1, found)
            moved.add(found.number)
    return order, frozenset(moved)


def _wanted(page: PageSeen, order: list[PageSeen], moved: set[int]) -> PageSeen | None:
    """The one page that ``page`` calls for, if that is not the next one already."""
    if len(page.cues.ends.catchword) < _LEAST_WORD:
        return None
    leaves = [other for other in order if not (other.is_sheet or other.blank)]
    at = next((n for n, other in enumerate(leaves) if other is page), None)
    if at is None or (at + 1 < len(leaves) and _calls(page, leaves[at + 1])):
        return None
    called = [other for other in leaves if other is not page and _calls(page, other)]
    if len(called) != 1 or called[0].number in moved:
        return None
    return called[0] if sum(_calls(one, called[0]) for one in leaves) == 1 else None


def _calls(page: PageSeen, other: PageSeen) -> bool:
    """Whether ``other`` may be the page that ``page`` calls for."""
    number = other.cues.page_number
    fits = number is None or number == (page.cues.page_number or 1) + 1
    later = other.cues.likeness < FIRST_PAGE and other.cues.attachment is None
    return fits and later and bool(page.cues.ends.calls_for(other.cues.ends))
