"""Where a line stands on its page."""

import re
from dataclasses import dataclass

from schemas.page import Line, PageText

DASHES = ("-", "–", "—")
PAGE_NUMBER = re.compile(r"^[-–—_.]*(\d{1,3})[-–—_.]*$")
"""A printed page number, as a skeleton."""


@dataclass(frozen=True)
class Place:
    """Where a line stands, as shares of the page."""

    left: float
    right: float
    top: float

    @classmethod
    def of(cls, line: Line, page: PageText) -> "Place":
        """The place of ``line`` on ``page``."""
        width, height = max(page.width, 1), max(page.height, 1)
        return cls(line.box.left / width, line.box.right / width, line.box.top / height)

    @property
    def centred(self) -> bool:
        return abs((self.left + self.right) / 2 - 0.5) <= 0.1
