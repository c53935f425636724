"""What stands around the sightings of a page, and what of its ink words and emblems account for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import cv2
import numpy as np

from pipeline.pixels import Gray, Mask, Picture
from plugins.classify.clusters import MM, body_height, covered
from plugins.classify.codes import codes
from plugins.classify.emblem import emblems, overgrown, untouched
from plugins.classify.ink import DARK, darker, laid_twice
from plugins.classify.photographs import photographs
from plugins.classify.sight import FOOT, HEAD, LARGE, TWICE, Channel, in_bands
from plugins.classify.spotter import likeness
from plugins.classify.stamps import ColouredInk
from schemas.page import Box

WITHIN = 0.8
"""Share of one box that lies in another which holds it."""
_ON_FIGURE, _MOSTLY = 0.3, 0.5
STAIN = 10
"""Pixels from which on ink counts."""
_SMALLEST = (2.5 * MM, 1.5 * MM)
"""Width and height of ลับ in the smallest type."""
_NARROW, _FRINGES, _CRUMBS = np.ones((3, 3), np.uint8), 0.01, 30
"""Fringes of words and emblems: as narrow as this, and so much of their ink or so many pixels at
most. The smallest mark has twice as many."""
_RIM, _GRAIN = 2, np.ones((2, 2), np.uint8)
"""Pixels by which letters blur over the edge of their box, and what is no ink but the paper's."""
_INK, _TINTED = 215, 0.75
"""What is darker is ink, and the share of a thing's ink that has its colour."""
UNLIKE, USUAL, HARD, ALIKE, TURNED = (0.8, 0.9), (0.4, 0.9), (0.4, 0.7), 0.9, 0.95
"""Likeness to a mark below which what was not read is none, as it stands and with its inks apart;
the same where marks are usual, and where they are hard to see; and from which anything is asked
about, upright or turned."""


@dataclass(frozen=True)
class Surroundings:
    """``picture``: the page; ``black``, ``worn`` and ``lightest`` as :class:`Inks` has them;
    ``inks`` by colour; ``oriented``: words prove that the page stands upright, so that head and
    foot are where they seem; ``words``: type that was read surely; ``receipts``: receive
    stamps by their words."""

    picture: Picture
    black: Gray
    worn: Mask
    inks: dict[Channel, ColouredInk]
    lightest: Gray
    oriented: bool
    words: Sequence[Box] = ()
    receipts: Sequence[Box] = ()

    @property
    def height(self) -> int:
        """Of the page, in pixels."""
        return int(self.black.shape[0])

    @cached_property
    def coloured(self) -> Mask:
        """Where there is ink of any colour."""
        red, cold = (self.inks[channel].mask for channel in (Channel.RED, Channel.COLD))
        return np.asarray(cv2.max(red, cold), dtype=np.uint8)

    @cached_property
    def photographs(self) -> list[Box]:
        """Where there are pictures in many tones."""
        return photographs(self.picture)

    @cached_property
    def large(self) -> float:
        """Pixels from which print is higher than the page's type."""
        return LARGE * body_height(darker(self.black, DARK))

    def on_photograph(self, box: Box) -> bool:
        """Whether a box lies on photographs, the middle of it clear of head and foot: nobody stamps
        there."""
        middle = (box.top + box.bottom) / 2
        if not (self.oriented and HEAD * self.height < middle < FOOT * self.height):
            return False
        return sum(covered(box, picture) for picture in self.photographs) > WITHIN

    def tinted(self, box: Box) -> bool:
        """Whether nearly all black ink in a box has a colour: dark green and dark red are not pale
        in any light."""
        place = slice(box.top, box.bottom), slice(box.left, box.right)
        inked = darker(self.black[place], _INK)
        coloured = cv2.countNonZero(cv2.bitwise_and(inked, self.coloured[place]))
        return coloured >= _TINTED * max(1, cv2.countNonZero(inked))

    @cached_property
    def codes(self) -> list[Box]:
        """Where there are QR codes and their like."""
        return codes(darker(self.black, DARK))

    def on_code(self, box: Box) -> bool:
        """Whether a box of black ink lies on a QR code."""
        return any(covered(box, code) > WITHIN for code in self.codes)

    @cached_property
    def emblems(self) -> list[Box]:
        """Where the emblem may stand."""
        return emblems(self.black)

    def on_emblem(self, box: Box) -> bool:
        """Whether a box lies on what may be the emblem."""
        return any(covered(box, figure) > _ON_FIGURE for figure in self.emblems)

    @cached_property
    def touched(self) -> list[Box]:
        """The emblems on which there may be something."""
        return [
            figure for figure in self.emblems if not untouched(figure, self.black, self.coloured)
        ]

    @cached_property
    def unaccounted(self) -> Mask:
        """Where there is black ink, pale too, that is neither an emblem's nor that of words read
        surely."""
        black = cv2.max(darker(self.black, _INK), self.worn)
        touched = self.touched
        for box in (*self.words, *(figure for figure in self.emblems if figure not in touched)):
            left, top = max(0, box.left - _RIM), max(0, box.top - _RIM)
            black[top : box.bottom + _RIM, left : box.right + _RIM] = 0
        return np.asarray(cv2.morphologyEx(black, cv2.MORPH_OPEN, _GRAIN), dtype=np.uint8)

    def accounts_for(self, box: Box) -> bool:
        """Whether an untouched emblem, which is most of it, and words beside it are all that there
        is in a box, and no colour but fringes. Words alone may hide a mark that lies on them."""
        if not any(covered(box, f) > _MOSTLY and f not in self.touched for f in self.emblems):
            return False
        place = slice(box.top, box.bottom), slice(box.left, box.right)
        coloured = self.coloured[place]
        fringes = max(_CRUMBS, _FRINGES * np.count_nonzero(self.black[place] < DARK))
        if cv2.countNonZero(cv2.morphologyEx(coloured, cv2.MORPH_OPEN, _NARROW)) >= STAIN:
            return False
        return (
            cv2.countNonZero(coloured) < fringes
            and cv2.countNonZero(self.unaccounted[place]) < _CRUMBS
        )

    def apart(self, box: Box) -> Iterator[Gray]:
        """The page's inks by colour of which there is any in a box."""
        place = slice(box.top, box.bottom), slice(box.left, box.right)
        for plane in (self.black, *(ink.plane for ink in self.inks.values())):
            if cv2.countNonZero(darker(plane[place], DARK)) >= STAIN:
                yield plane

    def on_seal(self, box: Box) -> bool:
        """Whether a box lies on a round seal."""
        stamps = chain(*(ink.harmless for ink in self.inks.values()))
        return any(stamp.is_seal and covered(box, stamp.box) > WITHIN for stamp in stamps)

    def in_receipt(self, box: Box) -> bool:
        """Whether a box lies in a receive stamp."""
        receipts = (self.receipts, *(ink.receipts for ink in self.inks.values()))
        return any(covered(box, receipt) > WITHIN for receipt in chain(*receipts))

    def limits(self, box: Box) -> tuple[float, float]:
        """How like a mark something must be: less on an emblem, a code, or ink of its own colour,
        where marks are hard to see, and in red in head and foot, where they are usual. In a receive
        stamp pens write on its ink."""
        place = slice(box.top, box.bottom), slice(box.left, box.right)
        if self.on_emblem(box) or any(covered(box, code) > _ON_FIGURE for code in self.codes):
            return HARD
        twice = any(
            laid_twice(self.lightest[place], ink.mask[place]) >= TWICE for ink in self.inks.values()
        )
        red = cv2.countNonZero(self.inks[Channel.RED].mask[place]) >= STAIN
        usual = red and in_bands(box, self.height)
        if not (twice or usual) or self.in_receipt(box):
            return UNLIKE
        return HARD if twice else USUAL

    def may_be_mark(self, box: Box) -> bool:
        """Whether something looks like a mark, as it stands or with its inks apart."""
        if self.accounts_for(box):
            return False
        whole, apart = self.limits(box)
        if likeness(self.picture, box) >= whole:
            return True
        return any(likeness(ink, box) >= apart for ink in self.apart(box))

    @property
    def overlooked(self) -> list[Box]:
        """Where a mark may be that nobody doubted: coloured ink as large as the smallest mark, and
        figures in the head that are no emblem."""
        coloured = [
            box
            for ink in self.inks.values()
            for box in ink.figures
            if box.right - box.left >= _SMALLEST[0] and box.bottom - box.top >= _SMALLEST[1]
        ]
        return [*coloured, *overgrown(self.black)]
