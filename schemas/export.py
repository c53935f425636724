"""JSON Schemas of everything stored or exchanged."""

import json
from pathlib import Path

from pydantic import BaseModel

from schemas.archive import SealedSidecar, Sidecar
from schemas.batch import Batch
from schemas.decision import Decision, Question
from schemas.definition import Definition
from schemas.document import Document
from schemas.event import Event
from schemas.evidence import SecrecyAssessment
from schemas.letterfacts import LetterFacts
from schemas.page import PageTexts
from schemas.signing import Verification
from schemas.storage import StorageProbe

EXPORTED: dict[str, type[BaseModel]] = {
    "batch": Batch,
    "decision": Decision,
    "definition": Definition,
    "document": Document,
    "event": Event,
    "letter": LetterFacts,
    "page-texts": PageTexts,
    "question": Question,
    "secrecy-assessment": SecrecyAssessment,
    "sealed-sidecar": SealedSidecar,
    "sidecar": Sidecar,
    "storage-probe": StorageProbe,
    "verification": Verification,
}


def export_schemas(folder: Path) -> list[str]:
    """Write ``<name>.schema.json`` files (JSON Schema 2020-12) and answer their names."""
    names = []
    for name, model in EXPORTED.items():
        schema = model.model_json_schema(mode="serialization")
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        schema["$id"] = f"urn:saraban:schema:{name}"
        file = folder / f"{name}.schema.json"
        file.write_text(json.dumps(schema, ensure_ascii=False, indent=2) + "\n", "utf-8")
        names.append(file.name)
    return names
