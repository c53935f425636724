"""Entry point of the stores plugin: ``file:`` stores and ``file:`` secrets."""

from pathlib import Path

from pipeline.artifacts import ArtifactStore
from pipeline.hookspecs import hookimpl


@hookimpl
def open_artifact_store(url: str) -> ArtifactStore | None:
    from plugins.stores.folder import FolderStore

    return FolderStore(Path(url.removeprefix("file:"))) if url.startswith("file:") else None


@hookimpl
def resolve_secret(reference: str) -> bytes | None:
    from plugins.stores.keyfile import read_key_file

    if not reference.startswith("file:"):
        return None
    return read_key_file(Path(reference.removeprefix("file:")))
