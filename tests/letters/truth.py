"""The ground truth of a stack: only tests read it, never the pipeline."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class PageTruth:
    """One scanned side.

    `turn` is how many degrees clockwise the picture is turned from upright;
    `document` counts from 0.
    """

    page: int
    fate: str
    turn: int
    lines: tuple[str, ...]
    document: int | None = None
    attachment: int | None = None
    page_of_part: int | None = None
    separator: str | None = None


@dataclass(frozen=True)
class AttachmentTruth:
    """One attachment: the line in the letter, its pages and its own file."""

    ordinal: int
    label: str
    pages: tuple[int, ...]
    file_name: str | None


@dataclass(frozen=True)
class DocumentTruth:
    """One letter with its attachments; `pages` are those of the letter alone."""

    index: int
    kind: str
    number: str | None
    number_arabic: str | None
    date: str
    date_printed: str
    be_year: int
    subject: str
    to: str | None
    references: tuple[str, ...]
    attachments: tuple[AttachmentTruth, ...]
    urgency: str | None
    level: str
    pages: tuple[int, ...]
    file_name: str | None
    canaries: tuple[str, ...]
    agency: str
    signer: str
    receipt: str | None


@dataclass(frozen=True)
class Truth:
    """What is in a stack."""

    seed: int
    station: str
    batch: str
    pages: tuple[PageTruth, ...]
    documents: tuple[DocumentTruth, ...]

    def to_json(self) -> str:
        """The truth as text, Thai readable, with a final newline."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"
