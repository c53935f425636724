"""What the sightings of one page amount to: marks, doubts, and what is explained away."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from plugins.classify.clusters import MM, covered, outermost
from plugins.classify.notes import Note
from plugins.classify.phrases import Sense, ending_mark
from plugins.classify.sight import CUT, Channel, Sighting, in_bands
from plugins.classify.spotter import likeness, turned_likeness
from plugins.classify.stamps import InkLayer, shreds
from plugins.classify.surroundings import ALIKE, STAIN, TURNED, WITHIN, Surroundings
from plugins.classify.typed import among
from schemas.evidence import Finding
from schemas.page import Box
from schemas.secrecy import Secrecy

_OVERLAP = 0.5
_MARGINS = (0.12, 0.9)
_NEIGHBOUR = 2.5
_MOST_TURNED = 30
"""So many things a page are looked at turned, the largest: coloured charts have hundreds."""
_TALL = 5 * MM
"""Wide strokes so tall are no type, nor joined lines of it."""
_SURE_ELSEWHERE = 0.5
_LID = 120
"""What is darker beside the paper is a scanner's lid."""
_BROAD = np.ones((4, 4), np.uint8)
"""Coloured ink on the emblem counts in spots so broad: the fringes of badly aligned scans are
narrower (0 such pixels; the palest marks left 16 and more)."""
_BLACK = (Channel.BLACK, Channel.HEAVY, Channel.WORN)
_BY_OTHERS = (Channel.PALE, Channel.OVER)


@dataclass(frozen=True)
class Judgement:
    """One thing on the page that is a mark, or that nobody could read."""

    finding: Finding
    box: Box
    note: Note
    level: Secrecy | None = None
    score: float = 0.0


def judge(sightings: Sequence[Sighting], around: Surroundings) -> list[Judgement]:
    """Marks, doubts, and what only its look excuses; one for each place."""
    sightings = [s for s in sightings if not _part_of_words(s, sightings, around)]
    found = list(_marks(sightings, around))
    for sighting in sorted(sightings, key=lambda s: (s.suspicious, s.strength), reverse=True):
        if any(covered(sighting.box, known.box) > _OVERLAP for known in found):
            continue
        doubt = _doubt(sighting, sightings, around)
        if doubt is not None:
            found.append(doubt)
    seen = [one.box for one in found if one.finding is Finding.MARK]
    known = (*around.words, *around.emblems, *seen)
    foreign = (box for ink in around.inks.values() for box in ink.foreign(known, around.large))
    torn = (*_torn(sightings, around), *_worn(sightings, around))
    unread = [box for box in (*torn, *foreign) if not around.on_photograph(box)]
    return _by_look([*found, *map(_unread, (*unread, *around.touched))], around)


def _part_of_words(sighting: Sighting, sightings: Sequence[Sighting], around: Surroundings) -> bool:
    """Whether what was read as a mark is a piece of type, or was read unsurely in a stamp of which
    another channel read all words and in which nothing looks like a mark."""
    if sighting.reading.sense is not Sense.MARK:
        return False
    if among(sighting, around.words):
        return True
    longer = sighting.reading.likeness < 1 and any(
        other.explained
        and other.reading.sense is Sense.BENIGN
        and other.reading.likeness == 1
        and covered(sighting.box, other.box) > WITHIN
        for other in sightings
    )
    return longer and not around.may_be_mark(sighting.box)


def _unread(box: Box) -> Judgement:
    return Judgement(Finding.DOUBT, box, Note.UNREAD_STAMP)


def _by_look(found: Sequence[Judgement], around: Surroundings) -> list[Judgement]:
    """What could not be read, or was read like a mark in a receive stamp, and looks like none is
    none; what nobody doubted, as a seal with a mark on it, and looks like one is asked about, and
    so is what would look like one if it were turned, but for seals, whose words run all ways."""
    unlike = [one for one in found if _looks_like_none(one, around)]
    kept = [one for one in found if one not in unlike]
    hidden = [
        box for box in _beside(kept, around.overlooked) if likeness(around.picture, box) >= ALIKE
    ]
    kept += map(_unread, hidden)
    excused = _beside(kept, [*(one.box for one in unlike), *around.overlooked])
    excused = [box for box in excused if not (around.on_seal(box) or around.on_photograph(box))]
    kept += [
        _unread(box)
        for box in outermost(excused)[:_MOST_TURNED]
        if turned_likeness(around.picture, box) >= TURNED
    ]
    told = [replace(one, finding=Finding.UNLIKE) for one in unlike]
    return [*kept, *told]


def _beside(known: Sequence[Judgement], boxes: Sequence[Box]) -> list[Box]:
    """Those of the boxes that do not hold much of what is known."""
    return [box for box in boxes if not any(covered(one.box, box) > _OVERLAP for one in known)]


def _looks_like_none(one: Judgement, around: Surroundings) -> bool:
    unread = one.note is Note.UNREAD_STAMP
    read_so = one.note is Note.LIKE_A_MARK and around.in_receipt(one.box)
    return (unread or read_so) and not around.may_be_mark(one.box)


def _torn(sightings: Sequence[Sighting], around: Surroundings) -> Iterator[Box]:
    """Coloured ink that nothing accounts for: on the emblem any, elsewhere as much as a mark has
    and no pen can have drawn."""
    for channel, ink in around.inks.items():
        rest = ink.left_over([s.box for s in sightings if s.channel is channel])
        for box in shreds(rest):
            if channel is Channel.RED or not ink.penned(box):
                yield box
        for left, top, right, bottom in around.emblems:
            stain = cv2.morphologyEx(rest[top:bottom, left:right], cv2.MORPH_OPEN, _BROAD)
            if cv2.countNonZero(stain) >= STAIN:
                yield Box(left, top, right, bottom)


def _worn(sightings: Sequence[Sighting], around: Surroundings) -> Iterator[Box]:
    """Worn black ink, as much as a mark has, clear of the emblem and of what is known."""
    benign = [s.box for s in sightings if s.explained and s.reading.sense is Sense.BENIGN]
    for box in shreds(InkLayer(around.worn).unruled):
        on_emblem = around.on_emblem(box)
        framed = any(_frames(box, word) for word in benign)
        if not (on_emblem or framed or around.on_code(box) or around.tinted(box)):
            yield box


def _marks(sightings: Sequence[Sighting], around: Surroundings) -> Iterator[Judgement]:
    places: list[list[Sighting]] = []
    for mark in (s for s in sightings if s.reading.sense is Sense.MARK):
        place = next((p for p in places if _overlap(p[0].box, mark.box)), None)
        if place is None:
            places.append([mark])
        else:
            place.append(mark)
    for place in places:
        yield _mark(place, sightings, around)


def _mark(
    place: Sequence[Sighting], sightings: Sequence[Sighting], around: Surroundings
) -> Judgement:
    """A mark that several channels may have seen; in doubt when one of them saw more, and when the
    rest of a longer one may stand beside it or was cut off."""
    best = max(place, key=lambda s: s.strength)
    level = max(s.reading.level or Secrecy.NORMAL for s in place)
    seen = Judgement(Finding.MARK, best.box, Note.READ, level, best.strength)
    higher = [
        s.reading.level
        for s in sightings
        if s.reading.level is not None and s.reading.level > level and _overlap(s.box, best.box)
    ]
    if higher or any(s.reading.level is not level for s in place):
        top = max([level, *higher])
        return replace(seen, finding=Finding.DOUBT, note=Note.UNSURE_LEVEL, level=top)
    if level is Secrecy.CONFIDENTIAL and any(_continues(best, s) for s in sightings):
        return replace(seen, finding=Finding.DOUBT, note=Note.UNSURE_LEVEL, level=Secrecy.SECRET)
    if level is Secrecy.CONFIDENTIAL and _cut(best, around):
        top = Secrecy.TOP_SECRET
        return replace(seen, finding=Finding.DOUBT, note=Note.UNSURE_LEVEL, level=top)
    return seen


def _cut(mark: Sighting, around: Surroundings) -> bool:
    """Whether a mark reaches the right edge of the paper, or a scanner's dark border there."""
    core = mark.placed(mark.cluster.core)
    right = core.right + round(CUT * mark.cluster.height)
    beyond = around.picture[core.top : core.bottom, right:]
    return beyond.size == 0 or bool(np.median(beyond) < _LID)


def _continues(mark: Sighting, other: Sighting) -> bool:
    """Whether something unread of the same ink stands beside the mark, as the rest of a longer one
    would."""
    if other.channel is not mark.channel or other.explained or other.reading.sense is Sense.MARK:
        return False
    height = mark.cluster.height
    gap = max(other.box.left - mark.box.right, mark.box.left - other.box.right)
    level = min(other.box.bottom, mark.box.bottom) - max(other.box.top, mark.box.top)
    if _overlap(other.box, mark.box):
        return False
    alike = 0.5 * height <= other.cluster.height <= 2.2 * height
    return alike and gap <= _NEIGHBOUR * height and level >= 0.4 * height


def _doubt(
    sighting: Sighting, sightings: Sequence[Sighting], around: Surroundings
) -> Judgement | None:
    if sighting.reading.sense is Sense.MARK or sighting.explained:
        return None
    if _within_stamp(sighting, around) or any(_explains(s, sighting) for s in sightings):
        return None
    if among(sighting, around.words):
        return None
    placed = in_bands(sighting.box, around.height) or not around.oriented
    if sighting.suspicious and (placed or sighting.strength >= _SURE_ELSEWHERE):
        ending = ending_mark(sighting.words.text)
        level = sighting.reading.level or ending or Secrecy.CONFIDENTIAL
        strength = sighting.strength
        return Judgement(Finding.DOUBT, sighting.box, Note.LIKE_A_MARK, level, strength)
    core = sighting.placed(sighting.cluster.core)
    black = sighting.channel in _BLACK
    told = black and (around.on_code(core) or around.tinted(sighting.box))
    if told or around.on_photograph(core) or _harmless(sighting, around, placed=placed):
        return None
    return Judgement(Finding.DOUBT, sighting.box, Note.UNREAD_STAMP)


def _explains(other: Sighting, sighting: Sighting) -> bool:
    """Whether another threshold, or of pale ink another channel, read the same better."""
    if not other.explained or sighting.channel not in (other.channel, *_BY_OTHERS):
        return False
    if sighting.channel is Channel.OVER is not other.channel and sighting.suspicious:
        return False
    benign = other.reading.sense is Sense.BENIGN
    if benign and _frames(sighting.box, other.box):
        return True
    if covered(sighting.box, other.box) <= _OVERLAP:
        return False
    return (benign and other.strength > sighting.strength) or not sighting.suspicious


def _frames(outer: Box, inner: Box) -> bool:
    """Whether ``outer`` is little more than a border around ``inner``."""
    width = inner.right - inner.left
    return covered(inner, outer) > 0.8 and width >= 0.6 * (outer.right - outer.left)


def _within_stamp(sighting: Sighting, around: Surroundings) -> bool:
    """Whether it is a piece of a seal or of a stamp of which all lines were read, without other ink
    of that colour on it."""
    inks = around.inks
    own = inks.values() if sighting.channel is Channel.PALE else (inks.get(sighting.channel),)
    return any(
        covered(sighting.box, stamp.box) > WITHIN
        and sighting.cluster.height <= stamp.tallest
        and (not sighting.twice or stamp.is_seal)
        for ink in own
        if ink is not None
        for stamp in ink.harmless
    )


def _harmless(sighting: Sighting, around: Surroundings, *, placed: bool) -> bool:
    """Whether something unread is no mark: emblem, signature or note by pen."""
    if sighting.channel is Channel.RED:
        return False
    on_emblem = around.on_emblem(sighting.box)
    printed = sighting.cluster.printed
    handwritten = not printed and _within_type_area(sighting.box, around.height)
    if sighting.channel is Channel.COLD:
        penned = not on_emblem and around.inks[Channel.COLD].penned(sighting.box)
        return penned and (handwritten or not (printed or placed))
    if sighting.channel is Channel.OVER:
        by_pen = all(ink.penned(sighting.box) for ink in around.inks.values())
        return by_pen or on_emblem or not printed
    if sighting.channel in (Channel.HEAVY, Channel.WORN):
        low = sighting.cluster.height < _TALL
        return (low and not printed) or any(
            covered(sighting.box, figure) > WITHIN for figure in around.emblems
        )
    return handwritten or not placed


def _within_type_area(box: Box, height: int) -> bool:
    """Clear of the margins in which marks stand: what is scribbled here is a signature."""
    low, high = _MARGINS
    return (box.top + box.bottom) / 2 > low * height and box.bottom < high * height


def _overlap(a: Box, b: Box) -> bool:
    return max(covered(a, b), covered(b, a)) > _OVERLAP
