"""What this plugin brings: the sidecar, the archives, and the proof that a bucket is one."""

from typing import Any

from pipeline.hookspecs import hookimpl
from pipeline.stage import Stage
from schemas.storage import StorageProbe


@hookimpl
def register_stages() -> list[type[Stage[Any]]]:
    from plugins.archive.describe import DescribeSidecar
    from plugins.archive.folder import ArchiveFolder
    from plugins.archive.s3 import ArchiveS3

    return [DescribeSidecar, ArchiveFolder, ArchiveS3]


@hookimpl
def probe_storage(url: str) -> StorageProbe | None:
    if not url.startswith("s3:"):
        return None
    from pipeline.s3.bucket import Bucket
    from plugins.archive.probe import probe

    return probe(Bucket.at(url))
