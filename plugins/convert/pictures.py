"""Scanned pictures as PDF pages, pixel for pixel. Runs inside the sandbox."""

from io import BytesIO
from pathlib import Path
from typing import Any

import img2pdf
from PIL import ExifTags, Image, ImageOps

from plugins.convert.failures import Failed

A4 = (595.276, 841.890)
"""Points."""
UNSTATED_DPI = 96
"""Screens and cameras write 72 or 96 when they know no resolution; img2pdf assumes 96."""
MAX_DPI = 2400
MIRRORED = frozenset({2, 4, 5, 7})
"""Exif orientations that no PDF /Rotate can express."""

PDF_ERRORS = (
    img2pdf.AlphaChannelError,
    img2pdf.ImageOpenError,
    img2pdf.JpegColorspaceError,
    img2pdf.UnsupportedColorspaceError,
)


def pictures_to_pdf(source: Path, target: Path) -> list[str]:
    """Write one page a picture; TIFF may hold many. Returns what had to be changed.

    JPEG data goes in as it is; other pixels are stored without loss. Raises Failed.
    Pixels were bounded before, by the header, under the limits of the safety check; Pillow's own
    bound is lifted for this process, which converts one file.
    """
    Image.MAX_IMAGE_PIXELS = None
    changed: list[str] = []
    content: bytes | BytesIO = source.read_bytes()
    with Image.open(source) as picture:
        first_only = picture.format in {"JPEG", "MPO", "PNG"}
        if first_only and picture.getexif().get(ExifTags.Base.Orientation) in MIRRORED:
            content = _as_png(ImageOps.exif_transpose(picture))
            changed.append("mirrored-back")
    try:
        pdf = _convert(content, first_only)
    except img2pdf.AlphaChannelError:
        with Image.open(source) as picture:
            content = _as_png(_on_white(picture))
        pdf = _convert(content, first_only)
        changed.append("transparency-removed")
    target.write_bytes(pdf)
    return changed


def page_size(
    width: int, height: int, dpi: tuple[float, float]
) -> tuple[float, float, float, float]:
    """Page and picture size in points: by the stated resolution, else as an A4 sheet holds it."""
    if max(dpi) <= UNSTATED_DPI or min(dpi) <= 0 or max(dpi) > MAX_DPI:
        short, long = sorted((width, height))
        per_pixel = min(A4[0] / short, A4[1] / long)
        size = width * per_pixel, height * per_pixel
    else:
        size = width * 72 / dpi[0], height * 72 / dpi[1]
    return (*size, *size)


def _convert(content: bytes | BytesIO, first_only: bool) -> bytes:
    try:
        pdf: Any = img2pdf.convert(
            content,
            layout_fun=page_size,
            rotation=img2pdf.Rotation.ifvalid,
            first_frame_only=first_only,
            nodate=True,
        )
    except img2pdf.AlphaChannelError:
        raise
    except (*PDF_ERRORS, ValueError, OSError, SyntaxError):
        raise Failed("picture-unsupported") from None
    return bytes(pdf)


def _on_white(picture: Image.Image) -> Image.Image:
    transparent = picture.convert("RGBA")
    sheet = Image.new("RGBA", transparent.size, "white")
    sheet.alpha_composite(transparent)
    return sheet.convert("RGB")


def _as_png(picture: Image.Image) -> bytes:
    stream = BytesIO()
    picture.save(stream, "PNG", dpi=picture.info.get("dpi", (UNSTATED_DPI, UNSTATED_DPI)))
    return stream.getvalue()
