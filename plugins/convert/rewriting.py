"""``python -m plugins.convert.rewriting``: make or count one PDF, inside the sandbox.

Arguments: ``count`` PDF; ``clean`` SOURCE TARGET; ``pictures`` SOURCE TARGET. Says one JSON object:
``{"pages": n, "changed": [...]}`` or ``{"failed": code}``.
"""

import json
import sys
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2

from plugins.convert.failures import Failed


def main(mode: str, source: str, target: str = "") -> None:
    try:
        answer = _rewrite(mode, Path(source), Path(target))
    except Failed as failed:
        answer = {"failed": failed.code}
    sys.stdout.write(json.dumps(answer))


def _rewrite(mode: str, source: Path, target: Path) -> dict[str, Any]:
    changed: list[str] = []
    made = source if mode == "count" else target
    if mode == "clean":
        from plugins.convert.clean import clean_pdf

        clean_pdf(source, target)
    elif mode == "pictures":
        from plugins.convert.pictures import pictures_to_pdf

        changed = pictures_to_pdf(source, target)
    return {"pages": count_pages(made), "changed": changed}


def count_pages(path: Path) -> int:
    """As both qpdf and PDFium count them; later steps use both. Raises Failed when they differ."""
    with pikepdf.open(path) as pdf:
        count = len(pdf.pages)
    try:
        rendered: Any = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError:
        raise Failed("pages-disputed") from None
    try:
        if len(rendered) != count:
            raise Failed("pages-disputed")
    finally:
        rendered.close()
    return count


if __name__ == "__main__":
    main(*sys.argv[1:])
