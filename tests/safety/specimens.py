"""Tiny generators of good, broken and hostile files; each returns the path it wrote."""

import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image

CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Target="word/document.xml" Type="http://schemas.openxmlformats.org/'
    'officeDocument/2006/relationships/officeDocument"/></Relationships>'
)
BODY = (
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
    "<w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>"
)


def pdf(
    path: Path, pages: int = 1, change: Callable[[pikepdf.Pdf], None] | None = None, **save: object
) -> Path:
    """A plain PDF whose pages say their number; ``change`` may do to it what it likes."""
    with pikepdf.new() as document:
        for number in range(pages):
            page = document.add_blank_page(page_size=(595, 842))
            text = f"BT /F1 24 Tf 72 700 Td (page {number + 1}) Tj ET".encode()
            page.obj.Contents = document.make_stream(text)
            page.obj.Resources = Dictionary(
                Font=Dictionary(
                    F1=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
                )
            )
        if change is not None:
            change(document)
        document.save(path, **{"compress_streams": False, **save})  # type: ignore[arg-type]
    return path


def active(document: pikepdf.Pdf) -> None:
    """Everything that must not run or travel, also well hidden."""
    script = document.make_indirect(Dictionary(S=Name.JavaScript, JS="app.alert(1)"))
    root, page = document.Root, document.pages[0].obj
    root.OpenAction = script
    root.AA = Dictionary(WC=script)
    filespec = Dictionary(
        Type=Name.Filespec,
        F="a.exe",
        EF=Dictionary(F=document.make_stream(b"MZ", Type=Name.EmbeddedFile)),
    )
    root.Names = Dictionary(
        JavaScript=Dictionary(Names=Array(["x", script])),
        EmbeddedFiles=Dictionary(Names=Array(["a.exe", document.make_indirect(filespec)])),
    )
    rect = Array([10, 10, 90, 90])
    hidden = document.make_indirect(Name.Launch)

    def link(action: Dictionary) -> Dictionary:
        return Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=rect, A=action)

    page.Annots = Array(
        [
            link(Dictionary(S=hidden, F="cmd.exe")),
            link(Dictionary(S=Name.URI, URI="https://example.org/", Next=script)),
            link(Dictionary(S=Name.GoToR, F="//evil/share", D=Array([0, Name.Fit]))),
            Dictionary(Type=Name.Annot, Subtype=Name.RichMedia, Rect=rect),
            document.make_indirect(
                Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=rect, FS=filespec)
            ),
        ]
    )
    page.AA = Dictionary(O=Dictionary(S=Name.SubmitForm, F="https://example.org/"))


def form(value: str, *, drawn: bool) -> Callable[[pikepdf.Pdf], None]:
    """A text field that holds ``value``, with or without an appearance of it."""

    def change(document: pikepdf.Pdf) -> None:
        page = document.pages[0].obj
        field = Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Tx,
            T="field",
            V=value,
            DA="/Helv 12 Tf 0 g",
            Rect=Array([100, 100, 400, 130]),
            F=4,
            P=page,
        )
        if drawn:
            field.AP = Dictionary(
                N=document.make_stream(
                    b"BT /F1 12 Tf 2 10 Td (drawn value) Tj ET",
                    Type=Name.XObject,
                    Subtype=Name.Form,
                    BBox=Array([0, 0, 300, 30]),
                    Resources=page.Resources,
                )
            )
        widget = document.make_indirect(field)
        page.Annots = Array([widget])
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        document.Root.AcroForm = Dictionary(
            Fields=Array([widget]),
            DA="/Helv 12 Tf 0 g",
            DR=Dictionary(Font=Dictionary(Helv=font)),
        )

    return change


def picture_stream(
    width: int, height: int, data: bytes, kind: str
) -> Callable[[pikepdf.Pdf], None]:
    """A page with an image that claims a size, whatever its data says."""

    def change(document: pikepdf.Pdf) -> None:
        image = document.make_stream(
            data,
            Type=Name.XObject,
            Subtype=Name.Image,
            Width=width,
            Height=height,
            ColorSpace=Name.DeviceGray,
            BitsPerComponent=8,
            Filter=Name(kind),
        )
        document.pages[0].obj.Resources.XObject = Dictionary(Im0=image)

    return change


def jpeg_bytes(width: int = 40, height: int = 30, **save: object) -> bytes:
    stream = BytesIO()
    picture = Image.effect_noise((width, height), 60)
    picture.save(stream, "JPEG", **save)
    return stream.getvalue()


def huge_jpeg() -> bytes:
    """A small whole JPEG whose header claims 65,000 x 65,000."""
    content = bytearray(jpeg_bytes())
    at = content.index(b"\xff\xc0") + 5
    content[at : at + 4] = struct.pack(">HH", 65_000, 65_000)
    return bytes(content)


def png_bytes(
    width: int, height: int, data: bytes = b"", *, depth: int = 8, colour: int = 0
) -> bytes:
    """A PNG of any claimed size around the deflated ``data``; gray unless ``colour`` says else."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + checksum

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(data))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + body + chunk(b"IEND", b"")


def tiff_bytes(pages: int, width: int = 4, height: int = 4, *, loop: bool = False) -> bytes:
    """A bare gray TIFF; with ``loop`` the last page names the first as its successor."""
    strip, directory = 8, 8 + 16
    size = 2 + 8 * 12 + 4
    content = b"II*\0" + struct.pack("<I", directory) + b"\x80" * 16
    for number in range(pages):
        entries = [
            *((256, 4, width), (257, 4, height), (258, 3, 8), (259, 3, 1)),
            *((262, 3, 1), (273, 4, strip), (278, 4, height), (279, 4, 16)),
        ]
        last = number == pages - 1
        following = (directory if loop else 0) if last else directory + (number + 1) * size
        content += struct.pack("<H", len(entries))
        content += b"".join(struct.pack("<HHII", tag, kind, 1, v) for tag, kind, v in entries)
        content += struct.pack("<I", following)
    return content


def docx(path: Path, text: str = "จังหวัดตาก", more: dict[str, str] | None = None) -> Path:
    """The least that Word and LibreOffice accept."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("_rels/.rels", RELATIONS)
        archive.writestr("word/document.xml", BODY.format(text=text))
        for name, content in (more or {}).items():
            archive.writestr(name, content)
    return path


def overlapping_docx(path: Path) -> Path:
    """Two names in the directory that share one member's bytes."""
    docx(path, more={"word/a.bin": "0" * 10_000, "word/b.bin": "0" * 10_000})
    content = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        first = archive.getinfo("word/a.bin").header_offset
        second = archive.getinfo("word/b.bin").header_offset
    directory = content.rindex(b"word/b.bin") - 46
    assert struct.unpack_from("<I", content, directory + 42)[0] == second
    shared = content[: directory + 42] + struct.pack("<I", first) + content[directory + 46 :]
    path.write_bytes(shared)
    return path


def compound(path: Path, streams: dict[str, bytes]) -> Path:
    """An OLE2 compound file of streams of at least 4,096 bytes each ([MS-CFB])."""
    sector, end, free, table_mark = 512, 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    padded = [data.ljust(-(-len(data) // sector) * sector, b"\0") for data in streams.values()]
    entries = -(-(len(streams) + 1) // 4)
    table = [table_mark, *(1 + n + 1 for n in range(entries - 1)), end]
    starts = []
    for data in padded:
        count, first = len(data) // sector, len(table)
        starts.append(first)
        table += [*(first + n + 1 for n in range(count - 1)), end]
    assert len(table) <= 128
    table += [free] * (128 - len(table))

    def entry(name: str, kind: int, start: int, size: int, child: int = 0xFFFFFFFF) -> bytes:
        raw = (name + "\0").encode("utf-16-le")
        links = struct.pack("<BBIII", kind, 1, free, free, child)
        head = raw.ljust(64, b"\0") + struct.pack("<H", len(raw)) + links
        return head.ljust(116, b"\0") + struct.pack("<IQ", start, size)

    directory = entry("Root Entry", 5, end, 0, child=1)
    for (name, data), start in zip(streams.items(), starts, strict=True):
        directory += entry(name, 2, start, len(data))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, end, 0, end, 0)
    header += struct.pack("<I", 0) + struct.pack("<I", free) * 108
    body = (
        struct.pack("<128I", *table) + directory.ljust(entries * sector, b"\0") + b"".join(padded)
    )
    path.write_bytes(header + body)
    return path
