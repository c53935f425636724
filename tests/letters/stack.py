"""Assembles letters into a scanned stack: an image-only PDF and its ground truth."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pikepdf
from PIL import Image

from .degrade import Profile, ScanPage, encode, profile_of, scan, show_through
from .numbers import arabic, be_year, file_name, thai_date
from .pages import letter_pages, separator_page, separator_payload
from .spec import Item, Kind, Letter, StackSpec
from .truth import AttachmentTruth, DocumentTruth, PageTruth, Truth
from .typeset import PageArt

_WITH_ERA = {Kind.ORDER, Kind.ANNOUNCEMENT, Kind.EVIDENCE}


@dataclass(frozen=True)
class Side:
    """One side of a sheet in the stack: how it was typed and what is true of it."""

    art: PageArt
    truth: PageTruth


@dataclass(frozen=True)
class _Place:
    """Where a page stands within its letter set."""

    document: int
    attachment: int | None
    page_of_part: int


def sides(spec: StackSpec, seed: int) -> Iterator[Side]:
    """Every side of the stack in scanning order, one at a time."""
    page = 0
    for index, item in enumerate(spec.items):
        for side in _item_sides(spec, item, index, seed):
            page += 1
            yield Side(side.art, _numbered(side.truth, page))


def _numbered(truth: PageTruth, page: int) -> PageTruth:
    return PageTruth(**{**vars(truth), "page": page})


def _item_sides(spec: StackSpec, item: Item, index: int, seed: int) -> Iterator[Side]:
    if item.separator:
        art = separator_page(spec.batch, index + 1, spec.station)
        payload = separator_payload(spec.station, spec.batch, index + 1)
        yield Side(art, PageTruth(0, "separator", 0, art.lines, separator=payload))
    turns = dict(item.turns)
    sets = letter_pages(item.letter, np.random.default_rng([seed, index]))
    places = [
        (art, _Place(index, part or None, number))
        for part, arts in enumerate(sets)
        for number, art in enumerate(arts, 1)
    ]
    for number, (art, place) in enumerate(places, 1):
        yield Side(art, PageTruth(0, "document", turns.get(number, 0), art.lines, **vars(place)))
        if number in item.blank_after:
            back = PageArt(show_through(art.image), ())
            yield Side(back, PageTruth(0, "blank", 0, ()))


def page_image(
    art: PageArt, profile: str | Profile = "office", seed: int = 0, page: int = 1, turn: int = 0
) -> Image.Image:
    """The picture that a scanner gives of one side."""
    return scan(art.image, profile_of(profile), np.random.default_rng([seed, page, 7]), turn)


def make_stack(spec: StackSpec, seed: int) -> tuple[bytes, Truth]:
    """The stack as an image-only PDF, and the truth about it; same seed, same bytes."""
    scans: list[ScanPage] = []
    truths: list[PageTruth] = []
    for side in sides(spec, seed):
        truths.append(side.truth)
        picture = page_image(side.art, spec.profile, seed, side.truth.page, side.truth.turn)
        scans.append(encode(picture, profile_of(spec.profile)))
    return to_pdf(scans), _truth(spec, seed, truths)


def make_truth(spec: StackSpec, seed: int) -> Truth:
    """The truth alone, without the scanning."""
    return _truth(spec, seed, [side.truth for side in sides(spec, seed)])


def to_pdf(scans: list[ScanPage]) -> bytes:
    """One picture a page, no text layer, nothing that depends on the clock."""
    pdf = pikepdf.new()
    for page in scans:
        _add_page(pdf, page)
    buffer = io.BytesIO()
    pdf.save(buffer, deterministic_id=True)
    return buffer.getvalue()


def _add_page(pdf: pikepdf.Pdf, page: ScanPage) -> None:
    points = (page.width * 72 / page.dpi, page.height * 72 / page.dpi)
    picture = pikepdf.Stream(pdf, page.data)
    picture.Type, picture.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    picture.Width, picture.Height = page.width, page.height
    picture.BitsPerComponent = 8 if page.colours else 1
    picture.ColorSpace = pikepdf.Name.DeviceRGB if page.colours == 3 else pikepdf.Name.DeviceGray
    picture.Filter = pikepdf.Name.DCTDecode if page.colours else pikepdf.Name.FlateDecode
    pdf.add_blank_page(page_size=points)
    leaf = pdf.pages[-1]
    leaf.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=picture))
    content = f"q {points[0]:.3f} 0 0 {points[1]:.3f} 0 0 cm /Im0 Do Q"
    leaf.Contents = pikepdf.Stream(pdf, content.encode())


def _truth(spec: StackSpec, seed: int, pages: list[PageTruth]) -> Truth:
    documents = tuple(
        _document_truth(item.letter, index, pages) for index, item in enumerate(spec.items)
    )
    return Truth(seed, spec.station, spec.batch, tuple(pages), documents)


def _document_truth(letter: Letter, index: int, pages: list[PageTruth]) -> DocumentTruth:
    def part(attachment: int | None) -> tuple[int, ...]:
        return tuple(p.page for p in pages if p.document == index and p.attachment == attachment)

    sent = tuple(
        AttachmentTruth(n, attachment.label, part(n), file_name(letter, n))
        for n, attachment in enumerate(letter.attachments, 1)
    )
    return DocumentTruth(
        index=index,
        kind=letter.kind.value,
        number=letter.number or None,
        number_arabic=arabic(letter.number) or None,
        date=letter.dated.isoformat(),
        date_printed=thai_date(letter.dated, era=letter.kind in _WITH_ERA),
        be_year=be_year(letter.dated),
        subject=letter.subject,
        to=letter.to or None,
        references=letter.references,
        attachments=sent,
        urgency=letter.urgency.value if letter.urgency else None,
        level=letter.level.value,
        pages=part(None),
        file_name=file_name(letter),
        canaries=letter.canaries,
        agency=letter.agency.name,
        signer=letter.signer.name,
        receipt=letter.receipt or None,
    )
