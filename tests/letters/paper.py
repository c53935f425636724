"""What became of the paper before it was scanned, and what the glass shows beside it."""

from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels: TypeAlias = NDArray[np.uint8]


def seen_through(pixels: Pixels, strength: float) -> Pixels:
    """The page with its own writing on the back, mirrored and soft, as thin paper shows it."""
    back = cv2.GaussianBlur(pixels[:, ::-1], (0, 0), 2.5).astype(np.float32)
    shade = 1.0 - strength * (255.0 - back) / 255.0
    return np.asarray(pixels * shade, dtype=np.uint8)


def folded(pixels: Pixels, count: int, rng: np.random.Generator) -> Pixels:
    """The page with evenly spread creases: a shadow on one side of each, worn ink along it."""
    height = pixels.shape[0]
    rows = np.arange(height, dtype=np.float32)
    shade, worn = np.ones(height, np.float32), np.zeros(height, np.float32)
    for fold in range(1, count + 1):
        at = height * (fold / (count + 1) + rng.uniform(-0.02, 0.02))
        below = (rows >= at) * np.exp(-np.abs(rows - at) / 14.0)
        shade -= np.float32(rng.uniform(0.15, 0.4)) * below
        worn += np.float32(rng.uniform(0.3, 0.7)) * (np.abs(rows - at) < 3)
    paler = pixels + (255.0 - pixels) * np.clip(worn, 0, 1)[:, None, None]
    return np.asarray(np.clip(paler * shade[:, None, None], 0, 255), dtype=np.uint8)


def bordered(pixels: Pixels, most: float, rng: np.random.Generator) -> Pixels:
    """The page with black along its edges, each up to `most` pixels wide and a little slanted."""
    height, width = pixels.shape[:2]
    out = pixels.copy()
    for edge in (
        (0, 0, width, 0),
        (width, 0, width, height),
        (0, height, width, height),
        (0, 0, 0, height),
    ):
        x0, y0, x1, y1 = edge
        depth, other = rng.uniform(0, most, 2)
        inward = np.sign([width / 2 - (x0 + x1) / 2, height / 2 - (y0 + y1) / 2])
        far, near = inward * depth, inward * other
        corners = [(x0, y0), (x1, y1), (x1 + near[0], y1 + near[1]), (x0 + far[0], y0 + far[1])]
        cv2.fillPoly(out, [np.rint(corners).astype(np.int32)], (12, 12, 12))
    return out
