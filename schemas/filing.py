"""How a document is called in the archive."""

from typing import Annotated

from pydantic import StringConstraints

from schemas.facts import Fact

Stem = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=200)]


class FileName(Fact, name="file-name"):
    """The archive name without extension: Latin letters, Arabic digits, ``_`` and ``-`` only."""

    stem: Stem
