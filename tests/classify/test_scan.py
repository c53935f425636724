"""How a page came to be, however its pictures are placed: whole, in strips, by a form."""

from pathlib import Path

import numpy as np
import pikepdf
import pytest
from pikepdf import Dictionary, Name, Stream

from pipeline.pageview import PageView
from plugins.classify.scan import ScanKind, scan_kind
from schemas.page import PageText

WIDTH, HEIGHT = 595, 842
SPACES = {1: Name.DeviceGray, 8: Name.DeviceGray, 24: Name.DeviceRGB}


def strips(path: Path, bits: int, count: int, share: float = 1.0, *, red: bool = True) -> PageView:
    """A page of which ``share``, from its foot up, is covered by so many pictures."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(WIDTH, HEIGHT))
    pixels = np.full((16, 16, 3 if bits == 24 else 1), 200, np.uint8)
    if bits == 24 and red:
        pixels[:, :, 1:] = 40
    data = b"\xf0\xf0" * 16 if bits == 1 else pixels.tobytes()
    high, drawn = share * HEIGHT / count, []
    page.Resources = Dictionary(XObject=Dictionary())
    for n in range(count):
        picture = Stream(pdf, data, Type=Name.XObject, Subtype=Name.Image, Width=16, Height=16)
        picture.BitsPerComponent, picture.ColorSpace = min(bits, 8), SPACES[bits]
        page.Resources.XObject[f"/I{n}"] = picture
        drawn.append(f"q {WIDTH} 0 0 {high} 0 {n * high} cm /I{n} Do Q")
    page.Contents = Stream(pdf, "\n".join(drawn).encode())
    pdf.save(path)
    return PageView(path, 0, PageText(number=1, width=1240, height=1754, dpi=150))


@pytest.mark.parametrize("count", [1, 2, 4, 9])
@pytest.mark.parametrize(
    ("bits", "kind"), [(1, ScanKind.BILEVEL), (8, ScanKind.GREY), (24, ScanKind.COLOUR)]
)
def test_strips_are_one_scan(tmp_path: Path, bits: int, kind: ScanKind, count: int) -> None:
    assert scan_kind(strips(tmp_path / "page.pdf", bits, count)) is kind


def test_colour_without_a_coloured_pixel_is_grey(tmp_path: Path) -> None:
    assert scan_kind(strips(tmp_path / "page.pdf", 24, 4, red=False)) is ScanKind.GREY


def test_pictures_on_a_small_part_of_a_page_make_no_scan(tmp_path: Path) -> None:
    assert scan_kind(strips(tmp_path / "page.pdf", 8, 3, share=0.3)) is ScanKind.DRAWN


def test_a_scan_that_a_form_places_is_one(tmp_path: Path) -> None:
    path = tmp_path / "page.pdf"
    view = strips(path, 8, 1)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        page = pdf.pages[0]
        form = Stream(pdf, b"q 1 0 0 1 0 0 cm /I0 Do Q", Type=Name.XObject, Subtype=Name.Form)
        form.BBox, form.Resources = [0, 0, 1, 1], page.Resources
        page.Resources = Dictionary(XObject=Dictionary(F=form))
        page.Contents = Stream(pdf, f"q {WIDTH} 0 0 {HEIGHT} 0 0 cm /F Do Q".encode())
        pdf.save(path)
    assert scan_kind(view) is ScanKind.GREY
