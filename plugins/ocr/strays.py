"""What layout analysis passes over: single digits, and words beside an emblem."""

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.pieces import connected
from pipeline.pixels import Gray
from plugins.ocr.linecut import HIGHEST, LEAST_LETTER, LOW, Row, cut, measured
from schemas.page import Box

_NUMBER = 3.0
"""Width of an item number, at most, in heights of a letter."""
_HEAD, _CENTRAL = 0.15, 0.2
"""Share of a page's height in which its number stands, and how far from the middle, to both sides
together, as a share of its width."""
_CLEAR = 0.5
"""Heights of a letter by which it stands clear of the first line, whose marks are none."""
_LOWEST_PAGE = 0.5
"""Height of the lowest page to its width."""
_DIGITS, _HIGHEST_DIGIT = 3, 0.25
"""Most digits of a page's number, and inches that none is higher than."""
_DASHES = 3.0
"""Heights of a digit to its left and right within which the dashes stand."""
_LEAST_LOST = 0.08
"""Inches that letters of words are high that no row has; marks and specks are lower."""
_WIDEST = 1.6
"""Width of a letter to its height."""
_BESIDE = 0.8
"""Heights of a letter to the next one of its word."""
_ALIKE = 0.35
"""Share of the usual height by which letters of a word differ in height and in where they stand."""
_MOST_PIECES, _MOST_WORDS = 400, 6
"""A page with more in no row is a picture, a printed code, or grain."""


def with_strays(picture: Gray, rows: list[Row]) -> list[Row]:
    """``rows`` with the item numbers to their left that stand in no row.

    Layout analysis passes over a column of single digits. Letters of the row's size on its baseline
    are such a number where at least two rows have one in the same column. ``picture`` has no rules.
    """
    numbers = [_stray(picture, row, rows) for row in rows]
    return [
        row._replace(box=row.box._replace(left=number[0]))
        if number and sum(_in_column(number, other) for other in numbers if other) > 1
        else row
        for row, number in zip(rows, numbers, strict=True)
    ]


def _stray(picture: Gray, row: Row, rows: list[Row]) -> tuple[int, int] | None:
    """First and last column of the letters to the left of ``row``, if they are few."""
    top, bottom = (round(row.baseline - share * row.letter) for share in (1.3, -0.3))
    beside = [
        other.box.right
        for other in rows
        if other.box.top < bottom and other.box.bottom > top and other.box.left < row.box.left
    ]
    start = max(beside, default=0)
    part = picture[max(top, 0) : bottom, start : row.box.left]
    stats = connected(~part).stats
    heights = stats[1:, cv2.CC_STAT_HEIGHT]
    bottoms = stats[1:, cv2.CC_STAT_TOP] + heights + max(top, 0)
    letters = (heights > LOW * row.letter) & (np.abs(bottoms - row.baseline) < 0.25 * row.letter)
    if not letters.any():
        return None
    lefts = stats[1:, cv2.CC_STAT_LEFT][letters] + start
    rights = lefts + stats[1:, cv2.CC_STAT_WIDTH][letters]
    left, right = int(lefts.min()), int(rights.max())
    return (left, right) if right - left < _NUMBER * row.letter else None


def with_page_number(picture: Gray, dpi: float, rows: list[Row]) -> list[Row]:
    """``rows`` and, above them all, a number in the middle of the page's head that stands alone.

    Layout analysis passes over a single digit. A picture clearly lower than a page lying across,
    as a band of one, has no head.
    """
    if picture.shape[0] < _LOWEST_PAGE * picture.shape[1]:
        return rows
    first = min(rows, key=lambda row: row.box.top, default=None)
    head = min(first.box.top if first else 0, round(_HEAD * picture.shape[0]))
    stats = connected(~picture[:head]).stats[1:]
    feet = stats[:, cv2.CC_STAT_TOP] + stats[:, cv2.CC_STAT_HEIGHT]
    clear = feet <= head - (_CLEAR * first.letter if first else 0)
    centres = 2 * stats[:, cv2.CC_STAT_LEFT] + stats[:, cv2.CC_STAT_WIDTH]
    central = np.abs(centres - picture.shape[1]) < _CENTRAL * picture.shape[1]
    letters = stats[(stats[:, cv2.CC_STAT_HEIGHT] >= LEAST_LETTER * dpi) & clear & central]
    if (
        not 1 <= len(letters) <= _DIGITS
        or letters[:, cv2.CC_STAT_HEIGHT].max() > _HIGHEST_DIGIT * dpi
    ):
        return rows
    left, top = (int(letters[:, side].min()) for side in (cv2.CC_STAT_LEFT, cv2.CC_STAT_TOP))
    right = int((letters[:, cv2.CC_STAT_LEFT] + letters[:, cv2.CC_STAT_WIDTH]).max())
    bottom = int((letters[:, cv2.CC_STAT_TOP] + letters[:, cv2.CC_STAT_HEIGHT]).max())
    aside = round(_DASHES * (bottom - top))
    around = Box(max(left - aside, 0), top, min(right + aside, picture.shape[1]), bottom)
    found = measured(picture, dpi, around, bottom)
    return [found, *rows] if found else rows


def _in_column(number: tuple[int, int], other: tuple[int, int]) -> bool:
    return min(number[1], other[1]) > max(number[0], other[0])


def lost_rows(picture: Gray, dpi: float, rows: list[Row]) -> list[Row]:
    """Where letters of one size stand side by side that are in none of the ``rows``.

    Much of that is none: whoever reads it must be sure. ``picture`` has no rules.
    """
    left = picture.copy()
    for row in rows:
        known = cut(row, picture.shape[1], picture.shape[0])
        left[known.top : known.bottom, known.left : known.right] = 255
    stats = connected(~left).stats[1:]
    heights, widths = stats[:, cv2.CC_STAT_HEIGHT], stats[:, cv2.CC_STAT_WIDTH]
    high = (heights >= _LEAST_LOST * dpi) & (heights <= HIGHEST * dpi)
    letters = stats[high & (widths <= _WIDEST * heights)]
    if len(letters) > _MOST_PIECES:
        return []
    words = _beside(letters)
    if len(words) > _MOST_WORDS:
        return []
    found = (_word(picture, dpi, letters[members]) for members in words)
    return [row for row in found if row]


def _beside(letters: NDArray[np.int32]) -> list[NDArray[np.intp]]:
    """Which letters stand side by side: the indices of each word's."""
    words: list[list[int]] = []
    for index in np.argsort(letters[:, cv2.CC_STAT_LEFT]):
        left, top, _, height = letters[index, : cv2.CC_STAT_AREA]
        for word in words:
            before = letters[word[-1]]
            gap = left - before[cv2.CC_STAT_LEFT] - before[cv2.CC_STAT_WIDTH]
            feet = top + height - before[cv2.CC_STAT_TOP] - before[cv2.CC_STAT_HEIGHT]
            taller = height - before[cv2.CC_STAT_HEIGHT]
            if gap <= _BESIDE * height and max(abs(feet), abs(taller)) <= _ALIKE * height:
                word.append(int(index))
                break
        else:
            words.append([int(index)])
    return [np.array(word) for word in words if len(word) > 1]


def _word(picture: Gray, dpi: float, letters: NDArray[np.int32]) -> Row | None:
    left, top = (int(letters[:, side].min()) for side in (cv2.CC_STAT_LEFT, cv2.CC_STAT_TOP))
    right = int((letters[:, cv2.CC_STAT_LEFT] + letters[:, cv2.CC_STAT_WIDTH]).max())
    feet = letters[:, cv2.CC_STAT_TOP] + letters[:, cv2.CC_STAT_HEIGHT]
    bottom = int(feet.max())
    return measured(picture, dpi, Box(left, top, right, bottom), float(np.median(feet)))
