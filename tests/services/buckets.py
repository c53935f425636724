"""Places in buckets of a real server, reached plainly or through a proxy that misbehaves."""

import json
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from minio import Minio

from pipeline.s3.bucket import Bucket
from tests.services.faultproxy import FaultProxy
from tests.services.seaweed import SeaweedServer


@dataclass(frozen=True)
class Place:
    """A new prefix in a bucket. ``client`` has every right on the server."""

    name: str
    prefix: str
    port: int
    proxy: FaultProxy
    credentials: Path
    client: Minio

    @property
    def url(self) -> str:
        """The bucket itself."""
        return self._at(self.port)

    @property
    def faulty(self) -> str:
        """The bucket through the proxy."""
        return self._at(self.proxy.port)

    @property
    def bucket(self) -> Bucket:
        return Bucket.at(self.url)

    def _at(self, port: int) -> str:
        where = f"s3:http://127.0.0.1:{port}/{self.name}/{self.prefix}"
        return f"{where}?credentials=file:{self.credentials}"

    def versions(self) -> list[tuple[str, bool]]:
        """Name and whether it is a delete marker, of all that lies below the prefix."""
        return sorted((name, version.marker) for name, version in self.bucket.all_versions(""))


def make_place(server: SeaweedServer, proxy: FaultProxy, folder: Path, *, locking: bool) -> Place:
    """A server can hold few buckets, because each takes volumes of its own."""
    keys = folder / "s3.json"
    keys.write_text(json.dumps({"access_key": server.access_key, "secret_key": server.password}))
    keys.chmod(0o600)
    name, client = ("locking" if locking else "plain"), server.client()
    if not client.bucket_exists(name):
        client.make_bucket(name, object_lock=locking)
    return Place(name, uuid4().hex, server.ports[0], proxy, keys, client)
