"""Files built to break a reader: each gets an answer, soon."""

import time
from pathlib import Path

import pytest

from plugins.sign.verify import verify_pdf
from schemas.signing import Verdict

PAGES = (b"<</Type/Pages/Kids[3 0 R]/Count 1>>", b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>")
CATALOG = b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]>>>>"
FIELD = b"<</FT/Sig/T(a)/V 5 0 R>>"


def pdf(*objects: bytes, previous_is_itself: bool = False) -> bytes:
    """A small PDF; the field of the form is object 4."""
    out, offsets = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    previous = b"/Prev %d" % start if previous_is_itself else b""
    trailer = b"trailer<</Size %d/Root 1 0 R%s>>\n" % (len(objects) + 1, previous)
    return out + trailer + b"startxref\n%d\n%%%%EOF\n" % start


def signature(kind: bytes, contents: bytes = b"30820000", covers: bytes = b"0 10 20 30") -> bytes:
    return b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/%s/Contents<%s>/ByteRange[%s]>>" % (
        kind,
        contents,
        covers,
    )


PADES = b"ETSI.CAdES.detached"
HOSTILE = {
    "a table that precedes itself": pdf(CATALOG, *PAGES, FIELD, previous_is_itself=True),
    "a field that is its own child": pdf(CATALOG, *PAGES, b"<</T(a)/Kids[4 0 R]>>"),
    "an object that is itself": pdf(CATALOG, *PAGES, b"4 0 R"),
    "arrays 20,000 deep": pdf(b"[" * 20_000 + b"]" * 20_000, *PAGES),
    "a signature of nothing": pdf(CATALOG, *PAGES, FIELD, signature(PADES)),
    "an empty signature": pdf(CATALOG, *PAGES, FIELD, signature(PADES, b"")),
    "a range beyond the end": pdf(
        CATALOG, *PAGES, FIELD, signature(PADES, covers=b"0 10 99999999 99999999")
    ),
    "a negative range": pdf(CATALOG, *PAGES, FIELD, signature(PADES, covers=b"-5 10 -9 3")),
    "a signature that is a number": pdf(CATALOG, *PAGES, FIELD, b"42"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_there_is_an_answer(name: str, tmp_path: Path) -> None:
    path = tmp_path / "hostile.pdf"
    path.write_bytes(HOSTILE[name])
    began = time.monotonic()
    found = verify_pdf(path, [])
    assert found.verdict in (Verdict.UNREADABLE, Verdict.TAMPERED, Verdict.UNSIGNED)
    assert found.sha256
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("kind", [b"adbe.x509.rsa_sha1", b"adbe.pkcs7.sha1", b"Own.Kind"])
def test_a_kind_that_cannot_be_checked_is_not_called_tampered(kind: bytes, tmp_path: Path) -> None:
    path = tmp_path / "old.pdf"
    path.write_bytes(pdf(CATALOG, *PAGES, FIELD, signature(kind)))
    found = verify_pdf(path, [])
    assert found.verdict is Verdict.UNREADABLE
    assert "cannot be checked" in found.english[0]
