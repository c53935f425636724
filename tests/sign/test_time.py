"""Time stamps: over HTTP, and what they prove once a certificate has run out."""

import asyncio
import http.server
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.keys import load_certs_from_pemder_data

from pipeline.errors import SecurityError, TransientError
from pipeline.testing.harness import Harness
from plugins.sign.keys import load_signer
from plugins.sign.stage import SignOptions, SignPades
from plugins.sign.timestamp import TrialTimeStamper
from plugins.sign.verify import verify_pdf
from schemas.outcome import Done
from schemas.signing import Signature, SignatureProfile, Verdict
from schemas.verdict import MediaType, SafetyVerdict
from tests.sign.conftest import secrets_of


class Authority(http.server.ThreadingHTTPServer):
    """A real RFC 3161 server on this machine. ``twist`` spoils its answers."""

    def __init__(self, keys: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        secrets = secrets_of(keys)
        signer = load_signer(secrets["tsa-key"], secrets["tsa-cert"], secrets["signer-chain"])
        self.stamper = TrialTimeStamper(signer)
        self.twist = ""
        self.asked = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/tsa"

    def answer(self, query: bytes) -> bytes:
        request = tsp.TimeStampReq.load(query)
        self.asked += 1
        if self.twist == "other-digest":
            request["message_imprint"]["hashed_message"] = bytes(32)
        if self.twist == "other-nonce":
            request["nonce"] = 1
        if self.twist == "refuse":
            status = {"status": "rejection", "status_string": ["no"]}
            der: bytes = tsp.TimeStampResp({"status": status}).dump()
            return der
        if self.twist == "nonsense":
            return b"<html>login first</html>"
        granted: bytes = asyncio.run(self.stamper.async_request_tsa_response(request)).dump()
        return granted


class _Answer(http.server.BaseHTTPRequestHandler):
    server: Authority

    def do_POST(self) -> None:
        assert self.headers["Content-Type"] == "application/timestamp-query"
        content = self.server.answer(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def authority(keys: Path) -> Iterator[Authority]:
    with Authority(keys) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def sign(
    tmp_path: Path, finished: Path, secrets: dict[str, bytes], url: str
) -> tuple[Path, Signature]:
    outcome, workdir = Harness(tmp_path, secrets=secrets).run(
        SignPades(SignOptions(tsa_url=url, tsa_timeout=5)),
        {"finished": finished},
        facts=(SafetyVerdict(media_type=MediaType.PDF),),
        classified=True,
    )
    assert isinstance(outcome, Done)
    fact = Signature.of(outcome.facts)
    assert fact is not None
    return workdir / outcome.artifacts[0].path, fact


def test_stamp_over_http(tmp_path: Path, keys: Path, finished: Path, authority: Authority) -> None:
    secrets = secrets_of(keys)
    del secrets["tsa-key"], secrets["tsa-cert"]
    record, fact = sign(tmp_path, finished, secrets, authority.url)
    assert authority.asked
    assert fact.profile is SignatureProfile.B_T
    roots = list(load_certs_from_pemder_data((keys / "ca.pem").read_bytes()))
    assert verify_pdf(record, roots).verdict is Verdict.VALID


@pytest.mark.parametrize("twist", ["refuse", "nonsense", "other-nonce"])
def test_no_stamp_is_tried_again(
    tmp_path: Path, keys: Path, finished: Path, authority: Authority, twist: str
) -> None:
    authority.twist = twist
    with pytest.raises(TransientError, match="no-timestamp"):
        sign(tmp_path, finished, secrets_of(keys), authority.url)


def test_stamp_of_something_else_is_noticed(
    tmp_path: Path, keys: Path, finished: Path, authority: Authority
) -> None:
    authority.twist = "other-digest"
    with pytest.raises(SecurityError, match="signature-unsound"):
        sign(tmp_path, finished, secrets_of(keys), authority.url)


def test_a_stamped_signature_outlives_its_certificate(
    tmp_path: Path, keys: Path, finished: Path
) -> None:
    root, key, certificate = _short_lived(seconds=4)
    secrets = secrets_of(keys) | {"signer-key": key, "signer-cert": certificate}
    record, _ = sign(tmp_path, finished, secrets, "trial")
    time.sleep(5)
    stamped = [(keys / "ca.pem").read_bytes(), root]
    found = verify_pdf(record, [c for pem in stamped for c in load_certs_from_pemder_data(pem)])
    assert found.verdict is Verdict.VALID, found.english
    alone = verify_pdf(record, list(load_certs_from_pemder_data(root)))
    assert alone.verdict is Verdict.UNTRUSTED, "nobody trusted says when it was signed"
    with pytest.raises(SecurityError, match="signing-certificate-expired"):
        sign(tmp_path, finished, secrets, "trial")


def _short_lived(seconds: int) -> tuple[bytes, bytes, bytes]:
    """A root, and a signer's key and certificate that end in so many seconds."""
    pem = serialization.Encoding.PEM
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    now = datetime.now(UTC)
    root = _certificate("root", "root", root_key, root_key, now + timedelta(days=1))
    own = _certificate("signer", "root", key, root_key, now + timedelta(seconds=seconds))
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return root.public_bytes(pem), private, own.public_bytes(pem)


def _certificate(
    subject: str,
    issuer: str,
    key: ec.EllipticCurvePrivateKey,
    signing: ec.EllipticCurvePrivateKey,
    end: datetime,
) -> x509.Certificate:
    names = [
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in (subject, issuer)
    ]
    ca = subject == issuer
    off = "key_encipherment data_encipherment key_agreement crl_sign encipher_only decipher_only"
    usage = dict.fromkeys(f"{off} digital_signature".split(), False)
    return (
        x509.CertificateBuilder()
        .subject_name(names[0])
        .issuer_name(names[1])
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), True)
        .add_extension(x509.KeyUsage(content_commitment=not ca, key_cert_sign=ca, **usage), True)
        .sign(signing, hashes.SHA256())
    )
