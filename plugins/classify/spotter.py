"""Two small networks that know secrecy marks by their look, whatever lies on them or beneath.

``spotter.onnx`` holds them, joined; ``training/spotting`` is how they were made. Each tells of all
8 x 8 pixels of a picture how like the start of a mark they are: of ลับ, with which every mark
begins. Taught with other pieces, they err in other places.
"""

import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.pixels import Gray, Picture
from plugins.classify.clusters import MM
from schemas.page import Box

_NETWORK = Path(__file__).with_name("spotter.onnx")
_SCALES = (1.0, 2 / 3, 1 / 3, 1 / 6)
"""Of the resolution in which pages are looked at: in one of them a mark's letters, 1.5 to 27 mm
high, are as high as those that the network learnt."""
_REDUCED = _SCALES[1:]
_SMALL = 12 * MM
"""Height of a box up to which it is looked at in full resolution too."""
_CELL = 8
_CONTEXT = 6 * _CELL
_STEP = 80
"""Sides of pieces are multiples of this: the network is set up anew for each size."""
_PAPER = 235
_ROOM = 3 * MM
_LONG, _ACROSS = 1.25, 8 * MM
"""How many times as long as high what is set along a line is, and the least side of a box that a
mark across the page has."""
_lock = threading.Lock()


def likeness(picture: Picture | Gray, box: Box) -> float:
    """How like a secrecy mark the likest thing is that begins in a box or beside it; 0..1, the mean
    of both networks.

    ``picture``: a page, or its ink of one colour, 150 dpi.
    """
    small = box.bottom - box.top <= _SMALL
    return _mean_likest(picture, box, _SCALES if small else _REDUCED)


def turned_likeness(picture: Picture | Gray, box: Box) -> float:
    """The same of a mark that does not stand upright: along a side of the page, across it, or on
    its head, as far as the shape of the box tells; in letters of 2 mm or more."""
    return max(_mean_likest(*_turned(picture, box, by), _REDUCED) for by in _turns(box))


def _turns(box: Box) -> tuple[int, ...]:
    """Degrees by which a mark may have to be set upright; the networks know it up to 20 askew."""
    width, height = box.right - box.left, box.bottom - box.top
    if width >= _LONG * height:
        return (180,)
    if height >= _LONG * width:
        return (-90, 90)
    across = (-45, 45) if min(width, height) >= _ACROSS else ()
    return (-90, 90, 180, *across)


def _mean_likest(picture: Picture | Gray, box: Box, scales: Sequence[float]) -> float:
    answers = [_likest(picture, box, scale) for scale in scales]
    return float(np.max(answers, axis=0).mean())


def _turned(picture: Picture | Gray, box: Box, angle: float) -> tuple[Picture | Gray, Box]:
    """A box and its surroundings turned counter-clockwise about its middle, and where it lies in
    them."""
    middle = ((box.left + box.right) / 2, (box.top + box.bottom) / 2)
    matrix = cv2.getRotationMatrix2D(middle, angle, 1.0)
    edges = [(x, y, 1) for x in (box.left, box.right) for y in (box.top, box.bottom)]
    corners = np.asarray(edges) @ matrix.T
    room = round(_CONTEXT / _SCALES[-1])
    matrix[:, 2] += room - corners.min(axis=0)
    width, height = (int(side) + 1 for side in np.ptp(corners, axis=0))
    size = width + 2 * room, height + 2 * room
    piece = cv2.warpAffine(picture, matrix, size, borderValue=(_PAPER,) * 3)
    return np.asarray(piece, np.uint8), Box(room, room, room + width, room + height)


def _likest(picture: Picture | Gray, box: Box, scale: float) -> NDArray[np.float32]:
    """The likest cell in one resolution, by each network."""
    height, width = picture.shape[:2]
    left, top = max(0.0, box.left - _ROOM), max(0.0, box.top - _ROOM)
    right, bottom = min(width, box.right + _ROOM), min(height, box.bottom + _ROOM)
    wide, high = (max(1, round(side * scale)) for side in (right - left, bottom - top))
    room = round(_CONTEXT / scale)
    around = picture[
        max(0, round(top) - room) : round(bottom) + room,
        max(0, round(left) - room) : round(right) + room,
    ]
    reduced = cv2.resize(around, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    before = (min(_CONTEXT, round(top * scale)), min(_CONTEXT, round(left * scale)))
    piece = _padded(np.asarray(reduced, np.uint8), before)
    with _lock:
        network = _network()
        network.setInput(cv2.dnn.blobFromImage(piece, 1 / 255, mean=(127.5, 127.5, 127.5)))
        answer = network.forward()[0]
    inside = answer[:, _cells(high), _cells(wide)].max((1, 2))
    return np.asarray(1 / (1 + np.exp(-inside)), np.float32)


def _cells(length: int) -> slice:
    """The cells of which some part lies behind the context, up to a length."""
    start = _CONTEXT // _CELL
    return slice(start, start + max(1, -(-length // _CELL)))


def _padded(piece: Picture | Gray, before: tuple[int, int]) -> Picture:
    """A piece in colour, with paper where its context reaches over the page."""
    above, beside = _CONTEXT - before[0], _CONTEXT - before[1]
    height, width = piece.shape[0] + above, piece.shape[1] + beside
    below, behind = -height % _STEP, -width % _STEP
    coloured = piece if piece.ndim == 3 else cv2.cvtColor(piece, cv2.COLOR_GRAY2RGB)
    padded = cv2.copyMakeBorder(
        coloured, above, below, beside, behind, cv2.BORDER_CONSTANT, value=(_PAPER,) * 3
    )
    return np.asarray(padded, np.uint8)


@lru_cache(maxsize=1)
def _network() -> cv2.dnn.Net:
    return cv2.dnn.readNetFromONNX(str(_NETWORK))
