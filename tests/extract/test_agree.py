"""Several readings of a letter into one: which value is told, and how sure it is."""

from datetime import UTC, datetime

import pytest

from plugins.extract.agree import merged, vote
from plugins.extract.found import Found
from plugins.extract.layout import Sheet
from plugins.extract.readings import Told
from schemas.page import Box
from tests.extract.typed import typed


def _readings(*values: str, literal: float = 1.0) -> list[Found[str] | None]:
    """The page's own reading first; an empty string where nothing was found."""
    return [Found(v, literal, literal, 1, Box(0, 0, 1, 1)) if v else None for v in values]


@pytest.mark.parametrize(
    ("values", "told", "sure"),
    [
        (("a", "a", "a", "a", "a"), "a", True),
        (("a", "b", "a", "a", "a"), "a", False),
        (("a", "a", "", "a", "a"), "a", True),
        (("a", "b", "", "a", "a"), "a", False),
        (("a", "b", "b", "a", "a"), "a", False),
        (("b", "a", "a", "a", "a"), "a", False),
        (("", "a", "a", "a", "a"), "a", False),
        (("a", "b", "", "b", "b"), "b", False),
        (("", "", "a", "", ""), "a", False),
    ],
)
def test_a_value_is_sure_that_the_page_gives_and_no_crop_gainsays(
    values: tuple[str, ...], told: str, sure: bool
) -> None:
    reading = vote(_readings(*values))
    assert reading.value == told
    assert (reading.confidence > 0.85) == sure


def test_readings_are_as_sure_as_they_agree() -> None:
    same = vote(_readings(*"aaaaa")).confidence
    but_one = vote(_readings("a", "a", "", "a", "a")).confidence
    most = vote(_readings(*"abbaa")).confidence
    split = vote(_readings(*"abcde")).confidence
    assert same > but_one > 0.85 > most > split
    assert vote(_readings(*"aaaaa", literal=0.3)).confidence < 0.85
    assert vote(_readings("a")).confidence <= 0.6, "one reading of a picture is never sure"
    assert vote(_readings("a"), printed=True).confidence == 1.0
    assert vote([None, None]).value is None


def test_a_number_that_lost_the_agency_gives_way_to_one_that_has_it() -> None:
    whole, torn = (
        Sheet.of(typed((3.0, 4.8, number), (3.0, 7.4, "เรียน นายอำเภอทุกอำเภอ")))
        for number in ("ที่ ตก ๐๘๙๕/๗๘๓๒", "ที่ ๐๘๙๕/๗๘๓๒")
    )
    torn_one, whole_one = Told.once((torn,)), Told.once((whole,))
    told = Told(
        torn_one.heads * 3 + whole_one.heads * 2, torn_one.tails * 5, torn_one.head, torn_one.tail
    )
    number = merged(told).number
    assert str(number.value) == "ตก 0895/7832"
    assert number.confidence < 0.85


def test_of_two_days_that_of_these_years_is_told_and_asked_about() -> None:
    this_year = datetime.now(UTC).year + 543
    ways = [
        Told.once((Sheet.of(typed((3.0, 4.8, "ที่ ตก ๐๐๒๓/๑"), (10.5, 6.0, f"๑ มีนาคม {year}"))),))
        for year in (this_year, 2509, 2509, 2509, this_year)
    ]
    heads = tuple(way.head for way in ways)
    told = Told(heads, (ways[0].tail,) * 5, heads[0], ways[0].tail)
    date = merged(told).date
    assert date.value is not None
    assert date.value.year_be == this_year
    assert date.confidence < 0.85
