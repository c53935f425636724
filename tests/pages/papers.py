"""One-page PDFs of one picture, plain or with something unusual about them."""

import io
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pikepdf
from numpy.typing import NDArray
from pikepdf import Array, Dictionary, Name, Pdf, Stream
from PIL import Image, ImageCms

DPI = 300


def print_of(width: int, height: int, seed: int) -> Image.Image:
    """Black, red and blue strokes on grainy paper."""
    rng = np.random.default_rng(seed)
    art = np.full((height, width, 3), 245, np.uint8)
    for colour in ((0, 0, 0), (200, 20, 30), (20, 30, 180)) * 6:
        ends = rng.integers(0, (width, height), (2, 2)).tolist()
        cv2.line(art, ends[0], ends[1], colour, int(rng.integers(1, 6)))
    return Image.fromarray(np.clip(art + rng.normal(0, 4, art.shape), 0, 255).astype(np.uint8))


@dataclass
class Paper:
    """A page that ``picture`` covers; what a test changes of it is then written."""

    pdf: Pdf
    picture: Any
    width: float
    height: float
    resources: Any = field(default_factory=Dictionary)
    leaf: dict[str, Any] = field(default_factory=dict)
    before: str = ""
    paint: str = ""
    after: str = ""

    def write(self, path: Path) -> Path:
        self.resources.XObject = self.resources.get(Name.XObject, Dictionary())
        self.resources.XObject.Im0 = self.picture
        self.pdf.add_blank_page(page_size=(self.width, self.height))
        leaf = self.pdf.pages[0]
        leaf.Resources = self.resources
        for key, value in self.leaf.items():
            leaf[key] = value
        paint = self.paint or f"{self.width} 0 0 {self.height} 0 0 cm /Im0 Do"
        leaf.Contents = self.pdf.make_stream(
            f"{self.before} q {paint} Q {self.after}".encode("ascii")
        )
        self.pdf.save(path)
        return path


def scanned(art: Image.Image, **keys: Any) -> Paper:
    """``art`` as JPEG at ``DPI``; ``keys`` replace those of the picture."""
    buffer = io.BytesIO()
    art.save(buffer, "JPEG", quality=75)
    plain = {"ColorSpace": Name.DeviceGray if art.mode == "L" else Name.DeviceRGB}
    return _paper(buffer.getvalue(), art, plain | {"Filter": Name.DCTDecode} | keys)


def colour(art: Image.Image) -> Paper:
    return scanned(art)


def smooth(art: Image.Image) -> Paper:
    """To be interpolated where it is enlarged."""
    return scanned(art, Interpolate=True)


def gray(art: Image.Image) -> Paper:
    return scanned(art.convert("L"))


def bilevel(art: Image.Image) -> Paper:
    bits = art.convert("1", dither=Image.Dither.NONE)
    keys = {"ColorSpace": Name.DeviceGray, "Filter": Name.FlateDecode, "BitsPerComponent": 1}
    return _paper(zlib.compress(bits.tobytes()), bits, keys)


def fax(art: Image.Image) -> Paper:
    """Black and white in CCITT group 4."""
    buffer = io.BytesIO()
    art.convert("1", dither=Image.Dither.NONE).save(buffer, "TIFF", compression="group4")
    tiff: Any = Image.open(buffer)
    tags = tiff.tag_v2
    start, length = tags[273][0], tags[279][0]
    coded = Dictionary(K=-1, Columns=art.width, Rows=art.height, BlackIs1=tags[262] == 1)
    keys = {"ColorSpace": Name.DeviceGray, "Filter": Name.CCITTFaxDecode, "BitsPerComponent": 1}
    data = buffer.getvalue()[start : start + length]
    return _paper(data, art, keys | {"DecodeParms": coded})


def profiled(art: Image.Image) -> Paper:
    """Colour with an ICC profile."""
    paper = scanned(art)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    stream = Stream(paper.pdf, profile, N=3, Alternate=Name.DeviceRGB)
    paper.picture.ColorSpace = Array([Name.ICCBased, paper.pdf.make_indirect(stream)])
    return paper


def deep(art: Image.Image) -> Paper:
    """Gray in 16 bits."""
    values = np.asarray(art.convert("L")).astype(">u2") * 257
    keys = {"ColorSpace": Name.DeviceGray, "Filter": Name.FlateDecode, "BitsPerComponent": 16}
    return _paper(zlib.compress(values.astype(">u2").tobytes()), art, keys)


def printed(art: Image.Image) -> Paper:
    """Four inks, with a profile."""
    paper = scanned(art.convert("CMYK"))
    stream = Stream(paper.pdf, b"no profile that is known", N=4, Alternate=Name.DeviceCMYK)
    paper.picture.ColorSpace = Array([Name.ICCBased, paper.pdf.make_indirect(stream)])
    return paper


def _paper(data: bytes, art: Image.Image, keys: dict[str, Any]) -> Paper:
    pdf = pikepdf.new()
    picture = Stream(pdf, data)
    size = {"Width": art.width, "Height": art.height, "BitsPerComponent": 8}
    for key, value in ({"Type": Name.XObject, "Subtype": Name.Image} | size | keys).items():
        picture[f"/{key}"] = value
    width, height = (round(side * 72 / DPI, 3) for side in art.size)
    return Paper(pdf, pdf.make_indirect(picture), width, height)


KINDS: dict[str, Callable[[Image.Image], Paper]] = {
    kind.__name__: kind for kind in (colour, smooth, gray, bilevel, fax, profiled, deep, printed)
}


def _masked(paper: Paper, key: str, **more: Any) -> None:
    """A mask that hides the left half."""
    width, height = paper.picture.Width, paper.picture.Height
    hidden = np.full((height, width), 255, np.uint8)
    hidden[:, : width // 2] = 0
    bits = more.get("BitsPerComponent", 8)
    data = hidden if bits == 8 else np.packbits(hidden == 0, axis=1)
    mask = Stream(paper.pdf, data.tobytes())
    plain = {"Type": Name.XObject, "Subtype": Name.Image, "BitsPerComponent": bits}
    for name, value in (plain | {"Width": width, "Height": height} | more).items():
        mask[f"/{name}"] = value
    paper.picture[key] = paper.pdf.make_indirect(mask)


def _soft_mask(paper: Paper) -> None:
    _masked(paper, "/SMask", ColorSpace=Name.DeviceGray)


def _stencil(paper: Paper) -> None:
    _masked(paper, "/Mask", ImageMask=True, BitsPerComponent=1)


def _colour_key(paper: Paper) -> None:
    paper.picture.Mask = Array([0, 60, 0, 60, 0, 60])


def _inverted(paper: Paper) -> None:
    paper.picture.Decode = Array([1, 0, 1, 0, 1, 0])


def _indexed(paper: Paper) -> None:
    """Each value stands for a colour of a table."""
    values = print_of(paper.picture.Width, paper.picture.Height, 2).convert("L")
    table = bytes(range(255, -1, -1))
    paper.picture.write(values.tobytes())
    paper.picture.ColorSpace = Array([Name.Indexed, Name.DeviceGray, 255, pikepdf.String(table)])


def _wavelets(paper: Paper) -> None:
    """JPEG 2000."""
    buffer = io.BytesIO()
    print_of(paper.picture.Width, paper.picture.Height, 5).save(buffer, "JPEG2000")
    paper.picture.write(buffer.getvalue(), filter=Name.JPXDecode)


def _unused(paper: Paper) -> None:
    """Another picture of the same size is shown, in the content itself, as a stencil."""
    width, height = int(paper.picture.Width), int(paper.picture.Height)
    bits = "55" * (width // 8 * height)
    size = f"/W {width} /H {height} /BPC 1 /IM true /F /AHx"
    paper.paint = f"{paper.width} 0 0 {paper.height} 0 0 cm BI {size} ID {bits}> EI"


def _layer(paper: Paper) -> None:
    group = paper.pdf.make_indirect(Dictionary(Type=Name.OCG, Name="off"))
    paper.picture.OC = group
    shown = Dictionary(Order=Array(), OFF=Array([group]))
    paper.pdf.Root.OCProperties = Dictionary(OCGs=Array([group]), D=shown)


def _faint(paper: Paper) -> None:
    paper.resources.ExtGState = Dictionary(G0=Dictionary(ca=0.3))
    paper.before = "/G0 gs"


def _lettered(paper: Paper) -> None:
    paper.resources.Font = Dictionary(F0=_helvetica())
    paper.after = f"BT /F0 30 Tf 10 {paper.height / 2} Td (typed) Tj ET"


def _ruled(paper: Paper) -> None:
    paper.after = f"4 w 0 {paper.height / 2} m {paper.width} {paper.height / 2} l S"


def _inline(paper: Paper) -> None:
    paper.after = "q 20 0 0 20 5 5 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \0 EI Q"


def _clipped(paper: Paper) -> None:
    paper.before = f"0 0 {paper.width / 2} {paper.height} re W n"


def _noted(paper: Paper) -> None:
    square = Dictionary(
        Type=Name.Annot, Subtype=Name.Square, Rect=Array([5, 5, 40, 40]), C=Array([0, 0, 1]), F=4
    )
    look = Stream(paper.pdf, b"0 0 1 rg 0 0 35 35 re f")
    look.Subtype, look.BBox = Name.Form, Array([0, 0, 35, 35])
    square.AP = Dictionary(N=paper.pdf.make_indirect(look))
    paper.leaf["/Annots"] = Array([paper.pdf.make_indirect(square)])


def _cropped(paper: Paper) -> None:
    paper.leaf["/CropBox"] = Array([0, 0, paper.width / 2, paper.height / 2])


def _smaller(paper: Paper) -> None:
    paper.paint = f"{paper.width - 2} 0 0 {paper.height - 2} 1 1 cm /Im0 Do"


def _mirrored(paper: Paper) -> None:
    paper.paint = f"{-paper.width} 0 0 {paper.height} {paper.width} 0 cm /Im0 Do"


def _in_a_form(paper: Paper) -> None:
    """The form shrinks it."""
    matrix = Array([0.5, 0, 0, 0.5, 0, 0])
    content = f"{paper.width} 0 0 {paper.height} 0 0 cm /Im0 Do"
    form = _form(paper, content, Dictionary(XObject=Dictionary(Im0=paper.picture)), Matrix=matrix)
    paper.resources.XObject = Dictionary(Fm0=form)
    paper.paint = "/Fm0 Do"


def _nested(paper: Paper) -> None:
    """Letters in a form in a form."""
    letters = f"BT /F0 30 Tf 10 {paper.height / 2} Td (typed) Tj ET"
    inner = _form(paper, letters, Dictionary(Font=Dictionary(F0=_helvetica())))
    outer = _form(paper, "/Fm1 Do", Dictionary(XObject=Dictionary(Fm1=inner)))
    paper.resources.XObject = Dictionary(Fm0=outer)
    paper.after = "/Fm0 Do"


def _form(paper: Paper, content: str, resources: Dictionary, **keys: Any) -> Any:
    form = Stream(paper.pdf, content.encode("ascii"))
    plain = {"Subtype": Name.Form, "BBox": Array([0, 0, paper.width, paper.height])}
    for key, value in (plain | {"Resources": resources} | keys).items():
        form[f"/{key}"] = value
    return paper.pdf.make_indirect(form)


def _default_colours(paper: Paper) -> None:
    lab = Dictionary(WhitePoint=Array([0.95, 1, 1.09]), Range=Array([-99, 99, -99, 99]))
    paper.resources.ColorSpace = Dictionary(DefaultRGB=Array([Name.Lab, lab]))


def _twice(paper: Paper) -> None:
    paper.after = f"q {paper.width / 2} 0 0 {paper.height / 2} 0 0 cm /Im0 Do Q"


UNUSUAL: dict[str, Callable[[Paper], None]] = {
    change.__name__.strip("_"): change
    for change in (
        *(_soft_mask, _stencil, _colour_key, _inverted, _indexed, _wavelets, _unused),
        *(_layer, _faint, _lettered, _ruled),
        *(_inline, _clipped, _noted, _cropped, _smaller, _mirrored, _in_a_form, _nested),
        *(_default_colours, _twice),
    )
}


def hide_text(paper: Paper) -> None:
    """A text layer such as readers write: letters that nobody sees, in a form of their own."""
    letters = "BT 3 Tr /F0 20 Tf 10 20 Td (hidden) Tj ET"
    form = _form(paper, letters, Dictionary(Font=Dictionary(F0=_helvetica())))
    paper.resources.XObject = Dictionary(Fm0=form)
    paper.before = "/Fm0 Do"


def _helvetica() -> Dictionary:
    return Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)


def drawing(path: Path, dpi: float) -> NDArray[np.uint8]:
    """The first page as PDFium draws it, BGR."""
    import pypdfium2

    document: Any = pypdfium2.PdfDocument(path)
    try:
        shown = document[0].render(scale=dpi / 72 * (1 - 1e-5)).to_numpy()
        return np.array(shown[:, :, :3], np.uint8)
    finally:
        document.close()
