"""The picture detector on scanned pages, without any words to lean on."""

from pathlib import Path

import numpy as np
import pytest
from PIL import ImageDraw

from pipeline.pageview import PageView
from pipeline.pixels import Picture
from plugins.classify.emblem import emblems, untouched
from plugins.classify.notes import Note
from plugins.classify.picture import look
from schemas.evidence import Evidence, Finding
from schemas.page import PageText
from schemas.secrecy import Secrecy
from tests.classify.paper import Drawing, draw, unread
from tests.letters import Kind, Level, Urgency
from tests.letters.fonts import load_font
from tests.letters.stamps import BLUE, RED, stamp_text
from tests.letters.typeset import INK, PAGE_SIZE, Colour, Sheet, cm

MIDDLE = PAGE_SIZE[0] / 2


def stamp(text: str, colour: Colour = RED, *, x: float = MIDDLE, frame: bool = False) -> Drawing:
    def stamping(sheet: Sheet, rng: np.random.Generator) -> None:
        stamp_text(sheet, text, (x, cm(1.0)), rng, colour=colour, frame=frame)

    return stamping


def findings(evidence: list[Evidence]) -> set[tuple[Finding, Secrecy | None]]:
    return {(piece.finding, piece.level) for piece in evidence}


@pytest.mark.parametrize("profile", ["fast", "photocopy"])
@pytest.mark.parametrize("level", [Level.CONFIDENTIAL, Level.SECRET, Level.TOP_SECRET])
def test_marks_are_read_at_head_and_foot(tmp_path: Path, level: Level, profile: str) -> None:
    evidence = look(unread(tmp_path, draw(level, profile=profile)))
    marks = [piece for piece in evidence if piece.finding is Finding.MARK]
    assert {piece.level for piece in marks} == {Secrecy(level.value)}
    assert len(marks) == 2
    assert all(piece.score > 0.7 for piece in marks)


@pytest.mark.parametrize("kind", list(Kind))
def test_a_clean_colour_page_is_cleared(tmp_path: Path, kind: Kind) -> None:
    page = unread(tmp_path, draw(kind=kind, urgency=Urgency.MOST_URGENT, receipt="๑๒๓"))
    assert findings(look(page)) == {(Finding.CLEAR, None)}


@pytest.mark.parametrize("profile", ["grey", "photocopy"])
def test_a_scan_without_colour_is_never_cleared(tmp_path: Path, profile: str) -> None:
    (evidence,) = look(unread(tmp_path, draw(profile=profile)))
    assert (evidence.finding, evidence.note) == (Finding.DOUBT, Note.NO_COLOUR)


@pytest.mark.parametrize("colour", [RED, BLUE, INK])
@pytest.mark.parametrize("frame", [False, True])
def test_one_mark_in_any_ink_is_found(tmp_path: Path, colour: Colour, frame: bool) -> None:
    page = unread(tmp_path, draw(stamping=stamp("ลับมาก", colour, frame=frame)))
    assert findings(look(page)) == {(Finding.MARK, Secrecy.SECRET)}


@pytest.mark.parametrize("text", ["ลับเฉพาะ", "ปกปิด", "ยกเลิกชั้นความลับ"])
def test_other_words_of_secrecy_go_to_a_person(tmp_path: Path, text: str) -> None:
    evidence = look(unread(tmp_path, draw(stamping=stamp(text, RED))))
    assert {piece.finding for piece in evidence} - {Finding.UNLIKE} == {Finding.DOUBT}
    assert any(piece.level is not None for piece in evidence)


@pytest.mark.parametrize("text", ["ห้ามทำลาย", "ต้นฉบับ", "สำเนาถูกต้อง", "ด่วนมาก"])
def test_benign_stamps_are_explained(tmp_path: Path, text: str) -> None:
    page = unread(tmp_path, draw(stamping=stamp(text, RED, x=cm(5.5))))
    assert findings(look(page)) == {(Finding.CLEAR, None)}


@pytest.mark.parametrize("text", ["ลับ", "ลับมาก", "ลับที่สุด"])
def test_a_mark_by_a_broad_red_pen_is_never_cleared(tmp_path: Path, text: str) -> None:
    def lettered(sheet: Sheet, rng: np.random.Generator) -> None:
        place = (MIDDLE, cm(1.6))
        pen = ImageDraw.Draw(sheet.image)
        face = load_font("Purisa", 40)
        pen.text(place, text, RED, face, "ms", language="th", stroke_width=2, stroke_fill=RED)

    evidence = look(unread(tmp_path, draw(stamping=lettered)))
    assert Finding.CLEAR not in {piece.finding for piece in evidence}


def test_a_red_scrawl_in_the_head_goes_to_a_person(tmp_path: Path) -> None:
    def scrawl(sheet: Sheet, rng: np.random.Generator) -> None:
        points = [(MIDDLE + x * 9, cm(1.2) + float(rng.uniform(-90, 90))) for x in range(40)]
        ImageDraw.Draw(sheet.image).line(points, fill=RED, width=7)

    evidence = look(unread(tmp_path, draw(stamping=scrawl)))
    assert {piece.finding for piece in evidence} == {Finding.DOUBT}


def test_a_mark_under_a_stroke_of_the_pen_is_never_cleared(tmp_path: Path) -> None:
    def struck(sheet: Sheet, rng: np.random.Generator) -> None:

        stamp("ลับ")(sheet, rng)
        line = (MIDDLE - 140, cm(1.1), MIDDLE + 140, cm(0.9))
        ImageDraw.Draw(sheet.image).line(line, fill=BLUE, width=12)

    evidence = look(unread(tmp_path, draw(stamping=struck)))
    assert Finding.CLEAR not in {piece.finding for piece in evidence}


def test_half_a_mark_is_never_cleared(tmp_path: Path) -> None:
    def hidden(sheet: Sheet, rng: np.random.Generator) -> None:
        stamp("ลับที่สุด")(sheet, rng)
        blank = (int(MIDDLE), 0, int(MIDDLE) + 400, cm(1.75))
        sheet.image.paste((255, 255, 255), blank)

    evidence = look(unread(tmp_path, draw(stamping=hidden)))
    assert Finding.CLEAR not in {piece.finding for piece in evidence}


def test_a_dark_page_goes_to_a_person(tmp_path: Path) -> None:
    def darken(sheet: Sheet, rng: np.random.Generator) -> None:
        sheet.image.paste(sheet.image.point(lambda value: value * 0.3))

    (evidence,) = look(unread(tmp_path, draw(stamping=darken)))
    assert (evidence.finding, evidence.note) == (Finding.DOUBT, Note.DARK_PAGE)


def test_an_empty_page_is_cleared_even_without_colour(tmp_path: Path) -> None:
    def wipe(sheet: Sheet, rng: np.random.Generator) -> None:
        sheet.image.paste((255, 255, 255), (0, 0, *PAGE_SIZE))

    page: PageView = unread(tmp_path, draw(profile="grey", stamping=wipe))
    assert findings(look(page)) == {(Finding.CLEAR, None)}


@pytest.mark.parametrize(("width", "height"), [(1, 1), (3, 3), (1240, 5), (3, 1754)])
def test_a_page_too_small_to_look_at_goes_to_a_person(width: int, height: int) -> None:
    (evidence,) = look(pictured(np.full((height, width, 3), 255, np.uint8)))
    assert (evidence.finding, evidence.note) == (Finding.DOUBT, Note.TOO_SMALL)


@pytest.mark.parametrize(("width", "height"), [(16, 16), (1240, 16), (16, 1754)])
def test_a_strip_of_paper_is_looked_at(width: int, height: int) -> None:
    evidence = look(pictured(np.full((height, width, 3), 255, np.uint8)))
    assert findings(evidence) == {(Finding.CLEAR, None)}


def test_an_emblem_in_dots_is_no_untouched_one() -> None:
    down, across = np.mgrid[0:150, 0:150]
    disc = (down - 75) ** 2 + (across - 75) ** 2 < 70**2
    black = np.full((1754, 1240), 255, np.uint8)
    black[100:250, 545:695][(down % 4 < 2) & (across % 4 < 2) & disc] = 0
    (figure,) = emblems(black)
    assert not untouched(figure, black, np.zeros_like(black))


def pictured(picture: Picture) -> PageView:
    """A page that is known by its picture alone."""
    height, width = picture.shape[:2]
    text = PageText(number=1, width=width, height=height, dpi=150)
    page = PageView(Path("never-opened.pdf"), 0, text)
    vars(page)["picture"] = picture
    return page
