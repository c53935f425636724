"""What a machine may take: by its keys, its plugins, its secrets."""

import shutil
from pathlib import Path

import pytest

from pipeline.app import Station
from pipeline.errors import ExitCode, SecurityError
from pipeline.keys import StationKey
from pipeline.queue import pending
from schemas.document import DocumentState
from schemas.secrecy import Secrecy
from tests.workers.conftest import on_postgresql, on_sqlite
from tests.workers.fleet import wait_until
from tests.workers.scene import Scene, stack

KEYS = 'station-key = "file:keys/station.key"'
NORMAL_KEY = 'station-key-normal = "file:keys/normal.key"'


@pytest.fixture
def normal_machine(scene: Scene) -> Path:
    """The folder of a machine that is cleared for, and has the key of, normal letters only."""
    (scene.station.folder / "keys" / "normal.key").write_bytes(StationKey.generate())
    (scene.station.folder / "keys" / "normal.key").chmod(0o600)
    artifacts, archive = scene.station.folder / "artifacts", scene.station.folder / "archive"
    scene.set('"file:artifacts"', f'"file:{artifacts}"')
    scene.set(KEYS, f"{KEYS}\n{NORMAL_KEY}")
    folder = scene.place / "normal" / "station"
    shutil.copytree(scene.station.folder, folder)
    (folder / "keys" / "station.key").unlink()
    archive.mkdir()
    (folder / "archive").symlink_to(archive)
    settings = folder / "saraban.toml"
    text = settings.read_text("utf-8").replace(KEYS, "")
    settings.write_text(text.replace("slots = 2", 'slots = 2\nclearance = "NORMAL"'), "utf-8")
    return folder


@pytest.mark.slow
@on_postgresql
def test_a_normal_machine_never_meets_a_secret(scene: Scene, normal_machine: Path) -> None:
    """It takes normal letters once they are classified, and ends a source without the high key."""
    gate = scene.flags / "misbehave" / "disk-full"
    gate.touch()
    cleared = scene.fleet.worker()
    scene.fleet.sweeper()
    mixed = scene.submit(stack(10))
    plain = scene.submit(["plain-1", "---", "plain-2"], "plain.txt")
    scene.wait_for(11, "document-classified")
    scene.wait_for(1, "document-diverted")
    assert cleared.stop() == 0, scene.fleet.told()
    gate.unlink()
    levels = {row.id: Secrecy(row.secrecy) for row in scene.documents(DocumentState.OPEN)}
    (secret,) = [identity for identity, level in levels.items() if level is Secrecy.SECRET]

    restricted = scene.fleet.worker(folder=normal_machine)
    wait_until(lambda: sum(pending(scene.station.state)) == 1, 60, "not done", scene.fleet)
    assert [row.id for row in scene.documents(DocumentState.OPEN)] == [secret]
    told = restricted.log.read_text()
    assert str(secret) not in told
    assert all(str(identity) in told for identity in levels if identity != secret)
    assert scene.events()["source-released"] == 1, "the source of normal letters only"
    station = Station.open(normal_machine)
    with pytest.raises(SecurityError) as refused:
        station.document(secret)
    station.close()
    assert refused.value.code == "level-not-held"

    scene.fleet.worker()
    scene.settle()
    assert scene.events()["source-released"] == 2
    scene.fleet.stop()
    scene.check(mixed, plain)


@on_sqlite
def test_other_plugins_are_refused(scene: Scene) -> None:
    scene.fleet.worker("--slots", "1")
    wait_until(lambda: scene.living() == 1, 30, "no worker came up", scene.fleet)
    scene.set('allow = ["toy"]', "allow = []")
    other = scene.fleet.worker()
    assert other.process.wait(30) == ExitCode.CONFIGURATION
    told = other.log.read_text()
    assert "plugins-differ" in told
    assert "stage toy-archive" in told


@on_sqlite
def test_a_signing_machine_needs_the_signers_secrets(scene: Scene) -> None:
    scene.set('default_definition = "toy"', 'default_definition = "standard"')
    scene.set('signer-key = "file:keys/signer.key"', "")
    refused = scene.fleet.worker("--queue", "sign")
    assert refused.process.wait(30) == ExitCode.CONFIGURATION
    told = refused.log.read_text()
    assert "signer-key" in told
    assert "sign-pades" in told
    taken = scene.fleet.worker("--queue", "io")
    wait_until(lambda: scene.living() == 1, 30, "no worker came up", scene.fleet)
    assert taken.alive
