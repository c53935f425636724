"""Letters are read on level pages, as their crops are cut; people see them as the page lies."""

from collections.abc import Sequence

from pipeline.straightening import Straightening
from schemas.letterfacts import LetterFacts, Reading
from schemas.page import Line, PageText


def levelled(page: PageText) -> PageText:
    """``page`` with its boxes where the words stand once its skew is taken out."""
    if not page.skew:
        return page
    straight = _straightening(page)
    return page.model_copy(update={"lines": tuple(_line(line, straight) for line in page.lines)})


def _line(line: Line, straight: Straightening) -> Line:
    words = tuple(
        word.model_copy(update={"box": straight.box_there(word.box)}) for word in line.words
    )
    return line.model_copy(update={"words": words, "box": straight.box_there(line.box)})


def as_it_lies(facts: LetterFacts, pages: Sequence[PageText]) -> LetterFacts:
    """``facts`` read on level pages with their boxes on the upright ones, skew and all."""
    turned = {page.number: _straightening(page) for page in pages if page.skew}
    moved = {}
    for name in LetterFacts.model_fields:
        reading = getattr(facts, name)
        if isinstance(reading, Reading) and reading.box and reading.page in turned:
            box = turned[reading.page].box_back(reading.box)
            moved[name] = reading.model_copy(update={"box": box})
    return facts.model_copy(update=moved)


def _straightening(page: PageText) -> Straightening:
    return Straightening(page.width, page.height, page.skew)
