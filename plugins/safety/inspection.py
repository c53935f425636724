"""``python -m plugins.safety.inspection``: look into one file, inside the sandbox.

Arguments: the file, its media type, the limits as JSON; or the file, ``mend``, and a scratch path.
Says one JSON object: ``{"verdict": ...}``, ``{"pages": n}`` or ``{"refused": code, "page": n}``.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from plugins.safety.limits import Limits
from plugins.safety.office import inspect_doc, inspect_docx
from plugins.safety.pictures import inspect_jpeg, inspect_png, inspect_tiff
from plugins.safety.refusals import Refused
from plugins.safety.text import inspect_text
from schemas.verdict import MediaType, SafetyVerdict

Inspect = Callable[[Path, Limits], SafetyVerdict]

INSPECTORS: dict[MediaType, Inspect] = {
    MediaType.JPEG: inspect_jpeg,
    MediaType.PNG: inspect_png,
    MediaType.TIFF: inspect_tiff,
    MediaType.DOC: inspect_doc,
    MediaType.DOCX: inspect_docx,
    MediaType.TEXT: inspect_text,
}
MEND = "mend"


def main(path: str, kind: str, argument: str) -> None:
    try:
        answer = _look(Path(path), kind, argument)
    except Refused as refused:
        answer = {"refused": refused.code, "page": refused.page}
    sys.stdout.write(json.dumps(answer))


def _look(path: Path, kind: str, argument: str) -> dict[str, Any]:
    if kind == MEND:
        from plugins.safety.pdf import mended_pages

        return {"pages": mended_pages(path, Path(argument))}
    limits = Limits.model_validate_json(argument)
    if kind == MediaType.PDF:
        from plugins.safety.pdf import inspect_pdf

        verdict = inspect_pdf(path, limits)
    else:
        verdict = INSPECTORS[MediaType(kind)](path, limits)
    return {"verdict": verdict.model_dump(mode="json")}


if __name__ == "__main__":
    main(*sys.argv[1:])
