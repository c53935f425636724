"""Makes the folder ``office`` for compose.yaml: settings, definition and secrets.

Runs as root in the image, once, as README.md says. Nothing that exists is overwritten.
"""

import argparse
import json
import os
import secrets
import shutil
import sys
from pathlib import Path

from pipeline.durable import write_durably
from pipeline.keys import StationKey
from pipeline.station import make_station

SARABAN, POSTGRES, RABBITMQ, STORAGE = 10001, 999, 999, 1000
"""The users in the containers; each may read its own secrets and no others."""
LOWER_LEVELS = ("secret", "confidential", "normal")

SERVICES = """
[workers]
broker = "amqp://saraban@rabbitmq/saraban"
"""
BUCKET = "s3:http://storage:8333/{}?credentials=file:/run/secrets/s3.json&insecure=yes"
TRIAL_ONLY = ("ca.pem", "registrar.key")
"""No process needs these: they stay in the folder ``apart``, to be taken off the machine."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("code", "organisation", "agency"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("office", type=Path, help="folder to make")
    values = vars(parser.parse_args())
    office = values.pop("office")
    make_station(office, **values)
    _settings(office / "saraban.toml")
    _definition(office / "definitions" / "standard.toml")
    _keys(office)
    _passwords(office / "secrets")
    sys.stdout.write(f"Made {office}. Take the folder {office / 'apart'} off this machine.\n")


def _settings(file: Path) -> None:
    """The same station, its state, store and broker in the other containers."""
    text = file.read_text("utf-8")
    head, _, station = text.partition("[station]")
    station = station.partition("[secrets]")[0]
    head = head.replace("sqlite:///state.db", "postgresql+psycopg://saraban@postgres/saraban")
    head = head.replace("file:artifacts", BUCKET.format("saraban-work"))
    _replace(file, f"{head}[station]{station.rstrip()}\n{SERVICES}")


def _definition(file: Path) -> None:
    text = file.read_text("utf-8")
    bucket = BUCKET.format("saraban-archive")
    here = 'uses = "archive-folder"\nwith = { root = "archive" }'
    there = f'uses = "archive-s3"\nwith = {{ url = "{bucket}", years = 10 }}'
    if here not in text:
        raise SystemExit("standard.toml does not archive to a folder; edit it by hand")
    _replace(file, text.replace(here, there))


def _keys(office: Path) -> None:
    """One station key a level, so that a worker holds only what its clearance needs."""
    keys, kept = office / "keys", office / "secrets"
    keys.rename(kept)
    apart = office / "apart"
    apart.mkdir(mode=0o700)
    for name in TRIAL_ONLY:
        shutil.move(kept / name, apart / name)
    for level in LOWER_LEVELS:
        write_durably(kept / f"station-{level}.key", [StationKey.generate()], replace=False)
    for file in kept.iterdir():
        _give(file, SARABAN)


def _passwords(folder: Path) -> None:
    state, broker, access = (secrets.token_urlsafe(32) for _ in range(3))
    identity = {
        "name": "saraban",
        "credentials": [{"accessKey": "saraban", "secretKey": access}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    rabbitmq = f"default_user = saraban\ndefault_pass = {broker}\ndefault_vhost = saraban\n"
    for name, owner, text in (
        ("postgres", POSTGRES, state),
        ("pgpass", SARABAN, f"postgres:5432:saraban:saraban:{state}\n"),
        ("rabbitmq.conf", RABBITMQ, rabbitmq),
        ("broker", SARABAN, broker),
        ("storage.json", STORAGE, json.dumps({"identities": [identity]})),
        ("s3.json", SARABAN, json.dumps({"access_key": "saraban", "secret_key": access})),
    ):
        write_durably(folder / name, [text.encode()], replace=False)
        _give(folder / name, owner)


def _replace(file: Path, text: str) -> None:
    write_durably(file, [text.encode()], replace=True, mode=0o644)


def _give(file: Path, owner: int) -> None:
    file.chmod(0o600)
    os.chown(file, owner, owner)


if __name__ == "__main__":
    main()
