"""The visible stamp of a signature: lines of Thai at the lower right of the last page."""

from dataclasses import dataclass
from typing import Any

from pyhanko.pdf_utils import generic, layout
from pyhanko.pdf_utils.font.opentype import GlyphAccumulatorFactory
from pyhanko.pdf_utils.text import TextBoxStyle
from pyhanko.stamp import TextStamp, TextStampStyle

from pipeline.fonts import thai_font

_WIDTH, _LINE, _MARGIN = 236, 16, 24
"""Points: the stamp's width, the height of one line, the distance to the edges of the page."""
_MATRICES = {0: (1, 0, 0, 1), 90: (0, 1, -1, 0), 180: (-1, 0, 0, -1), 270: (0, -1, 1, 0)}


@dataclass(frozen=True)
class TurnedStyle(TextStampStyle):
    """A text stamp that stands upright on a page which is shown turned by ``turn`` degrees."""

    turn: int = 0

    def create_stamp(self, writer: Any, box: Any, text_params: Any) -> "TurnedStamp":
        """Called by pyHanko with the widget's box, which lies as the page does."""
        if self.turn % 180:
            box = layout.BoxConstraints(width=box.height, height=box.width)
        return TurnedStamp(writer=writer, style=self, box=box, text_params=text_params)


class TurnedStamp(TextStamp):
    """Drawn upright, then turned by the form's matrix (ISO 32000-2 section 12.5.5)."""

    def as_form_xobject(self) -> Any:
        """The appearance with its matrix."""
        form = super().as_form_xobject()
        matrix = (*_MATRICES[self.style.turn], 0, 0)
        number: Any = generic.NumberObject
        form["/Matrix"] = generic.ArrayObject(number(n) for n in matrix)
        return form


@dataclass(frozen=True)
class Place:
    """``box`` in user space of the last page: left, bottom, right, top in points."""

    box: tuple[int, int, int, int]
    turn: int


def stamp_style(lines: tuple[str, ...], turn: int) -> TurnedStyle:
    """Black text without a background, shaped by HarfBuzz, shrunk when a line is too long."""
    return TurnedStyle(
        turn=turn,
        stamp_text="\n".join(lines).replace("%", "%%"),
        border_width=0,
        text_box_style=TextBoxStyle(
            font=GlyphAccumulatorFactory(str(thai_font()), font_size=11),
            font_size=11,
            leading=_LINE,
        ),
        inner_content_layout=layout.SimpleBoxLayoutRule(
            x_align=layout.AxisAlignment.ALIGN_MAX, y_align=layout.AxisAlignment.ALIGN_MIN
        ),
    )


def stamp_place(writer: Any, lines: int) -> Place:
    """Lower right of the last page as it is shown, for so many lines. ``writer``: pyHanko's."""
    page = writer.find_page_for_modification(-1)[0].get_object()
    left, bottom, right, top = _page_box(page)
    turn = int(_inherited(page, "/Rotate") or 0) % 360
    width, height = _WIDTH, _LINE * lines + 4
    if turn % 180:
        width, height = height, width
    x = right - _MARGIN - width if turn in (0, 90) else left + _MARGIN
    y = bottom + _MARGIN if turn in (0, 270) else top - _MARGIN - height
    return Place((x, y, x + width, y + height), turn)


def _page_box(page: Any) -> tuple[int, int, int, int]:
    box = _inherited(page, "/CropBox") or _inherited(page, "/MediaBox")
    x1, y1, x2, y2 = (round(float(corner)) for corner in box)
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def _inherited(page: Any, key: str) -> Any:
    for _ in range(64):
        if key in page:
            return page[key]
        if "/Parent" not in page:
            return None
        page = page["/Parent"]
    return None
