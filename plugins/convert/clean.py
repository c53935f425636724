"""A working copy of a PDF that shows the same pages and does nothing else. Runs in the sandbox."""

import math
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pikepdf
from pikepdf import Array, Dictionary, Name

from plugins.convert.failures import Failed

ACTIONS = frozenset(
    {
        *("/JavaScript", "/Launch", "/GoToR", "/GoToE", "/SubmitForm", "/ImportData"),
        *("/Rendition", "/Movie", "/Sound", "/RichMediaExecute"),
    }
)
"""Actions that run, play, fetch or send (ISO 32000-1, table 198; ISO 32000-2, table 201)."""

ANNOTATIONS = frozenset({"/RichMedia", "/Movie", "/Sound", "/Screen", "/3D", "/FileAttachment"})
"""Annotations that play something or carry a file."""

CARRIERS = ("/EF", "/EmbeddedFiles", "/JavaScript", "/AF", "/XFA")
LETTER = (0.0, 0.0, 612.0, 792.0)
"""What viewers assume of a page without a MediaBox."""
MIN_SIDE = 1.0
DEPTH = 100


def clean_pdf(source: Path, target: Path) -> None:
    """Write ``target``: nothing acts, no form, no password, page boxes in order, UserUnit applied.

    Raises Failed when a form holds text that is not drawn on its pages.
    """
    with pikepdf.open(source) as pdf:
        _draw_form(pdf)
        _disarm_catalog(pdf.Root)
        for page in pdf.pages:
            _set_boxes(page)
            _apply_user_unit(page)
            _drop_annotations(page)
        for thing in pdf.objects:
            _disarm(thing, DEPTH)
        pdf.save(target, deterministic_id=True)


def _draw_form(pdf: pikepdf.Pdf) -> None:
    """Make what is filled in part of the page, then drop the form."""
    form = pdf.Root.get("/AcroForm")
    if form is None:
        return
    if isinstance(form, Dictionary) and form.get("/Fields"):
        if "/NeedAppearances" in form:
            del form.NeedAppearances
        for page in pdf.pages:
            for widget in pdf.acroform.get_widget_annotations_for_page(page):
                _draw_field(pdf.acroform, widget)
        pdf.flatten_annotations("all")
    if "/AcroForm" in pdf.Root:
        del pdf.Root.AcroForm
    for page in pdf.pages:
        _keep_annotations(page, lambda note: note.get("/Subtype") != "/Widget")


def _draw_field(form: Any, widget: Any) -> None:
    field = form.get_field_for_annotation(widget)
    if "/AP" in widget.obj or not (field.is_text or field.is_choice):
        return
    value = field.value_as_string
    if not value:
        return
    if not value.isascii():
        raise Failed("form-not-drawn")
    field.generate_appearance(widget)


def _disarm_catalog(root: pikepdf.Object) -> None:
    for key in ("/OpenAction", "/AA", "/Collection"):
        if key in root:
            del root[key]


def _drop_annotations(page: pikepdf.Page) -> None:
    def harmless(note: Any) -> bool:
        if _name(note, "/Subtype") not in ANNOTATIONS:
            return True
        _empty(note)
        return False

    _keep_annotations(page, harmless)


def _keep_annotations(page: pikepdf.Page, wanted: Any) -> None:
    notes = page.obj.get("/Annots")
    if not isinstance(notes, Array):
        return
    page.obj.Annots = Array(
        [note for note in notes if isinstance(note, Dictionary) and wanted(note)]
    )


def _disarm(thing: Any, depth: int) -> None:
    """Take actions and carried files out of one object and whatever is written inside it."""
    if depth == 0:
        raise Failed("unconvertible")
    if isinstance(thing, pikepdf.Stream | Dictionary):
        _disarm_entries(thing, depth)
    elif isinstance(thing, Array):
        _disarm_parts(thing, depth)
    if _is_action(thing) or (
        isinstance(thing, Dictionary) and _name(thing, "/Subtype") in ANNOTATIONS
    ):
        _empty(thing)


def _disarm_entries(thing: Any, depth: int) -> None:
    for key in list(thing.keys()):
        value = thing.get(key)
        if key in CARRIERS or _is_action(value) or (key == "/AA" and _holds_actions(value)):
            del thing[key]
        elif not getattr(value, "is_indirect", False):
            _disarm(value, depth - 1)


def _disarm_parts(thing: Any, depth: int) -> None:
    parts = [part for part in thing if not _is_action(part)]
    if len(parts) < len(thing):
        while len(thing):
            del thing[-1]
        thing.extend(parts)
    for part in thing:
        if not getattr(part, "is_indirect", False):
            _disarm(part, depth - 1)


def _is_action(value: Any) -> bool:
    return isinstance(value, Dictionary) and _name(value, "/S") in ACTIONS


def _name(thing: Any, key: str) -> str:
    """A name as text, also one that stands in an object of its own; "" for anything else."""
    value = thing.get(key)
    return str(value) if isinstance(value, Name) else ""


def _holds_actions(value: Any) -> bool:
    return isinstance(value, Dictionary) and "/Type" not in value


def _empty(thing: Any) -> None:
    """What still points here, e.g. from the structure tree, finds nothing."""
    for key in list(thing.keys()):
        del thing[key]


class Box(NamedTuple):
    left: float
    bottom: float
    right: float
    top: float

    @property
    def usable(self) -> bool:
        return self.right - self.left >= MIN_SIDE and self.top - self.bottom >= MIN_SIDE

    def within(self, other: "Box") -> "Box":
        """The part of it that lies in ``other``."""
        return Box(
            max(self.left, other.left),
            max(self.bottom, other.bottom),
            min(self.right, other.right),
            min(self.top, other.top),
        )


def _set_boxes(page: pikepdf.Page) -> None:
    """An orderly MediaBox, and a CropBox inside it or none."""
    media = _read_box(page.mediabox)
    if media is None or not media.usable:
        media = Box(*LETTER)
    crop = _read_box(page.cropbox)
    page.mediabox = Array(media)
    if crop is not None and crop != media and crop.within(media).usable:
        page.cropbox = Array(crop.within(media))
    elif "/CropBox" in page.obj:
        del page.obj.CropBox


def _read_box(value: Any) -> Box | None:
    if not isinstance(value, Array) or len(value) != 4:
        return None
    if not all(isinstance(part, int | float | Decimal) for part in value):
        return None
    left, bottom, right, top = map(float, value)
    if not all(map(math.isfinite, (left, bottom, right, top))):
        return None
    return Box(min(left, right), min(bottom, top), max(left, right), max(bottom, top))


def _apply_user_unit(page: pikepdf.Page) -> None:
    """Scale the page instead: many programs ignore /UserUnit and would see a smaller sheet."""
    unit = page.obj.get("/UserUnit")
    if unit is None:
        return
    del page.obj.UserUnit
    if not isinstance(unit, int | float | Decimal) or not 0 < unit != 1:
        return
    scale = float(unit)
    for key in ("/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox"):
        if key in page.obj:
            page.obj[key] = _scaled(page.obj[key], scale)
    page.contents_add(f"q {scale:.6f} 0 0 {scale:.6f} 0 0 cm\n".encode(), prepend=True)
    page.contents_add(b"\nQ")
    for note in page.obj.get("/Annots", Array()):
        for key in ("/Rect", "/QuadPoints", "/L", "/Vertices"):
            if key in note:
                note[key] = _scaled(note[key], scale)


def _scaled(numbers: Any, scale: float) -> Array:
    return Array([float(number) * scale for number in numbers])
