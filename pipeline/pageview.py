"""A page as detectors and cutters see it: what was read, and the picture on demand."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schemas.page import PageText

Picture = NDArray[np.uint8]
"""height x width x 3, RGB, upright."""


@dataclass(frozen=True)
class PageView:
    """One page of a PDF in the workdir. ``index`` is 0-based in ``pdf``; ``dpi`` of ``picture``."""

    pdf: Path
    index: int
    text: PageText
    dpi: int = 150

    @cached_property
    def picture(self) -> Picture:
        """The page as a person sees it (without hidden text), rendered once by PDFium."""
        import pypdfium2

        pdf: Any = pypdfium2.PdfDocument(self.pdf)
        try:
            bitmap = pdf[self.index].render(scale=self.dpi / 72, rev_byteorder=True)
            return np.array(bitmap.to_numpy()[:, :, :3], dtype=np.uint8)
        finally:
            pdf.close()
