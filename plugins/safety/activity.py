"""What in a PDF acts, plays, sends or carries files, found by name wherever it hides.

The whole document is written as qpdf JSON, in which names are spelt out plainly whatever escapes
or object streams hid them; strings cannot be mistaken for names there.
"""

import re
import tempfile
from collections.abc import Iterator
from typing import IO, NamedTuple

import pikepdf

ACTIONS = {
    "JavaScript": "javascript",
    "Launch": "launch-action",
    **dict.fromkeys(("GoToR", "GoToE", "SubmitForm", "ImportData"), "remote-action"),
    **dict.fromkeys(("Rendition", "Movie", "Sound", "RichMediaExecute"), "rich-media"),
}
"""Values of /S in an action (ISO 32000-1, table 198; ISO 32000-2, table 201)."""

ANNOTATIONS = {
    **dict.fromkeys(("RichMedia", "Movie", "Sound", "Screen", "3D"), "rich-media"),
    "FileAttachment": "embedded-files",
}
"""Values of /Subtype in an annotation."""

KEYS = {
    "JS": "javascript",
    "AA": "automatic-action",
    **dict.fromkeys(("EF", "EmbeddedFiles"), "embedded-files"),
    "XFA": "xfa-form",
    "ByteRange": "signature",
}
"""Keys that mean the same wherever they stand."""

CHUNK = 4 << 20
OVERLAP = 128

NAMES = re.compile(
    rf'"(?:/S|value)": "/(?P<action>{"|".join(ACTIONS)})"'
    rf'|"(?:/Subtype|value)": "/(?P<annotation>{"|".join(ANNOTATIONS)})"'
    rf'|"/(?P<key>{"|".join(KEYS)})":'.encode()
)


class Activity(NamedTuple):
    """Finding codes in order, and whether anything looks like a signature."""

    codes: tuple[str, ...]
    signature: bool


def find_activity(pdf: pikepdf.Pdf) -> Activity:
    """Look through every object of an open PDF."""
    with tempfile.TemporaryFile() as listing:
        pdf.write_qpdf_json(listing, json_stream_data=pikepdf.JSONStreamData.none)
        listing.seek(0)
        codes = set(_codes(listing))
    signature = "signature" in codes
    codes.discard("signature")
    opening = pdf.Root.get("/OpenAction")
    if isinstance(opening, pikepdf.Dictionary) and opening.get("/S") != "/GoTo":
        codes.add("open-action")
    form = pdf.Root.get("/AcroForm")
    if isinstance(form, pikepdf.Dictionary) and form.get("/Fields"):
        codes.add("form-fields")
    return Activity(tuple(sorted(codes)), signature)


def _codes(listing: IO[bytes]) -> Iterator[str]:
    tail = b""
    while chunk := listing.read(CHUNK):
        for match in NAMES.finditer(tail + chunk):
            if name := match["action"]:
                yield ACTIONS[name.decode()]
            elif name := match["annotation"]:
                yield ANNOTATIONS[name.decode()]
            else:
                yield KEYS[match["key"].decode()]
        tail = chunk[-OVERLAP:]
