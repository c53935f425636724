"""``check-safety`` lets whole files in, says what they are, and refuses the rest with a reason."""

import zipfile
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from PIL import Image

from pipeline.errors import DocumentError, SarabanError, SecurityError
from pipeline.testing.harness import Harness
from plugins.safety.check import CheckSafety, CheckSafetyOptions
from plugins.safety.mediatype import claimed_type
from plugins.safety.refusals import TEXTS
from schemas.outcome import Done
from schemas.verdict import MediaType, SafetyVerdict
from tests.safety import specimens


def check(tmp_path: Path, source: Path, **options: float) -> SafetyVerdict:
    stage = CheckSafety(CheckSafetyOptions.model_validate(options))
    outcome, workdir = Harness(tmp_path / "runs").run(stage, {"source": source})
    assert isinstance(outcome, Done)
    assert [path.name for path in workdir.iterdir()] == [f"in-source{source.suffix}"]
    verdict = SafetyVerdict.of(outcome.facts)
    assert verdict is not None
    return verdict


def refused(tmp_path: Path, source: Path, **options: float) -> str:
    with pytest.raises(SarabanError) as caught:
        check(tmp_path, source, **options)
    assert isinstance(caught.value, DocumentError)
    assert caught.value.thai
    assert "{" not in caught.value.thai + caught.value.english
    return caught.value.code


def codes(verdict: SafetyVerdict) -> set[str]:
    return {finding.code for finding in verdict.findings}


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_plain_pdf_passes(tmp_path: Path) -> None:
    verdict = check(tmp_path, specimens.pdf(tmp_path / "a.pdf", 3))
    assert verdict == SafetyVerdict(media_type=MediaType.PDF, pages=3)
    assert not verdict.needs_cleaning


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.pdf", b"", "empty-file"),
        ("a.pdf", b"Not found\n", "not-as-named"),
        ("a.txt", b"text with a \x00 byte", "type-not-accepted"),
        ("a.doc", b"{\\rtf1\\ansi hello}", "type-not-accepted"),
        ("a.pdf", b"<!DOCTYPE html><html>404</html>", "type-not-accepted"),
        ("a.gif", b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", "type-not-accepted"),
        ("a.txt", bytes(range(0x80, 0x100)) * 4, "text-charset-unknown"),
        ("a.pdf", b"%PDX-1.4\n1 0 obj\n<<>>\nendobj\n", "pdf-damaged"),
        ("a.pdf", b"%PDF-1.4\nnothing follows\n%%EOF\n", "pdf-damaged"),
        ("a.jpg", specimens.jpeg_bytes()[:400], "picture-damaged"),
        ("a.jpg", specimens.jpeg_bytes()[:-2], "picture-damaged"),
        ("a.jpg", specimens.huge_jpeg(), "picture-too-large"),
        ("a.png", specimens.png_bytes(60_000, 60_000), "picture-too-large"),
        ("a.png", specimens.png_bytes(4, 4)[:-12], "picture-damaged"),
        ("a.tif", specimens.tiff_bytes(1, 60_000, 60_000), "picture-too-large"),
        ("a.tif", specimens.tiff_bytes(3, loop=True), "picture-damaged"),
        ("a.tif", specimens.tiff_bytes(2)[:-60], "picture-damaged"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "office-damaged"),
        ("a.docx", b"PK\x03\x04" + b"\0" * 60, "office-damaged"),
    ],
)
def test_bad_files_are_refused_by_content(
    tmp_path: Path, name: str, content: bytes, code: str
) -> None:
    assert refused(tmp_path, written(tmp_path / name, content)) == code


def test_truncated_pdf_is_refused_wherever_it_breaks_off(tmp_path: Path) -> None:
    whole = specimens.pdf(tmp_path / "whole.pdf", 4).read_bytes()
    for share in (0.2, 0.5, 0.8, 0.97):
        cut = written(tmp_path / f"{share}.pdf", whole[: int(len(whole) * share)])
        assert refused(tmp_path, cut) == "pdf-truncated"


def test_limits_of_size_and_number(tmp_path: Path) -> None:
    two = specimens.pdf(tmp_path / "two.pdf", 2)
    assert refused(tmp_path, two, max_bytes=100) == "file-too-large"
    assert refused(tmp_path, two, max_pages=1) == "too-many-pages"
    tiff = written(tmp_path / "two.tif", specimens.tiff_bytes(2))
    assert refused(tmp_path, tiff, max_pages=1) == "too-many-pages"


def test_twenty_thousand_pages_are_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, specimens.pdf(tmp_path / "many.pdf", 20_000)) == "too-many-pages"


def test_page_tree_that_multiplies_itself_is_refused(tmp_path: Path) -> None:
    def multiply(document: pikepdf.Pdf) -> None:
        node = document.Root.Pages.Kids[0]
        for _ in range(40):
            node = document.make_indirect(
                Dictionary(Type=Name.Pages, Count=1 << 30, Kids=Array([node, node]))
            )
        document.Root.Pages.Kids = Array([node])

    bomb = specimens.pdf(tmp_path / "bomb.pdf", 1, multiply)
    assert refused(tmp_path, bomb) == "pdf-damaged"


def test_page_that_is_gone_is_noticed(tmp_path: Path) -> None:
    whole = specimens.pdf(tmp_path / "a.pdf", 3).read_bytes()
    lost = whole.replace(b"/Kids [ 3 0 R 4 0 R 5 0 R ]", b"/Kids [ 3 0 R 4 9 R 5 0 R ]")
    assert lost != whole
    assert refused(tmp_path, written(tmp_path / "b.pdf", lost)) == "pages-missing"


def test_no_pages(tmp_path: Path) -> None:
    assert refused(tmp_path, specimens.pdf(tmp_path / "a.pdf", 0)) == "no-pages"


def test_unreadable_page_content_is_refused_with_its_number(tmp_path: Path) -> None:
    def spoil(document: pikepdf.Pdf) -> None:
        broken = document.make_stream(b"\x78\x9cnothing deflated", Filter=Name.FlateDecode)
        document.pages[1].obj.Contents = broken

    spoilt = specimens.pdf(tmp_path / "a.pdf", 3, spoil)
    with pytest.raises(DocumentError, match="page 2") as caught:
        check(tmp_path, spoilt)
    assert caught.value.code == "page-damaged"


@pytest.mark.parametrize(
    ("width", "height", "data", "kind"),
    [
        (60_000, 60_000, b"", "/FlateDecode"),
        (10, 10, specimens.huge_jpeg(), "/DCTDecode"),
        (
            10,
            10,
            b"\xff\x4f\xff\x51\0\x29\0\0" + b"\0\0\xea\x60" * 2 + b"\0" * 8,
            "/JPXDecode",
        ),
    ],
)
def test_pixel_bombs_inside_a_pdf(
    tmp_path: Path, width: int, height: int, data: bytes, kind: str
) -> None:
    bomb = specimens.pdf(tmp_path / "a.pdf", 1, specimens.picture_stream(width, height, data, kind))
    assert refused(tmp_path, bomb) == "picture-too-large"


def test_wall_sized_page_is_refused_with_its_number(tmp_path: Path) -> None:
    def grow(document: pikepdf.Pdf) -> None:
        document.pages[1].obj.MediaBox = Array([0, 0, 595, 842])
        document.pages[1].obj.UserUnit = 20

    with pytest.raises(DocumentError, match="Page 2") as caught:
        check(tmp_path, specimens.pdf(tmp_path / "a.pdf", 2, grow))
    assert caught.value.code == "page-too-large"


def test_wrong_extension_is_noted(tmp_path: Path) -> None:
    disguised = specimens.pdf(tmp_path / "scan.jpg")
    verdict = check(tmp_path, disguised)
    assert verdict.media_type is MediaType.PDF
    assert codes(verdict) == {"type-differs"}
    assert not verdict.needs_cleaning


def test_active_content_is_found_wherever_it_hides(tmp_path: Path) -> None:
    modes = (pikepdf.ObjectStreamMode.disable, pikepdf.ObjectStreamMode.generate)
    for number, mode in enumerate(modes):
        source = specimens.pdf(
            tmp_path / f"{number}.pdf", 1, specimens.active, object_stream_mode=mode
        )
        verdict = check(tmp_path, source)
        assert codes(verdict) == {
            *("automatic-action", "embedded-files", "javascript", "launch-action"),
            *("open-action", "remote-action", "rich-media"),
        }
        assert verdict.needs_cleaning


def test_words_about_javascript_are_no_javascript(tmp_path: Path) -> None:
    def talk(document: pikepdf.Pdf) -> None:
        document.docinfo.Title = '"/JS": "/JavaScript" "/S": "/Launch"'

    assert codes(check(tmp_path, specimens.pdf(tmp_path / "a.pdf", 1, talk))) == set()


def test_names_written_with_escapes_are_found(tmp_path: Path) -> None:
    def script(document: pikepdf.Pdf) -> None:
        document.Root.OpenAction = Dictionary(S=Name.JavaScript, JS="0")

    source = specimens.pdf(tmp_path / "a.pdf", 1, script)
    disguised = source.read_bytes().replace(b"/JavaScript", b"/Java#53cript")
    verdict = check(tmp_path, written(tmp_path / "b.pdf", disguised))
    assert "javascript" in codes(verdict)


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("/Collection", Dictionary(Type=Name.Collection), "portfolio"),
        ("/NeedsRendering", True, "dynamic-form"),
    ],
)
def test_covers_without_the_document_are_refused(
    tmp_path: Path, key: str, value: object, code: str
) -> None:
    def mark(document: pikepdf.Pdf) -> None:
        document.Root[key] = value

    assert refused(tmp_path, specimens.pdf(tmp_path / "a.pdf", 1, mark)) == code


def test_passwords(tmp_path: Path) -> None:
    locked = pikepdf.Encryption(user="secret", owner="o")
    source = specimens.pdf(tmp_path / "locked.pdf", encryption=locked)
    assert refused(tmp_path, source) == "password-protected"
    open_to_all = pikepdf.Encryption(user="", owner="o")
    source = specimens.pdf(tmp_path / "open.pdf", encryption=open_to_all)
    verdict = check(tmp_path, source)
    assert verdict.encrypted
    assert verdict.needs_cleaning
    assert codes(verdict) == {"empty-password"}


def test_repairable_pdf_passes_as_damaged(tmp_path: Path) -> None:
    whole = specimens.pdf(tmp_path / "a.pdf", 3).read_bytes()
    shifted = whole.replace(b"startxref\n", b"startxref\n9")
    verdict = check(tmp_path, written(tmp_path / "b.pdf", shifted))
    assert verdict.pages == 3
    assert verdict.damaged
    assert verdict.needs_cleaning


def test_pictures_pass(tmp_path: Path) -> None:
    jpeg = written(tmp_path / "a.jpg", specimens.jpeg_bytes())
    assert check(tmp_path, jpeg) == SafetyVerdict(media_type=MediaType.JPEG, pages=1)
    progressive = written(tmp_path / "p.jpeg", specimens.jpeg_bytes(progressive=True))
    assert check(tmp_path, progressive).media_type is MediaType.JPEG
    Image.new("L", (5, 5)).save(tmp_path / "a.png")
    assert check(tmp_path, tmp_path / "a.png") == SafetyVerdict(media_type=MediaType.PNG, pages=1)
    tiff = written(tmp_path / "a.tif", specimens.tiff_bytes(3))
    assert check(tmp_path, tiff) == SafetyVerdict(media_type=MediaType.TIFF, pages=3)
    big = [Image.new("1", (5, 5))] * 2
    big[0].save(tmp_path / "b.tif", save_all=True, append_images=big[1:], big_tiff=True)
    assert check(tmp_path, tmp_path / "b.tif").pages == 2


@pytest.mark.parametrize(
    ("encoding", "charset"),
    [("utf-8", "utf-8-sig"), ("tis-620", "cp874"), ("utf-16", "utf-16")],
)
def test_text_in_the_character_sets_of_thai_offices(
    tmp_path: Path, encoding: str, charset: str
) -> None:
    text = "ที่ ตก ๐๐๒๓.๓/ว ๐๐๒๖\nเรื่อง ขอเชิญประชุม\n"
    verdict = check(tmp_path, written(tmp_path / "a.txt", text.encode(encoding)))
    assert (verdict.media_type, verdict.charset) == (MediaType.TEXT, charset)


def test_docx(tmp_path: Path) -> None:
    assert check(tmp_path, specimens.docx(tmp_path / "a.docx")) == SafetyVerdict(
        media_type=MediaType.DOCX
    )
    outside = '<Relationship Id="r" TargetMode="External" Type="x/attachedTemplate" Target="//e"/>'
    parts = {"word/vbaProject.bin": "x", "word/_rels/settings.xml.rels": outside}
    verdict = check(tmp_path, specimens.docx(tmp_path / "b.docx", more=parts))
    assert codes(verdict) == {"macros", "external-reference"}


def test_zip_bombs_and_other_zips(tmp_path: Path) -> None:
    zeros = {"word/media/a.bin": "0" * (3 << 20)}
    bomb = specimens.docx(tmp_path / "bomb.docx", more=zeros)
    assert bomb.stat().st_size < 10_000
    assert refused(tmp_path, bomb, max_unpacked_mib=2) == "office-bomb"
    assert refused(tmp_path, specimens.overlapping_docx(tmp_path / "o.docx")) == "office-bomb"
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
    assert refused(tmp_path, tmp_path / "x.zip") == "type-not-accepted"


def test_docx_with_a_spoilt_member_is_refused(tmp_path: Path) -> None:
    content = bytearray(specimens.docx(tmp_path / "a.docx").read_bytes())
    at = content.index(b"word/document.xml") + len("word/document.xml") + 4
    content[at] ^= 0xFF
    assert refused(tmp_path, written(tmp_path / "b.docx", bytes(content))) == "office-damaged"


def test_doc(tmp_path: Path) -> None:
    word = b"\xec\xa5" + b"\0" * 4998
    good = specimens.compound(tmp_path / "a.doc", {"WordDocument": word, "1Table": b"t" * 4096})
    assert check(tmp_path, good) == SafetyVerdict(media_type=MediaType.DOC)
    locked = word[:10] + b"\0\1" + word[12:]
    source = specimens.compound(tmp_path / "b.doc", {"WordDocument": locked})
    assert refused(tmp_path, source) == "password-protected"
    source = specimens.compound(tmp_path / "c.docx", {"EncryptedPackage": b"x" * 4096})
    assert refused(tmp_path, source) == "password-protected"
    source = specimens.compound(tmp_path / "d.xls", {"Workbook": b"x" * 4096})
    assert refused(tmp_path, source) == "type-not-accepted"
    cut = written(tmp_path / "e.doc", good.read_bytes()[:-4096])
    assert refused(tmp_path, cut) == "office-damaged"


def test_every_refusal_is_said_in_both_languages() -> None:
    for text in TEXTS.values():
        assert any("\u0e00" <= letter <= "\u0e7f" for letter in text.thai)
        assert text.english.endswith(".")


def test_nothing_to_mend_on_this_machine() -> None:
    assert not [p for p in CheckSafety(CheckSafetyOptions()).preflight() if not p.warning]


def test_refusals_that_protect_are_security_errors(tmp_path: Path) -> None:
    def pretend(document: pikepdf.Pdf) -> None:
        value = Dictionary(
            Type=Name.Sig,
            Filter=Name("/Adobe.PPKLite"),
            SubFilter=Name("/adbe.pkcs7.detached"),
            ByteRange=Array([0, 10, 20, 30]),
            Contents=b"\x30\x80\0\0",
        )
        field = document.make_indirect(
            Dictionary(FT=Name.Sig, T="Sig1", V=document.make_indirect(value))
        )
        document.Root.AcroForm = Dictionary(SigFlags=3, Fields=Array([field]))

    with pytest.raises(SecurityError) as caught:
        check(tmp_path, specimens.pdf(tmp_path / "a.pdf", 1, pretend))
    assert caught.value.code == "signature-unverifiable"


def test_claim_comes_from_the_intake_or_the_name() -> None:
    assert claimed_type("", "image/jpeg") is MediaType.JPEG
    assert claimed_type(".TIFF", "application/octet-stream") is MediaType.TIFF
    assert claimed_type(".dat", "application/octet-stream") is None
