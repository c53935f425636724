"""Makes the buckets of a station that are not there yet: ``buckets.py STATION_FOLDER``.

The one of the artifact store keeps nothing that was deleted; that of the archive locks its objects.
"""

import sys
import tomllib
from pathlib import Path

from pipeline.loader import find_definition
from pipeline.s3.address import SCHEME, S3Address
from pipeline.s3.bucket import Bucket
from pipeline.settings import read_settings


def main(folder: Path) -> None:
    settings = read_settings(folder)
    definition = find_definition(settings.default_definition, folder)
    steps = tomllib.loads(definition.read_text("utf-8"))["steps"]
    archives = [step["with"]["url"] for step in steps if step["uses"] == "archive-s3"]
    for url, locked in [(settings.store, False), *((url, True) for url in archives)]:
        if url.startswith(SCHEME):
            _make(S3Address.parse(url), locked=locked)


def _make(address: S3Address, *, locked: bool) -> None:
    client = Bucket(address).client
    if not client.bucket_exists(address.bucket):
        client.make_bucket(address.bucket, object_lock=locked)
        sys.stdout.write(f"Made {address}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
