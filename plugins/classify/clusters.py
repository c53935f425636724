"""Groups of large or coloured glyphs: what a stamp looks like before it is read."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.pixels import Gray, Mask
from plugins.classify.ink import LOOKING_DPI, Component, components
from schemas.page import Box

Labels = NDArray[np.int32]

MM = LOOKING_DPI / 25.4
"""Pixels of a millimetre."""

_BODY_MM = (2.2, 3.7)
_TALLEST = 35 * MM
_EDGE = 0.25
_LINE, _RULED = int(7 * MM), 0.5
_SOLID = np.ones((int(1.5 * MM), int(1.5 * MM)), np.uint8)
_REACH = int(2.5 * MM)
_SPACED, _SLANT = 3.6, 0.13
_THIN = 4 * MM
_TALLEST_LETTER = 20 * MM
_BAR, _FULL = 3.5, 0.7
"""Length of a straight bar to its width, and how much of a box along it is its ink, at least."""
_WITHIN = 0.9
_READ_HEIGHT = 44.0
_PAD = 18


@dataclass(frozen=True)
class Cluster:
    """Large glyphs side by side; ``members`` are they and the small marks that belong to them."""

    box: Box
    glyphs: tuple[Component, ...]
    members: tuple[Component, ...]

    @property
    def height(self) -> float:
        """Median height of the large glyphs, in pixels."""
        return _height(self.glyphs)

    @property
    def core(self) -> Box:
        """Around the large glyphs alone."""
        return _around(self.glyphs)

    @property
    def wide(self) -> bool:
        """Long enough for a word: two glyphs, or some that run into one another."""
        return len(self.glyphs) > 1 or self.glyphs[0].width >= 1.3 * self.height

    @property
    def printed(self) -> bool:
        """At least two solid glyphs of one height on one line: type or a stamp, not handwriting."""
        return _even(self.glyphs) >= 2

    def picture(self, plane: Gray, labels: Labels) -> Gray:
        """The cluster alone on white, scaled so that its glyphs have a height good to read."""
        left, top, right, bottom = self.box
        own = np.isin(labels[top:bottom, left:right], [c.label for c in self.members])
        own = cv2.dilate(own.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
        crop = np.where(own, plane[top:bottom, left:right], np.uint8(255))
        scale = _READ_HEIGHT / self.height
        shape = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        crop = cv2.resize(crop, None, fx=scale, fy=scale, interpolation=shape)
        return np.asarray(
            cv2.copyMakeBorder(crop, _PAD, _PAD, _PAD, _PAD, cv2.BORDER_CONSTANT, value=(255.0,)),
            dtype=np.uint8,
        )


def find_clusters(mask: Mask, least: float) -> tuple[Labels, list[Cluster]]:
    """Groups of glyphs at least ``least`` pixels high; those in line first, then the tallest.

    Frames, rules and staples are left out. Small marks go to the cluster that they stand on, and
    bars between its letters, which are letters too (``เ``).
    """
    labels, found = components(mask)
    pieces = []
    for piece in found:
        large = max(piece.width, piece.height) >= 1.5 * _LINE and piece.height >= least
        apart = _on_lines(piece, labels, least) if large else None
        if apart is not None:
            pieces += apart
        elif not is_frame(piece, labels, least):
            pieces.append(piece)
    rows = _rows([c for c in pieces if least <= c.height <= _TALLEST])
    words = {c.label for row in rows if _even(row) >= 2 for c in row}
    kept = {c.label for c in pieces}
    bars = [c for c in found if c.label not in kept and _bar(c)]
    loose = sorted((*(c for c in pieces if c.label not in words), *bars), key=_top)
    clusters: list[Cluster] = []
    taken: set[int] = set()
    for row in sorted(rows, key=lambda row: (_even(row) >= 2, _height(row)), reverse=True):
        glyphs = [c for c in row if c.label not in taken]
        if glyphs:
            clusters.append(_cluster(glyphs, loose, taken))
            taken.update(c.label for c in clusters[-1].members)
    return labels, [cluster for cluster in clusters if not _staple(cluster, labels)]


def _staple(cluster: Cluster, labels: Labels) -> bool:
    """A lone straight bar, however it lies: a staple, or a stroke of a pen."""
    if len(cluster.members) > 1:
        return False
    (left, top, right, bottom), label = cluster.box, cluster.glyphs[0].label
    inked = np.argwhere(labels[top:bottom, left:right] == label).astype(np.float32)
    short, long = sorted(cv2.minAreaRect(inked)[1])
    return long >= _BAR * short and len(inked) >= _FULL * (long + 1) * (short + 1)


def _height(glyphs: Sequence[Component]) -> float:
    return float(np.median([glyph.height for glyph in glyphs]))


def _even(glyphs: Sequence[Component]) -> int:
    """How many glyphs are solid, of one height and on one line."""
    height = _height(glyphs)
    foot = float(np.median([glyph.box.bottom for glyph in glyphs]))
    return sum(
        glyph.fill >= 0.15
        and glyph.width <= 1.3 * glyph.height
        and abs(glyph.height - height) <= 0.25 * height
        and abs(glyph.box.bottom - foot) <= 0.25 * height
        for glyph in glyphs
    )


def is_frame(piece: Component, labels: Labels, least: float) -> bool:
    """A rule, or the border of a box or table: ink along its edges and none within."""
    thin, long = sorted((piece.width, piece.height))
    if long > (5 if thin <= _THIN else 8) * thin:
        return True
    if piece.width < 2 * least or piece.height < 1.5 * least or piece.fill > 0.4:
        return False
    left, top, right, bottom = piece.box
    own = labels[top:bottom, left:right] == piece.label
    x, y = int(_EDGE * piece.width), int(_EDGE * piece.height)
    hollow = np.count_nonzero(own[y:-y, x:-x]) < 0.15 * piece.area
    return bool(hollow) and (not _letter_shaped(piece) or _closed(own))


def _on_lines(piece: Component, labels: Labels, least: float) -> list[Component] | None:
    """What touches a frame or line and is none: words stamped across it. They get labels of their
    own. None for a piece that is not mostly lines."""
    left, top, right, bottom = piece.box
    around = labels[top:bottom, left:right]
    own = np.where(around == piece.label, np.uint8(255), np.uint8(0))
    lines = straight_lines(own)
    if cv2.countNonZero(lines) < _RULED * piece.area and not is_frame(piece, labels, least):
        return None
    rest = cv2.subtract(own, lines)
    parts, found = components(np.asarray(rest, dtype=np.uint8))
    first = int(labels.max())
    around[parts > 0] = parts[parts > 0] + first
    return [
        Component(part.label + first, moved(part.box, left, top), part.area)
        for part in found
        if not is_frame(part, parts, least)
    ]


def body_height(ink: Mask) -> float:
    """Median height of the body's letters in pixels, kept within what letters are typed in."""
    low, high = (limit * MM for limit in _BODY_MM)
    heights = [c.height for c in components(ink)[1] if 0.5 * low <= c.height <= 1.6 * high]
    return float(np.clip(np.median(heights), low, high)) if heights else high


def straight_lines(mask: Mask) -> Mask:
    """Thin ink that runs on, level or upright, for longer than a letter's strokes."""
    thin = cv2.subtract(mask, cv2.morphologyEx(mask, cv2.MORPH_OPEN, _SOLID))
    lines = np.zeros_like(mask)
    for along, across in (((1, _LINE), (5, _LINE)), ((_LINE, 1), (_LINE, 5))):
        found = cv2.morphologyEx(thin, cv2.MORPH_OPEN, np.ones(along, np.uint8))
        lines = np.maximum(lines, cv2.dilate(found, np.ones(across, np.uint8)))
    return np.asarray(cv2.bitwise_and(lines, mask), dtype=np.uint8)


def figures(mask: Mask) -> list[Box]:
    """Boxes around ink that lies close together."""
    left, top, width, height = cv2.boundingRect(mask)
    if not width:
        return []
    x, y = max(0, left - _REACH), max(0, top - _REACH)
    reach = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_REACH, _REACH))
    joined = cv2.dilate(mask[y : top + height + _REACH, x : left + width + _REACH], reach)
    found = components(np.asarray(joined, dtype=np.uint8))[1]
    return [moved(piece.box, x, y) for piece in found]


def moved(box: Box, right: int, down: int) -> Box:
    """``box`` so many pixels further to the right and down."""
    return Box(box.left + right, box.top + down, box.right + right, box.bottom + down)


def _letter_shaped(piece: Component) -> bool:
    """As narrow and as small as the open letters ง, น, บ, ม, ว."""
    return piece.width <= 1.3 * piece.height and piece.height <= _TALLEST_LETTER


def _closed(own: NDArray[np.bool_]) -> bool:
    """Whether ink encloses most of its box: a border does, a letter is open on some side."""
    paper = np.pad(~own, 1, constant_values=True).astype(np.uint8)
    _, labels = cv2.connectedComponents(paper, connectivity=4)
    outside = np.count_nonzero(labels == labels[0, 0]) - 2 * (own.shape[0] + own.shape[1]) - 4
    return bool(outside < 0.5 * own.size)


def _rows(large: Sequence[Component]) -> list[list[Component]]:
    """Join glyphs that stand side by side."""
    parent = list(range(len(large)))

    def root(i: int) -> int:
        while parent[i] != i:
            i = parent[i]
        return i

    for i, a in enumerate(large):
        for j in range(i):
            if _side_by_side(a, large[j]):
                parent[root(i)] = root(j)
    rows: dict[int, list[Component]] = {}
    for i, piece in enumerate(large):
        rows.setdefault(root(i), []).append(piece)
    return list(rows.values())


def _side_by_side(a: Component, b: Component) -> bool:
    """On one line, and as near as letters stand; letters of one height may be spaced out, on a line
    that slants."""
    low, high = sorted((a.height, b.height))
    overlap = min(a.box.bottom, b.box.bottom) - max(a.box.top, b.box.top)
    gap = max(a.box.left, b.box.left) - min(a.box.right, b.box.right)
    if high <= 1.5 * low and overlap + _SLANT * (gap + low) >= 0.6 * low:
        return gap <= _SPACED * low
    return high <= 2.2 * low and overlap >= 0.5 * low and gap <= 0.9 * low


def _top(piece: Component) -> int:
    return piece.box.top


def _cluster(glyphs: Sequence[Component], loose: Sequence[Component], taken: Set[int]) -> Cluster:
    """``glyphs`` with those loose pieces (from the top down), not ``taken`` and clearly smaller
    than they, that lie close."""
    height = _height(glyphs)
    body = _around(glyphs)
    reach = Box(
        int(body.left - 0.4 * height),
        int(body.top - height),
        int(body.right + 0.4 * height),
        int(body.bottom + 0.6 * height),
    )
    own = {c.label for c in glyphs}
    first = bisect_left(loose, reach.top, key=_top)
    last = bisect_right(loose, reach.bottom, key=_top)
    near = [
        piece
        for piece in loose[first:last]
        if piece.label not in own | taken
        and _within(piece.box, reach)
        and (piece.height < 0.85 * height or (_bar(piece) and _between(piece.box, body)))
    ]
    members = (*glyphs, *near)
    return Cluster(_around(members), tuple(glyphs), members)


def _bar(piece: Component) -> bool:
    return 5 * piece.width <= piece.height <= _TALLEST_LETTER


def _between(bar: Box, letters: Box) -> bool:
    """Among the letters, and hardly taller than they."""
    taller = bar.bottom - bar.top > 1.2 * (letters.bottom - letters.top)
    return letters.left < bar.left and bar.right < letters.right and not taller


def _around(pieces: Sequence[Component]) -> Box:
    return Box(
        min(c.box.left for c in pieces),
        min(c.box.top for c in pieces),
        max(c.box.right for c in pieces),
        max(c.box.bottom for c in pieces),
    )


def _within(box: Box, reach: Box) -> bool:
    return (
        box.left >= reach.left
        and box.right <= reach.right
        and box.top >= reach.top
        and box.bottom <= reach.bottom
    )


def covered(box: Box, by: Box) -> float:
    """Share of ``box`` that lies under ``by``."""
    width = min(box.right, by.right) - max(box.left, by.left)
    height = min(box.bottom, by.bottom) - max(box.top, by.top)
    return max(0, width) * max(0, height) / area(box)


def area(box: Box) -> int:
    """In square pixels, at least one."""
    return max(1, (box.right - box.left) * (box.bottom - box.top))


def outermost(boxes: Iterable[Box]) -> list[Box]:
    """The boxes that do not lie in a larger one of them, but for a tenth."""
    kept: list[Box] = []
    for box in sorted(boxes, key=area, reverse=True):
        if not any(covered(box, larger) > _WITHIN for larger in kept):
            kept.append(box)
    return kept
