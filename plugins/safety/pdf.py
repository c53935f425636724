"""A PDF by its structure: pages, sizes, protection, active content. Runs inside the sandbox."""

import math
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pikepdf
import pypdfium2

from plugins.safety.activity import find_activity
from plugins.safety.limits import Limits
from plugins.safety.pictures import jpeg2000_size, jpeg_size
from plugins.safety.refusals import Refused
from plugins.safety.signatures import check_signatures
from schemas.verdict import MediaType, SafetyFinding, SafetyVerdict, Severity

RENDER_DPI = 300
TAIL = 2048
"""Bytes at the end in which a whole PDF says %%EOF; mail gateways append a little."""
REBUILT = "reconstruct"
"""What qpdf's warning says when it had to guess the cross-reference table."""


def inspect_pdf(path: Path, limits: Limits) -> SafetyVerdict:
    """Raises Refused unless every page is there, of a sane size, and open to everyone."""
    with _open(path) as pdf:
        damaged = _needed_repair(path, pdf)
        count = _count_pages(path, pdf, limits)
        _check_kind(pdf.Root)
        _check_pictures(pdf, limits)
        findings = list(_check_boxes(pdf, limits))
        activity = find_activity(pdf)
        encrypted = pdf.is_encrypted
    signatures = check_signatures(path) if activity.signature else None
    findings += [SafetyFinding(code=code, severity=Severity.REMOVED) for code in activity.codes]
    if encrypted:
        findings.append(SafetyFinding(code="empty-password", severity=Severity.REMOVED))
    if not _starts_properly(path):
        findings.append(SafetyFinding(code="leading-bytes", severity=Severity.REMOVED))
    if signatures is not None:
        codes = [*(finding.code for finding in findings), *signatures.notes]
        findings = [SafetyFinding(code=code, severity=Severity.NOTE) for code in codes]
    return SafetyVerdict(
        media_type=MediaType.PDF,
        pages=count,
        signed=signatures is not None,
        encrypted=encrypted,
        damaged=damaged,
        findings=tuple(findings),
    )


def _check_kind(root: pikepdf.Object) -> None:
    """Refuse two kinds whose pages only say "open me in another program"."""
    if "/Collection" in root:
        raise Refused("portfolio")
    if bool(root.get("/NeedsRendering", False)):
        raise Refused("dynamic-form")


def _starts_properly(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(5) == b"%PDF-"


def mended_pages(path: Path, scratch: Path) -> int:
    """How many pages a rewritten copy has; Refused when it cannot be written."""
    with _open(path) as pdf:
        try:
            pdf.save(scratch)
        except (pikepdf.PdfError, RuntimeError):
            raise Refused("pdf-damaged") from None
    with _open(scratch) as copy:
        return len(copy.pages)


def _open(path: Path) -> pikepdf.Pdf:
    try:
        return pikepdf.open(path)
    except pikepdf.PasswordError:
        raise Refused("password-protected") from None
    except pikepdf.PdfError as error:
        said = str(error)
        if "encrypt" in said or "security handler" in said:
            raise Refused("encrypted-for-others") from None
        raise Refused(_kind_of_damage(path)) from None


def _kind_of_damage(path: Path) -> str:
    with path.open("rb") as stream:
        stream.seek(-min(TAIL, path.stat().st_size), 2)
        return "pdf-damaged" if b"%%EOF" in stream.read() else "pdf-truncated"


def _needed_repair(path: Path, pdf: pikepdf.Pdf) -> bool:
    """Whether reading it took repairs. A guessed table without a proper end may hide lost pages."""
    warnings = [str(warning) for warning in pdf.get_warnings()]
    if any(REBUILT in warning for warning in warnings):
        kind = _kind_of_damage(path)
        if kind == "pdf-truncated":
            raise Refused(kind)
    return bool(warnings)


def _count_pages(path: Path, pdf: pikepdf.Pdf, limits: Limits) -> int:
    """As qpdf counts them, provided PDFium agrees: qpdf drops missing pages without a warning."""
    count = len(pdf.pages)
    if count == 0:
        raise Refused("no-pages")
    if count > limits.max_pages:
        raise Refused("too-many-pages")
    try:
        rendered: Any = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError:
        return count
    with closing(rendered):
        if len(rendered) != count:
            raise Refused("pages-missing")
    return count


def _check_boxes(pdf: pikepdf.Pdf, limits: Limits) -> Iterator[SafetyFinding]:
    for number, page in enumerate(pdf.pages, 1):
        unit = _number(page.obj.get("/UserUnit", 1))
        if unit != 1:
            yield SafetyFinding(code="user-unit", severity=Severity.REMOVED, page=number)
        media, crop = _box(page.mediabox), _box(page.cropbox)
        if media is None or crop is None or not media.orderly or not media.holds(crop):
            yield SafetyFinding(code="page-box", severity=Severity.REMOVED, page=number)
        box = crop or media or LETTER
        if box.area * (unit * RENDER_DPI / 72) ** 2 > limits.max_pixels:
            raise Refused("page-too-large", number)


class PageBox(NamedTuple):
    left: float
    bottom: float
    right: float
    top: float

    @property
    def orderly(self) -> bool:
        """Corners in the usual order, and at least a point apart."""
        return self.right - self.left >= 1 and self.top - self.bottom >= 1

    @property
    def area(self) -> float:
        return abs((self.right - self.left) * (self.top - self.bottom))

    def holds(self, other: "PageBox") -> bool:
        """Whether ``other`` is orderly and reaches out by less than a point."""
        return (
            other.orderly
            and other.left > self.left - 1
            and other.bottom > self.bottom - 1
            and other.right < self.right + 1
            and other.top < self.top + 1
        )


LETTER = PageBox(0, 0, 612, 792)


def _box(value: Any) -> PageBox | None:
    numbers = [_number(part) for part in value] if isinstance(value, pikepdf.Array) else []
    return PageBox(*numbers) if len(numbers) == 4 and all(map(math.isfinite, numbers)) else None


def _number(value: Any) -> float:
    """A PDF number; NaN for anything else."""
    is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    return float(value) if is_number else math.nan


def _check_pictures(pdf: pikepdf.Pdf, limits: Limits) -> None:
    """Sizes as declared, and as the compressed data says itself: the two may differ on purpose."""
    for stream in pdf.objects:
        if not isinstance(stream, pikepdf.Stream) or stream.get("/Subtype") != "/Image":
            continue
        area = _number(stream.get("/Width", 0)) * _number(stream.get("/Height", 0))
        match stream.get("/Filter"):
            case "/DCTDecode":
                inner = jpeg_size(stream.read_raw_bytes())
            case "/JPXDecode":
                inner = jpeg2000_size(stream.read_raw_bytes())
            case _:
                inner = None
        if max(area, inner.width * inner.height if inner else 0) > limits.max_pixels:
            raise Refused("picture-too-large")
