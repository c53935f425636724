"""The trial PKI: says what it is, works with OpenSSL, never overwrites."""

import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from pipeline.errors import ConfigurationError
from plugins.sign import hooks
from plugins.sign.trial import TRIAL_FILES, make_trial_pki
from schemas.signing import Verdict


def certificate(keys: Path, name: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate((keys / name).read_bytes())


@pytest.mark.parametrize("name", ["ca.pem", "signer.pem", "tsa.pem", "registrar.pem"])
def test_every_certificate_says_trial(keys: Path, name: str) -> None:
    subject = certificate(keys, name).subject.rfc4514_string()
    assert "saraban TRIAL" in subject
    assert "not for official use / ใบรับรองทดลอง" in subject
    assert "องค์การบริหารส่วนตำบลทดสอบ จังหวัดตาก" in subject


@pytest.mark.parametrize(
    ("name", "purpose"), [("signer", "any"), ("tsa", "timestampsign"), ("registrar", "any")]
)
def test_openssl_trusts_the_chain(keys: Path, name: str, purpose: str) -> None:
    command = ["openssl", "verify", "-x509_strict", "-purpose", purpose]
    command += ["-CAfile", str(keys / "ca.pem"), str(keys / f"{name}.pem")]
    subprocess.run(command, check=True, capture_output=True)


def test_uses_are_apart(keys: Path) -> None:
    def usage(name: str) -> x509.KeyUsage:
        return certificate(keys, name).extensions.get_extension_for_class(x509.KeyUsage).value

    assert usage("signer.pem").content_commitment
    assert not usage("signer.pem").key_encipherment
    assert usage("registrar.pem").key_encipherment
    assert not usage("registrar.pem").digital_signature
    assert not usage("ca.pem").digital_signature
    found = certificate(keys, "tsa.pem").extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert found.critical
    assert list(found.value) == [ExtendedKeyUsageOID.TIME_STAMPING]


def test_keys_are_private_and_the_ca_key_is_gone(keys: Path) -> None:
    assert {path.name for path in keys.iterdir()} == set(TRIAL_FILES)
    assert keys.stat().st_mode & 0o777 == 0o700
    for path in keys.glob("*.key"):
        assert path.stat().st_mode & 0o777 == 0o600
        assert b"BEGIN PRIVATE KEY" in path.read_bytes()


@pytest.mark.parametrize("present", TRIAL_FILES)
def test_nothing_is_overwritten(tmp_path: Path, present: str) -> None:
    (tmp_path / present).write_bytes(b"a real key")
    with pytest.raises(ConfigurationError, match="keys-exist"):
        make_trial_pki(tmp_path, "อบต. ทดสอบ")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"a real key"]


def test_hooks_make_a_station_that_trusts_itself(tmp_path: Path, finished: Path) -> None:
    made = hooks.prepare_station(folder=tmp_path, organisation="อบต. ทดสอบ")
    assert set(made) == {
        str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()
    }
    trust = [tmp_path / "trust" / "trial-ca.pem"]
    answer = hooks.verify_file(path=finished, trust=trust)
    assert answer is not None
    assert answer.verdict is Verdict.UNSIGNED
    with pytest.raises(ConfigurationError, match="trust-unreadable"):
        hooks.verify_file(path=finished, trust=[finished])
