"""Pages of the things sent along: a label at the top right, a heading, text, a ruled table."""

from itertools import pairwise

from PIL import ImageDraw

from .flow import FIRST_BASELINE, LAST_BASELINE, LEFT, RIGHT, Flow
from .numbers import thai
from .spec import Attachment
from .typeset import INK, Sheet, Style, cm

PAD = 22


def attachment_label(ordinal: int, count: int) -> str:
    """The words at the top right of an attachment's first page."""
    return f"สิ่งที่ส่งมาด้วย {thai(ordinal)}" if count > 1 else "สิ่งที่ส่งมาด้วย"


def attachment_sheets(
    attachment: Attachment, ordinal: int, count: int, style: Style
) -> list[Sheet]:
    """All pages of one attachment."""
    flow = Flow(style, FIRST_BASELINE + style.feed * 1.4)
    flow.sheet.write(RIGHT, cm(2.6), attachment_label(ordinal, count), align="r")
    flow.centred(attachment.heading, bold=True)
    flow.advance(0.4)
    for text in attachment.paragraphs:
        flow.paragraph(text)
    if attachment.table:
        flow.advance(0.8)
        _table(flow, attachment)
    return flow.sheets


def _table(flow: Flow, attachment: Attachment) -> None:
    """A ruled table whose heading comes again on every page."""
    shares = attachment.columns or tuple(1.0 for _ in attachment.table[0])
    edges = [float(LEFT)]
    for share in shares:
        edges.append(edges[-1] + (RIGHT - LEFT) * share / sum(shares))
    heading, *rows = attachment.table
    _row(flow, heading, edges, bold=True)
    for row in rows:
        if flow.y + flow.style.feed * (_depth(flow, row, edges) + 0.5) > LAST_BASELINE:
            flow.new_page()
            flow.advance(0.5)
            _row(flow, heading, edges, bold=True)
        _row(flow, row, edges, bold=False)


def _cells(flow: Flow, row: tuple[str, ...], edges: list[float]) -> list[list[str]]:
    widths = [b - a - 2 * PAD for a, b in pairwise(edges)]
    return [flow.sheet.wrap(cell, width) for cell, width in zip(row, widths, strict=True)]


def _depth(flow: Flow, row: tuple[str, ...], edges: list[float]) -> int:
    return max(len(cell) for cell in _cells(flow, row, edges))


def _row(flow: Flow, row: tuple[str, ...], edges: list[float], *, bold: bool) -> None:
    cells = _cells(flow, row, edges)
    feed = flow.style.feed
    depth = max(len(cell) for cell in cells)
    top, bottom = flow.y + 0.3 * feed, flow.y + (depth + 0.5) * feed
    draw = ImageDraw.Draw(flow.sheet.image)
    for (left, right), cell in zip(pairwise(edges), cells, strict=True):
        draw.rectangle((left, top, right, bottom), outline=INK, width=3)
        for i, line in enumerate(cell, 1):
            middle = bold or _is_figure(line)
            x, align = ((left + right) / 2, "m") if middle else (left + PAD, "l")
            flow.sheet.write(x, flow.y + (i + 0.08) * feed, line, align=align, bold=bold)
    flow.y += (depth + 0.2) * feed


def _is_figure(text: str) -> bool:
    return text.replace(",", "").replace(".", "").isdigit()
