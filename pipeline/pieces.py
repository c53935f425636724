"""Connected pieces of ink on a page."""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.pixels import Mask


class Pieces(NamedTuple):
    """``labels``: height x width, 0 for paper. ``stats``: a row for each label with the columns of
    ``cv2.CC_STAT_…`` in pixels. ``centres``: x and y for each label. The rows of paper are 0."""

    labels: NDArray[np.int32]
    stats: NDArray[np.int32]
    centres: NDArray[np.float64]


def connected(mask: Mask) -> Pieces:
    """The pieces whose pixels touch at a side or a corner.

    As ``cv2.connectedComponentsWithStats``, which measures the paper too and takes several times as
    long on a page that is mostly paper. A mask without any pixel has no pieces.
    """
    inked = cv2.findNonZero(mask) if mask.size else None
    if inked is None:
        return Pieces(np.zeros(mask.shape, np.int32), np.zeros((1, 5), np.int32), np.zeros((1, 2)))
    count, labels = cv2.connectedComponents(mask, connectivity=8, ltype=cv2.CV_32S)
    columns, rows = np.ascontiguousarray(inked.reshape(-1, 2).T, dtype=np.int64)
    own = labels.ravel()[rows * mask.shape[1] + columns].astype(np.int64)
    stats = np.zeros((count, 5), np.int32)
    area = np.bincount(own, minlength=count)
    left, top = (np.full(count, max(mask.shape), np.int64) for _ in range(2))
    right, bottom = (np.zeros(count, np.int64) for _ in range(2))
    np.minimum.at(left, own, columns)
    np.maximum.at(right, own, columns + 1)
    np.minimum.at(top, own, rows)
    np.maximum.at(bottom, own, rows + 1)
    for column, values in (
        (cv2.CC_STAT_LEFT, left),
        (cv2.CC_STAT_TOP, top),
        (cv2.CC_STAT_WIDTH, right - left),
        (cv2.CC_STAT_HEIGHT, bottom - top),
        (cv2.CC_STAT_AREA, area),
    ):
        stats[1:, column] = values[1:]
    sums = (np.bincount(own, weights=place, minlength=count) for place in (columns, rows))
    centres = np.stack([total / np.maximum(area, 1) for total in sums], axis=1)
    return Pieces(np.asarray(labels, np.int32), stats, centres)
