"""A last look at a register mark that the readings told by its likeness only.

The number's crop is read as one line at two resolutions, by our model and by Debian's ``tha``:
``ฉ`` must be seen as itself at both, and ``ว``, the only other mark there is, nowhere.
"""

import os
import re
from pathlib import Path
from typing import Final

import numpy as np
import pypdfium2
from numpy.typing import NDArray

from pipeline.models import LANGUAGE, tessdata
from schemas.letter import RegisterMark
from schemas.page import Box, PageText
from schemas.thaitext import tidy

RESOLUTIONS: Final = (250, 350)
PADDING: Final = 0.05
"""Inches of paper around the number that are read with it."""
STOCK: Final = Path("/usr/share/tesseract-ocr/5/tessdata")
ONE_LINE: Final = 7
"""Tesseract's page segmentation mode."""
_AFTER_SLASH: Final = re.compile(r"/[^0-9๐-๙]{0,8}")


def shows_emergency_mark(pdf: Path, page: PageText, box: Box) -> bool:
    """Whether ``ฉ`` itself, not a look-alike, stands behind the stroke of the number in ``box``.

    ``box`` is in the pixels of ``page``, which is page ``page.number`` of ``pdf``.
    """
    seen = [
        "".join(_behind_stroke(text) for text in _readings(_crop(pdf, page, box, dpi), dpi))
        for dpi in RESOLUTIONS
    ]
    emergency = all(RegisterMark.EMERGENCY.value in letters for letters in seen)
    return emergency and not any(RegisterMark.CIRCULAR.value in letters for letters in seen)


def _crop(pdf: Path, page: PageText, box: Box, dpi: int) -> NDArray[np.uint8]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        bitmap = document[page.number - 1].render(scale=dpi / 72, grayscale=True)
        picture = np.array(bitmap.to_numpy(), dtype=np.uint8).reshape(bitmap.height, bitmap.width)
    finally:
        document.close()
    scale, margin = dpi / page.dpi, round(PADDING * dpi)
    left, top, right, bottom = (round(side * scale) for side in box)
    rows = slice(max(top - margin, 0), bottom + margin)
    return np.ascontiguousarray(picture[rows, max(left - margin, 0) : right + margin])


def _readings(crop: NDArray[np.uint8], dpi: int) -> list[str]:
    import tesserocr

    os.environ.setdefault("OMP_THREAD_LIMIT", "1")
    models = [(tessdata(), LANGUAGE)]
    if (STOCK / "tha.traineddata").is_file():
        models.append((STOCK, "tha"))
    height, width = crop.shape
    texts = []
    for folder, language in models:
        with tesserocr.PyTessBaseAPI(path=str(folder), lang=language, psm=ONE_LINE) as engine:
            engine.SetImageBytes(crop.tobytes(), width, height, 1, width)
            engine.SetSourceResolution(dpi)
            texts.append(tidy(engine.GetUTF8Text()))
    return texts


def _behind_stroke(text: str) -> str:
    found = _AFTER_SLASH.search(text)
    return found[0] if found else ""
