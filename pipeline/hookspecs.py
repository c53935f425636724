"""The hooks of saraban. A plugin implements any of them with :data:`hookimpl`.

Every docstring says who calls the hook, in which process, and what the answer may change.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pluggy

from pipeline.pageview import PageView
from pipeline.stage import Problem, Stage, StageContext
from schemas.definition import Definition
from schemas.document import Document
from schemas.event import Event
from schemas.evidence import Evidence
from schemas.outcome import Outcome

if TYPE_CHECKING:
    from pipeline.artifacts import ArtifactStore
    from pipeline.intake import Intake
    from schemas.register import RegisterRow
    from schemas.signing import Verification
    from schemas.storage import StorageProbe

PROJECT = "saraban"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def register_stages() -> list[type[Stage[Any]]]:  # type: ignore[empty-body]
    """Stage classes that this plugin brings.

    Called once by the host when it starts, in every process. All answers are combined; two stages
    of one name stop the start with an error that names both distributions. Register classes only:
    build nothing, open nothing.
    """


@hookspec
def register_intakes() -> "list[type[Intake]]":  # type: ignore[empty-body]
    """Intake classes (folder, mail, ...) that this plugin brings.

    Called once by the host when it starts. Combined and refused on a repeated name as for stages.
    """


@hookspec(firstresult=False)
def open_artifact_store(url: str) -> "ArtifactStore | None":
    """The store for ``url``, or None when the scheme is not this plugin's.

    Called once per process when the station opens. Exactly one plugin must answer; none or two is a
    configuration error.
    """


@hookspec(firstresult=True)
def probe_storage(url: str) -> "StorageProbe | None":
    """Whether the storage at ``url`` may be called an archive; None for another plugin's scheme.

    Called by ``saraban s3 probe`` in its process. Must try every protection on the real storage,
    with objects of its own, and must change nothing else there. The first answer counts.
    """


@hookspec
def resolve_secret(reference: str) -> bytes | None:
    """The secret behind ``reference`` (``file:...``), or None when the scheme is not this plugin's.

    Called by the engine in the process that runs a stage which declared the secret. Exactly one
    plugin must answer. The answer never leaves the process.
    """


@hookspec
def secrecy_evidence(page: PageView, document: Document) -> list[Evidence]:  # type: ignore[empty-body]
    """What this plugin's detectors see on one page.

    Called in the process that runs a classifying stage, once per page, with the plaintext of a
    document that may be of the highest level: keep nothing, log nothing. Every plugin is asked, all
    answers are kept and the highest level wins. An exception becomes evidence of its own (FAILED)
    and sends the document to a person. A detector never lowers a level.
    """


@hookspec
def check_definition(definition: Definition, stages: dict[str, type[Stage[Any]]]) -> list[Problem]:  # type: ignore[empty-body]
    """Problems of a definition that its grammar cannot show.

    Called whenever a definition is loaded. All answers are combined and reported together; any that
    is no warning stops the load.
    """


@hookspec(firstresult=True)
def run_stage(stage: Stage[Any], context: StageContext) -> Outcome | None:
    """Run one stage. The host's own implementation is ``trylast`` and calls ``stage.run``.

    Called by the engine in the process that holds the lease. Others implement it with
    ``wrapper=True`` (tracing, quotas) and must return the outcome they were given, or raise.
    """


@hookspec
def on_event(event: Event) -> None:
    """Something was committed.

    Called after the commit, in the process that committed. An exception is logged and touches
    nothing. Delivery is best effort: the state store is the record, not the calls.
    """


@hookspec
def prepare_station(folder: Path, organisation: str) -> list[str]:  # type: ignore[empty-body]
    """Make what this plugin needs in a new *trial* station, e.g. keys.

    Called once by ``saraban init``, in its process. All answers are combined: names of the files
    made, relative to ``folder``. Must refuse to overwrite anything.
    """


@hookspec(firstresult=True)
def verify_file(path: Path, trust: list[Path]) -> "Verification | None":
    """Who signed a file, when, and whether it was changed; None when the kind is not this plugin's.

    Called by ``saraban verify`` in its process, with a file from anywhere: treat it as hostile.
    ``trust`` are PEM files of the certificates the station trusts. The first answer counts.
    """


@hookspec(firstresult=True)
def print_separators(station: str, batch: str, first: int, count: int) -> bytes | None:
    """A PDF of separator sheets numbered from ``first``.

    Called by ``saraban separators`` in its process. The first answer counts.
    """


@hookspec(firstresult=True)
def export_register(
    register_name: str, rows: "Iterable[RegisterRow]", file_format: str
) -> bytes | None:
    """A register as a file (``csv`` or ``xlsx``); None when the format is not this plugin's.

    Called by ``saraban export`` in its process. The first answer counts. Cells that a spreadsheet
    would run as formulas must come out as text.
    """
