"""Finds the large or coloured clusters of a page and reads each alone."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import cv2
import numpy as np

from pipeline.pixels import Gray, Mask
from plugins.classify.clusters import (
    MM,
    Cluster,
    area,
    body_height,
    covered,
    find_clusters,
    moved,
)
from plugins.classify.emblem import without_emblem
from plugins.classify.ink import DARK, Inks, components, darker, heavy, laid_twice, strokes
from plugins.classify.phrases import (
    MARK_LIKENESS,
    Reading,
    Sense,
    base_letters,
    ending_mark,
    holds_mark,
    read_run,
)
from plugins.classify.reader import LineReader, Words, line_reader
from plugins.classify.stamps import ColouredInk
from schemas.page import Box

HEAD, FOOT = 0.17, 0.86
"""Marks stand above the one and below the other share of the page's height."""
CUT = 0.35
"""Letter heights from the paper's edge within which the next letter of a mark would have begun."""

_INK_LIGHTS = (DARK, 215, 120)
_PALE_LIGHTS, _PALE_BLUR, _PALE_SHARE = (220, 130), 1.0, 0.3
_COLOURED_LEAST = 3 * MM
_NARROW = 5 * MM
_LEAST_MARK, _ROOM = 3 * MM, int(8 * MM)
LARGE, _LARGE_ALONE = 1.3, 1.6
_ANGLES = (4.0, -4.0)
_BENIGN = ((0.94, 0.75), (0.87, 0.85))
"""Likeness to a phrase that is no mark, and confidence, of which coloured print has one pair."""
_BENIGN_TWICE = ((0.97, 0.86),)
"""The same of print in which ink lies on ink of its own colour, from so many pixels on."""
TWICE = 60
_FILLED = 0.5
_HEAVY = 1.3
_SHORTEST, _LONGEST = 1.3, 20.0


class Channel(StrEnum):
    RED = "red"
    COLD = "cold"
    """Blue, violet or green."""
    BLACK = "black"
    """What is left when coloured ink is taken away."""
    HEAVY = "heavy"
    """Of the black ink that in strokes wider than the body's: stamps that lie on type."""
    WORN = "worn"
    """Black ink clearly paler than the type: stamps that lie on it."""
    PALE = "pale"
    """Ink too faint to tell its colour, in head and foot."""
    OVER = "over"
    """Ink on a figure of another colour, freed from it."""
    ANY = "any"
    """Ink of all colours together, for marks alone: those that a coloured pen struck out."""


_ENOUGH = {
    Channel.RED: (0.88, 4),
    Channel.COLD: (0.85, 4),
    Channel.BLACK: (0.8, 2),
    Channel.HEAVY: (0.7, 3),
    Channel.WORN: (0.7, 3),
    Channel.PALE: (0.7, 3),
    Channel.OVER: (0.8, 3),
    Channel.ANY: (1.0, 5),
}
"""Confidence and letters side by side from which what was read is other words than a mark."""


@dataclass(frozen=True)
class Sighting:
    """One cluster in one channel, and what was read in it. ``box`` is on the whole page."""

    channel: Channel
    box: Box
    cluster: Cluster
    words: Words
    reading: Reading
    isolated: bool = True
    """Nothing stands beside it on its line."""
    twice: bool = False
    """Ink of its colour lies on it, or it on such ink."""

    def placed(self, box: Box) -> Box:
        """A box of the cluster's on the whole page."""
        from_left, from_top, *_ = self.cluster.box
        return moved(box, self.box.left - from_left, self.box.top - from_top)

    @property
    def strength(self) -> float:
        """Likeness to a phrase, weakened when the letters were read unsurely; 0..1."""
        return self.reading.likeness * min(1.0, self.words.confidence / 0.9)

    @property
    def suspicious(self) -> bool:
        """Near to a mark's wording, a piece of it, or holding it."""
        if self.reading.sense in (Sense.DOUBT, Sense.FRAGMENT):
            return True
        text = self.words.text
        among = holds_mark(text) or any(read_run(w).sense is Sense.MARK for w in text.split())
        return among and self.reading.sense is not Sense.MARK

    @property
    def explained(self) -> bool:
        """Read surely enough to be other words than a mark; of coloured ones more is asked."""
        if self.reading.sense is Sense.MARK or self.suspicious:
            return False
        if self.reading.sense is Sense.BENIGN and self.reading.likeness >= MARK_LIKENESS:
            return self.channel not in (Channel.RED, Channel.COLD) or any(
                self.reading.likeness >= likeness and self.words.confidence >= confidence
                for likeness, confidence in (_BENIGN_TWICE if self.twice else _BENIGN)
            )
        confidence, letters = _ENOUGH[self.channel]
        return (
            self.words.confidence >= confidence
            and base_letters(self.words.text) >= letters
            and self._filled
        )

    @property
    def _filled(self) -> bool:
        """As many letters were read as have room: fewer tell nothing of the rest."""
        left, _, right, _ = self.box
        return base_letters(self.words.text) >= _FILLED * (right - left) / self.cluster.height


def sightings(ink: Inks, coloured: dict[Channel, ColouredInk]) -> list[Sighting]:
    """Every coloured cluster of the page, and every large black one that may be a mark.

    Black ones outside head and foot count only when they are isolated and read as a mark.
    """
    reader = line_reader()
    found = [*_coloured(reader, ink, ink.red, Channel.RED)]
    found += _coloured(reader, ink, ink.cold, Channel.COLD)
    body, dark = _black(reader, ink.black)
    found += dark
    found += _heavy(reader, ink, body)
    found += _worn(reader, ink)
    found += _pale(reader, ink.plane, body)
    found += _over(reader, ink, coloured, body)
    marks = [s.box for s in found if s.reading.sense is Sense.MARK]
    found += [
        sighting
        for sighting in _struck(reader, ink, body)
        if not any(covered(mark, sighting.box) > 0 for mark in marks)
    ]
    return found


def _coloured(reader: LineReader, ink: Inks, mask: Mask, channel: Channel) -> Iterator[Sighting]:
    _, top, _, height = cv2.boundingRect(mask)
    rows = slice(top, top + height)
    if height < _COLOURED_LEAST:
        return
    labels, clusters = find_clusters(mask[rows], _COLOURED_LEAST)
    for cluster in clusters:
        if cluster.box.right - cluster.box.left < _NARROW and cluster.height < _NARROW:
            continue
        sighting = _read(reader, cluster, channel, cluster.picture(ink.plane[rows], labels))
        left, upper, right, lower = box = moved(cluster.box, 0, top)
        place = slice(upper, lower), slice(left, right)
        twice = laid_twice(ink.lightest[place], mask[place]) >= TWICE
        yield replace(sighting, box=box, twice=twice)


def _black(reader: LineReader, plane: Gray) -> tuple[float, list[Sighting]]:
    """The body's height, and clusters: the page's at one threshold, its bands' at three."""
    mask = darker(plane, _INK_LIGHTS[0])
    body, height = body_height(mask), plane.shape[0]
    plane = without_emblem(plane)
    found = [
        sighting
        for sighting in _large(reader, plane, darker(plane, _INK_LIGHTS[0]), body, Channel.BLACK)
        if in_bands(sighting.box, height)
        or (sighting.isolated and sighting.reading.sense is Sense.MARK)
    ]
    for light in _INK_LIGHTS[1:]:
        found += _in_bands(reader, plane, light, body, Channel.BLACK)
    for rows in _bands(height):
        small = _of_any_size(reader, plane[rows], _INK_LIGHTS[0], body, Channel.BLACK, _short)
        found += [_moved(one, 0, rows.start) for one in small if one.isolated]
    return body, found


def _struck(reader: LineReader, ink: Inks, body: float) -> Iterator[Sighting]:
    """Marks of which a part is coloured, as when a pen struck them out."""
    for rows in _bands(ink.plane.shape[0]):
        if cv2.countNonZero(ink.red[rows]) or cv2.countNonZero(ink.cold[rows]):
            band = ink.plane[rows]
            black = darker(band, _INK_LIGHTS[0])
            for sighting in _large(reader, band, black, body, Channel.ANY):
                if sighting.reading.sense is Sense.MARK:
                    yield _moved(sighting, 0, rows.start)


def _heavy(reader: LineReader, ink: Inks, body: float) -> Iterator[Sighting]:
    """Print in wide strokes anywhere on the page, as long as the shortest mark at least; on faded
    pages it is as pale as the type."""
    for inked in (ink.strokes, strokes(ink.black, _INK_LIGHTS[1])):
        wide = heavy(inked, _HEAVY)
        yield from _long(_large(reader, ink.black, wide, body, Channel.HEAVY))


def _worn(reader: LineReader, ink: Inks) -> Iterator[Sighting]:
    """Stamps in worn black ink, as large as a mark, anywhere on the page."""
    yield from _long(_large(reader, ink.black, ink.worn, _LEAST_MARK / LARGE, Channel.WORN))


def _long(found: Iterator[Sighting]) -> Iterator[Sighting]:
    """Those as long as the shortest mark at least."""
    for sighting in found:
        if sighting.box.right - sighting.box.left >= _SHORTEST * sighting.cluster.height:
            yield sighting


def _pale(reader: LineReader, plane: Gray, body: float) -> Iterator[Sighting]:
    """Print in head and foot that is dark in a few spots at most."""
    faint, dark = _PALE_LIGHTS
    high = LARGE * body
    smooth = np.asarray(cv2.GaussianBlur(plane, (0, 0), _PALE_BLUR), dtype=np.uint8)
    for rows in _bands(plane.shape[0]):
        labels, pieces = components(darker(smooth[rows], faint))
        spots = np.bincount(labels[plane[rows] < dark], minlength=int(labels.max()) + 1)
        kept = np.zeros(spots.size, dtype=np.uint8)
        kept[[piece.label for piece in pieces if spots[piece.label] < _PALE_SHARE * piece.area]] = (
            255
        )
        found = _small_too(
            reader,
            smooth[rows],
            kept[labels],
            Channel.PALE,
            high,
            lambda cluster: cluster.height >= high or _short(cluster),
        )
        yield from (_moved(sighting, 0, rows.start) for sighting in found)


def _over(
    reader: LineReader, ink: Inks, coloured: dict[Channel, ColouredInk], body: float
) -> Iterator[Sighting]:
    """Print on stamps of other colours, freed from them."""
    red, cold = ([*coloured[channel].stamps] for channel in (Channel.RED, Channel.COLD))
    for others, places, lights in (
        (ink.but_red, red, _INK_LIGHTS[:2]),
        (ink.but_cold, cold, _INK_LIGHTS[:2]),
        (ink.black, red + cold, _INK_LIGHTS[:1]),
    ):
        for rows in _spans(places, ink.black.shape[0]):
            part, inside = others[rows], [moved(box, 0, -rows.start) for box in places]
            for light in lights:
                found = _of_any_size(reader, part, light, body, Channel.OVER, _touching(inside))
                yield from (_moved(sighting, 0, rows.start) for sighting in found)


def _of_any_size(
    reader: LineReader,
    plane: Gray,
    light: int,
    body: float,
    channel: Channel,
    worth: Callable[[Cluster], bool],
) -> Iterator[Sighting]:
    """Print as large as the smallest marks; if not much larger than the body's only what looks
    like a whole mark."""
    return _small_too(reader, plane, darker(plane, light), channel, _LARGE_ALONE * body, worth)


def _small_too(
    reader: LineReader,
    plane: Gray,
    mask: Mask,
    channel: Channel,
    high: float,
    worth: Callable[[Cluster], bool],
) -> Iterator[Sighting]:
    """Print as large as the smallest marks; lower than ``high`` only what looks like a mark."""
    for sighting in _large(reader, plane, mask, _LEAST_MARK / LARGE, channel, worth):
        whole = sighting.reading.sense in (Sense.MARK, Sense.DOUBT)
        ends = ending_mark(sighting.words.text) is not None
        if whole or ends or sighting.cluster.height >= high:
            yield sighting


def _touching(places: Sequence[Box]) -> Callable[[Cluster], bool]:
    return lambda cluster: any(covered(cluster.box, place) > 0 for place in places)


def _short(cluster: Cluster) -> bool:
    """No longer than a mark, however far apart its letters."""
    return cluster.box.right - cluster.box.left <= _LONGEST * cluster.height


def _spans(places: Sequence[Box], height: int) -> list[slice]:
    """The rows, with some room, in which places lie."""
    spans: list[slice] = []
    for place in sorted(places, key=lambda box: box.top):
        top, bottom = max(0, place.top - _ROOM), min(height, place.bottom + _ROOM)
        if spans and top <= spans[-1].stop:
            spans[-1] = slice(spans[-1].start, max(bottom, spans[-1].stop))
        else:
            spans.append(slice(top, bottom))
    return spans


def _bands(height: int) -> tuple[slice, slice]:
    """The rows of head and foot."""
    return slice(0, int(HEAD * height)), slice(int(FOOT * height), height)


def _in_bands(
    reader: LineReader, plane: Gray, light: int, body: float, channel: Channel
) -> Iterator[Sighting]:
    for rows in _bands(plane.shape[0]):
        band = plane[rows]
        for sighting in _large(reader, band, darker(band, light), body, channel):
            yield _moved(sighting, 0, rows.start)


def _large(
    reader: LineReader,
    plane: Gray,
    mask: Mask,
    body: float,
    channel: Channel,
    worth: Callable[[Cluster], bool] = lambda _: True,
) -> Iterator[Sighting]:
    """Large print that is ``worth`` reading."""
    labels, clusters = find_clusters(mask, LARGE * body)
    for cluster in clusters:
        alone = len(cluster.glyphs) == 1
        if cluster.wide and not (alone and cluster.height < _LARGE_ALONE * body) and worth(cluster):
            sighting = _read(reader, cluster, channel, cluster.picture(plane, labels))
            sighting = replace(sighting, isolated=_isolated(cluster.box, mask))
            if not _runs_on(sighting, body):
                yield sighting


def _runs_on(sighting: Sighting, body: float) -> bool:
    """Brackets and tall vowels within a line of text: a mark stands alone, or is much larger."""
    whole = sighting.reading.sense in (Sense.MARK, Sense.DOUBT, Sense.BENIGN)
    plain = not whole and not holds_mark(sighting.words.text)
    return plain and not sighting.isolated and sighting.cluster.height < _LARGE_ALONE * body


def in_bands(box: Box, height: int) -> bool:
    """Whether a box reaches into head or foot of a page of that height."""
    return box.top < HEAD * height or box.bottom > FOOT * height


def _isolated(box: Box, mask: Mask) -> bool:
    """No ink beside the box within one and a half times its height."""
    reach = int(1.5 * (box.bottom - box.top))
    left = mask[box.top : box.bottom, max(0, box.left - reach) : max(0, box.left - 2)]
    right = mask[box.top : box.bottom, box.right + 2 : box.right + reach]
    return cv2.countNonZero(left) + cv2.countNonZero(right) < 0.01 * area(box)


def _moved(sighting: Sighting, right: int, down: int) -> Sighting:
    return replace(sighting, box=moved(sighting.box, right, down))


def _read(reader: LineReader, cluster: Cluster, channel: Channel, picture: Gray) -> Sighting:
    """The best of three readings: as it stands and, when that is unsure, turned a little."""
    best = _attempt(reader, cluster, channel, picture, 0.0)
    if best.reading.sense is Sense.MARK or best.explained:
        return best
    tries = [best, *(_attempt(reader, cluster, channel, picture, angle) for angle in _ANGLES)]
    return max(tries, key=lambda s: (s.reading.sense is not Sense.OTHER, s.strength))


def _attempt(
    reader: LineReader, cluster: Cluster, channel: Channel, picture: Gray, angle: float
) -> Sighting:
    words = reader.read(picture, angle)
    return Sighting(channel, cluster.box, cluster, words, read_run(words.text))
