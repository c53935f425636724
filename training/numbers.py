"""Lines full of numbers, as official letters, registers and forms hold them."""

import random
from collections.abc import Callable

from schemas.thaitext import thai_digits
from training.phrases import MONTHS, OFFICES, SHORT_MONTHS, UNITS


def number_line(rng: random.Random) -> str:
    """A line of any sort; Thai digits in three lines of four."""
    text = rng.choice(_SORTS)(rng)
    return thai_digits(text) if rng.random() < 0.75 else text


def _number(rng: random.Random) -> str:
    sub = "".join(f".{rng.randint(1, 99)}" for _ in range(rng.choice((0, 0, 1, 2))))
    mark = rng.choice(("", "", "", "ว", "ว ", "ฉ", "ลับ "))
    office = rng.choice(OFFICES)
    running = rng.randint(1, 10 ** rng.randint(1, 5))
    return f"{office} {rng.randint(1, 9999):04}{sub}/{mark}{running}"


def _date(rng: random.Random) -> str:
    day, year = rng.randint(1, 31), rng.randint(2400, 2599)
    era = rng.choice(("", "", "พ.ศ. "))
    if rng.random() < 0.25:
        return f"{day} {rng.choice(SHORT_MONTHS)} {rng.choice((year, year % 100))}"
    return f"{day} {rng.choice(MONTHS)} {era}{year}"


def _time(rng: random.Random) -> str:
    colon = rng.choice((".", ".", ":"))
    return f"{rng.randint(0, 23):02}{colon}{rng.randint(0, 59):02} น."


def _sum(rng: random.Random) -> str:
    amount = rng.randint(1, 10 ** rng.randint(2, 9))
    cents = rng.choice(("", f".{rng.randint(0, 99):02}", ".-"))
    return f"{amount:,}{cents}"


def _phone(rng: random.Random) -> str:
    gap = rng.choice((" ", "-"))
    area = rng.choice(("0", f"0{rng.choice('689')}"))
    start = rng.randint(2000, 5999)
    return f"{area}{gap}{start}{gap}{rng.randint(0, 9999):04}"


def _letter_number(rng: random.Random) -> str:
    return f"{rng.choice(('ที่ ', 'ที่ ', '', 'หนังสือ ที่ '))}{_number(rng)}"


def _reference(rng: random.Random) -> str:
    return f"อ้างถึง หนังสือจังหวัด ที่ {_number(rng)} ลงวันที่ {_date(rng)}"


def _dated(rng: random.Random) -> str:
    opening = rng.choice(("", "วันที่ ", "ลงวันที่ ", "ณ วันที่ ", "สั่ง ณ วันที่ ", "ตั้งแต่วันที่ "))
    return opening + _date(rng)


def _meeting(rng: random.Random) -> str:
    return f"ในวันที่ {_date(rng)} เวลา {_time(rng)} ณ ห้องประชุม {rng.randint(1, 99)}"


def _money(rng: random.Random) -> str:
    return f"{rng.choice(('จำนวน', 'เป็นเงิน', 'รวมทั้งสิ้น', 'วงเงิน'))} {_sum(rng)} {rng.choice(UNITS)}"


def _phones(rng: random.Random) -> str:
    extension = rng.choice(("", f" ต่อ {rng.randint(1, 9999)}"))
    fax = rng.choice(("", f" โทรสาร {_phone(rng)}", f", {_phone(rng)}"))
    return f"{rng.choice(('โทร. ', 'โทร ', 'โทรศัพท์ '))}{_phone(rng)}{extension}{fax}"


def _columns(rng: random.Random) -> str:
    cells = (_sum, _number, _date, _time, lambda r: str(r.randint(0, 99999)))
    return " ".join(rng.choice(cells)(rng) for _ in range(rng.randint(2, 5)))


def _digits(rng: random.Random) -> str:
    return " ".join(str(rng.randint(0, 10 ** rng.randint(1, 6))) for _ in range(rng.randint(3, 9)))


def _clause(rng: random.Random) -> str:
    article = rng.choice(("มาตรา", "ข้อ", "หมวด", "วรรค"))
    place = f"{article} {rng.randint(1, 250)} ({rng.randint(1, 40)})"
    return f"{place} แห่งพระราชบัญญัติ พ.ศ. {rng.randint(2400, 2599)}"


def _order(rng: random.Random) -> str:
    what = rng.choice(("คำสั่ง", "ประกาศ", "ครั้งที่", "เลขรับที่", "ฎีกาที่", "ฉบับที่"))
    return f"{what} {rng.randint(1, 9999)}/{rng.randint(2480, 2599)}"


def _page(rng: random.Random) -> str:
    return rng.choice(
        (
            f"- {rng.randint(2, 99)} -",
            f"/{rng.randint(1, 20)}. ...",
            f"หน้า {rng.randint(1, 400)} จาก {rng.randint(1, 400)}",
            f"เล่ม {rng.randint(100, 142)} ตอนที่ {rng.randint(1, 99)} ก ราชกิจจานุเบกษา",
        )
    )


def _item(rng: random.Random) -> str:
    dots = rng.choice((" ", " ", " ........... "))
    what = rng.choice(("สำเนาหนังสือ", "แบบตอบรับ", "กำหนดการ", "บัญชีรายละเอียด", "แผนที่สังเขป"))
    return f"{rng.randint(1, 20)}. {what}{dots}จำนวน {rng.randint(1, 99)} {rng.choice(UNITS)}"


def _identity(rng: random.Random) -> str:
    digits = "".join(rng.choices("0123456789", k=13))
    gap = rng.choice((" ", "-"))
    return "เลขประจำตัวประชาชน " + gap.join(
        (digits[0], digits[1:5], digits[5:10], digits[10:12], digits[12])
    )


def _address(rng: random.Random) -> str:
    return (
        f"เลขที่ {rng.randint(1, 999)}/{rng.randint(1, 99)} หมู่ที่ {rng.randint(1, 19)} "
        f"รหัสไปรษณีย์ {rng.randint(10, 96)}{rng.randint(0, 999):03}"
    )


_SORTS: tuple[Callable[[random.Random], str], ...] = (
    _letter_number,
    _letter_number,
    _letter_number,
    _reference,
    _dated,
    _dated,
    _meeting,
    _money,
    _money,
    _phones,
    _columns,
    _columns,
    _digits,
    _digits,
    _clause,
    _order,
    _page,
    _item,
    _identity,
    _address,
)
