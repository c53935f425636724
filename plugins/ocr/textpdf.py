"""The invisible text of one page, as a PDF that OCRmyPDF grafts under the picture.

OCRmyPDF's own renderer shapes Thai: SARA AM becomes two glyphs of which one has no character, and
marks get no width, so that extractors put blanks inside words and drop them between words. Here
every character is one blank glyph of the same width, as in tesseract's own PDF text.
"""

from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

import pikepdf
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from pikepdf import Array, Dictionary, Name, Pdf, Stream

from pipeline.straightening import Straightening
from plugins.ocr.words import ReadLine
from schemas.page import Word

_FONT = "SarabanGlyphless"
_WIDTH = 500
"""Advance of every character, in thousandths of the font size."""
_TO_UNICODE = b"""/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
1 beginbfrange
<0000> <FFFF> <0000>
endbfrange
endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""


def write_text_pdf(path: Path, lines: list[ReadLine], straight: Straightening, dpi: float) -> None:
    """Write one page of the upright page's size holding ``lines`` of the straightened page."""
    points = 72 / dpi
    height = straight.height * points
    with Pdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(straight.width * points, height))
        page.obj.Resources = Dictionary(Font=Dictionary(F1=_font(pdf)))
        content = "\n".join(_drawn(lines, straight, points, height))
        page.obj.Contents = Stream(pdf, content.encode("ascii"))
        pdf.save(path)


def _drawn(
    lines: list[ReadLine], straight: Straightening, points: float, height: float
) -> Iterator[str]:
    """Each line level, at the height of its middle: extractors tear a sloping line into pieces."""
    for line in lines:
        size = max((line.box.bottom - line.box.top) * points, 1.0)
        middle = (line.box.left + line.box.right) / 2
        baseline = line.box.bottom + line.rise + line.slope * (middle - line.box.left)
        _, y = straight.back(middle, baseline)
        yield f"BT 3 Tr /F1 {size:.2f} Tf"
        for word in line.words:
            x, _ = straight.back(word.box.left, baseline)
            yield (
                f"1 0 0 1 {x * points:.2f} {height - y * points:.2f} Tm "
                f"{_stretch(word, size, points):.2f} Tz <{_code(word.text + ' ')}> Tj"
            )
        yield "ET"


def _stretch(word: Word, size: float, points: float) -> float:
    """Percent by which the word must be widened to fill its box."""
    natural = len(word.text) * size * _WIDTH / 1000
    return max(100 * (word.box.right - word.box.left) * points / natural, 1.0)


def _code(text: str) -> str:
    """UTF-16 in hexadecimal; what needs two units there is no letter of a letter."""
    plain = "".join(char if ord(char) < 0x10000 else "\ufffd" for char in text)
    return plain.encode("utf-16-be").hex()


def _font(pdf: Pdf) -> pikepdf.Object:
    program = Stream(pdf, _blank_font())
    program.Length1 = len(_blank_font())
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=Name("/" + _FONT),
        Flags=4,
        FontBBox=Array([0, -200, _WIDTH, 800]),
        ItalicAngle=0,
        Ascent=800,
        Descent=-200,
        CapHeight=800,
        StemV=80,
        FontFile2=program,
    )
    cid = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=Name("/" + _FONT),
        CIDSystemInfo=Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0),
        CIDToGIDMap=Stream(pdf, b"\0\1" * 65536),
        DW=_WIDTH,
        FontDescriptor=pdf.make_indirect(descriptor),
    )
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type0,
            BaseFont=Name("/" + _FONT),
            Encoding=Name("/Identity-H"),
            DescendantFonts=Array([pdf.make_indirect(cid)]),
            ToUnicode=Stream(pdf, _TO_UNICODE),
        )
    )


@cache
def _blank_font() -> bytes:
    """A TrueType font of two empty glyphs."""
    names = [".notdef", "blank"]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({0x20: "blank"})
    builder.setupGlyf({name: TTGlyphPen(None).glyph() for name in names})
    builder.setupHorizontalMetrics(dict.fromkeys(names, (_WIDTH, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": _FONT, "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=800, sTypoDescender=-200)
    builder.setupPost()
    out = BytesIO()
    builder.save(out)
    return out.getvalue()
