"""Entry point of the stores plugin: ``file:`` and ``s3:`` stores, ``file:`` secrets."""

from pathlib import Path

from pipeline.artifacts import ArtifactStore
from pipeline.hookspecs import hookimpl


@hookimpl
def open_artifact_store(url: str) -> ArtifactStore | None:
    if url.startswith("file:"):
        from plugins.stores.folder import FolderStore

        return FolderStore(Path(url.removeprefix("file:")))
    if url.startswith("s3:"):
        from pipeline.s3.bucket import Bucket
        from plugins.stores.s3 import S3Store

        return S3Store(Bucket.at(url))
    return None


@hookimpl
def resolve_secret(reference: str) -> bytes | None:
    from pipeline.keyfile import read_key_file

    if not reference.startswith("file:"):
        return None
    return read_key_file(Path(reference.removeprefix("file:")))
