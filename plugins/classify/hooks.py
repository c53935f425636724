"""Entry point of the classifying plugin."""

import logging
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline.hookspecs import hookimpl
from pipeline.pageview import PageView
from pipeline.stage import Stage
from schemas.document import Document
from schemas.evidence import Evidence, Finding

LOG = logging.getLogger("saraban.classify")


@hookimpl
def register_stages() -> list[type[Stage[Any]]]:
    from plugins.classify.stage import ClassifyMarks

    return [ClassifyMarks]


@hookimpl
def secrecy_evidence(page: PageView, document: Document) -> list[Evidence]:  # noqa: ARG001
    """Asks the text and the picture detector; one that breaks does not silence the other."""
    from plugins.classify import picture, text

    return [*_ask(text.NAME, text.read, page), *_ask(picture.NAME, picture.look, page)]


def _ask(
    name: str, detector: Callable[[PageView], list[Evidence]], page: PageView
) -> list[Evidence]:
    from plugins.classify.notes import Note

    try:
        return detector(page)
    except Exception as error:  # noqa: BLE001 - evidence for a person, whatever broke
        number = page.text.number
        at = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(at.filename).name}:{at.lineno}"
        LOG.error("%s broke: %s at %s, page %d", name, type(error).__name__, place, number)  # noqa: TRY400 - an exception may quote the page
        broken = Note.BROKEN.value
        return [Evidence(detector=name, finding=Finding.FAILED, page=number, note=broken)]
