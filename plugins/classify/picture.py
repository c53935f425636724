"""The picture detector: stamps by their size, place and colour.

Its rules were measured: red ink is looked for in the darkest channel, never in luminance; a mark's
glyphs are at least 1.3 times as high as the body's; only a colour scan can be cleared, and only
when everything large or coloured on it is explained.
"""

from collections.abc import Sequence

import numpy as np

from pipeline.pageview import PageView
from plugins.classify.clusters import MM, Cluster
from plugins.classify.ink import cold_mask, darkest, flatten, paper_light, red_mask
from plugins.classify.notes import Note
from plugins.classify.phrases import Sense
from plugins.classify.scan import ScanKind, scan_kind
from plugins.classify.seals import round_seals
from plugins.classify.sight import Channel, Sighting, in_bands, share, sightings
from schemas.evidence import Evidence, Finding
from schemas.page import Box
from schemas.secrecy import Secrecy

NAME = "picture"

_INK_LIGHT = 170
_DARK_PAPER = 110.0
_MARGINS = (0.12, 0.9)
_EMBLEM = 10 * MM


def look(page: PageView) -> list[Evidence]:
    """What the picture of one page is evidence of; never empty."""
    picture = page.picture
    if paper_light(picture) < _DARK_PAPER:
        return [_evidence(page, Finding.DOUBT, note=Note.DARK_PAGE)]
    flat = flatten(picture)
    plane, red = darkest(flat), red_mask(flat)
    seals = round_seals(red)
    groups = _grouped(sightings(plane, red, cold_mask(flat)))
    evidence = [e for group in groups if (e := _judge(page, group, seals)) is not None]
    if evidence:
        return evidence
    if np.any(plane < _INK_LIGHT) and scan_kind(page) in (ScanKind.GREY, ScanKind.BILEVEL):
        return [_evidence(page, Finding.DOUBT, note=Note.NO_COLOUR)]
    return [_evidence(page, Finding.CLEAR, score=1.0)]


def _evidence(
    page: PageView,
    finding: Finding,
    *,
    level: Secrecy | None = None,
    box: Box | None = None,
    score: float = 0.0,
    note: Note | None = None,
) -> Evidence:
    return Evidence(
        detector=NAME,
        finding=finding,
        page=page.text.number,
        level=level,
        box=box,
        dpi=page.dpi,
        score=round(score, 3),
        note=note.value if note else "",
    )


def _grouped(found: Sequence[Sighting]) -> list[list[Sighting]]:
    """Sightings of one place through different channels."""
    groups: list[list[Sighting]] = []
    for one in found:
        for group in groups:
            if any(share(one.box, other.box) > 0.5 for other in group):
                group.append(one)
                break
        else:
            groups.append([one])
    return groups


def _judge(page: PageView, group: list[Sighting], seals: Sequence[Box]) -> Evidence | None:
    """What one place on the page is evidence of; None when it is explained."""
    strongest = {
        one.reading.sense: one for one in sorted(group, key=lambda sighting: sighting.strength)
    }
    mark, doubt = strongest.get(Sense.MARK), strongest.get(Sense.DOUBT)
    benign = strongest.get(Sense.BENIGN)
    if mark is not None:
        return _judge_mark(page, mark, group)
    if doubt is not None and (benign is None or benign.strength <= doubt.strength):
        level, score = doubt.reading.level, doubt.strength
        note = Note.LIKE_A_MARK
        return _evidence(page, Finding.DOUBT, level=level, box=doubt.box, score=score, note=note)
    if benign is not None or any(one.legible for one in group):
        return None
    if all(_explained(one, page.picture.shape[0], seals) for one in group):
        return None
    return _evidence(page, Finding.DOUBT, box=group[0].box, note=Note.UNREAD_STAMP)


def _judge_mark(page: PageView, mark: Sighting, group: Sequence[Sighting]) -> Evidence:
    """A mark; in doubt when another channel saw a higher one, as with a partly hidden mark."""
    levels = [one.reading.level for one in group if one.reading.level is not None]
    marks = {one.reading.level for one in group if one.reading.sense is Sense.MARK}
    sure = len(marks) == 1 and max(levels) == mark.reading.level
    finding, note = (Finding.MARK, Note.READ) if sure else (Finding.DOUBT, Note.UNSURE_LEVEL)
    return _evidence(page, finding, level=max(levels), box=mark.box, score=mark.strength, note=note)


def _explained(sighting: Sighting, height: int, seals: Sequence[Box]) -> bool:
    """Whether something unread is no stamp of words: seal, emblem or signature."""
    box, cluster = sighting.box, sighting.cluster
    if any(share(box, seal) > 0.8 for seal in seals):
        return True
    if sighting.channel is Channel.RED:
        return False
    handwritten = not cluster.printed and _within_type_area(box, height)
    if sighting.channel is Channel.COLD:
        return handwritten or not (cluster.printed or in_bands(box, height))
    return handwritten or _is_emblem(cluster) or not in_bands(box, height)


def _within_type_area(box: Box, height: int) -> bool:
    """Clear of the margins in which marks stand: what is scribbled here is a signature."""
    low, high = _MARGINS
    return (box.top + box.bottom) / 2 > low * height and box.bottom < high * height


def _is_emblem(cluster: Cluster) -> bool:
    """One figure taller than any mark, about as wide as high."""
    figure = max(cluster.glyphs, key=lambda glyph: glyph.area)
    return figure.height >= _EMBLEM and 0.5 <= figure.width / figure.height <= 1.8
