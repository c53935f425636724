"""Prints separator sheets: one lies before each letter of a stack."""

from typing import Any

from pipeline.errors import ConfigurationError
from pipeline.fonts import thai_font
from plugins.split.codes import HEADING, INSTRUCTION, SheetCode
from schemas.thaitext import thai_digits

_PAGE = (210.0, 297.0)
_LARGE, _SMALL, _MARGIN = 60.0, 30.0, 18.0
_MOST = 999


def separator_sheets(station: str, batch: str, first: int, count: int) -> bytes:
    """A PDF of ``count`` A4 sheets, numbered from ``first``, as vectors.

    Three codes a sheet say the same, so that one survives a folded corner or a skewed feed. Raises
    ConfigurationError when a name or number cannot be coded, or more than 999 sheets are asked for.
    """
    if not 1 <= count <= _MOST:
        raise ConfigurationError(
            "separator-count",
            thai=f"พิมพ์แผ่นคั่นได้ครั้งละ 1 ถึง {_MOST} แผ่น",
            english=f"Between 1 and {_MOST} separator sheets can be printed at a time.",
        )
    pdf = _blank_document()
    for ordinal in range(first, first + count):
        _draw(pdf, SheetCode(station, batch, ordinal))
    return bytes(pdf.output())


def _blank_document() -> Any:
    from fpdf import FPDF

    pdf: Any = FPDF(format="A4", unit="mm")
    pdf.set_auto_page_break(auto=False)
    pdf.set_title(HEADING)
    pdf.set_lang("th")
    pdf.add_font("thai", "", str(thai_font()))
    pdf.add_font("thai", "B", str(thai_font(bold=True)))
    pdf.set_text_shaping(use_shaping_engine=True, script="thai", language="tha")
    return pdf


def _draw(pdf: Any, code: SheetCode) -> None:
    width, height = _PAGE
    pdf.add_page()
    far = (width - _MARGIN - _SMALL, height - _MARGIN - _SMALL)
    _draw_code(pdf, code.payload, _LARGE, ((width - _LARGE) / 2, 72.0))
    _draw_code(pdf, code.payload, _SMALL, (_MARGIN, _MARGIN))
    _draw_code(pdf, code.payload, _SMALL, far)
    _centred(pdf, 53.0, 32, f"{HEADING} (separator)", bold=True)
    _centred(pdf, 141.0, 150, thai_digits(str(code.ordinal)), bold=True)
    _centred(pdf, 204.0, 22, f"สถานี {code.station}  ชุดที่ {code.batch}")
    _centred(pdf, 216.0, 18, INSTRUCTION)


def _centred(pdf: Any, top: float, points: float, text: str, *, bold: bool = False) -> None:
    pdf.set_font("thai", "B" if bold else "", points)
    pdf.set_xy(0, top)
    pdf.cell(w=_PAGE[0], h=points * 0.3528, text=text, align="C")


def _draw_code(pdf: Any, payload: str, size: float, corner: tuple[float, float]) -> None:
    """Each run of dark modules in a row becomes one rectangle."""
    import segno

    symbol: Any = segno.make_qr(payload, error="q", boost_error=False)
    rows = [[bool(dark) for dark in row] for row in symbol.matrix]
    module = size / len(rows)
    pdf.set_fill_color(0)
    for y, row in enumerate(rows):
        start = None
        for x, dark in enumerate([*row, False]):
            if dark and start is None:
                start = x
            elif not dark and start is not None:
                left, top = corner[0] + start * module, corner[1] + y * module
                pdf.rect(left, top, (x - start) * module, module, style="F")
                start = None
