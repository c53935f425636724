"""An artifact store in a bucket of any S3 server."""

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from pipeline.artifacts import ArtifactStore
from pipeline.errors import ConfigurationError
from pipeline.s3.bucket import Bucket
from pipeline.s3.refusals import blameless


class S3Store(ArtifactStore):
    """One object a locator. A server acknowledges an object once it is durable there.

    The bucket must keep no versions and no locks: what is deleted here has to be gone.
    """

    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket
        self._deletes: bool | None = None

    def put(self, locator: str, chunks: Iterable[bytes]) -> tuple[int, str]:
        with blameless():
            self._check()
            return self.bucket.put_stream(locator, chunks)

    def open(self, locator: str) -> BinaryIO:
        with blameless():
            return self.bucket.open(locator)

    def delete(self, locator: str) -> None:
        with blameless():
            self.bucket.delete(locator)

    def locators(self) -> Iterator[str]:
        return self.bucket.names()

    def free(self) -> int | None:
        """S3 has no word for it."""
        return None

    def _check(self) -> None:
        if self._deletes is None:
            self._deletes = not self.bucket.keeps_versions()
        if not self._deletes:
            address = self.bucket.address
            raise ConfigurationError(
                "store-keeps-versions",
                thai=f"{address} เก็บรุ่นเก่าไว้ (versioning) ข้อมูลที่สั่งลบจึงไม่หายไปจริง "
                "โปรดใช้ bucket ที่ปิด versioning",
                english=f"{address} keeps versions, so what is deleted would stay. Use a bucket "
                "without versioning for the artifact store.",
            )
