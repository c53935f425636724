"""What this plugin brings: the stage ``sign-pades``, verification, trial keys for a new station."""

from pathlib import Path
from typing import Any

from pipeline.hookspecs import hookimpl
from pipeline.stage import Stage
from schemas.signing import Verification


@hookimpl
def register_stages() -> list[type[Stage[Any]]]:
    from plugins.sign.stage import SignPades

    return [SignPades]


@hookimpl
def prepare_station(folder: Path, organisation: str) -> list[str]:
    from pipeline.durable import write_durably
    from plugins.sign.trial import TRIAL_FILES, make_trial_pki

    make_trial_pki(folder / "keys", organisation)
    anchor = "trust/trial-ca.pem"
    content = (folder / "keys" / "ca.pem").read_bytes()
    write_durably(folder / anchor, [content], replace=False, mode=0o644)
    return [*(f"keys/{name}" for name in TRIAL_FILES), anchor]


@hookimpl
def verify_file(path: Path, trust: list[Path]) -> Verification | None:
    from plugins.sign.keys import load_roots
    from plugins.sign.verify import verify_pdf

    return verify_pdf(path, load_roots(trust))
