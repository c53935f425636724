"""Numbers and dates out of recognised text: noise is overlooked, digits are never repaired."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.extract.labels import distance, opens_with, resembles
from plugins.extract.values import GUESSED, OVERLOOKED, TORN, date_in, number_in, order_number_in
from schemas.letter import MONTHS, LetterNumber, RegisterMark, ThaiDate

numbers = st.builds(
    LetterNumber,
    prefix=st.from_regex(r"\A(?:[ก-ฮ]{2,5}|(?:[ก-ฮ]\.){2,4})\Z"),
    committee=st.none() | st.from_regex(r"\A[ก-ฮ]{2,5}\Z"),
    code=st.from_regex(r"\A[0-9]{2,6}(\.[0-9]{1,3}){0,4}\Z"),
    mark=st.sampled_from([None, *RegisterMark]),
    running=st.text("0123456789", min_size=1, max_size=6),
)


@given(numbers, st.sampled_from(["", "ที่ ", "ที ", "เลขที่ "]), st.sampled_from(["", " ศาลากลาง"]))
def test_printed_numbers_are_found_whole(number: LetterNumber, before: str, after: str) -> None:
    found = number_in(before + number.format(thai=True) + after)
    assert found is not None
    assert (found.value, found.clean) == (number, 1.0)


@pytest.mark.parametrize(
    ("read", "number"),
    [
        ("ที่ ตก ๐๐๒๓. ๓า/ว ๐๐๒๖ ศาลากลาง", "ตก 0023.3/ว 0026"),
        ("ที ตก ๐๐๑๗. .๑/๖๘๙", "ตก 0017.1/689"),
        ("ปท ๐๐๑๓ / นฉ ๐๐๑", "ปท 0013 / ฉ 001"),
        ("ปท ๐๐๑๓ /ฉน ๐๐๑", "ปท 0013 / ฉ 001"),
    ],
)
def test_noise_between_the_parts_is_overlooked_but_told(read: str, number: str) -> None:
    found = number_in(read)
    assert found is not None
    assert str(found.value) == number
    assert found.clean < 1.0


@pytest.mark.parametrize(
    ("read", "number"),
    [
        ("ปท ๐๐๑๓ / น ๐๐๑", "ปท 0013 / ฉ 001"),
        ("กห ๐๔๐๑/ว(ล) ๑๐๐", "กห 0401/ว 100"),
        ("ตก ๐๐๒๓/๑,๒๓๔", "ตก 0023/1"),
        ("ตก ๐๐๒๓/๑๒.๓๔", "ตก 0023/12"),
        ("ตก ๐๐๒๓/๑๒๓-๑๓๐", "ตก 0023/123"),
        ("ตก ๐๐๒๓/๑๒๓๔๕ ๑๙ มกราคม ๒๕๖๙", "ตก 0023/12345"),
    ],
)
def test_what_may_be_more_than_was_understood_is_a_guess(read: str, number: str) -> None:
    found = number_in(read)
    assert found is not None
    assert str(found.value) == number
    assert found.clean == GUESSED


@pytest.mark.parametrize(
    "read",
    [
        "ตก ๐๐๒๓.๓ ว ๐๐๒๖",
        "ปท ๖๔๓๖.๕ / ๐ ๐๐๙๗",
        "ตก ๐๐๒๓/ก ๑๒",
        "ตาก ๐๐๒๓/๑๒",
        "โทร ๐ ๕๕๕๑/๒",
        "ตก ๐๐๑๗.๑/   /๒๕๖๙",
        "ศธ ๐๔๐๕๖.๑๒/๔๕/๖๗",
        "กลต.จท. ๑๒๓/๒๕๖๙",
    ],
)
def test_what_would_need_repair_is_no_number(read: str) -> None:
    assert number_in(read) is None


def test_order_numbers_need_a_year() -> None:
    found = order_number_in("ที่ ๑๒๓๔/๒๕๖๙")
    assert found is not None
    assert str(found.value) == "1234/2569"
    assert order_number_in("ที่ ๑๒๓๔/๖๙") is None
    assert order_number_in("๑/๒/๒๕๖๙") is None
    assert order_number_in("๑๒๓/๒๕๖๙-๑") is None


def test_orders_may_bear_the_letters_of_an_agency() -> None:
    found = order_number_in("ที่ สป ๑๒๓/๒๕๖๙")
    assert found is not None
    assert str(found.value) == "สป 123/2569"


_PIECES = "ตก กวจ ก.ค. ( ) ว ฉ ๐๐๒๓ 1 ๑๒๓๔๕ / . , - มกราคม ม.ค. พ.ศ. ๒๕๖๙ 2569 ๓๑ ที่ วันที่ A"


@given(st.lists(st.sampled_from([*_PIECES.split(), " ", "  "]), max_size=12).map("".join))
def test_nothing_that_is_read_breaks_the_reader(text: str) -> None:
    for parsed in (number_in(text), order_number_in(text), date_in(text)):
        assert parsed is None or parsed.value.parse(str(parsed.value)) == parsed.value


@given(st.dates(date(1941, 1, 1), date(2400, 12, 31)))
def test_printed_dates_are_found(day: date) -> None:
    value = ThaiDate.of(day)
    found = date_in(f"สั่ง ณ วันที่ {value.format(thai=True)}")
    assert found is not None
    assert (found.value, found.clean) == (value, 1.0)


@pytest.mark.parametrize(
    ("read", "iso"),
    [
        ("๒๗ ภูมภาพันธ์ ๒๕๖๙", "2026-02-27"),
        ("๙ มิถนายน ๒๕๖๙", "2026-06-09"),
        ("๑๑ ดุลาคม พ.ศ. ๒๕๖๙", "2026-10-11"),
        ("สัง ณ วันที ๓ เมษายน พ.ศ. ๒๕๖๙", "2026-04-03"),
        ("๑ มี.ค. ๒๕๖๙", "2026-03-01"),
    ],
)
def test_misread_months_are_told_by_likeness(read: str, iso: str) -> None:
    found = date_in(read)
    assert found is not None
    assert found.value.to_iso() == iso


def test_a_running_number_torn_in_two_is_whole_and_told() -> None:
    found = number_in("ที่ สธ ๐๒๒๔.๒๙/ว ๓๓๔ ๕")
    assert found is not None
    assert str(found.value) == "สธ 0224.29/ว 3345"
    assert found.clean == TORN < OVERLOOKED
    assert number_in("ที่ สธ ๐๒๒๔.๒๙/๓๓๔  ๕๖") is None


def test_a_day_torn_in_two_is_whole_and_told() -> None:
    found = date_in("สั่ง ณ วันที่ ๒ ๔ มีนาคม พ.ศ. ๒๕๖๙")
    assert found is not None
    assert str(found.value) == "24 มีนาคม 2569"
    assert found.clean == TORN < OVERLOOKED
    assert date_in("วันที่ ๑๒ ๔ มีนาคม ๒๕๖๙") is None


@pytest.mark.parametrize(
    "read", ["๑๗ มกราคม ๖๙", "๑๗ มกราคม ๒๔๘๓", "๓๑ กุมภาพันธ์ ๒๕๖๙", "๑๗ กม. ๒๕๖๙", "๑๗ บ้านเรา ๒๕๖๙"]
)
def test_doubtful_dates_are_not_guessed(read: str) -> None:
    assert date_in(read) is None


def test_months_are_never_taken_for_one_another() -> None:
    for month, name in enumerate(MONTHS, 1):
        for left_out in range(len(name)):
            found = date_in(f"5 {name[:left_out]}{name[left_out + 1 :]} 2569")
            assert found is None or found.value.month == month, name


@given(st.text("กขคง", max_size=6), st.text("กขคง", max_size=6))
def test_distance_is_a_metric_on_what_it_compares(first: str, second: str) -> None:
    assert distance(first, second) == distance(second, first)
    assert (distance(first, second) == 0) == (first == second)
    assert abs(len(first) - len(second)) <= distance(first, second) <= max(len(first), len(second))


def test_titles_are_cut_off_at_their_end() -> None:
    assert opens_with("คำสังจังหวัดตาก", "คำสั่ง") == len("คำสัง")
    assert opens_with("จังหวัดตาก", "คำสั่ง") is None
    assert resembles("บนทกขอความ", "บันทึกข้อความ")
    assert not resembles("ลับที่สุด", "ด่วนที่สุด")
