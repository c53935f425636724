"""Cut-out files hold their own pages and nothing of the others."""

from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from plugins.split.subset import subset_pdf, subset_read, subset_texts
from schemas.page import PagesRead, PageTexts
from tests.split.paper import PROSE, page, write_pdf

WORDS = ("Garuda", "Kinnari", "Naga", "Singha")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pdf(tmp_path_factory.mktemp("source") / "source.pdf", WORDS)


def _everything(path: Path) -> bytes:
    """All objects of a PDF with their streams unpacked."""
    with pikepdf.open(path) as pdf:
        parts = []
        for thing in pdf.objects:
            parts.append(thing.unparse(resolved=True))
            if isinstance(thing, pikepdf.Stream):
                parts.append(thing.read_bytes())
    return b"\n".join(parts)


def _words(path: Path) -> list[str]:
    pdf = pypdfium2.PdfDocument(path)
    try:
        return [page.get_textpage().get_text_bounded().strip() for page in pdf]
    finally:
        pdf.close()


def test_only_the_chosen_pages_come_along(source: Path, tmp_path: Path) -> None:
    assert all(word.encode() in _everything(source) for word in WORDS)
    target = tmp_path / "cut.pdf"
    with pikepdf.open(source) as pdf:
        subset_pdf(pdf, (3, 2), target)
    assert _words(target) == ["Naga", "Kinnari"]
    inside = _everything(target)
    assert b"Garuda" not in inside
    assert b"Singha" not in inside
    with pikepdf.open(target) as pdf:
        assert [list(leaf.get_images()) for leaf in pdf.pages] == [["/Im2"], ["/Im1"]]


def test_the_source_is_left_as_it_is(source: Path, tmp_path: Path) -> None:
    before = source.read_bytes()
    with pikepdf.open(source) as pdf:
        subset_pdf(pdf, (1,), tmp_path / "one.pdf")
        subset_pdf(pdf, (1, 2), tmp_path / "two.pdf")
        assert "/Dest" in pdf.pages[0].obj.Annots[0]
    assert source.read_bytes() == before
    assert _words(tmp_path / "two.pdf") == ["Garuda", "Kinnari"]


def test_same_pages_same_bytes(source: Path, tmp_path: Path) -> None:
    for name in ("a.pdf", "b.pdf"):
        with pikepdf.open(source) as pdf:
            subset_pdf(pdf, (2, 4), tmp_path / name)
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()


def test_web_links_stay_without_what_hangs_on_them(source: Path, tmp_path: Path) -> None:
    with pikepdf.open(source) as pdf:
        elsewhere = pikepdf.Dictionary(
            S=pikepdf.Name.GoTo, D=pikepdf.Array([pdf.pages[3].obj, pikepdf.Name.Fit])
        )
        pdf.pages[0].obj.Annots[0].A = pikepdf.Dictionary(
            S=pikepdf.Name.URI, URI=pikepdf.String("https://example.org/"), Next=elsewhere
        )
        subset_pdf(pdf, (1,), tmp_path / "cut.pdf")
    with pikepdf.open(tmp_path / "cut.pdf") as pdf:
        action = pdf.pages[0].obj.Annots[0].A
        assert (str(action.URI), "/Next" in action) == ("https://example.org/", False)


def test_nothing_comes_along_by_unknown_ways(source: Path, tmp_path: Path) -> None:
    with pikepdf.open(source) as pdf:
        page, other = pdf.pages[0].obj, pdf.pages[3].obj
        page.VendorNote = pikepdf.Dictionary(See=other.Contents)
        page.Annots[0].Parent = pikepdf.Dictionary(Kids=[pikepdf.Dictionary(V=other.Contents)])
        subset_pdf(pdf, (1,), tmp_path / "cut.pdf")
    assert b"Singha" not in _everything(tmp_path / "cut.pdf")
    assert _words(tmp_path / "cut.pdf") == ["Garuda"]


def test_pages_keep_what_they_inherit(source: Path, tmp_path: Path) -> None:
    with pikepdf.open(source) as pdf:
        tree = pdf.Root.Pages
        tree.MediaBox, tree.Rotate = pikepdf.Array([0, 0, 300, 400]), 90
        for leaf in pdf.pages:
            del leaf.obj.MediaBox
        pdf.save(tmp_path / "inherits.pdf")
    with pikepdf.open(tmp_path / "inherits.pdf") as pdf:
        subset_pdf(pdf, (2,), tmp_path / "cut.pdf")
    with pikepdf.open(tmp_path / "cut.pdf") as pdf:
        leaf = pdf.pages[0]
        assert ([int(n) for n in leaf.mediabox], int(leaf.obj.Rotate)) == ([0, 0, 300, 400], 90)


def test_texts_are_renumbered() -> None:
    texts = PageTexts(pages=tuple(page(n, PROSE, blank=n == 3) for n in range(1, 5)))
    chosen = subset_texts(texts, (3, 4))
    assert [(p.number, p.blank) for p in chosen.pages] == [(1, True), (2, False)]


def test_what_was_read_is_renumbered() -> None:
    read = PagesRead(
        engine="x", count=5, blank=(1, 4), turned={2: 180, 5: 90}, low_confidence=(3, 5)
    )
    assert subset_read(read, (4, 5)) == PagesRead(
        engine="x", count=2, blank=(1,), turned={2: 90}, low_confidence=(2,)
    )
