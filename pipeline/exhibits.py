"""Pictures of what a question is about, for a person to look at."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pipeline.app import Station
from pipeline.errors import BusyError, ConfigurationError, SecurityError
from pipeline.suspensions import Waiting
from schemas.artifact import Artifact, Role
from schemas.decision import Exhibit
from schemas.document import Document, Form
from schemas.secrecy import Secrecy

DPI = 110
OUTLINE = (220, 30, 30)
PAGES = (Role.SEARCHABLE, Role.PDF, Role.FINISHED, Role.RECORD)
"""Checked PDFs, the one nearest to the exhibits' boxes first."""


def draw_exhibits(station: Station, questions: Iterable[Waiting], folder: Path) -> list[Path]:
    """Write the pages that each question shows as PNGs with their boxes outlined.

    ``folder`` is made, for its owner only. A question that shows no page gives its first; of a
    stack each page comes with the one before it. Documents classified as secret are left out.
    Raises ConfigurationError when the folder is not empty or a document has no pages left,
    SecurityError when all documents are secret, BusyError when a run that begins or ends sweeps the
    scratch meanwhile.
    """
    asked = [(one, station.document(one.document)) for one in questions]
    shown = [(one, document) for one, document in asked if not restricted(document)]
    if asked and not shown:
        raise _restricted(asked[0][1])
    _make_private(folder)
    drawn: list[Path] = []
    for waiting, document in shown:
        boxes = _boxes(waiting.question.exhibits, document)
        drawn += _draw(station, document, boxes, folder)
    return drawn


def stack_page(document: Document, page: int) -> int:
    """The page of the source that is the document's page ``page`` (1-based)."""
    return document.pages[page - 1] if page <= len(document.pages) else page


def restricted(document: Document) -> bool:
    """Whether the document is known to be secret, not merely unclassified."""
    return document.classified and document.secrecy > Secrecy.NORMAL


def _restricted(document: Document) -> SecurityError:
    pages = ", ".join(map(str, document.pages))
    return SecurityError(
        "restricted",
        thai=f"เอกสาร {str(document.id)[:8]} มีชั้นความลับ {document.secrecy.thai} จึงไม่แสดงภาพ "
        f"โปรดดูจากกระดาษ หน้า {pages} ของกอง",
        english=f"Document {str(document.id)[:8]} is {document.secrecy}: no pictures are made of "
        f"it. Look at the paper, pages {pages} of the stack.",
    )


def _make_private(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigurationError(
            "folder-not-empty",
            thai=f"โฟลเดอร์ {folder} มีไฟล์อยู่แล้ว โปรดระบุโฟลเดอร์ใหม่หรือโฟลเดอร์ว่าง",
            english=f"{folder} holds files already; name a new or an empty folder.",
        )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)


def _boxes(exhibits: Iterable[Exhibit], document: Document) -> dict[int, list[Exhibit]]:
    """Exhibits by page, 1-based within the document."""
    pages: dict[int, list[Exhibit]] = {}
    for exhibit in exhibits:
        if document.form is Form.STACK and exhibit.page > 1:
            pages.setdefault(exhibit.page - 1, [])
        pages.setdefault(exhibit.page, []).append(exhibit)
    return pages or {1: []}


def _draw(
    station: Station, document: Document, boxes: dict[int, list[Exhibit]], folder: Path
) -> list[Path]:
    artifact = _pages_of(document)
    station.scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix="look-", dir=station.scratch) as place:
            pdf = Path(place) / "pages.pdf"
            station.read(artifact, pdf)
            return _render(pdf, document, boxes, folder)
    except FileNotFoundError as error:
        raise BusyError(
            "scratch-swept",
            thai="มีการสั่งทำงานเริ่มหรือจบพอดี จึงวาดภาพไม่เสร็จ โปรดลบโฟลเดอร์ภาพแล้วสั่งใหม่",
            english="A run began or ended just now, so the pictures are not complete. "
            "Delete their folder and ask again.",
        ) from error


def _pages_of(document: Document) -> Artifact:
    for role in PAGES:
        if artifact := document.artifact(role):
            return artifact
    raise ConfigurationError(
        "no-pages",
        thai=f"เอกสาร {str(document.id)[:8]} ยังไม่มีหน้าให้แสดง โปรดดูจากต้นฉบับ",
        english=f"Document {str(document.id)[:8]} has no pages to show; look at its original.",
    )


def _render(
    pdf: Path, document: Document, boxes: dict[int, list[Exhibit]], folder: Path
) -> list[Path]:
    import pypdfium2
    from PIL import ImageDraw

    opened: Any = pypdfium2.PdfDocument(pdf)
    drawn = []
    try:
        for page in sorted(number for number in boxes if number <= len(opened)):
            picture = opened[page - 1].render(scale=DPI / 72).to_pil().convert("RGB")
            brush = ImageDraw.Draw(picture)
            for exhibit in boxes[page]:
                if exhibit.box is not None:
                    scale = DPI / exhibit.dpi
                    left, top, right, bottom = (side * scale for side in exhibit.box)
                    around = (left - 6, top - 6, right + 6, bottom + 6)
                    brush.rectangle(around, outline=OUTLINE, width=3)
            name = f"{str(document.id)[:8]}-page-{stack_page(document, page):04}.png"
            descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as stream:
                picture.save(stream, "PNG")
            drawn.append(folder / name)
    finally:
        opened.close()
    return drawn
