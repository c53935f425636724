"""``convert-pdf``: same pages, nothing else; every pixel and every letter kept."""

import subprocess
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary
from PIL import Image

from pipeline.errors import ConfigurationError, DocumentError
from pipeline.testing.harness import Harness
from plugins.convert.pictures import page_size
from plugins.convert.topdf import ConvertPdf, ConvertPdfOptions
from plugins.safety.check import CheckSafety, CheckSafetyOptions
from schemas.outcome import Done
from schemas.verdict import Conversion, SafetyVerdict
from tests.safety import specimens


def check(tmp_path: Path, source: Path) -> SafetyVerdict:
    stage = CheckSafety(CheckSafetyOptions())
    outcome, _ = Harness(tmp_path / "runs").run(stage, {"source": source})
    assert isinstance(outcome, Done)
    verdict = SafetyVerdict.of(outcome.facts)
    assert verdict is not None
    return verdict


def convert(tmp_path: Path, source: Path, **options: int) -> tuple[Conversion, Path]:
    """Check and convert as the standard definition does."""
    stage = ConvertPdf(ConvertPdfOptions(**options))
    verdict = check(tmp_path, source)
    outcome, workdir = Harness(tmp_path / "runs").run(stage, {"source": source}, facts=(verdict,))
    assert isinstance(outcome, Done)
    (kept,) = outcome.artifacts
    assert (kept.role, kept.media_type) == ("pdf", "application/pdf")
    done = Conversion.of(outcome.facts)
    assert done is not None
    assert outcome.pages == done.pages
    return done, workdir / kept.path


def text_of(pdf: Path) -> str:
    return subprocess.run(
        ["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, text=True
    ).stdout


def render(pdf: Path, page: int = 0) -> Any:
    document: Any = pypdfium2.PdfDocument(pdf)
    try:
        return document[page].render(scale=1).to_numpy().copy()
    finally:
        document.close()


def test_pdf_without_cause_keeps_its_bytes(tmp_path: Path) -> None:
    source = specimens.pdf(tmp_path / "a.pdf", 3)
    done, made = convert(tmp_path, source)
    assert done == Conversion(method="same-bytes", pages=3)
    assert made.read_bytes() == source.read_bytes()


def test_active_content_goes_and_the_page_stays(tmp_path: Path) -> None:
    source = specimens.pdf(tmp_path / "a.pdf", 2, specimens.active)
    done, made = convert(tmp_path, source)
    assert done.method == "cleaned"
    assert {"javascript", "launch-action", "embedded-files"} <= set(done.changed)
    again = check(tmp_path, made)
    assert again.findings == ()
    assert not again.damaged
    content = made.read_bytes()
    assert b"app.alert" not in content
    assert b"cmd.exe" not in content
    assert "page 1" in text_of(made)
    with pikepdf.open(made) as document:
        links = [note for note in document.pages[0].obj.Annots if "/A" in note]
        assert [str(link.A.URI) for link in links] == ["https://example.org/"]


def test_empty_password_goes(tmp_path: Path) -> None:
    lock = pikepdf.Encryption(user="", owner="o")
    done, made = convert(tmp_path, specimens.pdf(tmp_path / "a.pdf", encryption=lock))
    assert done.changed == ("empty-password",)
    with pikepdf.open(made) as document:
        assert not document.is_encrypted
    assert "page 1" in text_of(made)


def test_filled_form_becomes_part_of_the_page(tmp_path: Path) -> None:
    for drawn, expected in ((True, "drawn value"), (False, "typed value")):
        change = specimens.form("typed value", drawn=drawn)
        done, made = convert(tmp_path, specimens.pdf(tmp_path / f"{drawn}.pdf", 1, change))
        assert done.changed == ("form-fields",)
        with pikepdf.open(made) as document:
            assert "/AcroForm" not in document.Root
        assert expected in text_of(made)
        assert "page 1" in text_of(made)


def test_thai_form_value_that_nobody_drew_is_not_lost_quietly(tmp_path: Path) -> None:
    source = specimens.pdf(tmp_path / "a.pdf", 1, specimens.form("ลับ", drawn=False))
    with pytest.raises(DocumentError) as caught:
        convert(tmp_path, source)
    assert caught.value.code == "form-not-drawn"


def test_user_unit_and_odd_boxes(tmp_path: Path) -> None:
    def spoil(document: pikepdf.Pdf) -> None:
        first, second, third = (page.obj for page in document.pages)
        first.UserUnit = 2
        second.MediaBox = Array([595, 842, 0, 0])
        second.CropBox = Array([900, 900, 1000, 1000])
        third.CropBox = Array([0, 400, 595, 5000])

    plain = specimens.pdf(tmp_path / "plain.pdf", 3)
    done, made = convert(tmp_path, specimens.pdf(tmp_path / "a.pdf", 3, spoil))
    assert set(done.changed) == {"user-unit", "page-box"}
    with pikepdf.open(made) as document:
        sizes = [[float(n) for n in page.cropbox] for page in document.pages]
        assert sizes == [[0, 0, 1190, 1684], [0, 0, 595, 842], [0, 400, 595, 842]]
        assert "/UserUnit" not in document.pages[0].obj
    doubled, single = render(made), render(plain)
    assert np.abs(doubled[::2, ::2].astype(int) - single).mean() < 3
    assert np.array_equal(render(made, 1), render(plain, 1))


def test_signed_pdf_keeps_its_bytes_whatever_was_found(tmp_path: Path) -> None:
    source = specimens.pdf(tmp_path / "a.pdf", 1, specimens.active)
    found = check(tmp_path, source)
    verdict = found.model_copy(update={"signed": True})
    stage = ConvertPdf(ConvertPdfOptions())
    outcome, workdir = Harness(tmp_path).run(stage, {"source": source}, facts=(verdict,))
    assert isinstance(outcome, Done)
    assert (workdir / outcome.artifacts[0].path).read_bytes() == source.read_bytes()


def test_count_that_differs_from_the_verdict_stops_the_document(tmp_path: Path) -> None:
    source = specimens.pdf(tmp_path / "a.pdf", 2)
    verdict = check(tmp_path, source).model_copy(update={"pages": 3})
    with pytest.raises(DocumentError) as caught:
        Harness(tmp_path).run(ConvertPdf(ConvertPdfOptions()), {"source": source}, facts=(verdict,))
    assert caught.value.code == "pages-disputed"


def test_without_a_verdict_the_definition_is_wrong(tmp_path: Path) -> None:
    source = specimens.pdf(tmp_path / "a.pdf")
    with pytest.raises(ConfigurationError):
        Harness(tmp_path).run(ConvertPdf(ConvertPdfOptions()), {"source": source})


def noise() -> Any:
    return np.random.default_rng(7).integers(0, 65536, (70, 50), dtype=np.uint16)


def first_image(document: pikepdf.Pdf) -> pikepdf.Stream:
    (image,) = document.pages[0].obj.Resources.XObject.values()
    assert isinstance(image, pikepdf.Stream)
    return image


@pytest.mark.parametrize(
    ("mode", "suffix"),
    [
        *((mode, ".png") for mode in ("1", "L", "P", "RGB")),
        *((mode, ".tif") for mode in ("1", "L", "P", "RGB", "CMYK")),
    ],
)
def test_pictures_keep_every_pixel(tmp_path: Path, mode: str, suffix: str) -> None:
    bands = [Image.fromarray((noise() >> shift).astype("u1")) for shift in (0, 4, 8)]
    picture = Image.merge("RGB", bands).convert(mode)
    picture.save(tmp_path / f"a{suffix}", dpi=(200, 200))
    done, made = convert(tmp_path, tmp_path / f"a{suffix}")
    assert (done.method, done.changed) == ("pictures", ())
    with pikepdf.open(made) as document:
        assert [float(n) for n in document.pages[0].mediabox] == [0, 0, 18, 25.2]
        stored = pikepdf.PdfImage(first_image(document)).as_pil_image()
    comparable = "CMYK" if mode == "CMYK" else "RGB"
    assert stored.convert(comparable).tobytes() == picture.convert(comparable).tobytes()


def test_sixteen_bits_are_kept_or_refused_never_halved(tmp_path: Path) -> None:
    for suffix in (".png", ".tif"):
        Image.fromarray(noise()).save(tmp_path / f"a{suffix}", dpi=(200, 200))
    _, made = convert(tmp_path, tmp_path / "a.png")
    with pikepdf.open(made) as document:
        assert (
            pikepdf.PdfImage(first_image(document)).read_bytes() == noise().astype(">u2").tobytes()
        )
    with pytest.raises(DocumentError) as caught:
        convert(tmp_path, tmp_path / "a.tif")
    assert caught.value.code == "picture-unsupported"


def test_jpeg_goes_in_as_it_is(tmp_path: Path) -> None:
    for mode in ("L", "RGB", "CMYK"):
        stream = BytesIO()
        Image.effect_noise((40, 30), 60).convert(mode).save(stream, "JPEG", dpi=(150, 150))
        source = tmp_path / f"{mode}.jpg"
        source.write_bytes(stream.getvalue())
        _, made = convert(tmp_path, source)
        with pikepdf.open(made) as document:
            assert first_image(document).read_raw_bytes() == stream.getvalue()


def test_fax_and_many_pages(tmp_path: Path) -> None:
    sheets = [Image.new("1", (204, 98), n % 2) for n in range(3)]
    source = tmp_path / "fax.tif"
    sheets[0].save(
        source, save_all=True, append_images=sheets[1:], compression="group4", dpi=(204, 98)
    )
    done, made = convert(tmp_path, source)
    assert done.pages == 3
    with pikepdf.open(made) as document:
        assert [round(float(n)) for n in document.pages[2].mediabox] == [0, 0, 72, 72]


def test_transparency_is_laid_on_white(tmp_path: Path) -> None:
    clear = Image.new("RGBA", (50, 50), (0, 0, 0, 0))
    clear.save(tmp_path / "a.png", dpi=(200, 200))
    _, made = convert(tmp_path, tmp_path / "a.png")
    assert render(made).min() == 255


def test_deep_transparency_is_laid_on_white_and_said(tmp_path: Path) -> None:
    row = b"\0" + b"\0\0" * 4 * 60
    content = specimens.png_bytes(60, 60, row * 60, depth=16, colour=6)
    (tmp_path / "a.png").write_bytes(content)
    done, made = convert(tmp_path, tmp_path / "a.png")
    assert done.changed == ("transparency-removed",)
    assert render(made).min() == 255


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_stand_as_their_camera_says(tmp_path: Path, orientation: int) -> None:
    upright = Image.new("L", (90, 60), 255)
    upright.paste(0, (0, 0, 30, 30))
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    taken = upright.transpose(undo[orientation]) if orientation > 1 else upright
    exif = Image.Exif()
    exif[274] = orientation
    taken.save(tmp_path / "a.jpg", exif=exif, dpi=(150, 150))
    done, made = convert(tmp_path, tmp_path / "a.jpg")
    assert bool(done.changed) is (orientation in (2, 4, 5, 7))
    seen = render(made)[:, :, 0]
    height, width = seen.shape
    assert width > height
    assert seen[: height // 3, : width // 5].mean() < 40
    assert seen[-height // 3 :].mean() > 215
    assert seen[:, -width // 3 :].mean() > 215


@pytest.mark.parametrize(
    ("dpi", "size"),
    [
        ((300, 300), (595.2, 841.92)),
        ((72, 72), (595.276, 841.89)),
        ((96, 96), (595.276, 841.89)),
        ((1, 1), (595.276, 841.89)),
        ((0, 300), (595.276, 841.89)),
        ((30000, 30000), (595.276, 841.89)),
        ((600, 300), (297.6, 841.92)),
    ],
)
def test_resolution_that_means_nothing_gives_an_a4_sheet(
    dpi: tuple[float, float], size: tuple[float, float]
) -> None:
    assert page_size(2480, 3508, dpi)[:2] == pytest.approx(size, rel=0.002)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "tis-620"])
def test_text_files_keep_lines_tabs_and_sheets(tmp_path: Path, encoding: str) -> None:
    text = "จังหวัดตาก <&>\nเรื่อง\tขอเชิญประชุม\r\n\fแผ่นที่ ๒\n"
    (tmp_path / "a.txt").write_bytes(text.encode(encoding))
    done, made = convert(tmp_path, tmp_path / "a.txt")
    assert (done.method, done.pages) == ("office", 2)
    first, second = text_of(made).split("\f")[:2]
    assert "จังหวัดตาก <&>" in first
    assert "ขอเชิญประชุม" in first
    assert "แผ่นที่ ๒" in second
    with pikepdf.open(made) as document:
        assert [round(float(n)) for n in document.pages[0].mediabox] == [0, 0, 595, 842]


def test_word_files(tmp_path: Path) -> None:
    source = specimens.docx(tmp_path / "a.docx", "จังหวัดตาก")
    done, made = convert(tmp_path, source)
    assert done.method == "office"
    assert "จังหวัดตาก" in text_of(made)
    subprocess.run(
        [
            *("soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless"),
            *("--convert-to", "doc", "--outdir", tmp_path, source),
        ],
        check=True,
        capture_output=True,
    )
    _, made = convert(tmp_path, tmp_path / "a.doc")
    assert "จังหวัดตาก" in text_of(made)


def test_word_file_with_too_many_pages(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("ก\f" * 5)
    with pytest.raises(DocumentError) as caught:
        convert(tmp_path, tmp_path / "a.txt", max_pages=3)
    assert caught.value.code == "too-many-pages"


def test_word_file_that_libreoffice_cannot_open(tmp_path: Path) -> None:
    source = specimens.compound(tmp_path / "a.doc", {"WordDocument": b"\0" * 5000})
    with pytest.raises(DocumentError) as caught:
        convert(tmp_path, source)
    assert caught.value.code == "office-unreadable"


def test_missing_libreoffice_is_a_warning_not_a_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = ConvertPdf(ConvertPdfOptions())
    assert stage.preflight() == []
    monkeypatch.setenv("PATH", "")
    (problem,) = stage.preflight()
    assert problem.warning
    assert "libreoffice-writer-nogui" in problem.english


def test_struct_tree_may_not_keep_a_removed_file_alive(tmp_path: Path) -> None:
    def keep(document: pikepdf.Pdf) -> None:
        specimens.active(document)
        notes = document.pages[0].obj.Annots
        document.Root.StructTreeRoot = Dictionary(K=Array([Dictionary(Obj=n) for n in notes]))

    _, made = convert(tmp_path, specimens.pdf(tmp_path / "a.pdf", 1, keep))
    assert b"MZ" not in made.read_bytes()
    assert check(tmp_path, made).findings == ()
