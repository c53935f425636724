"""Numbers and dates of letters parse strictly and format back."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.filing import FileName
from schemas.letter import (
    LetterForm,
    LetterKind,
    LetterNumber,
    OrderNumber,
    RegisterMark,
    ThaiDate,
    Urgency,
    parse_number,
)
from schemas.letterfacts import AttachmentLine, LetterFacts, Reading

digits = st.text("0123456789", min_size=1, max_size=6)
numbers = st.builds(
    LetterNumber,
    prefix=st.from_regex(r"\A(?:[ก-ฮ]{2,5}\.?|(?:[ก-ฮ]\.){2,5})\Z"),
    committee=st.none() | st.from_regex(r"\A[ก-ฮ]{2,5}\Z"),
    code=st.from_regex(r"\A[0-9]{2,6}(\.[0-9]{1,3}){0,4}\Z"),
    mark=st.sampled_from([None, *RegisterMark]),
    running=digits,
)
days = st.dates(date(1941, 1, 1), date(2400, 12, 31))


@pytest.mark.parametrize(
    "printed",
    [
        "ตก ๐๐๒๓.๓/ว ๐๐๒๖",
        "ปท 0013 / ฉ 001",
        "ปท ๐๐๑๓ / ฉ ๐๐๑",
        "นร 0106/123",
        "ศธ 04056.12/45",
        "ปปท 0007/4412",
        "กค (กวจ) ๐๔๐๕.๒/ว ๑๑๙",
        "ก.ค.ศ. 0206/ว 1",
    ],
)
def test_numbers_of_the_rules_format_back_exactly(printed: str) -> None:
    number = LetterNumber.parse(printed)
    assert number.format(thai=any(c in printed for c in "๐๑๒๓๔๕๖๗๘๙")) == printed


@pytest.mark.parametrize(
    ("variant", "canonical"),
    [
        ("ที่ ตก ๐๐๒๓.๓/ว๐๐๒๖", "ตก 0023.3/ว 0026"),
        ("ตก0023.3 / ว 0026", "ตก 0023.3/ว 0026"),
        ("ปท 0013/ฉ001", "ปท 0013 / ฉ 001"),
        ("  นร  0106 /123 ", "นร 0106/123"),
    ],
)
def test_spacing_variants_have_one_canonical_form(variant: str, canonical: str) -> None:
    assert str(LetterNumber.parse(variant)) == canonical


@given(numbers, st.booleans())
def test_every_number_survives_printing(number: LetterNumber, thai: bool) -> None:
    assert LetterNumber.parse(number.format(thai=thai)) == number


@pytest.mark.parametrize(
    ("text", "kind", "shape"),
    [
        ("สป ๑๒๓/๒๕๖๙", LetterKind.ORDER, OrderNumber),
        ("สป ๑๒๓/๒๕๖๙", LetterKind.EXTERNAL, LetterNumber),
        ("สป ๑๒๓/๒๕๖๙", None, LetterNumber),
        ("ตก ๐๐๒๓/๒๕๖๙", LetterKind.ORDER, LetterNumber),
        ("ตก ๐๐๒๓.๓/๑๒", LetterKind.EVIDENCE, LetterNumber),
        ("ตก ๗๑๓๐๑/๔๕๑๒", LetterKind.EVIDENCE, LetterNumber),
        ("พิเศษ ๑๓/๒๕๖๙", LetterKind.ORDER, OrderNumber),
        ("ก ๑๒/๒๕๖๙", LetterKind.ORDER, OrderNumber),
        ("๑๒๓/๒๕๖๙", None, OrderNumber),
    ],
)
def test_the_kind_tells_a_year_from_a_running_number(
    text: str, kind: LetterKind | None, shape: type
) -> None:
    assert type(parse_number(text, kind)) is shape
    with pytest.raises(ValueError, match="not the number"):
        parse_number("ตก", kind)


def test_leading_zeros_and_marks_tell_numbers_apart() -> None:
    assert LetterNumber.parse("ตก 0023/26") != LetterNumber.parse("ตก 0023/026")
    assert LetterNumber.parse("ตก 0023/ว 26") != LetterNumber.parse("ตก 0023/ฉ 26")


@pytest.mark.parametrize(
    "text",
    ["", "ตก", "0023.3/26", "ตก 0023.3", "ตก 0023.3/ก 26", "ตก 0023.3/26 ศาลากลาง", "1234/2569"],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not the number"):
        LetterNumber.parse(text)


def test_order_numbers_carry_their_year() -> None:
    number = OrderNumber.parse("ที่ ๑๒๓๔/๒๕๖๙")
    assert (number.running, number.year_be) == ("1234", 2569)
    assert number.format(thai=True) == "๑๒๓๔/๒๕๖๙"
    with pytest.raises(ValueError, match="order"):
        OrderNumber.parse("๑๒๓๔/๖๙")
    with pytest.raises(ValidationError):
        OrderNumber.parse("12/1999")


@pytest.mark.parametrize(
    "text",
    [
        "๑๗ มกราคม ๒๕๖๙",
        "วันที่ ๑๗ มกราคม พ.ศ. ๒๕๖๙",
        "วันที่ ๑๗ เดือน มกราคม พุทธศักราช ๒๕๖๙",
        "17 ม.ค. 2569",
        "๑๗ ม. ค. ๒๕๖๙",
    ],
)
def test_dates_are_read_in_all_their_spellings(text: str) -> None:
    assert ThaiDate.parse(text).to_iso() == "2026-01-17"


@pytest.mark.parametrize(
    "text",
    [
        "๑๗ มกราคม ๖๙",
        "17/01/2569",
        "๑ มกราคม ๒๔๘๓",
        "๓๑ กุมภาพันธ์ ๒๕๖๙",
        "๓๐ กุมภาพันธ์ ๒๕๖๗",
        "๑๗ มกรา ๒๕๖๙",
        "17 January 2569",
        "",
    ],
)
def test_doubtful_dates_are_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        ThaiDate.parse(text)


def test_march_and_january_differ_by_one_mark() -> None:
    assert ThaiDate.parse("1 มี.ค. 2569").month == 3
    assert ThaiDate.parse("1 ม.ค. 2569").month == 1


@given(days, st.booleans(), st.booleans())
def test_every_date_survives_printing(day: date, thai: bool, short: bool) -> None:
    value = ThaiDate.of(day)
    assert value.to_date() == day
    assert ThaiDate.parse(value.format(thai=thai, short=short)) == value


def test_kinds_forms_and_urgency_have_thai_names() -> None:
    assert len({kind.thai for kind in LetterKind}) == len(LetterKind)
    assert {form.kind for form in LetterForm} == {
        LetterKind.ORDER,
        LetterKind.ANNOUNCEMENT,
        LetterKind.EVIDENCE,
    }
    assert Urgency.MOST_URGENT.thai == "ด่วนที่สุด"
    assert Urgency.NONE.thai == ""


@given(numbers | st.builds(OrderNumber, running=digits, year_be=st.integers(2484, 9999)), days)
def test_facts_survive_storage(number: LetterNumber | OrderNumber, day: date) -> None:
    facts = LetterFacts(
        kind=Reading(value=LetterKind.EXTERNAL, confidence=0.9, page=1),
        number=Reading(value=number, confidence=0.5, page=1, box=(1, 2, 3, 4)),
        date=Reading(value=ThaiDate.of(day)),
        attachments=(AttachmentLine(ordinal=1, title="แผน", copies=2),),
    )
    assert LetterFacts.of({"letter": facts.model_dump(mode="json")}) == facts


@pytest.mark.parametrize("stem", ["../x", "a/b", "a b", "", "ก", "a.pdf", "-a", "a" * 201])
def test_unsafe_stems_are_no_file_names(stem: str) -> None:
    with pytest.raises(ValidationError):
        FileName(stem=stem)
