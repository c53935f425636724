"""Takes pages out of a PDF and its page texts without taking anything of the others along."""

from collections.abc import Sequence
from pathlib import Path

import pikepdf

from schemas.page import PagesRead, PageTexts

_PAGE_KEYS = {
    *("/Type", "/Parent", "/Resources", "/Contents", "/Annots", "/Group"),
    *("/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox", "/Rotate", "/UserUnit"),
}
"""What makes up a page; whatever else hangs on it may hold content of other pages."""
_ANNOTATION_KEYS = ("/P", "/Dest", "/Parent", "/Popup", "/IRT", "/StructParent", "/A", "/AA")
"""What may lead to other pages: destinations, form fields, threads of comments."""


def subset_pdf(source: pikepdf.Pdf, pages: Sequence[int], target: Path) -> None:
    """Write ``pages`` (1-based) of ``source`` to ``target``; same input, same bytes."""
    with pikepdf.new() as pdf:
        for number in pages:
            pdf.pages.append(source.pages[number - 1])
        for page in pdf.pages:
            _detach(page)
        pdf.remove_unreferenced_resources()
        pdf.save(target, deterministic_id=True, compress_streams=True)


def _detach(page: pikepdf.Page) -> None:
    for key in set(page.obj.keys()) - _PAGE_KEYS:
        del page.obj[key]
    for annotation in page.obj.get("/Annots", pikepdf.Array()):
        link = _web_link(annotation)
        for key in _ANNOTATION_KEYS:
            if key in annotation:
                del annotation[key]
        if link is not None:
            annotation.A = link


def _web_link(annotation: pikepdf.Object) -> pikepdf.Object | None:
    action = annotation.get("/A")
    if not isinstance(action, pikepdf.Dictionary) or action.get("/S") != pikepdf.Name.URI:
        return None
    return pikepdf.Dictionary(S=pikepdf.Name.URI, URI=action.get("/URI", pikepdf.String("")))


def subset_texts(texts: PageTexts, pages: Sequence[int]) -> PageTexts:
    """The texts of ``pages`` (1-based), numbered 1..n in that order."""
    chosen = (texts.pages[number - 1] for number in pages)
    return PageTexts(
        pages=tuple(page.model_copy(update={"number": n}) for n, page in enumerate(chosen, 1))
    )


def subset_read(read: PagesRead, pages: Sequence[int]) -> PagesRead:
    """What is known of ``pages`` (1-based), numbered 1..n in that order."""
    new = {old: n for n, old in enumerate(pages, 1)}

    def kept(numbers: Sequence[int]) -> tuple[int, ...]:
        return tuple(sorted(new[number] for number in numbers if number in new))

    return PagesRead(
        engine=read.engine,
        count=len(pages),
        blank=kept(read.blank),
        turned={new[old]: turn for old, turn in read.turned.items() if old in new},
        low_confidence=kept(read.low_confidence),
        born_digital=kept(read.born_digital),
    )
