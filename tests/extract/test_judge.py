"""How sure the kind of a letter is, by how many of its marks were read."""

import pytest

from plugins.extract.found import Found, Head, Tail
from plugins.extract.judge import judged
from schemas.letter import LetterKind, LetterNumber, OrderNumber, ThaiDate
from schemas.page import Box

PLACE = Box(0, 0, 10, 10)
NUMBER = Found[LetterNumber | OrderNumber](LetterNumber.parse("ตก ๐๐๒๓/๑๒"), 1.0, 0.95, 1, PLACE)
DATE = Found(ThaiDate.parse("๑๙ มกราคม ๒๕๖๙"), 1.0, 0.95, 1, PLACE)
TEXT = Found("นายอำเภอทุกอำเภอ", 1.0, 0.95, 1, PLACE)


@pytest.mark.parametrize(
    ("head", "closing", "sure"),
    [
        (Head(number=NUMBER, date=DATE, addressee=TEXT, sender=TEXT), False, True),
        (Head(number=NUMBER, date=DATE, addressee=TEXT), True, True),
        (Head(number=NUMBER, date=DATE, addressee=TEXT), False, False),
        (Head(addressee=TEXT), True, False),
    ],
)
def test_an_addressee_with_a_number_and_a_date_alone_makes_no_sure_letter(
    head: Head, closing: bool, sure: bool
) -> None:
    """A certificate whose title was not read has these too."""
    found = judged(head, Tail(closing=closing))
    assert found.kind is LetterKind.EXTERNAL
    assert (found.confidence >= 0.85) == sure
