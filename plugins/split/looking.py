"""Looks at every page of a stack once: text, picture, codes."""

from collections.abc import Callable
from pathlib import Path

from pipeline.pageview import PageView
from plugins.split.codes import HEADING, INSTRUCTION, read_sheet
from plugins.split.cues import page_cues
from plugins.split.emblem import find_emblem
from plugins.split.labels import bones, within
from plugins.split.seen import PageSeen
from schemas.page import PageText, PageTexts
from schemas.thaitext import skeleton

DPI = 150
_HEADING, _INSTRUCTION, _BATCH = bones(HEADING, INSTRUCTION, "ชุดที่")


def look(
    pdf: Path, texts: PageTexts, most_letters: int, check_time: Callable[[], object]
) -> list[PageSeen]:
    """One :class:`PageSeen` a page of ``pdf``, which is upright and described by ``texts``.

    A page with more than ``most_letters`` other letters is no sheet for its words alone.
    ``check_time`` is called before each page and may raise.
    """
    seen: list[PageSeen] = []
    for index, text in enumerate(texts.pages):
        check_time()
        seen.append(_look_at(PageView(pdf, index, text, DPI), most_letters))
    return seen


def _look_at(view: PageView, most_letters: int) -> PageSeen:
    own, others = _own_words(view.text)
    return PageSeen(
        number=view.index + 1,
        cues=page_cues(view.text, find_emblem(view.picture, view.dpi)),
        blank=view.text.blank,
        sheet=read_sheet(view.picture),
        sheet_words=own and others <= most_letters,
        other_letters=others,
    )


def _own_words(page: PageText) -> tuple[bool, int]:
    """Whether the page bears the words of our sheets, and how many letters and digits beside."""
    bears, batch, others = False, False, 0
    for line in page.lines:
        text = skeleton(line.text)
        if within(_HEADING, text, 2) or within(_INSTRUCTION, text, 7):
            bears = True
        elif not batch and within(_BATCH, text, 1):
            batch = True
        else:
            others += sum(sign.isalnum() for sign in text)
    return bears, others
