"""Day and name behind the prose: the paper's own, not those it cites or brings along."""

import pytest

from plugins.extract.layout import Sheet
from plugins.extract.tails import letter_sheets, read_tail
from plugins.extract.values import GUESSED
from tests.extract.typed import centred, typed

PROSE = (3.0, 9.0, "ต้องดำเนินการตามเรื่องข้างต้นให้แล้วเสร็จภายในกำหนดเพื่อมิให้เกิดความเสียหายใด")
SIGNED = (10.0, 21.5, "(นายกิตติภูมิ ไพรวนารักษ์)")


def sheet(*lines: tuple[float, float, str], number: int = 1) -> Sheet:
    return Sheet.of(typed(centred(2.0, "คำสั่งจังหวัดตาก"), PROSE, *lines, number=number))


@pytest.mark.parametrize(
    "given",
    [
        "สั่ง ณ วันที่ ๓ เมษายน พ.ศ. ๒๕๖๙",
        "ประกาศ ณ วันที่ ๓ เมษายน ๒๕๖๙",
        "ประกาศมา ณ วันที่ ๓ เมษายน พ.ศ. ๒๕๖๙",
        "ให้ไว้ ณ วันที่ ๓ เมษายน ๒๕๖๙",
        "สัง ณ วนที ๓ เมษายน พ.ศ. ๒๕๖๙",
        "ออกให้ไว้ ณ วันที่ ๓ เมษายน ๒๕๖๙",
        "ออกให้ ณ จังหวัดตาก วันที่ ๓ เมษายน ๒๕๖๙",
        "ออกให้เมื่อวันที่ ๓ เมษายน ๒๕๖๙",
        "สั่ง ณ จังหวัดตาก วันที่ ๓ เมษายน ๒๕๖๙",
    ],
)
def test_the_day_stands_behind_its_words(given: str) -> None:
    tail = read_tail((sheet((8.0, 18.0, given), SIGNED),))
    assert tail.given is not None
    assert str(tail.given.value) == "3 เมษายน 2569"


@pytest.mark.parametrize(
    ("cited", "given"),
    [
        ("ประกาศจังหวัดตาก ลงวันที่ ๕ มกราคม ๒๕๖๙ เรื่อง การรับสมัคร", "ประกาศ ณ วันที่"),
        ("สั่งการตามหนังสือลงวันที่ ๕ มกราคม ๒๕๖๙", "สั่ง ณ วันที่      เมษายน ๒๕๖๙"),
        ("ประกาศคณะกรรมการ ลงวันที่ ๕ มกราคม ๒๕๖๙", "ประกาศ ณ วันที่"),
        ("ออกให้เมื่อวันที่ ๑ มกราคม ๒๕๕๐ นั้น", "ให้ไว้ ณ วันที่"),
    ],
)
def test_a_day_that_prose_cites_does_not_fill_one_that_is_blank(cited: str, given: str) -> None:
    tail = read_tail((sheet((3.0, 10.0, cited), (8.0, 18.0, given), SIGNED),))
    assert tail.given is None


def test_an_annex_gives_neither_day_nor_name() -> None:
    order = sheet((8.0, 18.0, "สั่ง ณ วันที่ ๓ เมษายน พ.ศ. ๒๕๖๙"), SIGNED)
    annex = sheet((10.0, 21.5, "(นายอื่น คนละคน)"), number=2)
    tail = read_tail((order, annex))
    assert tail.signer is not None
    assert tail.signer.value == "นายกิตติภูมิ ไพรวนารักษ์"
    assert tail.given is not None
    assert tail.given.literal == 1.0


def test_an_annex_with_a_day_of_its_own_makes_the_day_a_guess() -> None:
    order = sheet((8.0, 18.0, "สั่ง ณ วันที่ ๓ เมษายน พ.ศ. ๒๕๖๙"), SIGNED)
    annex = sheet((8.0, 18.0, "ประกาศ ณ วันที่ ๑๕ มกราคม ๒๕๖๙"), number=2)
    tail = read_tail((order, annex))
    assert tail.given is not None
    assert str(tail.given.value) == "3 เมษายน 2569"
    assert tail.given.literal == GUESSED


def test_the_unit_may_stand_on_a_page_behind_the_name() -> None:
    letter = sheet((11.5, 19.0, "ขอแสดงความนับถือ"), SIGNED)
    behind = Sheet.of(typed((3.0, 3.0, "สำนักงานจังหวัด"), (3.0, 3.8, "โทร. ๐ ๕๕๕๑ ๓๘๖๙"), number=2))
    tail = read_tail((letter, behind))
    assert tail.unit is not None
    assert tail.unit.value == "สำนักงานจังหวัด"


@pytest.mark.parametrize("number", ["", "๑", "๑.๒", "๑ หน้า ๑/๓", "๑ (แผ่นที่ ๒)"])
def test_what_is_headed_as_an_attachment_is_no_page_of_the_letter(number: str) -> None:
    attachment = Sheet.of(typed((13.0, 1.5, f"สิ่งที่ส่งมาด้วย {number}"), PROSE, number=2))
    assert letter_sheets((sheet(), attachment)) == (sheet(),)
    cited = Sheet.of(typed((3.0, 1.5, f"สิ่งที่ส่งมาด้วย {number}"), PROSE, number=2))
    assert len(letter_sheets((sheet(), cited))) == 2


def test_a_day_that_the_first_page_cites_leaves_the_name_on_the_second() -> None:
    cites = sheet((3.0, 10.0, "ประกาศ ณ วันที่ ๕ มกราคม ๒๕๖๙ ซึ่งให้ใช้บังคับตั้งแต่วันถัดไป"))
    closes = Sheet.of(typed(PROSE, (11.5, 19.0, "ขอแสดงความนับถือ"), SIGNED, number=2))
    tail = read_tail((cites, closes))
    assert tail.signer is not None
    assert tail.signer.value == "นายกิตติภูมิ ไพรวนารักษ์"
