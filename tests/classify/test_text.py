"""The text detector: marks among the words, and text layers that lie."""

from pathlib import Path

import pytest
from fpdf import FPDF

from pipeline.fonts import thai_font
from pipeline.pageview import PageView
from plugins.classify.notes import Note
from plugins.classify.text import read
from schemas.evidence import Evidence, Finding
from schemas.page import Box, Line, PageText, Word
from schemas.secrecy import Secrecy

WIDTH, HEIGHT, DPI = 1240, 1754, 150


def line(text: str, top: int, *, left: int = 200, height: int = 30) -> Line:
    """One line, its words side by side."""
    words, x = [], left
    for part in text.split():
        right = x + len(part) * height // 2
        word_box = Box(x, top, right, top + height)
        words.append(Word(text=part, box=word_box, confidence=0.95))
        x = right + height // 3
    return Line(words=tuple(words), box=Box(left, top, x, top + height))


def scanned(*lines: Line) -> PageView:
    text = PageText(number=1, width=WIDTH, height=HEIGHT, dpi=DPI, lines=lines)
    return PageView(Path("never-opened.pdf"), 0, text)


BODY = tuple(line("ตามที่ได้มีหนังสือแจ้งเรื่องการลับสมองและความลับมานั้น", y) for y in range(500, 900, 50))


def test_a_mark_in_letters_spaced_far_apart_is_read() -> None:
    letters = "ลั", "บ", "ม", "า", "ก"
    words = tuple(
        Word(text=letter, box=Box(x, 60, x + 24, 90), confidence=0.95)
        for letter, x in zip(letters, range(400, 900, 100), strict=True)
    )
    spaced = Line(words=words, box=Box(400, 60, 824, 90))
    (evidence,) = read(scanned(spaced, *BODY))
    assert (evidence.finding, evidence.level) == (Finding.MARK, Secrecy.SECRET)


@pytest.mark.parametrize("top", [20, HEIGHT - 60])
def test_a_mark_in_head_or_foot_is_read(top: int) -> None:
    (evidence,) = read(scanned(line("ลับ มาก", top, left=580), *BODY))
    assert (evidence.finding, evidence.level) == (Finding.MARK, Secrecy.SECRET)
    assert evidence.score > 0.9


def test_a_large_mark_anywhere_is_read() -> None:
    (evidence,) = read(scanned(line("ลับที่สุด", 1000, left=580, height=60), *BODY))
    assert (evidence.finding, evidence.level) == (Finding.MARK, Secrecy.TOP_SECRET)


def test_the_words_of_a_mark_in_a_table_are_doubtful() -> None:
    (evidence,) = read(scanned(line("ลับ", 1000), *BODY))
    assert (evidence.finding, evidence.note) == (Finding.DOUBT, Note.SMALL_MARK)


def test_a_mark_beside_other_words_is_cut_off_at_the_wide_gap() -> None:
    mark, date = line("ลับ", 60, left=580), line("๑๒ มกราคม ๒๕๖๙", 60, left=900)
    joined = Line(words=(*mark.words, *date.words), box=Box(580, 60, date.box.right, 90))
    assert {e.level for e in read(scanned(joined, *BODY))} == {Secrecy.CONFIDENTIAL}


def test_a_secret_letters_number_is_doubtful() -> None:
    (evidence,) = read(scanned(line("ที่ ลับ ตก ๐๐๒๓/๑๒", 200), *BODY))
    assert (evidence.finding, evidence.level) == (Finding.DOUBT, Secrecy.CONFIDENTIAL)


@pytest.mark.parametrize("text", ["ด่วนที่สุด", "ที่ ตก ๐๐๒๓/๑๒", "เรื่อง การรักษาความลับ", "มาก"])
def test_other_words_in_the_head_are_clear(text: str) -> None:
    assert [e.finding for e in read(scanned(line(text, 200), *BODY))] == [Finding.CLEAR]


@pytest.mark.parametrize("top", [60, HEIGHT - 100])
@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("เอกสารลับ", Secrecy.CONFIDENTIAL),
        ("เอกสารลับมาก", Secrecy.SECRET),
        ("เอกสารลบมาก", Secrecy.SECRET),
        ("หนังสือลับมาก", Secrecy.SECRET),
        ("บันทึกข้อความลับ", Secrecy.CONFIDENTIAL),
        ("บันทึกลับมาก", Secrecy.SECRET),
        ("ด่วนที่สุดและลับ", Secrecy.CONFIDENTIAL),
        ("รหัสลับที่สุด", Secrecy.TOP_SECRET),
        ("เอกสารลับที่สุด", Secrecy.TOP_SECRET),
        ("เอกสารลับที่สุด ห้ามทำสำเนาหรือเผยแพร่ก่อนได้รับอนุญาต", Secrecy.TOP_SECRET),
        ("ด่วนมากลับมาก", Secrecy.SECRET),
        ("ด่วนที่สุด/ลับมาก", Secrecy.SECRET),
        ("ชั้นความลับ:ลับที่สุด", Secrecy.TOP_SECRET),
        ("ลับ-ลับ", Secrecy.CONFIDENTIAL),
        ("Confidential", Secrecy.CONFIDENTIAL),
        ("CONFIDENTIAL - draft", Secrecy.CONFIDENTIAL),
        ("Strictly confidential, do not copy", Secrecy.CONFIDENTIAL),
        ("เอกสาร Confidential", Secrecy.CONFIDENTIAL),
        ("Secret", Secrecy.SECRET),
        ("Top Secret", Secrecy.TOP_SECRET),
        ("top secret (draft)", Secrecy.TOP_SECRET),
    ],
)
def test_a_label_that_holds_a_mark_goes_to_a_person(text: str, level: Secrecy, top: int) -> None:
    (evidence,) = read(scanned(line(text, top, left=400), *BODY))
    assert (evidence.finding, evidence.level) == (Finding.DOUBT, level)


@pytest.mark.parametrize("top", [60, HEIGHT - 100])
@pytest.mark.parametrize(
    "text",
    [
        "ไม่เปิดเผยความลับ",
        "เรื่อง การรักษาความลับของทางราชการ",
        "ให้ส่งกลับ",
        "จัดลำดับ",
        "ไนต์คลับ",
        "โดยลับ ๆ",
        "ลงคะแนนโดยตรงและลับ",
        "บำเพ็ญกุศลแด่ผู้ล่วงลับ",
        "๕ เคล็ดลับ",
        "หินลับ",
        "ให้นำมากลับ",
        "Unrestricted",
        "Confidentiality",
        "The Secret Garden Chiangmai Resort",
        "ซึ่งต้องเก็บรักษาไว้เป็นเอกสารลับ และจัดส่งให้หน่วยงานที่เกี่ยวข้อง",
        "เครื่องลับมีด",
        "พูดลับหลัง",
        "อำเภอลับแล",
        "อีเมล secret@example.go.th",
        "www.secret-garden.example.com",
        "โรงแรม Secret Garden จังหวัดเชียงใหม่",
        "Permanent Secretary",
        "Secretary",
        "District Office",
    ],
)
def test_prose_in_head_or_foot_is_clear(text: str, top: int) -> None:
    assert [e.finding for e in read(scanned(line(text, top), *BODY))] == [Finding.CLEAR]


@pytest.mark.parametrize(
    "text",
    ["ศูนย์รับแจ้งความลับ", "รักษาความลับ", "ลับๆ", "ลับมีด", "เอกสารลับ", "โรงแรม Secret", "ที่ลับตาคน ๒ คน"],
)
def test_prose_in_the_body_is_clear(text: str) -> None:
    assert [e.finding for e in read(scanned(line(text, 1000), *BODY))] == [Finding.CLEAR]


def test_a_piece_of_a_mark_alone_in_the_margin_is_doubtful() -> None:
    (evidence,) = read(scanned(line("บมาก", 60, left=580), *BODY))
    assert (evidence.finding, evidence.level) == (Finding.DOUBT, Secrecy.SECRET)


def born_digital(path: Path, layer: tuple[Line, ...], shown: str) -> PageView:
    """A page that shows ``shown`` at its head, whatever ``layer`` claims."""
    pdf = FPDF(format="A4")
    pdf.add_font("thai", "", str(thai_font()))
    pdf.set_text_shaping(True)
    pdf.add_page()
    pdf.set_font("thai", "", 22)
    pdf.text(85, 15, shown)
    pdf.output(str(path))
    lines = (*layer, *BODY)
    text = PageText(number=1, width=WIDTH, height=HEIGHT, dpi=DPI, born_digital=True, lines=lines)
    return PageView(path, 0, text)


def marks(evidence: list[Evidence]) -> set[Secrecy | None]:
    return {e.level for e in evidence if e.finding is Finding.MARK}


def test_a_mark_that_the_text_layer_hides_is_read_from_the_page(tmp_path: Path) -> None:
    page = born_digital(tmp_path / "a.pdf", (line("ขอเชิญประชุมคณะกรรมการ", 60, left=500),), "ลับมาก")
    evidence = read(page)
    assert marks(evidence) == {Secrecy.SECRET}
    assert Note.LAYER_DIFFERS in {e.note for e in evidence}


def test_invisible_words_are_no_evidence_of_a_mark(tmp_path: Path) -> None:
    hidden = line("ลับที่สุด", HEIGHT - 60, left=580)
    page = born_digital(tmp_path / "b.pdf", (hidden,), "บันทึกข้อความ")
    evidence = read(page)
    assert marks(evidence) == set()
    assert Note.LAYER_DIFFERS in {e.note for e in evidence}


def test_an_honest_text_layer_is_believed(tmp_path: Path) -> None:
    layer = (line("บันทึกข้อความ", 60, left=500),)
    assert [e.finding for e in read(born_digital(tmp_path / "c.pdf", layer, "บันทึกข้อความ"))] == [
        Finding.CLEAR
    ]


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("ที่ ลับมาก มท ๐๖๓๓๒.๓/๕๘๓๐", Secrecy.SECRET),
        ("ที่ ลับ/มท ๐๖๓๓.๓/๕๘๓๐", Secrecy.CONFIDENTIAL),
        ("ที่ ลับมท ๐๖๓๓.๓/๕๘๓๐", Secrecy.CONFIDENTIAL),
        ("ที่ลับมากมท ๐๖๓๓.๓/๕๘๓๐", Secrecy.SECRET),
        ("ที่ ลับที่สุด/มท๐๖๓๓.๓/๕๘๓๐", Secrecy.TOP_SECRET),
        ("เรื่อง ขอความอนุเคราะห์วิทยากรในการประชุมเชิงปฏิบัติการ (ลับมาก)", Secrecy.SECRET),
        ("ชั้นความลับ : ลับที่สุด", Secrecy.TOP_SECRET),
        ("ลำดับชั้นความลับ ลับ", Secrecy.CONFIDENTIAL),
    ],
)
def test_a_mark_between_blanks_in_the_lines_of_the_head_goes_to_a_person(
    text: str, level: Secrecy
) -> None:
    evidence = read(scanned(line(text, 560), *BODY))
    assert {piece.finding for piece in evidence} == {Finding.DOUBT}
    assert level in {piece.level for piece in evidence}


@pytest.mark.parametrize(
    ("right", "finding", "level"),
    [
        (WIDTH, Finding.DOUBT, Secrecy.TOP_SECRET),
        (WIDTH - 6, Finding.DOUBT, Secrecy.TOP_SECRET),
        (WIDTH - 40, Finding.MARK, Secrecy.CONFIDENTIAL),
    ],
)
def test_a_mark_that_the_papers_edge_may_cut_suspects_the_longest(
    right: int, finding: Finding, level: Secrecy
) -> None:
    cut = line("ลับ", 60, left=right - 45)
    (evidence,) = read(scanned(cut, *BODY))
    assert cut.words[0].box.right == right
    assert (evidence.finding, evidence.level) == (finding, level)


def test_a_longer_mark_at_the_papers_edge_is_whole() -> None:
    (evidence,) = read(scanned(line("ลับมาก", 60, left=WIDTH - 90), *BODY))
    assert (evidence.finding, evidence.level) == (Finding.MARK, Secrecy.SECRET)
