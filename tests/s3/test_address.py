"""Addresses of buckets and their credentials."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from pipeline.app import absolute
from pipeline.errors import ConfigurationError
from pipeline.host import Host
from pipeline.s3.address import S3Address
from pipeline.s3.bucket import Bucket
from plugins.archive.s3 import S3ArchiveOptions

GOOD = "s3:https://s3.example.go.th/saraban/office/a?credentials=file:keys/s3.json"


def test_what_an_address_says() -> None:
    address = S3Address.parse(GOOD + "&region=ap-southeast-7")
    assert (address.host, address.secure) == ("s3.example.go.th", True)
    assert (address.bucket, address.prefix) == ("saraban", "office/a/")
    assert address.region == "ap-southeast-7"
    assert address.credentials == Path("keys/s3.json")
    assert str(address) == "s3:https://s3.example.go.th/saraban/office/a"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ("s3:ftp://h/saraban?credentials=file:k", "bad-s3-address"),
        ("s3://saraban/office?credentials=file:k", "bad-s3-address"),
        ("s3:https://h?credentials=file:k", "bad-s3-address"),
        ("s3:https://h/Bad_Name?credentials=file:k", "bad-s3-address"),
        ("s3:https://user:secret@h/saraban?credentials=file:k", "bad-s3-address"),
        ("s3:https://h/saraban", "bad-s3-address"),
        ("s3:https://h/saraban?credentials=k", "bad-s3-address"),
        (GOOD + "&secret=x", "bad-s3-address"),
        ("s3:http://h/saraban?credentials=file:k", "s3-not-encrypted"),
        ("s3:http://127.0.0.1.example/saraban?credentials=file:k", "s3-not-encrypted"),
    ],
)
def test_what_is_refused(changed: str, code: str) -> None:
    with pytest.raises(ConfigurationError, match=code) as caught:
        S3Address.parse(changed)
    assert "secret" not in f"{caught.value.thai}{caught.value.english}".replace("user:secret", "")
    with pytest.raises(ValidationError):
        S3ArchiveOptions(url=changed)


@pytest.mark.parametrize(
    "host", ["http://127.0.0.1:8333", "http://localhost", "http://[::1]:80", "https://h:9000"]
)
def test_what_needs_no_asking(host: str) -> None:
    assert S3Address.parse(f"s3:{host}/saraban?credentials=file:k").host == host.split("//")[1]


def test_unencrypted_has_to_be_said() -> None:
    url = "s3:http://10.0.0.1/saraban?credentials=file:k&insecure=yes"
    assert not S3Address.parse(url).secure


def test_credentials_are_taken_from_the_station(tmp_path: Path) -> None:
    expected = tmp_path / "keys/s3.json"
    assert S3Address.parse(absolute(GOOD, tmp_path)).credentials == expected
    told = S3ArchiveOptions.model_validate({"url": GOOD}, context={"folder": tmp_path})
    assert S3Address.parse(told.url).credentials == expected
    elsewhere = GOOD.replace("file:keys", "file:/etc/keys")
    assert S3Address.parse(absolute(elsewhere, tmp_path)).credentials == Path("/etc/keys/s3.json")


def test_opening_a_store_asks_nobody(tmp_path: Path) -> None:
    url = absolute(GOOD, tmp_path)
    store = Host().one("open_artifact_store", url, url=url)
    assert store.free() is None


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '"x"',
        '{"access_key": "a"}',
        '{"access_key": "a", "secret_key": ""}',
        '{"access_key": "a", "secret_key": 1}',
        '{"access_key": "a", "secret_key": "b", "more": "c"}',
    ],
)
def test_credentials_that_are_none(tmp_path: Path, content: str) -> None:
    keys = tmp_path / "s3.json"
    keys.write_text(content)
    keys.chmod(0o600)
    bucket = Bucket.at(f"s3:https://h/saraban?credentials=file:{keys}")
    with pytest.raises(ConfigurationError, match="bad-s3-credentials"):
        bucket.names().__next__()


def test_credentials_that_others_may_read(tmp_path: Path) -> None:
    keys = tmp_path / "s3.json"
    keys.write_text('{"access_key": "a", "secret_key": "b"}')
    keys.chmod(0o640)
    bucket = Bucket.at(f"s3:https://h/saraban?credentials=file:{keys}")
    with pytest.raises(ConfigurationError, match="secret-exposed"):
        bucket.put("x", b"x")
