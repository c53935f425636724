"""The picture detector: stamps by their size, place and colour.

Its rules were measured: red ink is looked for in the darkest channel, never in luminance; a black
mark's glyphs are at least 1.3 times as high as the body's, in head and foot of any size; a page
scanned without colour is cleared only when it is blank, any other when everything large or coloured
on it is explained.
"""

import numpy as np

from pipeline.pageview import PageView
from plugins.classify.ink import inks, paper_light
from plugins.classify.judging import Judgement, judge
from plugins.classify.notes import Note
from plugins.classify.receipts import stamped_receipts
from plugins.classify.scan import ScanKind, scan_kind
from plugins.classify.sight import Channel, sightings
from plugins.classify.stamps import ColouredInk
from plugins.classify.surroundings import Surroundings
from plugins.classify.typed import sure_words
from schemas.evidence import Evidence, Finding

NAME = "picture"

_INK_LIGHT = 170
_DARK_PAPER = 110.0
_SMALLEST_SIDE = 16


def look(page: PageView) -> list[Evidence]:
    """What the picture of one page is evidence of; never empty."""
    picture = page.picture
    if min(picture.shape[:2]) < _SMALLEST_SIDE:
        return [_evidence(page, Finding.DOUBT, Note.TOO_SMALL)]
    if paper_light(picture) < _DARK_PAPER:
        return [_evidence(page, Finding.DOUBT, Note.DARK_PAGE)]
    ink = inks(picture)
    coloured = {
        Channel.RED: ColouredInk(ink.red, ink.red_alone, ink.but_red),
        Channel.COLD: ColouredInk(ink.cold, ink.cold_alone, ink.but_cold),
    }
    around = Surroundings(
        picture=picture,
        black=ink.black,
        worn=ink.worn,
        inks=coloured,
        lightest=ink.lightest,
        oriented=bool(page.text.lines),
        words=sure_words(page, ink),
        receipts=stamped_receipts(page),
    )
    shown = [_shown(page, judgement) for judgement in judge(sightings(ink, coloured), around)]
    if any(piece.finding is not Finding.UNLIKE for piece in shown):
        return shown
    if np.any(ink.plane < _INK_LIGHT) and scan_kind(page) in (ScanKind.GREY, ScanKind.BILEVEL):
        return [*shown, _evidence(page, Finding.DOUBT, Note.NO_COLOUR)]
    return [*shown, _evidence(page, Finding.CLEAR)]


def _evidence(page: PageView, finding: Finding, note: Note | None = None) -> Evidence:
    """Evidence about the page as a whole."""
    return Evidence(
        detector=NAME,
        finding=finding,
        page=page.text.number,
        dpi=page.dpi,
        score=1.0 if finding is Finding.CLEAR else 0.0,
        note=note.value if note else "",
    )


def _shown(page: PageView, judgement: Judgement) -> Evidence:
    return Evidence(
        detector=NAME,
        finding=judgement.finding,
        page=page.text.number,
        level=judgement.level,
        box=judgement.box,
        dpi=page.dpi,
        score=round(judgement.score, 3),
        note=judgement.note.value,
    )
