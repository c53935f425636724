"""A scan's colour channels laid on one another.

The three sensors of cheap scanners stand apart; what is left of that after the driver's correction
gives black print fringes of colour, which look like coloured ink.
"""

from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.pixels import Picture

_TILE, _CELL, _TILES = 128, 64, 5
"""Pixels of a tile's side and of the cells that tiles begin at, and how many are compared."""
_BLACK: Final = 150
_LEAST_INK: Final = 0.02
"""Share of a tile that is black print, at least."""
_LEAST, _MOST = 0.15, 2.0
"""Pixels by which channels are apart where it is worth mending, and at most."""
_ALIKE, _AGREE = 0.12, 0.6
"""Pixels by which tiles may differ from most of the page's, and the share that may not: coloured
print in a tile tells nothing."""
_GREEN: Final = 1
_ROUNDS: Final = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 20, 1e-4)


def registered(picture: Picture) -> Picture:
    """``picture`` with red and blue moved by parts of a pixel to where green is.

    The same picture where they are, where too little is printed in black to tell, or where tiles do
    not agree.
    """
    tiles = _printed(picture)
    moved = {channel: _offset(picture, channel, tiles) for channel in (0, 2)} if tiles else {}
    if not any(max(map(abs, offset)) >= _LEAST for offset in moved.values()):
        return picture
    channels = [np.ascontiguousarray(picture[:, :, channel]) for channel in range(3)]
    for channel, (x, y) in moved.items():
        channels[channel] = _moved(channels[channel], -x, -y)
    return np.asarray(cv2.merge(channels), np.uint8)


def _printed(picture: Picture) -> list[tuple[slice, slice]]:
    """The tiles with the most black print, of several parts of the page."""
    lightest = cv2.max(cv2.max(picture[:, :, 0], picture[:, :, 1]), picture[:, :, 2])
    black = np.where(np.asarray(lightest) < _BLACK, np.float32(1), np.float32(0))
    height, width = (length // _CELL for length in black.shape)
    cells = black[: height * _CELL, : width * _CELL].reshape(height, _CELL, width, _CELL)
    ink = cells.mean(axis=(1, 3))
    side = _TILE // _CELL
    found: list[tuple[slice, slice]] = []
    while len(found) < _TILES and min(ink.shape) > side:
        share = cv2.boxFilter(ink, -1, (side, side), anchor=(0, 0))[: 1 - side, : 1 - side]
        row, column = np.unravel_index(int(np.argmax(share)), share.shape)
        if share[row, column] < _LEAST_INK:
            break
        top, left = int(row) * _CELL, int(column) * _CELL
        found.append((slice(top, top + _TILE), slice(left, left + _TILE)))
        ink[max(0, int(row) - side) : int(row) + 2 * side] = 0
    return found


def _offset(
    picture: Picture, channel: int, tiles: list[tuple[slice, slice]]
) -> tuple[float, float]:
    """By how many pixels a channel lies right of and below the green one."""
    seen = [_between(picture[tile], channel) for tile in tiles]
    found = np.array([offset for offset in seen if offset] or [(0.0, 0.0)])
    alike = np.abs(found - np.median(found, axis=0)).max(axis=1) <= _ALIKE
    x, y = found[alike].mean(axis=0) if alike.sum() >= _AGREE * len(tiles) else (0.0, 0.0)
    return (float(x), float(y)) if max(abs(x), abs(y)) <= _MOST else (0.0, 0.0)


def _between(tile: NDArray[np.uint8], channel: int) -> tuple[float, float] | None:
    """How far a channel lies right of and below the green one in a tile; None where OpenCV finds
    no place in which their print matches."""
    green, other = (np.ascontiguousarray(tile[:, :, n]) for n in (_GREEN, channel))
    try:
        _, found = cv2.findTransformECC(
            green, other, np.eye(2, 3, dtype=np.float32), cv2.MOTION_TRANSLATION, _ROUNDS
        )
    except cv2.error:
        return None
    return float(found[0, 2]), float(found[1, 2])


def _moved(channel: NDArray[Any], right: float, down: float) -> NDArray[Any]:
    return cv2.warpAffine(
        channel,
        np.array([[1, 0, right], [0, 1, down]], np.float32),
        channel.shape[::-1],
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
