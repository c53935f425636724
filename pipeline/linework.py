"""Rules and leader dots: print that is no writing, and is read as letters beside some.

Pages are black on white, height x width, and level.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.pieces import connected
from pipeline.pixels import Gray

LEVEL_LENGTH, UPRIGHT_LENGTH = 0.4, 0.6
"""Inches from which an unbroken stroke is a rule. That of a 36-point letter is 0.3; strokes of two
lines set tightly may touch."""
THICKEST = 0.05
"""Inches: what is thicker is a bar or the stroke of a large letter."""
_DPI = 100
"""Resolution at which rules are looked for."""
_BESIDE, _TOUCHED = 2, 0.5
"""Pixels above and below a rule that are looked at, and the share of its length at which print may
touch it: of tables and underlines 0.04 was seen, of letters no less than 0.7."""
LARGEST_DOT = 0.037
REACH = 0.37
LEVEL = 0.013
FEWEST_DOTS = 7
"""Inches: how big a leader dot is, how far its neighbours lie on either side and how level; and how
many there are, itself counted."""


def without_rules(picture: Gray, dpi: float) -> Gray:
    """``picture`` with the level and upright rules of tables, forms and underlines made white."""
    height, width = picture.shape
    shrink = min(_DPI / dpi, 1.0)
    small = cv2.resize(
        cv2.bitwise_not(picture), None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA
    )
    ink = np.asarray((small > 0) * np.uint8(255), np.uint8)
    wide, high = round(LEVEL_LENGTH * shrink * dpi), round(UPRIGHT_LENGTH * shrink * dpi)
    thick = round(THICKEST * shrink * dpi) + 2
    level = _rules(ink, wide, thick)
    upright = _rules(np.ascontiguousarray(ink.T), high, thick).T
    rules = cv2.bitwise_or(level, np.ascontiguousarray(upright))
    if not rules.any():
        return picture
    erased = cv2.resize(rules, (width, height), interpolation=cv2.INTER_NEAREST)
    return np.asarray(cv2.bitwise_or(picture, erased), np.uint8)


def without_leaders(picture: Gray, dpi: float) -> Gray:
    """``picture`` without dots that stand in a row of at least seven."""
    labels, stats, centres = connected(~picture)
    sides = stats[1:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]]
    dots = 1 + np.flatnonzero((sides <= LARGEST_DOT * dpi).all(axis=1))
    if len(dots) < FEWEST_DOTS:
        return picture
    columns, rows = np.rint(centres[dots]).astype(int).T
    spots = np.zeros(picture.shape, np.float32)
    np.add.at(spots, (rows, columns), 1)
    around = (2 * round(REACH * dpi) + 1, 2 * round(LEVEL * dpi) + 1)
    beside = cv2.boxFilter(spots, -1, around, normalize=False, borderType=cv2.BORDER_CONSTANT)
    leaders = dots[beside[rows, columns] > FEWEST_DOTS - 0.5]
    if not len(leaders):
        return picture
    erased = np.zeros(len(stats), np.uint8)
    erased[leaders] = 255
    return np.asarray(cv2.bitwise_or(picture, erased[labels]), np.uint8)


def _rules(ink: Gray, length: int, thick: int) -> Gray:
    """Level strokes of at least ``length``, nowhere ``thick``, that stand alone, in white.

    Ink is first grown, so that the steps of a slanting rule join.
    """
    joined = cv2.dilate(ink, np.ones((3, 1), np.uint8))
    found = cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    bars = cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((thick, length), np.uint8))
    labels, stats, _ = connected(np.asarray(cv2.subtract(found, bars), np.uint8))
    alone = [_stands_alone(ink, piece) for piece in stats[1:]]
    return np.array([0, *(255 * one for one in alone)], np.uint8)[labels]


def _stands_alone(ink: Gray, piece: NDArray[np.int32]) -> bool:
    """Whether paper is above and below most of a stroke: letters that touch are a stroke in the
    midst of others."""
    left, top, width, height = (int(value) for value in piece[: cv2.CC_STAT_AREA])
    columns = slice(left, left + width)
    beside = ink[max(top - _BESIDE, 0) : top, columns].any(axis=0)
    beside |= ink[top + height : top + height + _BESIDE, columns].any(axis=0)
    return bool(beside.mean() <= _TOUCHED)
