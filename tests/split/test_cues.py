"""What pages say of themselves, by words and by picture."""

import numpy as np
import pytest

from plugins.split.cues import (
    FIRST_PAGE,
    Cue,
    attachment_head,
    listed_count,
    page_cues,
    printed_number,
)
from plugins.split.emblem import Emblem, find_emblem
from plugins.split.labels import begins, bones, within
from schemas.page import Line
from tests.letters import Kind, Level, Style, letter_pages, make_letter, page_image
from tests.split.paper import LETTER, MEMO, ORDER, PROSE, headed, line, numbered, page

LABEL = bones("สิ่งที่ส่งมาด้วย")[0]


@pytest.mark.parametrize(
    ("lines", "emblem", "score"),
    [
        (LETTER, Emblem.CENTRE, 7.5),
        (LETTER, None, 5.0),
        (MEMO, Emblem.LEFT, 7.5),
        (ORDER, Emblem.CENTRE, 8.0),
        ((line("ประกาศจังหวัดตาก", 0.4, 0.16, 0.6),), Emblem.CENTRE, 4.5),
        ((line("๑ . ประกาศจังหวัดตาก", 0.3, 0.16, 0.6),), Emblem.CENTRE, 4.5),
        ((PROSE,), None, 0.0),
        ((numbered("- ๒ -"), PROSE), None, -3.0),
        ((numbered("- ๑ -"), PROSE), None, 0.0),
        ((headed(), PROSE), None, -2.5),
        ((line("ประกาศ ณ วันที่ ๕ มกราคม", 0.3, 0.2, 0.7),), None, 0.0),
    ],
)
def test_score(lines: tuple[Line, ...], emblem: Emblem | None, score: float) -> None:
    assert page_cues(page(1, *lines), emblem).score == score


def test_labels_survive_lost_marks() -> None:
    bare = (
        line("ที ตก ๐๐๒๓.๓/ว ๒๖", 0.14, 0.16),
        line("เรือง การทดสอบ", 0.14, 0.25),
        line("เรยน นายอำเภอ", 0.14, 0.3),
        line("บนทกขอความ", 0.35, 0.07),
    )
    found = page_cues(page(1, *bare), None).found
    assert found == {Cue.NUMBER, Cue.SUBJECT, Cue.ADDRESSEE, Cue.MEMO_TITLE}


def test_labels_count_only_where_they_belong() -> None:
    low = (line("เรื่อง การทดสอบ", 0.14, 0.7), line("เรียน นายอำเภอ", 0.6, 0.3))
    assert page_cues(page(1, *low), None).score == 0.0


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("ที่ ตก ๐๐๒๓.๓/ว ๒๖", True),
        ("ที่ ตก ๐๐๒๓.๓/ว ๒๖ ศาลากลาง วันที่ ๓ เมษายน ๒๕๖๙", True),
        ("ที่ ๑๒๓๔/๒๕๖๙ ลงวันที่ ๓ เมษายน ๒๕๖๙", False),
        ("ที่ ๑๒๓๔/๒๕๖๙ ลงวับที ๓ เมษายน ๒๕๖๙", False),
        ("ที่ ตก ๐๐๒๓.๓/๒๖-๑ ลงวันที่ ๓ เมษายน ๒๕๖๙", False),
        ("ที่ ตก ๐๐๒๓.๓/ว ๒๖ (ฉบับที่ ๒) ลงวันที่ ๓ เมษายน ๒๕๖๙", False),
    ],
)
def test_the_number_of_a_letter_that_is_cited_is_not_the_pages_own(text: str, own: bool) -> None:
    found = page_cues(page(1, line(text, 0.14, 0.1)), None).found
    assert (Cue.NUMBER in found) is own


@pytest.mark.parametrize(
    ("lines", "count"),
    [
        ((), None),
        ((line("สิ่งที่ส่งมาด้วย แผนปฏิบัติการ จำนวน ๑ ชุด", 0.14, 0.36), PROSE), 1),
        ((line("สิงทีส่งมาดวย ๑. แผน", 0.14, 0.36), line("๒. แบบรายงาน", 0.3, 0.38), PROSE), 2),
        (
            (
                line("สิ่งที่ส่งมาด้วย", 0.14, 0.36, 0.28),
                line("๑. แผนปฏิบัติการที่ยาวจน", 0.3, 0.36),
                line("ต้องขึ้นบรรทัดใหม่", 0.3, 0.38),
                line("๒. แบบรายงาน", 0.3, 0.4),
                line("๓. กำหนดการ", 0.3, 0.42),
                line("จึงขอให้ดำเนินการ", 0.14, 0.44),
                line("๔. ข้อความ", 0.3, 0.5),
            ),
            3,
        ),
        ((line("สิ่งที่ส่งมาด้วย (๑) แผน", 0.14, 0.36), line("(๒) แบบ", 0.3, 0.38), PROSE), 2),
        ((line("สิ่งที่ส่งมาด้วย - แผน", 0.14, 0.36), line("- แบบ", 0.3, 0.38), PROSE), 2),
        ((headed(),), None),
    ],
)
def test_listed_count(lines: tuple[Line, ...], count: int | None) -> None:
    assert listed_count(page(1, *lines)) == count


def test_an_annex_goes_on_with_what_lies_before() -> None:
    annex = page(2, line("บัญชีรายชื่อแนบท้ายคำสั่งจังหวัดตาก", 0.3, 0.1, 0.7))
    assert page_cues(annex, None).found == {Cue.ANNEX}
    subject = page(1, line("เรื่อง เอกสารแนบ", 0.35, 0.2, 0.65))
    assert Cue.ANNEX not in page_cues(subject, None).found


def test_the_cover_of_a_fax() -> None:
    cover = page(1, line("ใบนำส่งโทรสาร", 0.4, 0.1, 0.6))
    assert page_cues(cover, None).found == {Cue.COVER}
    assert not page_cues(page(1, line("โทรสาร ๐ ๕๕๕๑ ๗๗๒๒", 0.14, 0.1, 0.5)), None).found


@pytest.mark.parametrize(
    ("text", "number"), [("- ๒ -", 2), ("๑๒", 12), ("-3-", 3), ("๒๕๖๙", None), ("ลับ", None)]
)
def test_printed_number(text: str, number: int | None) -> None:
    assert printed_number(page(1, numbered(text))) == number


def test_a_figure_read_into_the_emblem_is_no_page_number() -> None:
    assert page_cues(page(1, numbered("2 ."), *MEMO), None).page_number is None
    assert page_cues(page(1, numbered("- ๒ -"), *MEMO), None).page_number == 2


def test_a_number_elsewhere_is_no_page_number() -> None:
    assert printed_number(page(1, line("- ๒ -", 0.2, 0.05, 0.26))) is None
    assert printed_number(page(1, line("- ๒ -", 0.47, 0.5, 0.53))) is None


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("สิ่งที่ส่งมาด้วย ๑", (1, False)),
        ("สิงทีส่งมาด้วย ๑๒", (12, False)),
        ("สิ่งที่ส่งมาด้วย", (0, False)),
        ("สิ่งที่ส่งมาดวย ๒.", (2, False)),
        ("สิ่งที่ส่งมาดว ๒", (2, False)),
        ("สิ่งที่ส่งมาด้วยา ๒", (2, False)),
        ("สิ่งที่ส่งมาด้วย (๒)", (2, False)),
        ("สิ่งที่ส่งมาด้วยลำดับที่ ๒", (2, False)),
        ("สิ่งที่ส่งมาด้วย หมายเลข ๒", (2, False)),
        ("สิ่งที่ส่งมาด้วย ๑.๑", (1, False)),
        ("สิ่งที่ส่งมาด้วย ๑.๒", (1, True)),
        ("สิ่งที่ส่งมาด้วย ๒/๓", (2, False)),
        ("สิ่งที่ส่งมาด้วย ๑ หน้า ๑/๓", (1, False)),
        ("สิ่งที่ส่งมาด้วย ๑ หน้า ๒/๓", (1, True)),
        ("สิ่งที่ส่งมาด้วย ๑ (หน้าที่ ๑๐)", (1, True)),
        ("สิ่งที่ส่งมาด้วย ๒ (แผ่นที่ ๑)", (2, False)),
        ("สิ่งที่ส่งมาด้วย ๑ (แผ่นที่ ๒)", (1, True)),
        ("สิ่งที่ส่งมาด้วย แผ่นที่ ๒", (0, True)),
        ("สิ่งที่ส่งมาด้วย ๓ (ต่อ)", (3, True)),
        ("สิ่งที่ส่งมาด้วย (ต่อ)", (0, True)),
        ("สิ่งที่ส่งมาด้วย ๓ ต่อ", (3, True)),
        ("สิ่งที่ส่งมาด้วย แบบ ก.๓", (0, False)),
        ("ศาลากลางจังหวัดตาก", None),
    ],
)
def test_attachment_head(text: str, head: tuple[int, bool] | None) -> None:
    assert attachment_head(page(1, headed(text)), LABEL) == head


def test_the_letters_own_list_is_no_attachment_head() -> None:
    own = page(1, line("สิ่งที่ส่งมาด้วย ๑. แผนปฏิบัติการ", 0.14, 0.36))
    assert attachment_head(own, LABEL) is None


def test_begins() -> None:
    assert begins("abcd", "abcdyy", 0)
    assert begins("abcd", "abdyy", 1)
    assert not begins("abcd", "xyabcd", 1)
    assert not begins("abcd", "", 3)


def test_within() -> None:
    assert within("abcd", "xxabcdyy", 0)
    assert within("abcd", "xxabdyy", 1)
    assert not within("abcd", "xxabdyy", 0)
    assert not within("abcd", "", 3)


@pytest.mark.parametrize(
    ("kind", "profile"), [*((kind, "office") for kind in Kind), (Kind.ANNOUNCEMENT, "photocopy")]
)
def test_emblems_are_found_on_first_pages_only(kind: Kind, profile: str) -> None:
    letter = make_letter(5, kind, level=Level.SECRET, length=6, style=Style("Norasi"))
    pages = letter_pages(letter, np.random.default_rng(3))[0]
    found = []
    for number, art in enumerate(pages[:2]):
        scanned = page_image(art, profile, seed=2, page=number).convert("RGB")
        half = scanned.resize((scanned.width // 2, scanned.height // 2))
        found.append(find_emblem(np.asarray(half), 150))
    place = Emblem.LEFT if kind is Kind.INTERNAL else Emblem.CENTRE
    assert found == [place, None]


def test_a_first_page_reaches_the_threshold_by_its_words_alone() -> None:
    for lines in (LETTER, MEMO, ORDER):
        assert page_cues(page(1, *lines), None).score >= FIRST_PAGE
