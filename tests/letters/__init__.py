"""Draws realistic Thai official letters as scanned stacks, with their ground truth.

Small stacks for tests: `make_stack(StackSpec((Item(make_letter(1)),), profile="fast"), seed=1)`.
"""

from .compose import make_letter
from .degrade import PROFILES, Profile, encode, scan
from .fonts import FAMILIES, FontMissingError
from .pages import letter_pages, separator_page, separator_payload
from .spec import (
    Agency,
    Attachment,
    Item,
    Kind,
    Letter,
    Level,
    Person,
    StackSpec,
    Urgency,
)
from .stack import make_stack, make_truth, page_image, sides
from .truth import AttachmentTruth, DocumentTruth, PageTruth, Truth
from .typeset import PageArt, Style

__all__ = [
    "FAMILIES",
    "PROFILES",
    "Agency",
    "Attachment",
    "AttachmentTruth",
    "DocumentTruth",
    "FontMissingError",
    "Item",
    "Kind",
    "Letter",
    "Level",
    "PageArt",
    "PageTruth",
    "Person",
    "Profile",
    "StackSpec",
    "Style",
    "Truth",
    "Urgency",
    "encode",
    "letter_pages",
    "make_letter",
    "make_stack",
    "make_truth",
    "page_image",
    "scan",
    "separator_page",
    "separator_payload",
    "sides",
]
