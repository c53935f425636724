"""Draws shaped Thai text on A4 pages at 300 dpi and remembers every line for the ground truth."""

from dataclasses import dataclass, field
from typing import TypeAlias

from PIL import Image, ImageDraw

from .fonts import DPI, load_font
from .linebreak import wrap

PAGE_SIZE = (2480, 3508)
INK = (28, 28, 30)
Colour: TypeAlias = tuple[int, int, int]


def cm(length: float) -> int:
    """Centimetres as pixels of the page."""
    return round(length * DPI / 2.54)


@dataclass(frozen=True)
class Style:
    """The type of a letter: one family, its body size and the line feed."""

    family: str = "Laksaman"
    points: float = 16.0
    leading: float = 1.36
    dot: int = 1
    """Radius of the dots on a memo's lines; OCR loses the lines from 2 pixels on."""

    @property
    def feed(self) -> int:
        """Pixels from one baseline to the next."""
        return round(self.points * self.leading * DPI / 72)


@dataclass(frozen=True)
class Run:
    """A text written at once: its baseline, left edge and width in pixels, its size in points."""

    y: int
    x: int
    text: str
    width: int = 0
    points: float = 16.0


@dataclass(frozen=True)
class PageArt:
    """A page as it was typed and stamped, before any scanner saw it."""

    image: Image.Image
    lines: tuple[str, ...]
    runs: tuple[Run, ...] = ()


@dataclass
class Sheet:
    """A page being written."""

    style: Style
    image: Image.Image = field(default_factory=lambda: Image.new("RGB", PAGE_SIZE, (255, 255, 255)))
    _runs: list[Run] = field(default_factory=list)

    def width(self, text: str, points: float | None = None, bold: bool = False) -> float:
        """How wide a text stands."""
        font = load_font(self.style.family, points or self.style.points, bold)
        return float(font.getlength(text, language="th"))

    def write(
        self,
        x: float,
        y: float,
        text: str,
        *,
        points: float | None = None,
        bold: bool = False,
        align: str = "l",
        colour: Colour = INK,
    ) -> float:
        """Write one line with its baseline at `y` (align l, m or r); the x where it ends."""
        font = load_font(self.style.family, points or self.style.points, bold)
        draw = ImageDraw.Draw(self.image)
        draw.text((x, y), text, fill=colour, font=font, anchor=f"{align}s", language="th")
        length = float(font.getlength(text, language="th"))
        left = x - {"l": 0.0, "m": length / 2, "r": length}[align]
        self.note(left, y, text, length, points)
        return left + length

    def note(
        self, x: float, y: float, text: str, width: float = 0.0, points: float | None = None
    ) -> None:
        """Put a text into the truth that was drawn by other means."""
        size = points or self.style.points
        self._runs.append(Run(round(y), round(x), text, round(width), size))

    def wrap(self, text: str, width: float, first_width: float | None = None) -> list[str]:
        """Break a paragraph in the body type."""
        return wrap(text, self.width, width, first_width)

    def rule(self, x0: float, x1: float, y: float, *, dotted: bool = False) -> None:
        """A horizontal line, dotted where a form is to be filled in."""
        draw = ImageDraw.Draw(self.image)
        if not dotted:
            draw.line((x0, y, x1, y), fill=INK, width=3)
            return
        radius = self.style.dot
        for x in range(round(x0), round(x1), 20):
            draw.ellipse((x, y - radius, x + 2 * radius, y + radius), fill=INK)

    def lines(self) -> tuple[str, ...]:
        """Everything written, top to bottom; runs on one baseline make one line."""
        rows: dict[int, list[tuple[int, str]]] = {}
        for run in self._runs:
            key = next((row for row in rows if abs(row - run.y) <= 12), run.y)
            rows.setdefault(key, []).append((run.x, run.text))
        return tuple(" ".join(text for _, text in sorted(rows[row])) for row in sorted(rows))

    def art(self) -> PageArt:
        """The finished page."""
        return PageArt(self.image, self.lines(), tuple(self._runs))
