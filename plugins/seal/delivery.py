"""The delivery copy: a PDF with a password, for a recipient without a certificate."""

import secrets
from pathlib import Path

import pikepdf

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters and digits that are not taken for one another on paper or the telephone."""


def new_password() -> str:
    """Five groups of four, 99 bits: ``k7wq-2mzt-...``."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(5))
    return "-".join(groups)


def write_copy(record: Path, target: Path, password: str) -> None:
    """A copy of ``record`` under AES-256 (PDF 2.0, revision 6), without its signature.

    Encrypting rewrites the file, so a signature in it could only be a broken one: it is taken out.
    """
    with pikepdf.open(record) as pdf:
        for page in pdf.pages:
            _drop_signatures(page)
        for entry in ("/AcroForm", "/Perms", "/DSS"):
            if entry in pdf.Root:
                del pdf.Root[entry]
        owner = secrets.token_urlsafe(32)
        pdf.save(target, encryption=pikepdf.Encryption(user=password, owner=owner, R=6))


def _drop_signatures(page: pikepdf.Page) -> None:
    annotations = page.get("/Annots")
    if annotations is None:
        return
    kept = [one for one in annotations if one.get("/Subtype") != pikepdf.Name.Widget]
    page.Annots = pikepdf.Array(kept)
