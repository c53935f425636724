"""What pictures are kept in: arrays of bytes, by what a byte means."""

import numpy as np
from numpy.typing import NDArray

Gray = NDArray[np.uint8]
"""height x width, 0 black to 255 paper."""
Mask = NDArray[np.uint8]
"""height x width; not 0 where there is ink."""
Picture = NDArray[np.uint8]
"""height x width x 3, RGB, upright."""
